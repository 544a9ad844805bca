// SPDX-License-Identifier: GPL-3.0-only
//
// The reference page: an interface file as Markdown.
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

// A type as the file says it, to free.
static char *type_text(const struct ipc_type *type) {
    char *text = NULL;
    if (type->decl != NULL) {
        text = mem_format("%s::%s", type->decl->unit->name, type->decl->name);
    } else if (ipc_is_text(type)) {
        text = mem_format("%s[%llu]", type->kind == IPC_STRING ? "string" : "bytes",
                          (unsigned long long)type->bound);
    } else if (type->kind == IPC_BOOL) {
        text = mem_format("bool");
    } else {
        text = mem_format("%c%u", type->is_signed ? 'i' : 'u', type->size * 8);
    }
    if (type->count > 0) {
        char *array = mem_format("%s[%llu]", text, (unsigned long long)type->count);
        free(text);
        text = array;
    }
    return text;
}

static void add_doc(struct buffer *out, const char *doc) {
    buffer_format(out, "%s", doc == NULL ? "" : doc);
}

// A comment in one cell of a table.
static void add_cell(struct buffer *out, const char *doc) {
    for (; doc != NULL && *doc != '\0'; doc++) {
        if (*doc == '|') {
            buffer_format(out, "\\|");
        } else if (*doc != '\n' || doc[1] != '\0') {
            buffer_format(out, "%c", *doc == '\n' ? ' ' : *doc);
        }
    }
}

static void add_fields(struct buffer *out, const struct ipc_fields *fields) {
    buffer_format(out, "(");
    for (size_t i = 0; i < fields->count; i++) {
        char *type = type_text(&fields->items[i].type);
        buffer_format(out, "%s%s: %s", i == 0 ? "" : ", ", fields->items[i].name, type);
        free(type);
    }
    buffer_format(out, ")");
}

static void add_caps(struct buffer *out, const struct ipc_caps *caps) {
    static const char *const suffixes[] = {"", "?", "..."};
    for (size_t i = 0; i < caps->count; i++) {
        const struct ipc_cap *cap = &caps->items[i];
        buffer_format(out, "%s%s: %s%s", i == 0 ? "{" : ", ", cap->name, cap->type,
                      suffixes[cap->kind]);
    }
    buffer_format(out, "%s", caps->count == 0 ? "" : "}");
}

static void add_rows(struct buffer *out, const struct ipc_fields *fields, const char *kind) {
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].doc != NULL) {
            buffer_format(out, "| %s `%s` | ", kind, fields->items[i].name);
            add_cell(out, fields->items[i].doc);
            buffer_format(out, " |\n");
        }
    }
}

static bool has_docs(const struct ipc_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].doc != NULL) {
            return true;
        }
    }
    return false;
}

static void add_call(struct buffer *out, const struct ipc_decl *decl, const struct ipc_call *call) {
    char *function = emit_call_name(decl, call);
    buffer_format(out, "\n### %s\n\n```\ncall %s", call->name, call->name);
    add_caps(out, &call->caps);
    add_fields(out, &call->params);
    buffer_format(out, " ");
    if (call->results.count == 0) {
        buffer_format(out, "void");
    } else {
        add_fields(out, &call->results);
    }
    add_caps(out, &call->result_caps);
    buffer_format(out, ";\n```\n\nLabel `0x%x`. In C: `%s`.\n", call->label, function);
    if (call->doc != NULL) {
        buffer_format(out, "\n");
        add_doc(out, call->doc);
    }
    if (has_docs(&call->params) || has_docs(&call->results)) {
        buffer_format(out, "\n| | |\n|---|---|\n");
        add_rows(out, &call->params, "parameter");
        add_rows(out, &call->results, "result");
    }
    free(function);
}

static void add_errors(struct buffer *out, const struct ipc_values *errors, const char *prefix) {
    if (errors->count > 0) {
        buffer_format(out, "\n| error | number | |\n|---|---|---|\n");
    }
    for (size_t i = 0; i < errors->count; i++) {
        const struct ipc_value *error = &errors->items[i];
        char *name = mem_format("%s_%s", prefix, error->name);
        char *upper = name_upper(name);
        buffer_format(out, "| `%s` | 0x%llx | %s%s", upper, (unsigned long long)error->value,
                      error->text, error->doc == NULL ? "" : ". ");
        add_cell(out, error->doc);
        buffer_format(out, " |\n");
        free(name);
        free(upper);
    }
}

