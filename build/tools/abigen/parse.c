// SPDX-License-Identifier: GPL-3.0-only
//
// From text to struct abi_file. One function for each rule of the grammar (abi.h); each returns
// false with a message if the text is not as it should be.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/abi.h"
#include "build/tools/abigen/lex.h"

struct parser {
    struct lex lex;
    struct abi_file *abi;
    struct error *err;
    const char *doc; // what stood before the present item
};

static const char *keep(struct parser *p, const char *text, size_t length) {
    strings_addf(&p->abi->texts, "%.*s", (int)length, text);
    return p->abi->texts.items[p->abi->texts.count - 1];
}

// Makes room for one more, zeroed.
static void *grow(void *items, size_t *count, size_t size) {
    char *grown = mem_resize(items, (*count + 1) * size);
    memset(grown + *count * size, 0, size);
    (*count)++;
    return grown;
}

static bool next(struct parser *p) {
    return lex_next(&p->lex, p->err);
}

// Passes the word if it is there.
static bool accept(struct parser *p, const char *word) {
    return lex_is(&p->lex, word) && next(p);
}

static bool expect(struct parser *p, const char *word) {
    if (!lex_is(&p->lex, word)) {
        char what[32] = "'";
        strncat(strncat(what, word, sizeof what - 3), "'", 2);
        return lex_expected(&p->lex, what, p->err);
    }
    return next(p);
}

static bool take(struct parser *p, enum lex_kind kind, const char *what, const char **text) {
    if (p->lex.kind != kind) {
        return lex_expected(&p->lex, what, p->err);
    }
    *text = keep(p, p->lex.text, p->lex.length);
    return next(p);
}

static bool take_name(struct parser *p, const char *what, const char **text) {
    return take(p, LEX_NAME, what, text);
}

// Lines of one kind, joined.
static bool take_lines(struct parser *p, enum lex_kind kind, const char **text) {
    struct buffer lines = {0};
    bool is_good = true;
    while (is_good && p->lex.kind == kind) {
        buffer_format(&lines, "%s%.*s", lines.size > 0 ? "\n" : "", (int)p->lex.length,
                      p->lex.text);
        if (lines.size == 0) {
            buffer_append(&lines, "", 0);
        }
        is_good = next(p);
    }
    *text = keep(p, lines.size > 0 ? lines.data : "", lines.size);
    buffer_free(&lines);
    return is_good;
}

// Strings that stand side by side, joined by blanks.
static bool take_strings(struct parser *p, const char **text) {
    struct buffer all = {0};
    bool is_good = true;
    while (is_good && p->lex.kind == LEX_STRING) {
        buffer_format(&all, "%s%.*s", all.size > 0 ? " " : "", (int)p->lex.length, p->lex.text);
        is_good = next(p);
    }
    *text = keep(p, all.size > 0 ? all.data : "", all.size);
    buffer_free(&all);
    return is_good;
}

// Everything up to `end`, as it is written.
static bool take_value(struct parser *p, const char *end, const char **text) {
    const char *start = p->lex.text;
    const char *stop = start;
    while (!lex_is(&p->lex, end)) {
        if ((p->lex.kind != LEX_NAME && p->lex.kind != LEX_NUMBER && p->lex.kind != LEX_SIGN) ||
            lex_is(&p->lex, "}")) {
            return lex_expected(&p->lex, "';' after the value", p->err);
        }
        stop = p->lex.text + p->lex.length;
        if (!next(p)) {
            return false;
        }
    }
    if (stop == start) {
        return lex_expected(&p->lex, "a value", p->err);
    }
    *text = keep(p, start, (size_t)(stop - start));
    return true;
}

static bool parse_rights(struct parser *p, const char **rights) {
    struct buffer all = {0};
    bool is_good = true;
    do {
        static const char *const known[] = {"READ", "WRITE", "EXECUTE", "GRANT"};
        size_t i = 0;
        while (i < 4 && !lex_is(&p->lex, known[i])) {
            i++;
        }
        if (i == 4) {
            is_good = lex_expected(&p->lex, "READ, WRITE, EXECUTE or GRANT", p->err);
            break;
        }
        buffer_format(&all, "%s%s", all.size > 0 ? " and " : "", known[i]);
        is_good = next(p);
    } while (is_good && accept(p, ","));
    *rights = keep(p, all.size > 0 ? all.data : "", all.size);
    buffer_free(&all);
    return is_good && expect(p, "]");
}

