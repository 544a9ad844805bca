// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/emit.h"

#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/names.h"

enum { WIDTH = 100 };

void emit_top(const struct ipc_unit *unit, struct buffer *out) {
    const char *slash = strrchr(unit->file, '/');
    buffer_format(out, "// SPDX-License-Identifier: MIT\n//\n// Made by ipcgen of %s.\n",
                  slash == NULL ? unit->file : slash + 1);
}

void emit_joined(struct buffer *out, const char *head, const struct strings *items,
                 const char *separator, const char *tail) {
    size_t indent = strlen(head);
    size_t column = indent;
    buffer_format(out, "%s", head);
    for (size_t i = 0; i < items->count; i++) {
        bool is_last = i + 1 == items->count;
        const char *end = is_last ? tail : separator;
        size_t room = strlen(items->items[i]) + strcspn(end, "\n");
        if (i > 0 && column + 1 + room > WIDTH) {
            buffer_format(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (i > 0) {
            buffer_format(out, " ");
            column++;
        }
        buffer_format(out, "%s%s", items->items[i], is_last ? "" : separator);
        column += room;
    }
    buffer_format(out, "%s", tail);
}

void emit_list(struct buffer *out, const char *head, const struct strings *items,
               const char *tail) {
    emit_joined(out, head, items, ",", tail);
}

void emit_assigned(struct buffer *out, const char *left, const char *function,
                   const struct strings *args, const char *tail) {
    size_t length = strlen(left) + strlen(" = (") + strlen(function) + strcspn(tail, "\n");
    for (size_t i = 0; i < args->count; i++) {
        length += strlen(args->items[i]) + (i == 0 ? 0 : 2);
    }
    size_t indent = strspn(left, " ") + 4;
    char *head = length <= WIDTH ? mem_format("%s = %s(", left, function)
                                 : mem_format("%*s%s(", (int)indent, "", function);
    if (length > WIDTH) {
        buffer_format(out, "%s =\n", left);
    }
    emit_list(out, head, args, tail);
    free(head);
}

void emit_macros(struct buffer *out, const struct strings *macros) {
    for (size_t i = 0; i < macros->count; i += 3) {
        size_t width = 0;
        size_t first = i;
        while (first > 0 && macros->items[first + 2][0] == '\0') {
            first -= 3;
        }
        for (size_t k = first; k < macros->count; k += 3) {
            if (k > first && macros->items[k + 2][0] != '\0') {
                break;
            }
            size_t length = strlen(macros->items[k]);
            width = length > width ? length : width;
        }
        emit_doc(out, "", macros->items[i + 2]);
        buffer_format(out, "#define %-*s %s\n", (int)width, macros->items[i], macros->items[i + 1]);
    }
}

void emit_doc(struct buffer *out, const char *indent, const char *doc) {
    while (doc != NULL && *doc != '\0') {
        size_t length = strcspn(doc, "\n");
        buffer_format(out, "%s//%s%.*s\n", indent, length == 0 ? "" : " ", (int)length, doc);
        doc += length + (doc[length] == '\n');
    }
}

char *emit_type(const struct ipc_type *type) {
    char *name = NULL;
    char *text = NULL;
    switch (type->kind) {
    case IPC_BOOL:
        return mem_format("bool");
    case IPC_STRING:
        return mem_format("char");
    case IPC_BYTES:
        return mem_format("uint8_t");
    case IPC_ENUM:
    case IPC_STRUCT:
        name = name_of(type->decl);
        text = mem_format("%s %s", type->kind == IPC_ENUM ? "enum" : "struct", name);
        free(name);
        return text;
    case IPC_INTEGER:
    case IPC_FLAGS:
        break;
    }
    return mem_format("%sint%u_t", type->is_signed ? "" : "u", type->size * 8);
}

size_t emit_fixed_caps(const struct ipc_caps *caps) {
    return caps->count - (emit_last_cap(caps) != NULL);
}

const struct ipc_cap *emit_last_cap(const struct ipc_caps *caps) {
    const struct ipc_cap *last = caps->count == 0 ? NULL : &caps->items[caps->count - 1];
    return last == NULL || last->kind == IPC_CAP_ONE ? NULL : last;
}

static void caps_in(struct strings *args, const struct ipc_caps *caps, bool is_declared) {
    for (size_t i = 0; i < caps->count; i++) {
        const struct ipc_cap *cap = &caps->items[i];
        if (cap->kind == IPC_CAP_MANY) {
            strings_addf(args, "%s%s", is_declared ? "const uint64_t *" : "", cap->name);
            strings_addf(args, "%s%s_count", is_declared ? "uint32_t " : "", cap->name);
        } else {
            strings_addf(args, "%s%s", is_declared ? "uint64_t " : "", cap->name);
        }
    }
}

static void add_in(struct strings *args, const struct ipc_field *field) {
    char *type = emit_type(&field->type);
    if (field->type.kind == IPC_STRING) {
        strings_addf(args, "const char *%s", field->name);
    } else if (field->type.kind == IPC_BYTES) {
        strings_addf(args, "const void *%s", field->name);
        strings_addf(args, "uint32_t %s_length", field->name);
    } else if (field->type.count > 0) {
        strings_addf(args, "const %s %s[%llu]", type, field->name,
                     (unsigned long long)field->type.count);
    } else if (field->type.kind == IPC_STRUCT) {
        strings_addf(args, "const %s *%s", type, field->name);
    } else {
        strings_addf(args, "%s %s", type, field->name);
    }
    free(type);
}

void emit_args_in(struct strings *args, const struct ipc_fields *fields,
                  const struct ipc_caps *caps) {
    caps_in(args, caps, true);
    for (size_t i = 0; i < fields->count; i++) {
        add_in(args, &fields->items[i]);
    }
}

void emit_names_in(struct strings *names, const struct ipc_fields *fields,
                   const struct ipc_caps *caps) {
    caps_in(names, caps, false);
    for (size_t i = 0; i < fields->count; i++) {
        strings_add(names, fields->items[i].name);
        if (fields->items[i].type.kind == IPC_BYTES) {
            strings_addf(names, "%s_length", fields->items[i].name);
        }
    }
}

static void add_out(struct strings *args, const struct ipc_field *field) {
    char *type = emit_type(&field->type);
    unsigned long long bound = field->type.bound;
    if (field->type.kind == IPC_STRING) {
        strings_addf(args, "char %s[%llu]", field->name, bound + 1);
    } else if (field->type.kind == IPC_BYTES) {
        strings_addf(args, "uint8_t %s[%llu]", field->name, bound);
        strings_addf(args, "uint32_t *%s_length", field->name);
    } else if (field->type.count > 0) {
        strings_addf(args, "%s %s[%llu]", type, field->name, (unsigned long long)field->type.count);
    } else {
        strings_addf(args, "%s *%s", type, field->name);
    }
    free(type);
}

void emit_args_out(struct strings *args, const struct ipc_fields *fields,
                   const struct ipc_caps *caps) {
    for (size_t i = 0; i < fields->count; i++) {
        add_out(args, &fields->items[i]);
    }
    for (size_t i = 0; i < caps->count; i++) {
        const struct ipc_cap *cap = &caps->items[i];
        strings_addf(args, "uint64_t *%s", cap->name);
        if (cap->kind == IPC_CAP_MANY) {
            strings_addf(args, "uint32_t *%s_count", cap->name);
        }
    }
}

void emit_client_args(struct strings *args, const struct ipc_call *call) {
    emit_args_in(args, &call->params, &call->caps);
    emit_args_out(args, &call->results, &call->result_caps);
}

void emit_op_args(struct strings *args, const struct ipc_call *call) {
    char *context = name_beside(call, "context");
    char *request = name_beside(call, "request");
    strings_addf(args, "void *%s", context);
    strings_addf(args, "const struct helios_request *%s", request);
    emit_client_args(args, call);
    free(context);
    free(request);
}

void emit_reply_args(struct strings *args, const struct ipc_call *call) {
    char *reply = name_beside(call, "reply");
    char *status = name_beside(call, "status");
    strings_addf(args, "uint64_t %s", reply);
    strings_addf(args, "enum helios_error %s", status);
    emit_args_in(args, &call->results, &call->result_caps);
    free(reply);
    free(status);
}

char *emit_call_name(const struct ipc_decl *decl, const struct ipc_call *call) {
    char *name = name_of(decl);
    char *text = mem_format("%s_%s", name, call->name);
    free(name);
    return text;
}

char *emit_label_name(const struct ipc_decl *decl, const struct ipc_call *call) {
    char *name = emit_call_name(decl, call);
    char *upper = name_upper(name);
    free(name);
    return upper;
}

// What identify says of the object, as userland/helios/rpc.h has it; to free.
static char *cap_type(const struct ipc_cap *cap) {
    if (cap->is_own || strcmp(cap->type, "any") == 0) {
        return mem_format("HELIOS_RPC_ANY");
    }
    if (!cap->is_object) {
        return mem_format("HELIOS_TYPE_ENDPOINT"); // of an interface
    }
    if (strcmp(cap->type, "table") == 0) {
        return mem_format("HELIOS_RPC_TABLE");
    }
    char *upper = name_upper(cap->type);
    char *text = mem_format("HELIOS_TYPE_%s", upper);
    free(upper);
    return text;
}

void emit_cap_types(struct buffer *out, const struct ipc_caps *caps) {
    struct strings types = {0};
    for (size_t i = 0; i < caps->count; i++) {
        char *type = cap_type(&caps->items[i]);
        strings_add(&types, type);
        free(type);
    }
    emit_list(out, "    static const uint8_t types_[] = {", &types, "};\n");
    strings_free(&types);
}
