// SPDX-License-Identifier: GPL-3.0-only
//
// The description of the system-call interface (uapi/helios.abi), as abigen keeps it.
//
//   file     = { header | set }
//   header   = doc "header" NAME [ "include" { STRING } ] ";" { item }, up to the next header
//   item     = doc ( enum | errors | object | arch | syscall ) | code
//   enum     = ( "enum" | "defines" ) NAME "prefix" NAME
//              "{" { doc NAME [ STRING ] [ "=" value ] ";" } "}"
//   errors   = "errors" "{" { doc NAME STRING ";" } "}"
//   object   = "object" NAME STRING "{" { doc call } "}"
//   call     = "call" NAME [ "{" fields "}" ] "(" fields ")"
//              [ "->" [ "(" fields ")" ] [ "{" fields "}" ] ] [ "[" rights "]" ]
//              "=" NUMBER ( ";" | "{" { refusal } "}" )
//   arch     = "architecture" NAME STRING "{" "registers" names "number" NAME ";"
//              "capability" NAME ";" "tag" NAME ";" "params" names "kept" names
//              [ "lost" names ] "}"
//   names    = NAME { NAME } ";"
//   syscall  = as a call, with the word "syscall"; behind its name can stand [ "as" NAME ]
//              [ "of" NAME ], and before "=" [ "flags" NAME { NAME } ]
//   field    = NAME [ "?" ] [ "..." ] [ ":" NAME ] [ "[" rights "]" ] { STRING }; "_" is always 0
//   refusal  = "error" NAME NAME { STRING } [ "found" STRING ] [ "wanted" STRING ] ";"
//            | "use" NAME ";"
//   set      = "refusals" NAME "{" { refusal } "}"
//   doc      = lines that begin with "#"; code: lines of C that begin with "|"; "//" is a comment
//
// In braces stand capabilities, in parentheses words. "..." and "?" mark the last of them; only a
// capability that is handed in can be left out ("?").
//
// A system call has a function in C, of its name if "as" has no other; "of" names the capability.
// Its words are up to four, or "..." a message. The flags are those of the tag that it takes
// (defines message_flags); one that takes REPLY receives, and sends an answer first.
//
// An architecture has the instruction that enters the kernel and all registers of a program but its
// program counter and flags, as the machine numbers them. No register has two uses; those without
// one come back zero.
#ifndef HELIOS_BUILD_TOOLS_ABIGEN_ABI_H
#define HELIOS_BUILD_TOOLS_ABIGEN_ABI_H

#include <stdbool.h>
#include <stddef.h>

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

// Every text is NUL-terminated and belongs to the struct abi_file; "" where nothing was said.

struct abi_value {
    const char *doc;
    const char *name;
    const char *text;
    const char *value; // as written; "": the one after the previous
};

// An enum, or the list of errors.
struct abi_enum {
    const char *doc;
    const char *name;
    const char *prefix;
    bool is_defines; // macros, not an enum
    struct abi_value *values;
    size_t count;
};

// A parameter, a result or a capability.
struct abi_field {
    const char *name; // "_": always zero
    const char *type; // of a capability: the name of an object, or "any"
    const char *rights;
    const char *doc;
    bool is_optional;
    bool is_many;  // any number of them; the last one
    unsigned line; // where its type stands
    unsigned column;
};

struct abi_fields {
    struct abi_field *items;
    size_t count;
};

struct abi_refusal {
    const char *error;    // without HELIOS_ERROR_
    const char *argument; // a field, or one of the words of abi_argument_text
    const char *when;
    const char *found;
    const char *wanted;
};

struct abi_refusals {
    const char *name;
    struct abi_refusal *items;
    size_t count;
};

// An invocation or a system call.
struct abi_call {
    const char *doc;
    const char *name;
    const char *number;
    const char *rights;
    const char *function;   // of a system call: its name in C, without the prefix
    const char *capability; // of a system call: what it is made with; "": nothing
    struct strings flags;   // of a system call
    struct abi_fields caps;
    struct abi_fields params;
    struct abi_fields results;
    struct abi_fields result_caps;
    struct abi_refusals refusals;
};

struct abi_object {
    const char *doc;
    const char *name;
    const char *title;
    struct abi_call *calls;
    size_t count;
};

// How a system call is made on an architecture.
struct abi_arch {
    const char *doc;
    const char *name;
    const char *trap;         // the instruction
    struct strings registers; // all
    struct strings operands;  // in and out: number, capability, tag, parameters
    struct strings kept;      // as they were
    struct strings lost;      // hold anything
};

// Operands before the parameters.
enum { ABI_NUMBER, ABI_CAPABILITY, ABI_TAG, ABI_PARAMS };

enum abi_kind { ABI_ENUM, ABI_ERRORS, ABI_OBJECT, ABI_ARCH, ABI_SYSCALL, ABI_CODE };

struct abi_item {
    enum abi_kind kind;
    union {
        struct abi_enum list; // ABI_ENUM, ABI_ERRORS
        struct abi_object object;
        struct abi_arch arch;
        struct abi_call call;
        const char *code;
    };
};

struct abi_header {
    const char *doc;
    const char *name;
    struct strings includes;
    struct abi_item *items;
    size_t count;
};

struct abi_file {
    struct abi_header *headers;
    size_t count;
    struct abi_refusals *sets;
    size_t set_count;
    struct strings texts; // everything else points into it
};

// Reads a description. `name` is the file's, for messages: "NAME:LINE:COLUMN: expected ...".
bool abi_parse(const char *name, const char *text, struct abi_file *abi, struct error *err);
void abi_free(struct abi_file *abi);

// Visits every object, architecture or system call: the next one after `previous` (NULL: the
// first); NULL: none.
const struct abi_object *abi_next_object(const struct abi_file *abi,
                                         const struct abi_object *previous);
const struct abi_arch *abi_next_arch(const struct abi_file *abi, const struct abi_arch *previous);
const struct abi_call *abi_next_syscall(const struct abi_file *abi,
                                        const struct abi_call *previous);

const struct abi_object *abi_find_object(const struct abi_file *abi, const char *name);
const struct abi_refusals *abi_find_set(const struct abi_file *abi, const char *name);

const struct abi_enum *abi_find_enum(const struct abi_file *abi, const char *name);

bool abi_has_name(const struct strings *names, const char *name);

// What a refusal's argument means when it is no field; NULL: nothing.
const char *abi_argument_text(const char *argument);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_ABIGEN_ABI_H
