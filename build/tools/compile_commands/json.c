// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/compile_commands/json.h"

#include <string.h>

static bool fail(struct json *json) {
    json->failed = true;
    return false;
}

static char peek(struct json *json) {
    json->next += strspn(json->next, " \t\r\n");
    return *json->next;
}

static bool take(struct json *json, char c) {
    if (json->failed || peek(json) != c) {
        return fail(json);
    }
    json->next++;
    return true;
}

bool json_enter(struct json *json, char open) {
    return take(json, open);
}

// Between the parts of a container: true if one more follows, false behind its end. The comma
// before the first part is the opening bracket itself.
static bool another(struct json *json, char open, char close) {
    if (json->failed) {
        return false;
    }
    // The last thing read was the bracket or a value; blanks may stand between.
    const char *before = json->next - 1;
    while (strchr(" \t\r\n", *before) != NULL) {
        before--;
    }
    bool first = *before == open;
    if (peek(json) == close) {
        json->next++;
        return false;
    }
    return first || take(json, ',');
}

bool json_element(struct json *json) {
    return another(json, '[', ']');
}

bool json_member(struct json *json, struct buffer *key) {
    return another(json, '{', '}') && json_string(json, key) && take(json, ':');
}

static int hex_value(char c) {
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c | 0x20) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static bool code_unit(struct json *json, uint32_t *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int value = hex_value(*json->next);
        if (value < 0) {
            return fail(json);
        }
        *unit = *unit << 4 | (uint32_t)value;
        json->next++;
    }
    return true;
}

static void utf8_append(uint32_t code, struct buffer *out) {
    char bytes[4];
    size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = count - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    static const unsigned char marks[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(marks[count] | code);
    buffer_append(out, bytes, count);
}

// What stands behind a backslash.
static bool escape(struct json *json, struct buffer *text) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = *json->next;
    const char *found = c != '\0' ? strchr(letters, c) : NULL;
    if (found != NULL) {
        json->next++;
        buffer_append(text, &meanings[found - letters], 1);
        return true;
    }
    uint32_t code;
    uint32_t low;
    if (c != 'u') {
        return fail(json);
    }
    json->next++;
    if (!code_unit(json, &code)) {
        return false;
    }
    if (code >= 0xd800 && code < 0xdc00) { // the first half of a surrogate pair
        if (!text_starts_with(json->next, "\\u")) {
            return fail(json);
        }
        json->next += 2;
        if (!code_unit(json, &low)) {
            return false;
        }
        code = 0x10000 + ((code - 0xd800) << 10) + ((low - 0xdc00) & 0x3ff);
    }
    utf8_append(code, text);
    return true;
}

bool json_string(struct json *json, struct buffer *text) {
    text->size = 0;
    buffer_append(text, "", 0);
    if (!take(json, '"')) {
        return false;
    }
    while (*json->next != '"') {
        size_t plain = strcspn(json->next, "\"\\");
        buffer_append(text, json->next, plain);
        json->next += plain;
        if (*json->next == '\0') {
            return fail(json);
        }
        if (*json->next == '\\') {
            json->next++;
            if (!escape(json, text)) {
                return false;
            }
        }
    }
    json->next++;
    return true;
}

bool json_skip(struct json *json) {
    // No recursion: what is skipped ends where the brackets balance.
    struct buffer ignored = {0};
    size_t depth = 0;
    do {
        char c = peek(json);
        if (c == '"') {
            json_string(json, &ignored);
        } else if (c == '\0') {
            fail(json);
        } else if (c == '{' || c == '[') {
            depth++;
            json->next++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                fail(json);
                break;
            }
            depth--;
            json->next++;
        } else if (c == ',' || c == ':') {
            json->next++;
        } else {
            json->next += strcspn(json->next, " \t\r\n,:{}[]\""); // a number, true, false, null
        }
    } while (depth > 0 && !json->failed);
    buffer_free(&ignored);
    return !json->failed;
}

void json_quote(const char *text, struct buffer *out) {
    buffer_append(out, "\"", 1);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            buffer_format(out, "\\%c", *text);
        } else if ((unsigned char)*text < ' ') {
            buffer_format(out, "\\u%04x", (unsigned int)*text);
        } else {
            buffer_append(out, text, 1);
        }
    }
    buffer_append(out, "\"", 1);
}
