// SPDX-License-Identifier: GPL-3.0-only
//
// Reading a script; expect.c runs it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/qemu_test/expect.h"

enum { POINTER_MOST = 32767 }; // of QEMU's absolute axes

static const struct {
    const char *name;
    enum script_op op;
    bool has_text;
    uint64_t max_number; // 0: the text is no number
} directives[] = {
    {"case", SCRIPT_CASE, true, 0},
    {"expect", SCRIPT_EXPECT, true, 0},
    {"find", SCRIPT_FIND, true, 0},
    {"reject", SCRIPT_REJECT, true, 0},
    {"send", SCRIPT_SEND, true, 0},
    {"key", SCRIPT_KEY, true, 0},
    {"point", SCRIPT_POINT, true, 0},
    {"button", SCRIPT_BUTTON, true, 0},
    {"screen", SCRIPT_SCREEN, true, 0},
    {"pixel", SCRIPT_PIXEL, true, 0},
    {"idle", SCRIPT_IDLE, true, 0},
    {"reset", SCRIPT_RESET, false, 0},
    {"exit", SCRIPT_EXIT, true, 255},
    {"disk", SCRIPT_DISK, true, 0},
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

static const char *picture_find(const struct strings *pictures, const char *name) {
    for (size_t i = 0; i < pictures->count; i++) {
        const char *slash = strrchr(pictures->items[i], '/');
        if (strcmp(slash != NULL ? slash + 1 : pictures->items[i], name) == 0) {
            return pictures->items[i];
        }
    }
    return NULL;
}

static bool key_is_name(const char *text) {
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

// "FILE LINES"
static bool screen_parse(struct script_step *step, const struct strings *pictures,
                         struct error *err) {
    char *blank = strchr(step->text, ' ');
    if (blank == NULL || !number_parse(blank + 1, 0, 100000, &step->number)) {
        return error_set(err, "screen needs a file's name and a number of lines");
    }
    *blank = '\0';
    step->picture = picture_find(pictures, step->text);
    return step->picture != NULL ||
           error_set(err, "screen: \"%s\" is none of the test's pictures", step->text);
}

// "X Y RRGGBB"
static bool pixel_parse(struct script_step *step, struct error *err) {
    long long x;
    long long y;
    unsigned int colour;
    int end = 0;
    if (sscanf(step->text, "%lld %lld %6x%n", &x, &y, &colour, &end) != 3 ||
        step->text[end] != '\0') {
        return error_set(err, "pixel needs two numbers and a colour, RRGGBB");
    }
    step->x = x;
    step->y = y;
    step->number = colour;
    return true;
}

// "X Y"
static bool point_parse(struct script_step *step, struct error *err) {
    long long x;
    long long y;
    int end = 0;
    bool ok = sscanf(step->text, "%lld %lld%n", &x, &y, &end) == 2 && step->text[end] == '\0' &&
              x >= 0 && x <= POINTER_MOST && y >= 0 && y <= POINTER_MOST;
    step->x = ok ? x : 0;
    step->y = ok ? y : 0;
    return ok || error_set(err, "point needs two numbers up to %d", POINTER_MOST);
}

static bool button_parse(const struct script_step *step, struct error *err) {
    return strcmp(step->text, "left") == 0 || strcmp(step->text, "middle") == 0 ||
           strcmp(step->text, "right") == 0 ||
           error_set(err, "button: \"%s\" is none of left, middle, right", step->text);
}

// "SECONDS MOST"
static bool idle_parse(struct script_step *step, struct error *err) {
    char *blank = strchr(step->text, ' ');
    uint64_t seconds = 0;
    bool ok = blank != NULL && number_parse(blank + 1, 0, 1000000000, &step->number);
    if (ok) {
        *blank = '\0';
        ok = number_parse(step->text, 1, 1000, &seconds);
        *blank = ' ';
    }
    step->x = (int64_t)seconds;
    return ok || error_set(err, "idle needs a number of seconds and one of instructions");
}

// What a directive makes of its text.
static bool text_parse(struct script_step *step, const struct strings *pictures,
                       struct error *err) {
    switch (step->op) {
    case SCRIPT_KEY:
        return key_is_name(step->text) ||
               error_set(err, "key: \"%s\" is no name of a key", step->text);
    case SCRIPT_POINT:
        return point_parse(step, err);
    case SCRIPT_BUTTON:
        return button_parse(step, err);
    case SCRIPT_SCREEN:
        return screen_parse(step, pictures, err);
    case SCRIPT_PIXEL:
        return pixel_parse(step, err);
    case SCRIPT_IDLE:
        return idle_parse(step, err);
    default:
        return true;
    }
}

static bool step_parse(const char *line, const struct strings *pictures, struct script_step *step,
                       struct error *err) {
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
        if (!text_parse(step, pictures, err)) {
            free(step->text);
            return false;
        }
        return true;
    }
    return error_set(err, "unknown directive \"%s\"", line);
}

static bool line_add(struct script *script, const char *line, unsigned int number,
                     const struct qemu_config *config, const struct qemu_options *options,
                     const struct strings *pictures, struct error *err) {
    struct script_step step = {.line = number};
    char *expanded = expand(line, config, options, err);
    bool ok = expanded != NULL && step_parse(expanded, pictures, &step, err);
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
                 const struct qemu_options *options, const struct strings *pictures,
                 struct script *script, struct error *err) {
    struct buffer text = {0};
    bool ok = file_read(path, &text, err);
    char *rest = text.data;
    char *line;
    for (unsigned int number = 1; ok && (line = strsep(&rest, "\n")) != NULL; number++) {
        struct error cause = {0};
        if (line[0] != '\0' && line[0] != '#' &&
            !line_add(script, line, number, config, options, pictures, &cause)) {
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
