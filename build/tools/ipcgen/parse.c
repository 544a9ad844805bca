// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/parse.h"

#include <stdlib.h>
#include <string.h>

bool parse_expect(struct parser *p, const char *word, const char *after) {
    if (lex_accept(&p->lex, word)) {
        return true;
    }
    char *what = mem_format("'%s' after %s", word, after);
    lex_expected(&p->lex, what);
    free(what);
    return false;
}

void parse_recover(struct parser *p) {
    unsigned depth = 0;
    while (p->lex.kind != LEX_END) {
        bool is_open = lex_is(&p->lex, "{");
        bool is_close = lex_is(&p->lex, "}");
        bool is_end = lex_is(&p->lex, ";");
        if (is_close && depth == 0) {
            return;
        }
        depth += is_open;
        depth -= is_close;
        lex_next(&p->lex);
        bool is_more = lex_is(&p->lex, ";") || lex_is(&p->lex, "(");
        if (depth == 0 && (is_end || (is_close && !is_more))) {
            return;
        }
    }
}

static void add_line(char **doc, const struct lex *lex) {
    char *old = *doc;
    *doc = mem_format("%s%.*s\n", old == NULL ? "" : old, (int)lex->length, lex->text);
    free(old);
}

char *parse_doc(struct parser *p) {
    char *doc = NULL;
    while (p->lex.kind == LEX_DOC) {
        add_line(&doc, &p->lex);
        lex_next(&p->lex);
    }
    return doc;
}

void parse_late_doc(struct parser *p, char **doc) {
    if (p->lex.kind == LEX_DOC && p->lex.place.line == p->lex.last_line) {
        add_line(doc, &p->lex);
        lex_next(&p->lex);
    }
}

bool parse_attributes(struct parser *p, struct parse_attributes *attributes) {
    while (lex_accept(&p->lex, "@")) {
        struct ipc_place place = p->lex.place;
        bool is_id = lex_is(&p->lex, "id");
        if (!is_id && !lex_is(&p->lex, "version")) {
            return lex_expected(&p->lex, "'id' or 'version' after '@'");
        }
        lex_next(&p->lex);
        uint64_t value = 0;
        if (!parse_expect(p, "(", "the attribute") || !parse_value(p, 8, false, &value) ||
            !parse_expect(p, ")", "the value")) {
            return false;
        }
        *(is_id ? &attributes->id : &attributes->version) = value;
        *(is_id ? &attributes->has_id : &attributes->has_version) = true;
        *(is_id ? &attributes->id_place : &attributes->version_place) = place;
    }
    return true;
}

static bool value_is_twice(struct parser *p, const struct ipc_values *values, const char *name,
                           struct ipc_place place) {
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->items[i].name, name) == 0) {
            ipc_problem(p->set, p->unit, place, "expected another name, found '%s' twice", name);
            return true;
        }
    }
    return false;
}

// What a value is if the file does not say: the next number, the next bit, a hash.
static uint64_t next_value(const struct parser *p, const struct ipc_decl *decl,
                           const struct ipc_value *value) {
    const struct ipc_values *values = &decl->values;
    const struct ipc_value *last = values->count > 0 ? &values->items[values->count - 1] : NULL;
    if (decl->kind == IPC_DECL_ENUM) {
        return last == NULL ? 0 : last->value + 1;
    }
    if (decl->kind == IPC_DECL_FLAGS) {
        uint64_t bit = 1;
        while (last != NULL && bit != 0 && bit <= last->value) {
            bit <<= 1;
        }
        return bit;
    }
    char *name = decl->kind == IPC_DECL_ERRORS
                     ? mem_format("%s.%s", p->unit->name, value->name)
                     : mem_format("%s::%s.%s", p->unit->name, decl->name, value->name);
    uint64_t hash = ipc_hash(name);
    free(name);
    return IPC_FIRST_ERROR + hash % (IPC_LABEL_BIT - IPC_FIRST_ERROR);
}