static void add_interface(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    char *errors = mem_format("%s_error", name);
    buffer_format(out, "\n## interface %s\n\n", decl->name);
    if (decl->doc != NULL) {
        add_doc(out, decl->doc);
        buffer_format(out, "\n");
    }
    buffer_format(out, "Id `0x%llx`, version %llu.", (unsigned long long)decl->id,
                  (unsigned long long)decl->version);
    for (size_t i = 0; i < decl->base_count; i++) {
        buffer_format(out, "%s`%s::%s`", i == 0 ? " Has all calls of " : ", ",
                      decl->bases[i]->unit->name, decl->bases[i]->name);
    }
    buffer_format(out, "%s\n", decl->base_count > 0 ? "." : "");
    add_errors(out, &decl->values, errors);
    for (size_t i = 0; i < decl->call_count; i++) {
        add_call(out, decl, &decl->calls[i]);
    }
    free(name);
    free(errors);
}

static void add_values(struct buffer *out, const struct ipc_decl *decl) {
    const char *what = decl->kind == IPC_DECL_ENUM ? "enum" : "flags";
    char *upper = name_upper_of(decl);
    buffer_format(out, "\n## %s %s\n\n", what, decl->name);
    add_doc(out, decl->doc);
    buffer_format(out, "%s| | value | |\n|---|---|---|\n", decl->doc == NULL ? "" : "\n");
    for (size_t i = 0; i < decl->values.count; i++) {
        const struct ipc_value *value = &decl->values.items[i];
        char *name = name_upper(value->name);
        buffer_format(out,
                      decl->kind == IPC_DECL_ENUM ? "| `%s_%s` | %llu | " : "| `%s_%s` | 0x%llx | ",
                      upper, name, (unsigned long long)value->value);
        add_cell(out, value->doc);
        buffer_format(out, " |\n");
        free(name);
    }
    free(upper);
}

static void add_struct(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    buffer_format(out, "\n## struct %s\n\n", decl->name);
    add_doc(out, decl->doc);
    buffer_format(out,
                  "%s`struct %s`, %u words in a message.\n\n| member | type | |\n|---|---|---|\n",
                  decl->doc == NULL ? "" : "\n", name, decl->fields.words);
    for (size_t i = 0; i < decl->fields.count; i++) {
        char *type = type_text(&decl->fields.items[i].type);
        buffer_format(out, "| `%s` | `%s` | ", decl->fields.items[i].name, type);
        add_cell(out, decl->fields.items[i].doc);
        buffer_format(out, " |\n");
        free(type);
    }
    free(name);
}

static void add_const(struct buffer *out, const struct ipc_decl *decl) {
    char *upper = name_upper_of(decl);
    buffer_format(out, "\n## const %s\n\n`%s` is %lld.\n", decl->name, upper,
                  (long long)decl->value);
    if (decl->doc != NULL) {
        buffer_format(out, "\n");
        add_doc(out, decl->doc);
    }
    free(upper);
}

void emit_page(const struct ipc_unit *unit, struct buffer *out) {
    buffer_format(out, "<!-- Made by ipcgen. -->\n\n# %s\n", unit->name);
    if (unit->doc != NULL) {
        buffer_format(out, "\n");
        add_doc(out, unit->doc);
    }
    for (size_t i = 0; i < unit->decl_count; i++) {
        const struct ipc_decl *decl = unit->decls[i];
        char *name = NULL;
        switch (decl->kind) {
        case IPC_DECL_CONST:
            add_const(out, decl);
            break;
        case IPC_DECL_ENUM:
        case IPC_DECL_FLAGS:
            add_values(out, decl);
            break;
        case IPC_DECL_STRUCT:
            add_struct(out, decl);
            break;
        case IPC_DECL_ERRORS:
            name = name_of(decl);
            buffer_format(out, "\n## errors\n");
            add_errors(out, &decl->values, name);
            free(name);
            break;
        case IPC_DECL_INTERFACE:
            add_interface(out, decl);
            break;
        }
    }
}
