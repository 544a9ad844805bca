// SPDX-License-Identifier: GPL-3.0-only
//
// The C source that clients and servers share: checks of enums, structs in words, texts of errors.
#include <stdlib.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

static void add_is_valid(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    char *upper = name_upper(name);
    buffer_format(out, "\nbool %s_is_valid(uint32_t value) {\n    switch (value) {\n", name);
    for (size_t i = 0; i < decl->values.count; i++) {
        char *value = name_upper(decl->values.items[i].name);
        buffer_format(out, "    case %s_%s:\n", upper, value);
        free(value);
    }
    buffer_format(out, "        return true;\n    default:\n        return false;\n    }\n}\n");
    free(name);
    free(upper);
}

static void add_texts(struct buffer *out, const struct ipc_decl *decl) {
    for (size_t i = 0; i < decl->values.count; i++) {
        const struct ipc_value *error = &decl->values.items[i];
        char *name = name_of(decl);
        char *text =
            mem_format("%s%s_%s", name, decl->kind == IPC_DECL_ERRORS ? "" : "_error", error->name);
        char *upper = name_upper(text);
        buffer_format(out, "    case (uint32_t)%s:\n        return \"%s\";\n", upper, error->text);
        free(name);
        free(text);
        free(upper);
    }
}

static void add_strerror(struct buffer *out, const struct ipc_unit *unit) {
    struct buffer cases = {0};
    for (size_t i = 0; i < unit->decl_count; i++) {
        const struct ipc_decl *decl = unit->decls[i];
        if (decl->kind == IPC_DECL_ERRORS || decl->kind == IPC_DECL_INTERFACE) {
            add_texts(&cases, decl);
        }
    }
    buffer_format(out, "\nconst char *%s_strerror(enum helios_error status) {\n", unit->prefix);
    if (cases.size > 0) {
        buffer_format(out,
                      "    switch ((uint32_t)status) {\n%s    default:\n        break;\n    }\n",
                      cases.data);
    }
    buffer_format(out, "    return helios_rpc_strerror(status);\n}\n");
    buffer_free(&cases);
}

void emit_common(const struct ipc_unit *unit, struct buffer *out) {
    emit_top(unit, out);
    buffer_format(out, "#include \"%s\"\n\n#include <string.h>\n", unit->header);
    for (size_t i = 0; i < unit->decl_count; i++) {
        if (unit->decls[i]->kind == IPC_DECL_ENUM) {
            add_is_valid(out, unit->decls[i]);
        } else if (unit->decls[i]->kind == IPC_DECL_STRUCT) {
            codec_struct(out, unit->decls[i]);
        }
    }
    add_strerror(out, unit);
}
