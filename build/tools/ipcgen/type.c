// SPDX-License-Identifier: GPL-3.0-only
//
// Types, and lists of things that have one.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/names.h"
#include "build/tools/ipcgen/parse.h"

enum { MAX_FIELDS = 64 };

char *parse_name(struct parser *p, const char *what) {
    if (p->lex.kind != LEX_NAME) {
        lex_expected(&p->lex, what);
        return NULL;
    }
    char *name = lex_copy(&p->lex);
    size_t length = strlen(name);
    bool is_plain = isalpha((unsigned char)name[0]) != 0 && name[length - 1] != '_' &&
                    strstr(name, "__") == NULL && length <= 48;
    if (!is_plain || (name_is_reserved(name) && strcmp(what, PARSE_CALL_NAME) != 0)) {
        ipc_problem(p->set, p->unit, p->lex.place,
                    is_plain
                        ? "expected %s, found '%s', which is a word of C or C++"
                        : "expected %s that begins with a letter, has at most 48 characters, no "
                          "'_' at its end and no two together; found '%s'",
                    what, name);
    }
    lex_next(&p->lex);
    return name;
}

char *parse_path(struct parser *p, const char *what) {
    if (p->lex.kind != LEX_NAME) {
        lex_expected(&p->lex, what);
        return NULL;
    }
    struct buffer path = {0};
    buffer_append(&path, p->lex.text, p->lex.length);
    lex_next(&p->lex);
    while (lex_accept(&p->lex, "::")) {
        if (p->lex.kind != LEX_NAME) {
            lex_expected(&p->lex, "a name after '::'");
            buffer_free(&path);
            return NULL;
        }
        buffer_format(&path, "::%.*s", (int)p->lex.length, p->lex.text);
        lex_next(&p->lex);
    }
    return path.data;
}

static const struct ipc_decl *find_in(const struct ipc_unit *unit, const char *name) {
    for (size_t i = 0; i < unit->decl_count; i++) {
        if (strcmp(unit->decls[i]->name, name) == 0) {
            return unit->decls[i];
        }
    }
    return NULL;
}

const struct ipc_decl *parse_find(const struct parser *p, const char *path) {
    const struct ipc_decl *here = find_in(p->unit, path);
    if (here != NULL) {
        return here;
    }
    size_t space = 0; // characters of the namespace
    for (const char *at = strstr(path, "::"); at != NULL; at = strstr(at + 2, "::")) {
        space = (size_t)(at - path);
    }
    for (size_t i = 0; space > 0 && i <= p->unit->use_count; i++) {
        const struct ipc_unit *unit = i == 0 ? p->unit : p->unit->uses[i - 1];
        if (strlen(unit->name) == space && strncmp(unit->name, path, space) == 0) {
            return find_in(unit, path + space + 2);
        }
    }
    return NULL;
}

bool parse_scalar(const char *word, struct ipc_type *type) {
    if (strcmp(word, "bool") == 0) {
        *type = (struct ipc_type){.kind = IPC_BOOL, .size = 1};
        return true;
    }
    static const char *const sizes[] = {"8", "16", "32", "64"};
    for (unsigned i = 0; i < 4; i++) {
        if ((word[0] == 'u' || word[0] == 'i') && strcmp(word + 1, sizes[i]) == 0) {
            *type = (struct ipc_type){
                .kind = IPC_INTEGER, .size = 1u << i, .is_signed = word[0] == 'i'};
            return true;
        }
    }
    return false;
}

static bool bounded(struct parser *p, const char *what, uint64_t *bound) {
    struct ipc_place place = p->lex.place;
    if (!parse_value(p, 8, false, bound)) {
        return false;
    }
    uint64_t most = (uint64_t)IPC_MAX_PARAMS * IPC_WORD;
    if (*bound == 0 || *bound > most) {
        ipc_problem(p->set, p->unit, place, "expected %s of 1 to %llu, found %llu", what,
                    (unsigned long long)most, (unsigned long long)*bound);
        return false;
    }
    return parse_expect(p, "]", what);
}

static bool text_type(struct parser *p, enum ipc_kind kind, struct ipc_type *type) {
    *type = (struct ipc_type){.kind = kind, .size = 1};
    if (!lex_accept(&p->lex, "[")) {
        return lex_expected(&p->lex, "'[' and the most bytes that it can have");
    }
    return bounded(p, "a length", &type->bound);
}

