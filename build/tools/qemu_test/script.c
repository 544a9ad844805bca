// SPDX-License-Identifier: GPL-3.0-only
//
// Reading a script; expect.c runs it.
#include <stdlib.h>
#include <string.h>

#include "build/tools/qemu_test/expect.h"

static const struct {
    const char *name;
    enum script_op op;
    bool has_text;
    uint64_t max_number; // 0: the text is no number
} directives[] = {
    {"case", SCRIPT_CASE, true, 0},
    {"expect", SCRIPT_EXPECT, true, 0},
    {"reject", SCRIPT_REJECT, true, 0},
    {"send", SCRIPT_SEND, true, 0},
    {"reset", SCRIPT_RESET, false, 0},
    {"exit", SCRIPT_EXIT, true, 255},
    {"timeout", SCRIPT_TIMEOUT, true, 100000},
};

// Replaces each ${NAME}. NULL and *err for an unknown one.
static char *expand(const char *text, const struct qemu_config *config,
                    const struct qemu_options *options, struct error *err) {
    struct buffer out = {0};
    buffer_append(&out, "", 0);
    while (*text != '\0') {
        size_t plain = strcspn(text, "$");
        buffer_append(&out, text, plain);
        text += plain;
        if (text_starts_with(text, "${arch}")) {
            buffer_format(&out, "%s", qemu_arch_name(config->arch));
        } else if (text_starts_with(text, "${cpus}")) {
            buffer_format(&out, "%llu", (unsigned long long)options->cpus);
        } else if (text_starts_with(text, "${memory}")) {
            buffer_format(&out, "%llu", (unsigned long long)options->memory_mib);
        } else if (text_starts_with(text, "${")) {
            buffer_free(&out);
            error_set(err, "unknown variable \"%s\"", text);
            return NULL;
        } else if (*text == '$') {
            buffer_append(&out, text++, 1);
            continue;
        } else {
            continue;
        }
        text = strchr(text, '}') + 1;
    }
    return out.data;
}

static bool step_parse(const char *line, struct script_step *step, struct error *err) {
    size_t length = strcspn(line, " ");
    const char *text = line[length] == ' ' ? line + length + 1 : "";
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (strlen(directives[i].name) != length ||
            strncmp(line, directives[i].name, length) != 0) {
            continue;
        }
        step->op = directives[i].op;
        if (!directives[i].has_text && text[0] != '\0') {
            return error_set(err, "%s takes nothing", directives[i].name);
        }
        if (directives[i].has_text && text[0] == '\0' && step->op != SCRIPT_SEND) {
            return error_set(err, "%s needs a text", directives[i].name);
        }
        if (directives[i].max_number > 0 &&
            !number_parse(text, 0, directives[i].max_number, &step->number)) {
            return error_set(err, "%s: \"%s\" is not a number up to %llu", directives[i].name, text,
                             (unsigned long long)directives[i].max_number);
        }
        step->text = mem_format("%s", text);
        return true;
    }
    return error_set(err, "unknown directive \"%s\"", line);
}

static bool line_add(struct script *script, const char *line, unsigned int number,
                     const struct qemu_config *config, const struct qemu_options *options,
                     struct error *err) {
    struct script_step step = {.line = number};
    char *expanded = expand(line, config, options, err);
    bool ok = expanded != NULL && step_parse(expanded, &step, err);
    free(expanded);
    if (ok) {
        script->steps = mem_resize(script->steps, (script->count + 1) * sizeof *script->steps);
        script->steps[script->count++] = step;
    }
    return ok;
}

// What stands before the first of a script's cases would be a case of its own, and if that is
// nothing but a `timeout`, one that can't fail.
static bool begins_with_case(const struct script *script, const char *path, struct error *err) {
    for (size_t i = 1; i < script->count; i++) {
        if (script->steps[i].op == SCRIPT_CASE && script->steps[0].op != SCRIPT_CASE) {
            return error_set(err, "%s:%u: a script with cases begins with one", path,
                             script->steps[0].line);
        }
    }
    return true;
}

bool script_read(const char *path, const struct qemu_config *config,
                 const struct qemu_options *options, struct script *script, struct error *err) {
    struct buffer text = {0};
    bool ok = file_read(path, &text, err);
    char *rest = text.data;
    char *line;
    for (unsigned int number = 1; ok && (line = strsep(&rest, "\n")) != NULL; number++) {
        struct error cause = {0};
        if (line[0] != '\0' && line[0] != '#' &&
            !line_add(script, line, number, config, options, &cause)) {
            ok = error_set(err, "%s:%u: %.900s", path, number, cause.text);
        }
    }
    buffer_free(&text);
    return ok && (script->count > 0 || error_set(err, "%s: an empty script", path)) &&
           begins_with_case(script, path, err);
}

void script_free(struct script *script) {
    for (size_t i = 0; i < script->count; i++) {
        free(script->steps[i].text);
    }
    free(script->steps);
    *script = (struct script){0};
}