// Marks behind a name. Only a capability argument can be left out, and only one.
static bool parse_marks(struct parser *p, struct abi_field *field, const char *end) {
    const struct lex at_mark = p->lex;
    field->is_optional = accept(p, "?");
    if (field->is_optional && strcmp(end, "}") != 0) {
        return lex_expected(&at_mark, "no '?' behind a word", p->err);
    }
    if (field->is_optional && lex_is(&p->lex, "...")) {
        return lex_expected(&p->lex, "'?' or '...'", p->err);
    }
    field->is_many = accept(p, "...");
    return true;
}

static bool parse_field(struct parser *p, struct abi_field *field, const char *end) {
    *field = (struct abi_field){.type = "", .rights = "", .doc = ""};
    if (!take_name(p, "the name of a field", &field->name) || !parse_marks(p, field, end)) {
        return false;
    }
    if (accept(p, ":")) {
        field->line = p->lex.at_line;
        field->column = p->lex.at_column;
        if (!take_name(p, "the type of a capability", &field->type)) {
            return false;
        }
    }
    if (accept(p, "[") && !parse_rights(p, &field->rights)) {
        return false;
    }
    return take_strings(p, &field->doc);
}

// What must be the last field of its kind, since nobody could tell where the next one stands.
static const char *last_mark(const struct abi_fields *fields) {
    const struct abi_field *last = fields->count > 0 ? &fields->items[fields->count - 1] : NULL;
    if (last != NULL && last->is_many) {
        return "no field behind \"...\"";
    }
    return last != NULL && last->is_optional ? "no field behind \"?\"" : NULL;
}

static bool parse_fields(struct parser *p, const char *end, struct abi_fields *fields) {
    while (!lex_is(&p->lex, end)) {
        const char *mark = last_mark(fields);
        if (mark != NULL) {
            return lex_expected(&p->lex, mark, p->err);
        }
        fields->items = grow(fields->items, &fields->count, sizeof *fields->items);
        if (!parse_field(p, &fields->items[fields->count - 1], end)) {
            return false;
        }
        if (!lex_is(&p->lex, end) && !expect(p, ",")) {
            return false;
        }
    }
    return expect(p, end);
}

static bool use_set(struct parser *p, struct abi_refusals *refusals) {
    char name[64] = "";
    strncat(name, p->lex.text, p->lex.length < 63 ? p->lex.length : 63);
    const struct abi_refusals *set = abi_find_set(p->abi, name);
    if (set == NULL || p->lex.kind != LEX_NAME) {
        return lex_expected(&p->lex, "the name of a set of refusals", p->err);
    }
    for (size_t i = 0; i < set->count; i++) {
        refusals->items = grow(refusals->items, &refusals->count, sizeof *refusals->items);
        refusals->items[refusals->count - 1] = set->items[i];
    }
    return next(p) && expect(p, ";");
}

