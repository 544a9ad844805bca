// SPDX-License-Identifier: GPL-3.0-only
//
// The header.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

static char *guard_of(const char *header) {
    char *upper = name_upper(header);
    for (char *c = upper; *c != '\0'; c++) {
        if (isalnum((unsigned char)*c) == 0) {
            *c = '_';
        }
    }
    char *guard = mem_format("HELIOS_IPC_%s", upper);
    free(upper);
    return guard;
}

static void add_const(struct buffer *out, const struct ipc_decl *decl) {
    char *name = mem_format("%s_%s", decl->unit->prefix, decl->name);
    char *upper = name_upper(name);
    buffer_format(out, "\n");
    emit_doc(out, "", decl->doc);
    if (decl->type.is_signed) {
        buffer_format(out, "#define %s INT%u_C(%lld)\n", upper, decl->type.size * 8,
                      (long long)decl->value);
    } else {
        buffer_format(out, "#define %s UINT%u_C(%llu)\n", upper, decl->type.size * 8,
                      (unsigned long long)decl->value);
    }
    free(name);
    free(upper);
}

static void add_enum(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    buffer_format(out, "\n");
    emit_doc(out, "", decl->doc);
    buffer_format(out, "enum %s {\n", name);
    for (size_t i = 0; i < decl->values.count; i++) {
        const struct ipc_value *value = &decl->values.items[i];
        char *text = mem_format("%s_%s", name, value->name);
        char *upper = name_upper(text);
        emit_doc(out, "    ", value->doc);
        buffer_format(out, "    %s = %llu,\n", upper, (unsigned long long)value->value);
        free(text);
        free(upper);
    }
    buffer_format(out,
                  "};\n\n// Whether a number is one of them.\nbool %s_is_valid(uint32_t value);\n",
                  name);
    free(name);
}

// Adds a macro's name in capitals, its value and its comment.
static void add_macro(struct strings *macros, const char *prefix, const char *name,
                      const char *value, const char *doc) {
    char *text = mem_format("%s%s%s", prefix, prefix[0] == '\0' ? "" : "_", name);
    char *upper = name_upper(text);
    strings_add(macros, upper);
    strings_add(macros, value);
    strings_add(macros, doc == NULL ? "" : doc);
    free(text);
    free(upper);
}

static void add_flags(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    unsigned bits = decl->type.size * 8;
    uint64_t all = 0;
    struct strings macros = {0};
    buffer_format(out, "\n");
    emit_doc(out, "", decl->doc);
    buffer_format(out, "%s", decl->doc == NULL ? "" : "//\n");
    buffer_format(out, "// Flags of %s::%s.\n", decl->unit->name, decl->name);
    for (size_t i = 0; i < decl->values.count; i++) {
        const struct ipc_value *flag = &decl->values.items[i];
        char *value = mem_format("UINT%u_C(0x%llx)", bits, (unsigned long long)flag->value);
        add_macro(&macros, name, flag->name, value, flag->doc);
        all |= flag->value;
        free(value);
    }
    char *value = mem_format("UINT%u_C(0x%llx)", bits, (unsigned long long)all);
    add_macro(&macros, name, "all", value, NULL);
    emit_macros(out, &macros);
    strings_free(&macros);
    free(value);
    free(name);
}

static void add_member(struct buffer *out, const struct ipc_field *field) {
    char *type = emit_type(&field->type);
    unsigned long long bound = field->type.bound;
    emit_doc(out, "    ", field->doc);
    if (field->type.kind == IPC_STRING) {
        buffer_format(out, "    char %s[%llu]; // up to %llu bytes and a NUL\n", field->name,
                      bound + 1, bound);
    } else if (field->type.kind == IPC_BYTES) {
        buffer_format(out, "    uint32_t %s_length;\n    uint8_t %s[%llu];\n", field->name,
                      field->name, bound);
    } else if (field->type.count > 0) {
        buffer_format(out, "    %s %s[%llu];\n", type, field->name,
                      (unsigned long long)field->type.count);
    } else {
        buffer_format(out, "    %s %s;\n", type, field->name);
    }
    free(type);
}

