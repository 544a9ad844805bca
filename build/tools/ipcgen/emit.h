// SPDX-License-Identifier: GPL-3.0-only
//
// What ipcgen makes of an interface file.
//
// Names that begin or end with '_' are of generated code only: no name of an interface file does.
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_EMIT_H
#define HELIOS_BUILD_TOOLS_IPCGEN_EMIT_H

#include "build/tools/ipcgen/ipc.h"

#ifdef __cplusplus
extern "C" {
#endif

// The header: types, client functions, tables of servers.
void emit_header(const struct ipc_unit *unit, struct buffer *out);

// C sources: what both sides need, the client's side, the server's.
void emit_common(const struct ipc_unit *unit, struct buffer *out);
void emit_client(const struct ipc_unit *unit, struct buffer *out);
void emit_server(const struct ipc_unit *unit, struct buffer *out);

// The reference page, Markdown.
void emit_page(const struct ipc_unit *unit, struct buffer *out);

// Pieces. ------------------------------------------------------------------------------------

// The first lines of a generated file.
void emit_top(const struct ipc_unit *unit, struct buffer *out);

// `head`, the items with commas between them, `tail`; broken before column 100, continued where the
// items began.
void emit_list(struct buffer *out, const char *head, const struct strings *items, const char *tail);

// The same with another separator, such as " ||".
void emit_joined(struct buffer *out, const char *head, const struct strings *items,
                 const char *separator, const char *tail);

// `left`, " =" and a call, behind the "=" or, if that is too long for a line, below it.
void emit_assigned(struct buffer *out, const char *left, const char *function,
                   const struct strings *args, const char *tail);

// Macros, name, value and comment (or "") of each in turn: values stand below each other as long as
// there is no comment between them.
void emit_macros(struct buffer *out, const struct strings *macros);

// Comment lines.
void emit_doc(struct buffer *out, const char *indent, const char *doc);

// The type of one value in C, to free.
char *emit_type(const struct ipc_type *type);

// Declarations of arguments: what is handed to a function, and where its results go.
void emit_args_in(struct strings *args, const struct ipc_fields *fields,
                  const struct ipc_caps *caps);
void emit_args_out(struct strings *args, const struct ipc_fields *fields,
                   const struct ipc_caps *caps);

// The same names where the function is called.
void emit_names_in(struct strings *names, const struct ipc_fields *fields,
                   const struct ipc_caps *caps);

// All arguments of a client's function behind the first ones.
void emit_client_args(struct strings *args, const struct ipc_call *call);

// The member of a server's table.
void emit_op_args(struct strings *args, const struct ipc_call *call);

// Arguments of the function that answers later, behind the Reply.
void emit_reply_args(struct strings *args, const struct ipc_call *call);

// "io_file" and the call's name; to free.
char *emit_call_name(const struct ipc_decl *decl, const struct ipc_call *call);
char *emit_label_name(const struct ipc_decl *decl, const struct ipc_call *call);

// How many capabilities stand at fixed places, and the last one if it is optional or many.
size_t emit_fixed_caps(const struct ipc_caps *caps);
const struct ipc_cap *emit_last_cap(const struct ipc_caps *caps);

// The array types_: to which objects they must be, in order; the last one stands for all further
// ones.
void emit_cap_types(struct buffer *out, const struct ipc_caps *caps);

// Words in messages (codec.c). ---------------------------------------------------------------

// Whether all words are in registers and each holds scalars only.
bool codec_is_direct(const struct ipc_fields *fields);

// What a side of a message is called where it is written or read.
struct codec {
    const struct ipc_fields *fields;
    const char *message; // "message_." or "message_->"
    const char *words;   // the array that they are read into
    const char *fail;    // a statement for what a peer got wrong; "%u" is the parameter
    bool is_pointer;     // values are read into what parameters point at
};

// Lines that write a message's words: checks of lengths, then the words and the tag, which has
// `label`, `caps` and `flags` as its parts. `capability`: of a request; NULL for an answer.
struct codec_tag {
    const char *label;
    const char *caps;
    const char *flags;
};
void codec_check(struct buffer *out, const struct ipc_fields *fields, const char *fail);
void codec_write(struct buffer *out, const struct ipc_fields *fields, const struct codec_tag *tag,
                 const char *capability);

// The number of parameters that a message must have, to free: a number, or a variable that is set
// here from lengths that codec_load has read.
char *codec_expected(struct buffer *out, const struct ipc_fields *fields);

// Lines that read them: into words_, lengths of strings and bytes, then values.
void codec_load(struct buffer *out, const struct codec *codec);
void codec_read(struct buffer *out, const struct codec *codec);

// NAME_pack and NAME_unpack of a struct.
void codec_struct(struct buffer *out, const struct ipc_decl *decl);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_IPCGEN_EMIT_H
