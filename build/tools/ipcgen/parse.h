// SPDX-License-Identifier: GPL-3.0-only
//
// Pieces of the parser.
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_PARSE_H
#define HELIOS_BUILD_TOOLS_IPCGEN_PARSE_H

#include "build/tools/ipcgen/ipc.h"
#include "build/tools/ipcgen/lex.h"

#ifdef __cplusplus
extern "C" {
#endif

struct parser {
    struct lex lex;
    struct ipc_set *set;
    struct ipc_unit *unit;
};

// A declaration that a path ("name" or "namespace::name") leads to; NULL if there is none.
const struct ipc_decl *parse_find(const struct parser *p, const char *path);

// NAME { "::" NAME }, to free; NULL, with a problem, if there is none.
char *parse_path(struct parser *p, const char *what);

// What a call's name is expected as: it may be a word of C, since it is only part of names there.
#define PARSE_CALL_NAME "the name of a call"

// A name that can be one in C too, to free; NULL, with a problem, if there is none.
char *parse_name(struct parser *p, const char *what);

// A value that fits into `size` bytes. False, with a problem, if there is none.
bool parse_value(struct parser *p, unsigned size, bool is_signed, uint64_t *value);

// One of u8 .. i64 and bool; false if the word is none.
bool parse_scalar(const char *word, struct ipc_type *type);

bool parse_type(struct parser *p, struct ipc_type *type);

// Comment lines in front of something; NULL if there are none. To free.
char *parse_doc(struct parser *p);

// A comment behind something on its line joins `doc`.
void parse_late_doc(struct parser *p, char **doc);

// The word, or a problem that says where it is missed.
bool parse_expect(struct parser *p, const char *word, const char *after);

// "{" { doc NAME ":" type ";" } "}", behind the name of a struct.
bool parse_members(struct parser *p, struct ipc_fields *fields);

// "(" ... ")".
bool parse_fields(struct parser *p, struct ipc_fields *fields);

// "interface" NAME ...
bool parse_interface(struct parser *p, struct ipc_decl *decl);

// The body of enum, flags or errors.
bool parse_values(struct parser *p, struct ipc_decl *decl);

// An attribute's value, if there are such before an item.
struct parse_attributes {
    bool has_id;
    bool has_version;
    uint64_t id;
    uint64_t version;
    struct ipc_place id_place;
    struct ipc_place version_place;
};

bool parse_attributes(struct parser *p, struct parse_attributes *attributes);

// Goes behind the next ";" or "}" that is not inside braces; stops at the end of the file and
// before a "}" that closes what is around.
void parse_recover(struct parser *p);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_IPCGEN_PARSE_H