static void add_struct(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    buffer_format(out, "\n");
    emit_doc(out, "", decl->doc);
    buffer_format(out, "struct %s {\n", name);
    for (size_t i = 0; i < decl->fields.count; i++) {
        add_member(out, &decl->fields.items[i]);
    }
    char *upper = name_upper(name);
    buffer_format(out, "};\n\n// As it stands in a message: %u words.\n#define %s_WORDS %u\n",
                  decl->fields.words, upper, decl->fields.words);
    buffer_format(out,
                  "void %s_pack(uint64_t *words, const struct %s *value);\n"
                  "bool %s_unpack(const uint64_t *words, struct %s *value);\n",
                  name, name, name, name);
    free(name);
    free(upper);
}

static void add_errors(struct buffer *out, const struct ipc_values *errors, const char *prefix) {
    for (size_t i = 0; i < errors->count; i++) {
        const struct ipc_value *error = &errors->items[i];
        char *text = mem_format("%s_%s", prefix, error->name);
        char *upper = name_upper(text);
        buffer_format(out, "\n");
        emit_doc(out, "", error->doc);
        buffer_format(out, "// \"%s\"\n#define %s ((enum helios_error)0x%llxu)\n", error->text,
                      upper, (unsigned long long)error->value);
        free(text);
        free(upper);
    }
}

static void add_client(struct buffer *out, const struct ipc_decl *decl,
                       const struct ipc_call *call) {
    char *function = emit_call_name(decl, call);
    char *self = name_beside(call, decl->name);
    char *deadline = name_beside(call, "deadline");
    struct strings args = {0};
    strings_addf(&args, "uint64_t %s", self);
    emit_client_args(&args, call);
    char *head = mem_format("enum helios_error %s(", function);
    buffer_format(out, "\n");
    emit_doc(out, "", call->doc);
    emit_list(out, head, &args, ");\n");
    strings_free(&args);
    free(head);
    strings_addf(&args, "uint64_t %s", self);
    strings_addf(&args, "uint64_t %s", deadline);
    emit_client_args(&args, call);
    head = mem_format("enum helios_error %s_until(", function);
    emit_list(out, head, &args, ");\n");
    strings_free(&args);
    free(head);
    free(function);
    free(self);
    free(deadline);
}

static void add_ops(struct buffer *out, const struct ipc_decl *decl, const char *name) {
    buffer_format(out,
                  "\n// What a server of %s::%s does. A call that is NULL is answered with\n"
                  "// HELIOS_ERROR_UNSUPPORTED.\nstruct %s_ops {\n",
                  decl->unit->name, decl->name, name);
    for (size_t i = 0; i < decl->base_count; i++) {
        char *base = name_of(decl->bases[i]);
        buffer_format(out, "    struct %s_ops %s;\n", base, base);
        free(base);
    }
    for (size_t i = 0; i < decl->call_count; i++) {
        const struct ipc_call *call = &decl->calls[i];
        struct strings args = {0};
        char *op = name_of_op(call);
        char *head = mem_format("    enum helios_error (*%s)(", op);
        emit_op_args(&args, call);
        emit_doc(out, "    ", call->doc);
        emit_list(out, head, &args, ");\n");
        strings_free(&args);
        free(head);
        free(op);
    }
    if (decl->base_count + decl->call_count == 0) {
        buffer_format(out, "    char none_; // C wants a member\n");
    }
    buffer_format(out, "};\n");
}

static void add_server(struct buffer *out, const struct ipc_decl *decl, const char *name) {
    struct strings args = {0};
    char *head = mem_format("bool %s_dispatch(", name);
    strings_addf(&args, "const struct %s_ops *ops", name);
    strings_add(&args, "void *context");
    strings_add(&args, "struct helios_message *message");
    buffer_format(out,
                  "\n// Answers the request in *message: whether there is a reply there now.\n");
    emit_list(out, head, &args, ");\n");
    free(head);
    strings_free(&args);
    buffer_format(out, "\n// Serves an endpoint until it is gone.\n");
    head = mem_format("enum helios_error %s_serve(", name);
    strings_add(&args, "uint64_t endpoint");
    strings_addf(&args, "const struct %s_ops *ops", name);
    strings_add(&args, "void *context");
    emit_list(out, head, &args, ");\n");
    free(head);
    strings_free(&args);
    for (size_t i = 0; i < decl->call_count; i++) {
        const struct ipc_call *call = &decl->calls[i];
        buffer_format(out, "%s",
                      i == 0 ? "\n// Answers to calls for which the server returned "
                               "HELIOS_RPC_LATER. The Reply is used up.\n"
                             : "");
        head = mem_format("enum helios_error %s_%s_reply(", name, call->name);
        emit_reply_args(&args, call);
        emit_list(out, head, &args, ");\n");
        free(head);
        strings_free(&args);
    }
}

