// SPDX-License-Identifier: GPL-3.0-only
//
// Interface files, as ipcgen keeps them. docs/reference/ipcgen.md is the reference of the language.
//
//   file      = doc "namespace" path ";" { "use" path ";" } { item }
//   item      = doc { attribute } ( const | enum | struct | errors | interface )
//   const     = "const" NAME [ ":" scalar ] "=" value ";"
//   enum      = ( "enum" | "flags" ) NAME [ ":" scalar ] "{" { doc NAME [ "=" value ] ";" } "}"
//   struct    = "struct" NAME "{" { doc NAME ":" type ";" } "}"
//   errors    = "errors" "{" { doc NAME STRING [ "=" value ] ";" } "}"
//   interface = "interface" NAME [ "::" path { "," path } ] "{" { doc { attribute } ( call | errors
//   )
//               } "}"
//   call      = "call" NAME [ caps ] fields [ result ] [ caps ] ";"
//   result    = "void" | "error" | type | fields
//   fields    = "(" [ NAME ":" type { "," NAME ":" type } ] ")"
//   caps      = "{" [ NAME ":" kind [ "?" | "..." ] { "," ... } ] "}"
//   kind      = "own" | type of an object | path of an interface
//   type      = scalar [ "[" value "]" ] | path [ "[" value "]" ] | ( "string" | "bytes" ) "["
//   value
//               "]"
//   attribute = "@" ( "id" | "version" ) "(" value ")"
//   value     = numbers and constants with + - * << | and parentheses
//   path      = NAME { "::" NAME }
//   doc       = lines that begin with "#", or the end of the line; "//" is a comment
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_IPC_H
#define HELIOS_BUILD_TOOLS_IPCGEN_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

// Limits of a message (uapi/message.h), and of ours.
#define IPC_MAX_PARAMS 64
#define IPC_MAX_CAPS   32
#define IPC_WORD       8 // bytes
#define IPC_REGISTERS  4 // parameters that travel in registers

// Labels of requests have this bit; the kernel's invocations don't.
#define IPC_LABEL_BIT 0x80000000u

// The first status that is an interface's own.
#define IPC_FIRST_ERROR 0x1000u

// Where something stands in a file.
struct ipc_place {
    unsigned line;
    unsigned column;
    unsigned length;
};

enum ipc_kind {
    IPC_INTEGER,
    IPC_BOOL,
    IPC_ENUM,
    IPC_FLAGS,
    IPC_STRUCT,
    IPC_STRING,
    IPC_BYTES,
};

struct ipc_decl;

struct ipc_type {
    enum ipc_kind kind;
    unsigned size; // of a scalar, in bytes: 1, 2, 4, 8
    bool is_signed;
    uint64_t bound;              // of a string or bytes: the most bytes
    uint64_t count;              // elements of an array; 0: it is none
    const struct ipc_decl *decl; // of an enum, flags or struct
};

// A member of a struct, a parameter or a result; where it stands in words.
struct ipc_field {
    char *name;
    char *doc;
    struct ipc_type type;
    struct ipc_place place;
    unsigned word;
    unsigned bit;
};

// Fields in order. `words` are those at fixed places; strings and bytes of a message follow them,
// so that there are up to `most`.
struct ipc_fields {
    struct ipc_field *items;
    size_t count;
    unsigned words;
    unsigned most;
};

enum ipc_cap_kind {
    IPC_CAP_ONE,
    IPC_CAP_OPTIONAL, // one or none
    IPC_CAP_MANY,     // any number
};

struct ipc_cap {
    char *name;
    char *type; // as written
    enum ipc_cap_kind kind;
    bool is_own;    // to the very endpoint of the call: arrives as its badge
    bool is_object; // the type is one of the kernel's; else an interface
    struct ipc_place place;
};

struct ipc_caps {
    struct ipc_cap *items;
    size_t count;
};

// A value of an enum, a flag or an error.
struct ipc_value {
    char *name;
    char *doc;
    char *text; // of an error
    uint64_t value;
    struct ipc_place place;
};

struct ipc_values {
    struct ipc_value *items;
    size_t count;
};

struct ipc_call {
    char *name;
    char *doc;
    struct ipc_place place;
    struct ipc_caps caps;
    struct ipc_fields params;
    struct ipc_fields results;
    struct ipc_caps result_caps;
    uint32_t label;
};

enum ipc_decl_kind {
    IPC_DECL_CONST,
    IPC_DECL_ENUM,
    IPC_DECL_FLAGS,
    IPC_DECL_STRUCT,
    IPC_DECL_ERRORS,
    IPC_DECL_INTERFACE,
};

struct ipc_unit;

struct ipc_decl {
    enum ipc_decl_kind kind;
    const struct ipc_unit *unit;
    char *name;
    char *doc;
    struct ipc_place place;
    struct ipc_type type;     // of a constant, an enum or flags
    uint64_t value;           // of a constant
    struct ipc_values values; // of an enum, flags or errors; an interface's errors
    struct ipc_fields fields; // of a struct
    // Of an interface.
    const struct ipc_decl **bases;
    size_t base_count;
    struct ipc_call *calls;
    size_t call_count;
    uint64_t id;
    uint64_t version;
};

// One file.
struct ipc_unit {
    char *file;
    char *text;
    char *header; // how generated code includes this file's header
    char *name;   // the namespace, "a::b"
    char *prefix; // the same in C, "a_b"
    char *doc;
    struct ipc_decl **decls; // each of its own, so that pointers to them stay good
    size_t decl_count;
    const struct ipc_unit **uses;
    size_t use_count;
};

// All files of one run. One that is used stands before those that use it.
struct ipc_set {
    struct ipc_unit **units;
    size_t count;
    struct strings problems; // each "FILE:LINE:COLUMN: ...", the line, and a caret below it
};

// Reads one more file into the set. Whatever is wrong is added to the set's problems; false if
// anything was. `header` is how generated code includes what is made of this file.
bool ipc_parse(struct ipc_set *set, const char *file, const char *header, const char *text);

// The namespace of a file and those that it uses, whatever else is in it. *name is NULL if it has
// none. Free the results.
void ipc_scan(const char *text, char **name, struct strings *uses);

// Of what the last file says: places in messages, ids, labels, names in C.
bool ipc_check(struct ipc_set *set, struct ipc_unit *unit);

void ipc_free(struct ipc_set *set);

// Adds a problem.
void ipc_problem(struct ipc_set *set, const struct ipc_unit *unit, struct ipc_place place,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

// The same 64-bit number for the same text, for ever (FNV-1a).
uint64_t ipc_hash(const char *text);

// Lays out the fields of a struct, or of a message.
void ipc_lay_out(struct ipc_fields *fields, bool is_message);

// Words that a type takes at a fixed place, as a member of a struct.
unsigned ipc_type_words(const struct ipc_type *type);

static inline bool ipc_is_scalar(const struct ipc_type *type) {
    return type->kind < IPC_STRUCT && type->count == 0;
}

// A string or bytes.
static inline bool ipc_is_text(const struct ipc_type *type) {
    return type->kind == IPC_STRING || type->kind == IPC_BYTES;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_IPCGEN_IPC_H
