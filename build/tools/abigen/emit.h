// SPDX-License-Identifier: GPL-3.0-only
//
// What abigen makes of a description.
#ifndef HELIOS_BUILD_TOOLS_ABIGEN_EMIT_H
#define HELIOS_BUILD_TOOLS_ABIGEN_EMIT_H

#include "build/tools/abigen/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// One file: where it belongs in the tree, and its contents.
struct emit_file {
    char *path;
    struct buffer text;
};

struct emit_files {
    struct emit_file *items;
    size_t count;
};

// Starts another file, with the path in printf's way.
struct buffer *emit_add(struct emit_files *files, const char *path, ...)
    __attribute__((format(printf, 2, 3)));

void emit_free(struct emit_files *files);

// uapi/NAME.h for each header.
void emit_headers(const struct abi_file *abi, struct emit_files *files);

// uapi/names.h: names of invocations, system calls, arguments.
void emit_names(const struct abi_file *abi, struct emit_files *files);

// userland/helios/objects.h: a function for each invocation.
void emit_wrappers(const struct abi_file *abi, struct emit_files *files);

// userland/helios/calls.h: a function for each system call.
void emit_calls(const struct abi_file *abi, struct emit_files *files);

// userland/helios/arch/NAME/include/helios_trap.h for each architecture: helios_syscall.
void emit_traps(const struct abi_file *abi, struct emit_files *files);

// testing/conformance/registers_table.h: what becomes of each register in a system call.
void emit_fates(const struct abi_file *abi, struct emit_files *files);

// docs/reference: a page for each object, system call and header. `root`: the tree in which the
// examples stand; an object without one has none in its page.
void emit_pages(const struct abi_file *abi, const char *root, struct emit_files *files);

// testing/conformance/refusals_table.h: what each invocation and system call refuses.
void emit_refusals(const struct abi_file *abi, struct emit_files *files);

// Pieces. ------------------------------------------------------------------------------------

// "allocate(type, size, count) -> {objects...}", in the words of the description.
void emit_signature(struct buffer *out, const struct abi_call *call);

// What stands in which register on every architecture: a table, in a comment of C or in a page.
void emit_registers(struct buffer *out, const struct abi_file *abi, bool is_page);

// "START(ARGUMENTS)END", its arguments broken as clang-format does it.
void emit_head(struct buffer *out, const char *start, const struct strings *arguments,
               const char *end);

// The heads of a system call's functions as a program sees them.
void emit_prototypes(struct buffer *out, const struct abi_call *call);

// Text in lines of at most 100 characters, each of which begins with `prefix`.
void emit_wrapped(struct buffer *out, const char *prefix, const char *text);

// Lines that each begin with `prefix`; empty ones have no blanks at their ends. At most the first
// paragraph if `is_short`.
void emit_lines(struct buffer *out, const char *prefix, const char *text, bool is_short);

// A name in capitals.
void emit_upper(struct buffer *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_ABIGEN_EMIT_H
