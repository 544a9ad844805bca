// SPDX-License-Identifier: GPL-3.0-only
//
// What things are called in C.
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_NAMES_H
#define HELIOS_BUILD_TOOLS_IPCGEN_NAMES_H

#include "build/tools/ipcgen/ipc.h"

#ifdef __cplusplus
extern "C" {
#endif

// "io_file": of an interface that is named as its namespace only that. To free.
char *name_of(const struct ipc_decl *decl);

// The same in capitals.
char *name_upper_of(const struct ipc_decl *decl);

// Any text in capitals, to free.
char *name_upper(const char *text);

// A name of ours that no parameter, result or capability of the call has: "context" or "context_".
// To free.
char *name_beside(const struct ipc_call *call, const char *wanted);

// Whether C or C++ keep a word for themselves.
bool name_is_reserved(const char *name);

// The call's member of a server's table: its name, or "register_" for one that is a word of C. To
// free.
char *name_of_op(const struct ipc_call *call);

// Whether two names in C are the same: a problem of the set's.
bool name_check(struct ipc_set *set, struct ipc_unit *unit);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_IPCGEN_NAMES_H