static bool named_type(struct parser *p, const char *path, struct ipc_place place,
                       struct ipc_type *type) {
    const struct ipc_decl *decl = parse_find(p, path);
    place.length = (unsigned)strlen(path);
    bool is_open = decl != NULL && decl == p->unit->decls[p->unit->decl_count - 1];
    if (decl == NULL || is_open) {
        ipc_problem(p->set, p->unit, place,
                    "expected a type (u8 to u64, i8 to i64, bool, string[N], bytes[N], or one "
                    "declared before), found '%s'",
                    path);
        return false;
    }
    if (decl->kind != IPC_DECL_ENUM && decl->kind != IPC_DECL_FLAGS &&
        decl->kind != IPC_DECL_STRUCT) {
        ipc_problem(p->set, p->unit, place, "expected a type, found '%s', which is none", path);
        return false;
    }
    *type = decl->type;
    type->decl = decl;
    return true;
}

bool parse_type(struct parser *p, struct ipc_type *type) {
    struct ipc_place place = p->lex.place;
    char *path = parse_path(p, "a type");
    if (path == NULL) {
        return false;
    }
    bool is_good = true;
    if (strcmp(path, "string") == 0) {
        is_good = text_type(p, IPC_STRING, type);
    } else if (strcmp(path, "bytes") == 0) {
        is_good = text_type(p, IPC_BYTES, type);
    } else if (!parse_scalar(path, type)) {
        is_good = named_type(p, path, place, type);
    }
    free(path);
    if (is_good && lex_is(&p->lex, "[")) {
        if (ipc_is_text(type)) {
            return lex_expected(&p->lex, "no array of strings or bytes (put them into a struct)");
        }
        lex_next(&p->lex);
        is_good = bounded(p, "a number of elements", &type->count);
    }
    if (is_good && ipc_type_words(type) > IPC_MAX_PARAMS) {
        ipc_problem(p->set, p->unit, place, "expected at most %d words of 8 bytes, found %u",
                    IPC_MAX_PARAMS, ipc_type_words(type));
        return false;
    }
    return is_good;
}

static bool is_twice(const struct ipc_fields *fields, const char *name) {
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// doc NAME ":" type
static bool field(struct parser *p, struct ipc_fields *fields, const char *what) {
    char *doc = parse_doc(p);
    struct ipc_place place = p->lex.place;
    char *name = parse_name(p, what);
    struct ipc_type type = {0};
    bool is_good = name != NULL && parse_expect(p, ":", "the name") && parse_type(p, &type);
    if (is_good && is_twice(fields, name)) {
        ipc_problem(p->set, p->unit, place, "expected another name, found '%s' twice", name);
    } else if (is_good && fields->count == MAX_FIELDS) {
        ipc_problem(p->set, p->unit, place, "expected at most %d of them", MAX_FIELDS);
    } else if (is_good) {
        fields->items = mem_resize(fields->items, (fields->count + 1) * sizeof *fields->items);
        fields->items[fields->count++] =
            (struct ipc_field){.name = name, .doc = doc, .type = type, .place = place};
        return true;
    }
    free(name);
    free(doc);
    return is_good;
}

bool parse_members(struct parser *p, struct ipc_fields *fields) {
    if (!parse_expect(p, "{", "the name")) {
        return false;
    }
    while (!lex_is(&p->lex, "}")) {
        size_t before = fields->count;
        if (p->lex.kind == LEX_END) {
            return lex_expected(&p->lex, "a member or '}'");
        }
        if (!field(p, fields, "the name of a member") || !parse_expect(p, ";", "the type")) {
            parse_recover(p);
        } else if (fields->count > before) {
            parse_late_doc(p, &fields->items[before].doc);
        }
    }
    lex_next(&p->lex);
    return true;
}

bool parse_fields(struct parser *p, struct ipc_fields *fields) {
    if (!parse_expect(p, "(", "this")) {
        return false;
    }
    while (!lex_is(&p->lex, ")")) {
        size_t before = fields->count;
        if (!field(p, fields, "a name or ')'")) {
            return false;
        }
        if (!lex_is(&p->lex, ")") && !parse_expect(p, ",", "the type")) {
            return false;
        }
        if (fields->count > before) {
            parse_late_doc(p, &fields->items[before].doc);
        }
    }
    lex_next(&p->lex);
    return true;
}
