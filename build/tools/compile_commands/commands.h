// SPDX-License-Identifier: GPL-3.0-only
//
// From Bazel's action graph to a compilation database, which editors and clang's tools read.
// Source: https://clang.llvm.org/docs/JSONCompilationDatabase.html
#ifndef HELIOS_BUILD_TOOLS_COMPILE_COMMANDS_COMMANDS_H
#define HELIOS_BUILD_TOOLS_COMPILE_COMMANDS_COMMANDS_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

// Appends the database for `graph`, the output of `bazel aquery --output=jsonproto`. Commands run
// in Bazel's execution root; our own sources are named by their place in the workspace, so that an
// editor finds them. Sources of external repositories are left out.
bool commands_convert(const char *graph, const char *workspace, const char *execution_root,
                      struct buffer *out, struct error *err);

#ifdef __cplusplus
}
#endif

#endif
