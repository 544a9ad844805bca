// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/cmdline.h"

#include <string.h>

static const char *const name = "command line";

// One word of the line, still with its quotes. key_length counts characters up to '=' or the end.
struct word {
    const char *text;
    size_t length;
    size_t key_length;
    bool closed; // no quote is left open
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// The next word at or after *line, and *line moved behind it. false: there is none.
static bool next_word(const char **line, struct word *word) {
    const char *text = *line;
    while (is_blank(*text)) {
        text++;
    }
    if (*text == '\0') {
        return false;
    }
    bool quoted = false;
    bool in_key = true;
    *word = (struct word){.text = text, .length = 0, .key_length = 0, .closed = false};
    for (; *text != '\0' && (quoted || !is_blank(*text)); text++) {
        quoted ^= *text == '"';
        in_key = in_key && *text != '=';
        word->key_length += in_key;
        word->length++;
    }
    word->closed = !quoted;
    *line = text;
    return true;
}

// Step over quotes; the character at *position, or -1 at the end of the word.
static int next_char(const struct word *word, size_t *position) {
    while (*position < word->length && word->text[*position] == '"') {
        (*position)++;
    }
    if (*position >= word->length) {
        return -1;
    }
    return (unsigned char)word->text[(*position)++];
}

static bool key_is(const struct word *word, const char *key) {
    return word->key_length == strlen(key) && memcmp(word->text, key, word->key_length) == 0;
}

static size_t value_start(const struct word *word) {
    return word->key_length + (word->key_length < word->length);
}

// Whether two words that have the same key also have the same value; `key` differs from `key=`
// only in writing.
static bool same_value(const struct word *a, const struct word *b) {
    size_t at_a = value_start(a);
    size_t at_b = value_start(b);
    for (;;) {
        int in_a = next_char(a, &at_a);
        int in_b = next_char(b, &at_b);
        if (in_a != in_b) {
            return false;
        }
        if (in_a < 0) {
            return true;
        }
    }
}

static bool same_key(const struct word *a, const struct word *b) {
    return a->key_length == b->key_length && memcmp(a->text, b->text, a->key_length) == 0;
}

static enum boot_error check_conflict(const char *line, const struct word *word,
                                      struct boot_failure *failure) {
    struct word other;
    const char *rest = word->text + word->length;
    while (next_word(&rest, &other)) {
        if (same_key(word, &other) && !same_value(word, &other)) {
            return boot_fail(failure, BOOT_COMMAND_LINE_CONFLICT, name, other.text,
                             (uint64_t)(other.text - line), (uint64_t)(word->text - line), 0);
        }
    }
    return BOOT_OK;
}

enum boot_error cmdline_check(const char *line, struct boot_failure *failure) {
    struct word word;
    const char *rest = line;
    while (next_word(&rest, &word)) {
        const uint64_t position = (uint64_t)(word.text - line);
        if (!word.closed) {
            return boot_fail(failure, BOOT_COMMAND_LINE_SYNTAX, name, "quote without an end",
                             position, 0, 0);
        }
        if (word.key_length == 0 || memchr(word.text, '"', word.key_length) != NULL) {
            return boot_fail(failure, BOOT_COMMAND_LINE_SYNTAX, name, "key", position, 0, 0);
        }
        enum boot_error error = check_conflict(line, &word, failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    return BOOT_OK;
}

static bool find_key(const char *line, const char *key, struct word *word) {
    while (next_word(&line, word)) {
        if (key_is(word, key)) {
            return true;
        }
    }
    return false;
}

enum boot_error cmdline_get(const char *line, const char *key, char *value, size_t size,
                            bool *found, struct boot_failure *failure) {
    struct word word;
    *found = find_key(line, key, &word);
    size_t length = 0;
    if (*found) {
        size_t position = value_start(&word);
        for (int c = next_char(&word, &position); c >= 0; c = next_char(&word, &position)) {
            if (length + 1 >= size) {
                return boot_fail(failure, BOOT_COMMAND_LINE_TOO_LONG, name, key, word.length,
                                 size - 1, 0);
            }
            value[length++] = (char)c;
        }
    }
    value[length] = '\0';
    return BOOT_OK;
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return 99;
}

static unsigned suffix_shift(char c) {
    switch (c) {
    case 'K':
        return 10;
    case 'M':
        return 20;
    case 'G':
        return 30;
    default:
        return 0;
    }
}

static bool parse_number(const char *text, uint64_t *number) {
    const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const unsigned radix = hex ? 16 : 10;
    text += hex ? 2 : 0;
    uint64_t value = 0;
    bool any = false;
    for (; digit_of(*text) < (int)radix; text++) {
        const unsigned digit = (unsigned)digit_of(*text);
        if (value > (UINT64_MAX - digit) / radix) {
            return false;
        }
        value = value * radix + digit;
        any = true;
    }
    const unsigned shift = suffix_shift(*text);
    text += shift != 0;
    if (!any || *text != '\0' || value > UINT64_MAX >> shift) {
        return false;
    }
    *number = value << shift;
    return true;
}

enum boot_error cmdline_get_number(const char *line, const char *key, uint64_t *number,
                                   struct boot_failure *failure) {
    char text[32];
    bool found = false;
    enum boot_error error = cmdline_get(line, key, text, sizeof(text), &found, failure);
    if (error != BOOT_OK) {
        return error;
    }
    if (found && !parse_number(text, number)) {
        return boot_fail(failure, BOOT_COMMAND_LINE_VALUE, name, key, 0, 0, 0);
    }
    return BOOT_OK;
}