static bool error_text(struct parser *p, char **text) {
    if (p->lex.kind != LEX_STRING) {
        return lex_expected(&p->lex, "a string that says what went wrong");
    }
    *text = lex_copy(&p->lex);
    if (strpbrk(*text, "\\%") != NULL) {
        return lex_expected(&p->lex, "a string without '\\' and '%'");
    }
    lex_next(&p->lex);
    return true;
}

// doc NAME [ STRING ] [ "=" value ] ";"
static bool value(struct parser *p, struct ipc_decl *decl) {
    bool is_error = decl->kind == IPC_DECL_ERRORS || decl->kind == IPC_DECL_INTERFACE;
    unsigned size = is_error ? 4 : decl->type.size;
    struct ipc_value value = {.doc = parse_doc(p), .place = p->lex.place};
    value.name = parse_name(p, "a name or '}'");
    bool is_good = value.name != NULL && (!is_error || error_text(p, &value.text));
    if (is_good) {
        value.value = next_value(p, decl, &value);
        if (lex_accept(&p->lex, "=")) {
            is_good = parse_value(p, size, decl->type.is_signed && !is_error, &value.value);
        }
    }
    is_good = is_good && parse_expect(p, ";", "the value") &&
              !value_is_twice(p, &decl->values, value.name, value.place);
    if (!is_good) {
        free(value.name);
        free(value.doc);
        free(value.text);
        return false;
    }
    parse_late_doc(p, &value.doc);
    decl->values.items =
        mem_resize(decl->values.items, (decl->values.count + 1) * sizeof *decl->values.items);
    decl->values.items[decl->values.count++] = value;
    return true;
}

bool parse_values(struct parser *p, struct ipc_decl *decl) {
    if (!parse_expect(p, "{", "this")) {
        return false;
    }
    while (!lex_is(&p->lex, "}")) {
        if (p->lex.kind == LEX_END) {
            return lex_expected(&p->lex, "a name or '}'");
        }
        if (!value(p, decl)) {
            parse_recover(p);
        }
    }
    lex_next(&p->lex);
    return true;
}

// [ ":" scalar ]
static bool underlying(struct parser *p, struct ipc_type *type) {
    if (!lex_accept(&p->lex, ":")) {
        return true;
    }
    char *word = lex_copy(&p->lex);
    struct ipc_type scalar = {0};
    bool is_good = parse_scalar(word, &scalar) && scalar.kind == IPC_INTEGER;
    free(word);
    if (!is_good) {
        return lex_expected(&p->lex, "one of u8 to u64 or i8 to i64");
    }
    type->size = scalar.size;
    type->is_signed = scalar.is_signed;
    lex_next(&p->lex);
    return true;
}

static bool constant(struct parser *p, struct ipc_decl *decl) {
    decl->type = (struct ipc_type){.kind = IPC_INTEGER, .size = 8};
    return underlying(p, &decl->type) && parse_expect(p, "=", "the constant's name") &&
           parse_value(p, decl->type.size, decl->type.is_signed, &decl->value) &&
           parse_expect(p, ";", "the value");
}

static bool enumeration(struct parser *p, struct ipc_decl *decl) {
    bool is_enum = decl->kind == IPC_DECL_ENUM;
    decl->type = (struct ipc_type){.kind = is_enum ? IPC_ENUM : IPC_FLAGS, .size = 4};
    struct ipc_place place = p->lex.place;
    if (!underlying(p, &decl->type)) {
        return false;
    }
    if (decl->type.is_signed || (is_enum && decl->type.size > 4)) {
        ipc_problem(p->set, p->unit, place, "expected %s",
                    is_enum ? "u8, u16 or u32 for an enum" : "u8 to u64 for flags");
    }
    return parse_values(p, decl);
}