static bool has_field(const struct abi_fields *fields, const char *name) {
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_error(const struct abi_file *abi, const char *name) {
    for (size_t h = 0; h < abi->count; h++) {
        for (size_t i = 0; i < abi->headers[h].count; i++) {
            const struct abi_item *item = &abi->headers[h].items[i];
            for (size_t v = 0; item->kind == ABI_ERRORS && v < item->list.count; v++) {
                const char *error = item->list.values[v].name;
                if (text_starts_with(error, "ERROR_") && strcmp(error + 6, name) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

// `call` NULL: of a set.
static bool parse_refusal(struct parser *p, const struct abi_call *call, struct abi_refusal *r) {
    *r = (struct abi_refusal){.found = "", .wanted = ""};
    const struct lex at_error = p->lex;
    if (!take_name(p, "the name of an error", &r->error)) {
        return false;
    }
    if (!is_error(p->abi, r->error)) {
        return lex_expected(&at_error, "the name of an error", p->err);
    }
    const struct lex at_argument = p->lex;
    if (!take_name(p, "an argument", &r->argument)) {
        return false;
    }
    if (abi_argument_text(r->argument) == NULL &&
        (call == NULL ||
         (!has_field(&call->params, r->argument) && !has_field(&call->caps, r->argument)))) {
        return lex_expected(&at_argument, "an argument", p->err);
    }
    return take_strings(p, &r->when) && (!accept(p, "found") || take_strings(p, &r->found)) &&
           (!accept(p, "wanted") || take_strings(p, &r->wanted)) && expect(p, ";");
}

static bool parse_refusals(struct parser *p, const struct abi_call *call,
                           struct abi_refusals *refusals) {
    while (!lex_is(&p->lex, "}")) {
        if (accept(p, "use")) {
            if (!use_set(p, refusals)) {
                return false;
            }
            continue;
        }
        if (!lex_is(&p->lex, "error")) {
            return lex_expected(&p->lex, "'error', 'use' or '}'", p->err);
        }
        refusals->items = grow(refusals->items, &refusals->count, sizeof *refusals->items);
        if (!next(p) || !parse_refusal(p, call, &refusals->items[refusals->count - 1])) {
            return false;
        }
    }
    return next(p);
}

static bool parse_results(struct parser *p, struct abi_call *call) {
    if (!lex_is(&p->lex, "(") && !lex_is(&p->lex, "{")) {
        return lex_expected(&p->lex, "'(' or '{'", p->err);
    }
    return (!accept(p, "(") || parse_fields(p, ")", &call->results)) &&
           (!accept(p, "{") || parse_fields(p, "}", &call->result_caps));
}

static bool is_flag(const struct parser *p) {
    const struct abi_enum *flags = abi_find_enum(p->abi, "message_flags");
    for (size_t i = 0; flags != NULL && i < flags->count; i++) {
        if (lex_is(&p->lex, flags->values[i].name)) {
            return true;
        }
    }
    return false;
}

static bool parse_flags(struct parser *p, struct strings *flags) {
    do {
        if (!is_flag(p)) {
            return lex_expected(&p->lex, "a flag of a message", p->err);
        }
        strings_addf(flags, "%.*s", (int)p->lex.length, p->lex.text);
        if (!next(p)) {
            return false;
        }
    } while (!lex_is(&p->lex, "="));
    return true;
}

// What only a system call has: its function's name, and what its capability is called.
static bool parse_function(struct parser *p, struct abi_call *call) {
    call->function = call->name;
    return (!accept(p, "as") || take_name(p, "the name of a function", &call->function)) &&
           (!accept(p, "of") || take_name(p, "a name for the capability", &call->capability));
}

// Words of a system call travel in registers, or are the message.
static bool parse_words(struct parser *p, struct abi_call *call, bool is_syscall) {
    const struct lex at_words = p->lex;
    if (!parse_fields(p, ")", &call->params)) {
        return false;
    }
    size_t count = call->params.count;
    if (is_syscall && (count > 4 || (count > 1 && call->params.items[count - 1].is_many))) {
        return lex_expected(&at_words, "at most four words, or a message", p->err);
    }
    return true;
}

static bool parse_call(struct parser *p, struct abi_call *call, bool is_syscall) {
    *call =
        (struct abi_call){.doc = p->doc, .rights = "", .capability = "", .refusals = {.name = ""}};
    if (!take_name(p, "a name", &call->name) || (is_syscall && !parse_function(p, call)) ||
        (accept(p, "{") && !parse_fields(p, "}", &call->caps)) || !expect(p, "(") ||
        !parse_words(p, call, is_syscall) || (accept(p, "->") && !parse_results(p, call)) ||
        (accept(p, "[") && !parse_rights(p, &call->rights)) ||
        (is_syscall && accept(p, "flags") && !parse_flags(p, &call->flags)) || !expect(p, "=") ||
        !take(p, LEX_NUMBER, "a number", &call->number)) {
        return false;
    }
    if (accept(p, ";")) {
        return true;
    }
    if (!lex_is(&p->lex, "{")) {
        return lex_expected(&p->lex, "';' or '{'", p->err);
    }
    return next(p) && parse_refusals(p, call, &call->refusals);
}

static bool parse_object(struct parser *p, struct abi_object *object) {
    *object = (struct abi_object){.doc = p->doc};
    if (!take_name(p, "the name of an object", &object->name) ||
        !take(p, LEX_STRING, "a title", &object->title) || !expect(p, "{")) {
        return false;
    }
    while (!lex_is(&p->lex, "}")) {
        if (!take_lines(p, LEX_DOC, &p->doc)) {
            return false;
        }
        if (!lex_is(&p->lex, "call")) {
            return lex_expected(&p->lex, "'call' or '}'", p->err);
        }
        object->calls = grow(object->calls, &object->count, sizeof *object->calls);
        if (!next(p) || !parse_call(p, &object->calls[object->count - 1], false)) {
            return false;
        }
    }
    return next(p);
}

// Whether the present word is one of the names.
static bool is_one_of(const struct parser *p, const struct strings *names) {
    bool is_one = false;
    for (size_t i = 0; i < names->count; i++) {
        is_one = is_one || lex_is(&p->lex, names->items[i]);
    }
    return is_one;
}

// A register that nothing has been said about.
static bool take_register(struct parser *p, const struct abi_arch *arch, struct strings *list) {
    char what[80];
    snprintf(what, sizeof what, "a register of %s", arch->name);
    bool is_list_of_all = list == &arch->registers;
    if (p->lex.kind != LEX_NAME || (!is_list_of_all && !is_one_of(p, &arch->registers))) {
        return lex_expected(&p->lex, what, p->err);
    }
    if (is_one_of(p, &arch->operands) || is_one_of(p, &arch->kept) || is_one_of(p, &arch->lost) ||
        (is_list_of_all && is_one_of(p, &arch->registers))) {
        return lex_expected(&p->lex, "a register that has not been named", p->err);
    }
    strings_addf(list, "%.*s", (int)p->lex.length, p->lex.text);
    return next(p);
}

// "ROLE register ... ;"
static bool take_registers(struct parser *p, const char *role, const struct abi_arch *arch,
                           struct strings *list, bool is_one) {
    if (!expect(p, role) || !take_register(p, arch, list)) {
        return false;
    }
    while (!is_one && !lex_is(&p->lex, ";")) {
        if (!take_register(p, arch, list)) {
            return false;
        }
    }
    return expect(p, ";");
}

static bool parse_arch(struct parser *p, struct abi_arch *arch) {
    *arch = (struct abi_arch){.doc = p->doc};
    return take_name(p, "the name of an architecture", &arch->name) &&
           take(p, LEX_STRING, "an instruction", &arch->trap) && expect(p, "{") &&
           take_registers(p, "registers", arch, &arch->registers, false) &&
           take_registers(p, "number", arch, &arch->operands, true) &&
           take_registers(p, "capability", arch, &arch->operands, true) &&
           take_registers(p, "tag", arch, &arch->operands, true) &&
           take_registers(p, "params", arch, &arch->operands, false) &&
           take_registers(p, "kept", arch, &arch->kept, false) &&
           (!lex_is(&p->lex, "lost") || take_registers(p, "lost", arch, &arch->lost, false)) &&
           expect(p, "}");
}

static bool parse_value(struct parser *p, struct abi_value *value, bool needs_text) {
    *value = (struct abi_value){.value = "", .text = ""};
    if (!take_lines(p, LEX_DOC, &value->doc) ||
        !take_name(p, "the name of a value", &value->name)) {
        return false;
    }
    if ((needs_text || p->lex.kind == LEX_STRING) && !take(p, LEX_STRING, "a text", &value->text)) {
        return false;
    }
    if (accept(p, "=") && !take_value(p, ";", &value->value)) {
        return false;
    }
    return expect(p, ";");
}

static bool parse_list(struct parser *p, struct abi_enum *list, bool is_errors) {
    *list = (struct abi_enum){.doc = p->doc, .name = "error", .prefix = ""};
    if (!is_errors && (!take_name(p, "the name of an enum", &list->name) || !expect(p, "prefix") ||
                       !take_name(p, "the prefix of its values", &list->prefix))) {
        return false;
    }
    if (!expect(p, "{")) {
        return false;
    }
    while (!lex_is(&p->lex, "}")) {
        list->values = grow(list->values, &list->count, sizeof *list->values);
        if (!parse_value(p, &list->values[list->count - 1], is_errors)) {
            return false;
        }
    }
    return next(p);
}

static bool parse_header(struct parser *p) {
    struct abi_file *abi = p->abi;
    abi->headers = grow(abi->headers, &abi->count, sizeof *abi->headers);
    struct abi_header *header = &abi->headers[abi->count - 1];
    header->doc = p->doc;
    if (!take_name(p, "the name of a header", &header->name)) {
        return false;
    }
    if (accept(p, "include")) {
        while (p->lex.kind == LEX_STRING) {
            strings_addf(&header->includes, "%.*s", (int)p->lex.length, p->lex.text);
            if (!next(p)) {
                return false;
            }
        }
    }
    return expect(p, ";");
}

static bool parse_set(struct parser *p) {
    struct abi_file *abi = p->abi;
    abi->sets = grow(abi->sets, &abi->set_count, sizeof *abi->sets);
    struct abi_refusals *set = &abi->sets[abi->set_count - 1];
    return take_name(p, "the name of a set", &set->name) && expect(p, "{") &&
           parse_refusals(p, NULL, set);
}

static bool parse_item(struct parser *p, struct abi_item *item) {
    if (p->lex.kind == LEX_CODE) {
        item->kind = ABI_CODE;
        return take_lines(p, LEX_CODE, &item->code);
    }
    bool is_defines = lex_is(&p->lex, "defines");
    if (accept(p, "enum") || accept(p, "defines")) {
        item->kind = ABI_ENUM;
        bool is_good = parse_list(p, &item->list, false);
        item->list.is_defines = is_defines;
        return is_good;
    }
    if (accept(p, "errors")) {
        item->kind = ABI_ERRORS;
        return parse_list(p, &item->list, true);
    }
    if (accept(p, "object")) {
        item->kind = ABI_OBJECT;
        return parse_object(p, &item->object);
    }
    if (accept(p, "architecture")) {
        item->kind = ABI_ARCH;
        return parse_arch(p, &item->arch);
    }
    if (accept(p, "syscall")) {
        item->kind = ABI_SYSCALL;
        return parse_call(p, &item->call, true);
    }
    return lex_expected(&p->lex,
                        "'header', 'enum', 'defines', 'errors', 'object', 'architecture', "
                        "'syscall' or 'refusals'",
                        p->err);
}

// Names of objects can only be looked up when all are known.
static bool check_types(const char *file, const struct abi_file *abi,
                        const struct abi_object *object, struct error *err) {
    for (size_t c = 0; c < object->count; c++) {
        const struct abi_call *call = &object->calls[c];
        for (size_t i = 0; i < call->caps.count; i++) {
            const struct abi_field *field = &call->caps.items[i];
            const char *type = field->type;
            if (*type != '\0' && strcmp(type, "any") != 0 && abi_find_object(abi, type) == NULL) {
                return error_set(err, "%s:%u:%u: expected the name of an object, found '%s'", file,
                                 field->line, field->column, type);
            }
        }
    }
    return true;
}

static bool parse_file(struct parser *p) {
    while (p->lex.kind != LEX_END) {
        if (!take_lines(p, LEX_DOC, &p->doc)) {
            return false;
        }
        if (p->lex.kind == LEX_END) {
            break;
        }
        if (accept(p, "header")) {
            if (!parse_header(p)) {
                return false;
            }
            continue;
        }
        if (accept(p, "refusals")) {
            if (!parse_set(p)) {
                return false;
            }
            continue;
        }
        if (p->abi->count == 0) {
            return lex_expected(&p->lex, "'header'", p->err);
        }
        struct abi_header *header = &p->abi->headers[p->abi->count - 1];
        header->items = grow(header->items, &header->count, sizeof *header->items);
        if (!parse_item(p, &header->items[header->count - 1])) {
            return false;
        }
    }
    return true;
}

bool abi_parse(const char *name, const char *text, struct abi_file *abi, struct error *err) {
    struct parser p = {.abi = abi, .err = err, .doc = ""};
    *abi = (struct abi_file){0};
    *err = (struct error){0};
    if (!lex_init(&p.lex, name, text, err) || !parse_file(&p) || err->text[0] != '\0') {
        return false;
    }
    for (const struct abi_object *o = abi_next_object(abi, NULL); o != NULL;
         o = abi_next_object(abi, o)) {
        if (!check_types(name, abi, o, err)) {
            return false;
        }
    }
    return true;
}