// Id, version, labels.
static void add_numbers(struct buffer *out, const struct ipc_decl *decl, const char *name) {
    struct strings macros = {0};
    char *id = mem_format("UINT64_C(0x%llx)", (unsigned long long)decl->id);
    char *version = mem_format("%llu", (unsigned long long)decl->version);
    add_macro(&macros, name, "id", id, NULL);
    add_macro(&macros, name, "version", version, NULL);
    emit_macros(out, &macros);
    strings_free(&macros);
    for (size_t i = 0; i < decl->call_count; i++) {
        char *label = mem_format("0x%xu", decl->calls[i].label);
        add_macro(&macros, name, decl->calls[i].name, label, NULL);
        free(label);
    }
    buffer_format(out, "%s", macros.count > 0 ? "\n// Labels of its calls.\n" : "");
    emit_macros(out, &macros);
    strings_free(&macros);
    free(id);
    free(version);
}

static void add_interface(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    char *errors = mem_format("%s_error", name);
    buffer_format(out, "\n// Interface %s::%s", decl->unit->name, decl->name);
    for (size_t i = 0; i < decl->base_count; i++) {
        buffer_format(out, "%s%s::%s", i == 0 ? ", which is also " : ", ",
                      decl->bases[i]->unit->name, decl->bases[i]->name);
    }
    buffer_format(out, ".\n%s", decl->doc != NULL ? "//\n" : "");
    emit_doc(out, "", decl->doc);
    add_numbers(out, decl, name);
    add_errors(out, &decl->values, errors);
    for (size_t i = 0; i < decl->call_count; i++) {
        add_client(out, decl, &decl->calls[i]);
    }
    add_ops(out, decl, name);
    add_server(out, decl, name);
    free(name);
    free(errors);
}

static void add_decl(struct buffer *out, const struct ipc_decl *decl) {
    char *name = NULL;
    switch (decl->kind) {
    case IPC_DECL_CONST:
        add_const(out, decl);
        break;
    case IPC_DECL_ENUM:
        add_enum(out, decl);
        break;
    case IPC_DECL_FLAGS:
        add_flags(out, decl);
        break;
    case IPC_DECL_STRUCT:
        add_struct(out, decl);
        break;
    case IPC_DECL_ERRORS:
        name = name_of(decl);
        add_errors(out, &decl->values, name);
        free(name);
        break;
    case IPC_DECL_INTERFACE:
        add_interface(out, decl);
        break;
    }
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void emit_header(const struct ipc_unit *unit, struct buffer *out) {
    char *guard = guard_of(unit->header);
    struct strings includes = {0};
    emit_top(unit, out);
    if (unit->doc != NULL) {
        buffer_format(out, "//\n");
        emit_doc(out, "", unit->doc);
    }
    buffer_format(out, "#ifndef %s\n#define %s\n\n#include <stdbool.h>\n#include <stdint.h>\n\n",
                  guard, guard);
    strings_add(&includes, "userland/helios/rpc.h");
    for (size_t i = 0; i < unit->use_count; i++) {
        strings_add(&includes, unit->uses[i]->header);
    }
    qsort((void *)includes.items, includes.count, sizeof *includes.items, compare);
    for (size_t i = 0; i < includes.count; i++) {
        buffer_format(out, "#include \"%s\"\n", includes.items[i]);
    }
    buffer_format(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (size_t i = 0; i < unit->decl_count; i++) {
        add_decl(out, unit->decls[i]);
    }
    buffer_format(out,
                  "\n// What a status means: an error of this file's, or any other. Never NULL.\n"
                  "const char *%s_strerror(enum helios_error status);\n"
                  "\n#ifdef __cplusplus\n}\n#endif\n\n#endif // %s\n",
                  unit->prefix, guard);
    strings_free(&includes);
    free(guard);
}