static bool body(struct parser *p, struct ipc_decl *decl) {
    switch (decl->kind) {
    case IPC_DECL_CONST:
        return constant(p, decl);
    case IPC_DECL_ENUM:
    case IPC_DECL_FLAGS:
        return enumeration(p, decl);
    case IPC_DECL_STRUCT: {
        bool is_good = parse_members(p, &decl->fields);
        decl->type = (struct ipc_type){.kind = IPC_STRUCT};
        ipc_lay_out(&decl->fields, false);
        return is_good;
    }
    case IPC_DECL_ERRORS:
        return parse_values(p, decl);
    case IPC_DECL_INTERFACE:
        return parse_interface(p, decl);
    }
    return false;
}

static bool decl_kind(const struct lex *lex, enum ipc_decl_kind *kind) {
    static const char *const words[] = {
        [IPC_DECL_CONST] = "const",   [IPC_DECL_ENUM] = "enum",
        [IPC_DECL_FLAGS] = "flags",   [IPC_DECL_STRUCT] = "struct",
        [IPC_DECL_ERRORS] = "errors", [IPC_DECL_INTERFACE] = "interface",
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (lex_is(lex, words[i])) {
            *kind = (enum ipc_decl_kind)i;
            return true;
        }
    }
    return false;
}

static void apply(struct parser *p, struct ipc_decl *decl,
                  const struct parse_attributes *attributes) {
    if (decl->kind != IPC_DECL_INTERFACE) {
        if (attributes->has_id || attributes->has_version) {
            ipc_problem(p->set, p->unit,
                        attributes->has_id ? attributes->id_place : attributes->version_place,
                        "expected attributes before an interface or a call only");
        }
        return;
    }
    char *name = mem_format("%s::%s", p->unit->name, decl->name);
    decl->id = attributes->has_id ? attributes->id : ipc_hash(name);
    decl->version = attributes->has_version ? attributes->version : 1;
    free(name);
    if (decl->id == 0 || decl->version == 0 || decl->version > UINT32_MAX) {
        ipc_problem(p->set, p->unit,
                    decl->id == 0 ? attributes->id_place : attributes->version_place,
                    decl->id == 0 ? "expected an id other than 0"
                                  : "expected a version of 1 to 4294967295");
    }
}

static void add_decl(struct ipc_unit *unit, struct ipc_decl *decl) {
    unit->decls = (struct ipc_decl **)mem_resize((void *)unit->decls,
                                                 (unit->decl_count + 1) * sizeof(void *));
    unit->decls[unit->decl_count++] = decl;
}

static bool item(struct parser *p) {
    char *doc = parse_doc(p);
    struct parse_attributes attributes = {0};
    enum ipc_decl_kind kind = IPC_DECL_CONST;
    if (p->lex.kind == LEX_END) {
        free(doc);
        return true; // a comment at the end belongs to nothing
    }
    if (!parse_attributes(p, &attributes) || !decl_kind(&p->lex, &kind)) {
        free(doc);
        return lex_expected(&p->lex, "'const', 'enum', 'flags', 'struct', 'errors' or 'interface'");
    }
    struct ipc_place place = p->lex.place;
    lex_next(&p->lex);
    char *name = NULL;
    if (kind == IPC_DECL_ERRORS) {
        name = mem_format("error");
    } else {
        place = p->lex.place;
        name = parse_name(p, "a name");
    }
    if (name == NULL) {
        free(doc);
        return false;
    }
    struct ipc_type scalar;
    if (parse_find(p, name) != NULL || parse_scalar(name, &scalar)) {
        ipc_problem(p->set, p->unit, place, "expected another name, found '%s' twice", name);
    }
    struct ipc_decl *decl = mem_alloc(sizeof *decl);
    *decl =
        (struct ipc_decl){.kind = kind, .unit = p->unit, .name = name, .doc = doc, .place = place};
    add_decl(p->unit, decl);
    apply(p, decl, &attributes);
    bool is_good = body(p, decl);
    if (is_good && kind == IPC_DECL_CONST) {
        parse_late_doc(p, &decl->doc);
    }
    return is_good;
}

