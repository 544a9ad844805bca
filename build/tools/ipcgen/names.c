// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// Words that C and C++ keep for themselves.
static const char *const reserved[] = {
    "alignas",   "alignof",   "and",      "asm",      "auto",      "bool",     "break",   "case",
    "catch",     "char",      "class",    "const",    "constexpr", "continue", "default", "delete",
    "do",        "double",    "else",     "enum",     "explicit",  "export",   "extern",  "false",
    "float",     "for",       "friend",   "goto",     "if",        "inline",   "int",     "long",
    "mutable",   "namespace", "new",      "not",      "nullptr",   "operator", "or",      "private",
    "protected", "public",    "register", "restrict", "return",    "short",    "signed",  "sizeof",
    "static",    "struct",    "switch",   "template", "this",      "throw",    "true",    "try",
    "typedef",   "typeof",    "typename", "union",    "unsigned",  "using",    "virtual", "void",
    "volatile",  "while",     "xor",
};

bool name_is_reserved(const char *name) {
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return true;
        }
    }
    return false;
}

char *name_of_op(const struct ipc_call *call) {
    return mem_format("%s%s", call->name, name_is_reserved(call->name) ? "_" : "");
}

char *name_of(const struct ipc_decl *decl) {
    const char *space = decl->unit->name;
    const char *last = strrchr(space, ':');
    bool is_same = strcmp(last == NULL ? space : last + 1, decl->name) == 0;
    if (is_same && decl->kind == IPC_DECL_INTERFACE) {
        return mem_format("%s", decl->unit->prefix);
    }
    return mem_format("%s_%s", decl->unit->prefix, decl->name);
}

char *name_upper(const char *text) {
    char *upper = mem_format("%s", text);
    for (char *c = upper; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return upper;
}

char *name_upper_of(const struct ipc_decl *decl) {
    char *name = name_of(decl);
    char *upper = name_upper(name);
    free(name);
    return upper;
}

static bool has_field(const struct ipc_fields *fields, const char *name) {
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_cap(const struct ipc_caps *caps, const char *name) {
    for (size_t i = 0; i < caps->count; i++) {
        if (strcmp(caps->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

char *name_beside(const struct ipc_call *call, const char *wanted) {
    bool is_taken = has_field(&call->params, wanted) || has_field(&call->results, wanted) ||
                    has_cap(&call->caps, wanted) || has_cap(&call->result_caps, wanted);
    return mem_format("%s%s", wanted, is_taken ? "_" : "");
}

// Names and where they come from.
struct names {
    struct strings list;
    struct ipc_place *places;
};

static void add(struct names *names, struct ipc_place place, const char *prefix,
                const char *suffix) {
    strings_addf(&names->list, "%s%s%s", prefix, suffix[0] == '\0' ? "" : "_", suffix);
    names->places = mem_resize(names->places, names->list.count * sizeof *names->places);
    names->places[names->list.count - 1] = place;
}

static void add_upper(struct names *names, struct ipc_place place, const char *prefix,
                      const char *suffix) {
    char *text = mem_format("%s_%s", prefix, suffix);
    char *upper = name_upper(text);
    add(names, place, upper, "");
    free(text);
    free(upper);
}

static void add_values(struct names *names, const struct ipc_values *values, const char *prefix) {
    for (size_t i = 0; i < values->count; i++) {
        add_upper(names, values->items[i].place, prefix, values->items[i].name);
    }
}

static void add_interface(struct names *names, const struct ipc_decl *decl, const char *name) {
    static const char *const ours[] = {"dispatch", "serve", "ops"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        add(names, decl->place, name, ours[i]);
    }
    add_upper(names, decl->place, name, "id");
    add_upper(names, decl->place, name, "version");
    for (size_t i = 0; i < decl->call_count; i++) {
        const struct ipc_call *call = &decl->calls[i];
        char *function = mem_format("%s_%s", name, call->name);
        add(names, call->place, function, "");
        add(names, call->place, function, "until");
        add(names, call->place, function, "reply");
        add_upper(names, call->place, name, call->name);
        free(function);
    }
    char *errors = mem_format("%s_error", name);
    add_values(names, &decl->values, errors);
    free(errors);
}

static void add_decl(struct names *names, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    switch (decl->kind) {
    case IPC_DECL_CONST:
        add_upper(names, decl->place, decl->unit->prefix, decl->name);
        break;
    case IPC_DECL_FLAGS:
        add_upper(names, decl->place, name, "all");
        add_values(names, &decl->values, name);
        break;
    case IPC_DECL_ENUM:
        add(names, decl->place, name, "is_valid");
        add_values(names, &decl->values, name);
        break;
    case IPC_DECL_STRUCT:
        add(names, decl->place, name, "pack");
        add(names, decl->place, name, "unpack");
        break;
    case IPC_DECL_ERRORS:
        add_values(names, &decl->values, name);
        break;
    case IPC_DECL_INTERFACE:
        add_interface(names, decl, name);
        break;
    }
    free(name);
}

bool name_check(struct ipc_set *set, struct ipc_unit *unit) {
    struct names names = {0};
    bool is_good = true;
    for (size_t i = 0; i < unit->decl_count; i++) {
        add_decl(&names, unit->decls[i]);
    }
    for (size_t i = 0; i < names.list.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names.list.items[i], names.list.items[k]) == 0) {
                ipc_problem(set, unit, names.places[i],
                            "expected another name: this and line %u would both make '%s' in C",
                            names.places[k].line, names.list.items[i]);
                is_good = false;
                break;
            }
        }
    }
    strings_free(&names.list);
    free(names.places);
    return is_good;
}
