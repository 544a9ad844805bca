// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/ipc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Problems of one run that are worth reading.
enum { MAX_PROBLEMS = 50 };

static const char *find_line(const char *text, unsigned line) {
    for (unsigned i = 1; i < line; i++) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

// The line, and below it a caret; tabs stay tabs, so that the caret stands right.
static void add_line(struct buffer *out, const char *text, struct ipc_place place) {
    const char *line = find_line(text, place.line);
    int length = (int)strcspn(line, "\r\n");
    buffer_format(out, "\n    %.*s\n    ", length, line);
    for (int i = 0; i + 1 < (int)place.column && i < length; i++) {
        buffer_format(out, "%c", line[i] == '\t' ? '\t' : ' ');
    }
    buffer_format(out, "^");
    for (unsigned i = 1; i < place.length && place.column + i <= (unsigned)length; i++) {
        buffer_format(out, "~");
    }
}

void ipc_problem(struct ipc_set *set, const struct ipc_unit *unit, struct ipc_place place,
                 const char *format, ...) {
    if (set->problems.count >= MAX_PROBLEMS) {
        return;
    }
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct buffer out = {0};
    buffer_format(&out, "%s:%u:%u: %s", unit->file, place.line, place.column, text);
    add_line(&out, unit->text, place);
    strings_add(&set->problems, out.data);
    buffer_free(&out);
}

uint64_t ipc_hash(const char *text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    }
    return hash;
}

static unsigned words_of(uint64_t bytes) {
    return (unsigned)((bytes + IPC_WORD - 1) / IPC_WORD);
}

unsigned ipc_type_words(const struct ipc_type *type) {
    unsigned one = 0;
    switch (type->kind) {
    case IPC_STRING:
        return words_of(type->bound);
    case IPC_BYTES:
        return 1 + words_of(type->bound);
    case IPC_STRUCT:
        one = type->decl->fields.words;
        return type->count == 0 ? one : (unsigned)(one * type->count);
    case IPC_INTEGER:
    case IPC_BOOL:
    case IPC_ENUM:
    case IPC_FLAGS:
        break;
    }
    return words_of(type->size * (type->count == 0 ? 1 : type->count));
}

void ipc_lay_out(struct ipc_fields *fields, bool is_message) {
    unsigned bits = 0; // laid out so far
    unsigned tail = 0;
    for (size_t i = 0; i < fields->count; i++) {
        struct ipc_field *field = &fields->items[i];
        bool is_tail = is_message && ipc_is_text(&field->type);
        bool is_small = is_tail || ipc_is_scalar(&field->type);
        unsigned size = is_tail ? 32 : is_small ? field->type.size * 8 : 64;
        bits = (bits + size - 1) / size * size;
        field->word = bits / 64;
        field->bit = bits % 64;
        bits += is_small ? size : ipc_type_words(&field->type) * 64;
        tail += is_tail ? words_of(field->type.bound) : 0;
    }
    fields->words = (bits + 63) / 64;
    fields->most = fields->words + tail;
}

static void free_fields(struct ipc_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        free(fields->items[i].name);
        free(fields->items[i].doc);
    }
    free(fields->items);
}

static void free_caps(struct ipc_caps *caps) {
    for (size_t i = 0; i < caps->count; i++) {
        free(caps->items[i].name);
        free(caps->items[i].type);
    }
    free(caps->items);
}

static void free_call(struct ipc_call *call) {
    free(call->name);
    free(call->doc);
    free_caps(&call->caps);
    free_fields(&call->params);
    free_fields(&call->results);
    free_caps(&call->result_caps);
}

static void free_decl(struct ipc_decl *decl) {
    for (size_t i = 0; i < decl->values.count; i++) {
        free(decl->values.items[i].name);
        free(decl->values.items[i].doc);
        free(decl->values.items[i].text);
    }
    for (size_t i = 0; i < decl->call_count; i++) {
        free_call(&decl->calls[i]);
    }
    free_fields(&decl->fields);
    free(decl->values.items);
    free(decl->calls);
    free((void *)decl->bases);
    free(decl->name);
    free(decl->doc);
    free(decl);
}

void ipc_free(struct ipc_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        struct ipc_unit *unit = set->units[i];
        for (size_t k = 0; k < unit->decl_count; k++) {
            free_decl(unit->decls[k]);
        }
        free((void *)unit->decls);
        free((void *)unit->uses);
        free(unit->file);
        free(unit->text);
        free(unit->header);
        free(unit->name);
        free(unit->prefix);
        free(unit->doc);
        free(unit);
    }
    free((void *)set->units);
    strings_free(&set->problems);
    *set = (struct ipc_set){0};
}