static const struct ipc_unit *find_unit(const struct ipc_set *set, const char *name,
                                        const struct ipc_unit *but) {
    for (size_t i = 0; i < set->count; i++) {
        const struct ipc_unit *unit = set->units[i];
        if (unit != but && unit->name != NULL && strcmp(unit->name, name) == 0) {
            return unit;
        }
    }
    return NULL;
}

static char *underscored(const char *path) {
    char *text = mem_format("%s", path);
    char *to = text;
    for (const char *from = path; *from != '\0'; from++) {
        if (from[0] == ':') {
            from++;
        }
        *to++ = (char)(*from == ':' ? '_' : *from);
    }
    *to = '\0';
    return text;
}

static bool space(struct parser *p) {
    struct ipc_unit *unit = p->unit;
    if (!lex_accept(&p->lex, "namespace")) {
        return lex_expected(&p->lex, "'namespace'");
    }
    struct ipc_place place = p->lex.place;
    unit->name = parse_path(p, "the name of the namespace");
    if (unit->name == NULL) {
        return false;
    }
    unit->prefix = underscored(unit->name);
    place.length = (unsigned)strlen(unit->name);
    const struct ipc_unit *other = find_unit(p->set, unit->name, unit);
    if (other != NULL) {
        ipc_problem(p->set, unit, place, "expected another namespace, found that of %s",
                    other->file);
    }
    return parse_expect(p, ";", "the namespace");
}

static bool use(struct parser *p) {
    struct ipc_unit *unit = p->unit;
    struct ipc_place place = p->lex.place;
    char *name = parse_path(p, "a namespace");
    if (name == NULL) {
        return false;
    }
    const struct ipc_unit *found = find_unit(p->set, name, unit);
    if (found == NULL) {
        place.length = (unsigned)strlen(name);
        ipc_problem(p->set, unit, place,
                    "expected the namespace of a file among the dependencies, found '%s'", name);
    } else {
        unit->uses = (const struct ipc_unit **)mem_resize((void *)unit->uses,
                                                          (unit->use_count + 1) * sizeof(void *));
        unit->uses[unit->use_count++] = found;
    }
    free(name);
    return parse_expect(p, ";", "the namespace");
}

void ipc_scan(const char *text, char **name, struct strings *uses) {
    struct ipc_set set = {0};
    struct ipc_unit unit = {.file = "", .text = (char *)(uintptr_t)text};
    struct parser p = {.set = &set, .unit = &unit};
    lex_init(&p.lex, &set, &unit);
    free(parse_doc(&p));
    *name = lex_accept(&p.lex, "namespace") ? parse_path(&p, "a name") : NULL;
    lex_accept(&p.lex, ";");
    while (lex_accept(&p.lex, "use")) {
        char *used = parse_path(&p, "a name");
        if (used == NULL) {
            break;
        }
        strings_add(uses, used);
        free(used);
        lex_accept(&p.lex, ";");
    }
    strings_free(&set.problems);
}

bool ipc_parse(struct ipc_set *set, const char *file, const char *header, const char *text) {
    struct ipc_unit *unit = mem_alloc(sizeof *unit);
    size_t before = set->problems.count;
    *unit = (struct ipc_unit){.file = mem_format("%s", file),
                              .header = mem_format("%s", header),
                              .text = mem_format("%s", text)};
    set->units =
        (struct ipc_unit **)mem_resize((void *)set->units, (set->count + 1) * sizeof(void *));
    set->units[set->count++] = unit;
    struct parser p = {.set = set, .unit = unit};
    lex_init(&p.lex, set, unit);
    unit->doc = parse_doc(&p);
    if (!space(&p)) {
        return false; // nothing else can be named
    }
    while (lex_accept(&p.lex, "use")) {
        if (!use(&p)) {
            parse_recover(&p);
        }
    }
    while (p.lex.kind != LEX_END) {
        if (!item(&p)) {
            parse_recover(&p);
            lex_accept(&p.lex, "}"); // one too many
        }
    }
    return set->problems.count == before && ipc_check(set, unit);
}
