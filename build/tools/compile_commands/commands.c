// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/compile_commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "build/tools/compile_commands/json.h"

struct converter {
    struct json json;
    const char *workspace;
    const char *execution_root;
    struct buffer *out;
    size_t count;
};

// The index of the source: the argument behind "-c", or 0.
static size_t source_index(const struct strings *arguments) {
    for (size_t i = 0; i + 1 < arguments->count; i++) {
        if (strcmp(arguments->items[i], "-c") == 0) {
            return i + 1;
        }
    }
    return 0;
}

static void path_quote(struct converter *converter, const char *path) {
    // Generated sources exist in the execution root only.
    bool generated = text_starts_with(path, "bazel-out/");
    char *absolute =
        path_absolute(generated ? converter->execution_root : converter->workspace, path);
    json_quote(absolute, converter->out);
    free(absolute);
}

static void command_write(struct converter *converter, const struct strings *arguments) {
    size_t source = source_index(arguments);
    if (source == 0 || text_starts_with(arguments->items[source], "external/")) {
        return;
    }
    buffer_format(converter->out, "%s{\"directory\": ", converter->count++ > 0 ? ",\n" : "");
    json_quote(converter->execution_root, converter->out);
    buffer_format(converter->out, ", \"file\": ");
    path_quote(converter, arguments->items[source]);
    buffer_format(converter->out, ", \"arguments\": [");
    for (size_t i = 0; i < arguments->count; i++) {
        buffer_format(converter->out, "%s", i > 0 ? ", " : "");
        if (i == source) {
            path_quote(converter, arguments->items[i]);
        } else {
            json_quote(arguments->items[i], converter->out);
        }
    }
    buffer_format(converter->out, "]}");
}

static void arguments_read(struct json *json, struct strings *arguments) {
    struct buffer text = {0};
    if (json_enter(json, '[')) {
        while (json_element(json) && json_string(json, &text)) {
            strings_add(arguments, text.data);
        }
    }
    buffer_free(&text);
}

static void action_read(struct converter *converter) {
    struct json *json = &converter->json;
    struct buffer text = {0};
    struct strings arguments = {0};
    bool compiles = false;
    if (json_enter(json, '{')) {
        while (json_member(json, &text)) {
            if (strcmp(text.data, "mnemonic") == 0 && json_string(json, &text)) {
                compiles = strcmp(text.data, "CppCompile") == 0;
            } else if (strcmp(text.data, "arguments") == 0) {
                arguments_read(json, &arguments);
            } else {
                json_skip(json);
            }
        }
    }
    if (compiles && !json->failed) {
        command_write(converter, &arguments);
    }
    strings_free(&arguments);
    buffer_free(&text);
}

bool commands_convert(const char *graph, const char *workspace, const char *execution_root,
                      struct buffer *out, struct error *err) {
    struct converter converter = {{graph, false}, workspace, execution_root, out, 0};
    struct json *json = &converter.json;
    struct buffer key = {0};
    buffer_format(out, "[\n");
    if (json_enter(json, '{')) {
        while (json_member(json, &key)) {
            if (strcmp(key.data, "actions") != 0) {
                json_skip(json);
                continue;
            }
            json_enter(json, '[');
            while (json_element(json)) {
                action_read(&converter);
            }
        }
    }
    buffer_format(out, "\n]\n");
    buffer_free(&key);
    if (json->failed) {
        return error_set(err, "malformed action graph at byte %zu", (size_t)(json->next - graph));
    }
    return converter.count > 0 || error_set(err, "no compilation in the action graph");
}
