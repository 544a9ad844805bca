// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/abigen/emit.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buffer *emit_add(struct emit_files *files, const char *path, ...) {
    char name[256];
    va_list args;
    va_start(args, path);
    vsnprintf(name, sizeof name, path, args);
    va_end(args);
    files->items = mem_resize(files->items, (files->count + 1) * sizeof *files->items);
    struct emit_file *file = &files->items[files->count++];
    *file = (struct emit_file){.path = mem_format("%s", name)};
    return &file->text;
}

void emit_free(struct emit_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].path);
        buffer_free(&files->items[i].text);
    }
    free(files->items);
    *files = (struct emit_files){0};
}

static void add_fields(struct buffer *out, const struct abi_fields *fields, const char *open,
                       const char *close) {
    buffer_format(out, "%s", open);
    for (size_t i = 0; i < fields->count; i++) {
        const struct abi_field *field = &fields->items[i];
        bool is_zero = strcmp(field->name, "_") == 0;
        buffer_format(out, "%s%s%s%s", i > 0 ? ", " : "", is_zero ? "0" : field->name,
                      field->is_optional ? "?" : "", field->is_many ? "..." : "");
    }
    buffer_format(out, "%s", close);
}

void emit_signature(struct buffer *out, const struct abi_call *call) {
    buffer_format(out, "%s", call->name);
    if (call->caps.count > 0) {
        add_fields(out, &call->caps, "{", "}");
    }
    add_fields(out, &call->params, "(", ")");
    if (call->results.count + call->result_caps.count > 0) {
        buffer_format(out, " ->");
    }
    if (call->results.count > 0) {
        add_fields(out, &call->results, " (", ")");
    }
    if (call->result_caps.count > 0) {
        add_fields(out, &call->result_caps, " {", "}");
    }
}

void emit_head(struct buffer *out, const char *start, const struct strings *arguments,
               const char *end) {
    struct buffer line = {0};
    buffer_format(&line, "%s(%s", start, arguments->count == 0 ? "void)" : "");
    size_t indent = line.size;
    for (size_t i = 0; i < arguments->count; i++) {
        bool is_last = i + 1 == arguments->count;
        size_t needed = strlen(arguments->items[i]) + 1 + (is_last ? strlen(end) : 0);
        if (i > 0 && line.size + 1 + needed > 100) {
            buffer_format(out, "%s\n", line.data);
            line.size = 0;
            buffer_format(&line, "%*s", (int)indent, "");
        } else if (i > 0) {
            buffer_format(&line, " ");
        }
        buffer_format(&line, "%s%s", arguments->items[i], is_last ? ")" : ",");
    }
    buffer_format(out, "%s%s\n", line.data, end);
    buffer_free(&line);
}

void emit_wrapped(struct buffer *out, const char *prefix, const char *text) {
    size_t room = 100 - strlen(prefix);
    while (*text != '\0') {
        size_t length = strlen(text);
        if (length > room) {
            length = room;
            while (length > 0 && text[length] != ' ') {
                length--;
            }
            length = length > 0 ? length : strcspn(text, " ");
        }
        buffer_format(out, "%s%.*s\n", prefix, (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
}

void emit_lines(struct buffer *out, const char *prefix, const char *text, bool is_short) {
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (length == 0 && is_short) {
            return;
        }
        size_t lead = strlen(prefix);
        while (length == 0 && lead > 0 && prefix[lead - 1] == ' ') {
            lead--;
        }
        buffer_format(out, "%.*s%.*s\n", (int)lead, prefix, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

void emit_upper(struct buffer *out, const char *name) {
    for (; *name != '\0'; name++) {
        buffer_format(out, "%c", toupper((unsigned char)*name));
    }
}
