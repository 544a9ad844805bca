// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/abigen/lex.h"

#include <ctype.h>
#include <string.h>

bool lex_init(struct lex *lex, const char *file, const char *text, struct error *err) {
    *lex = (struct lex){.file = file, .next = text, .line_start = text, .line = 1};
    return lex_next(lex, err);
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) != 0 || c == '_';
}

static void skip_line(struct lex *lex) {
    lex->next += strcspn(lex->next, "\n");
}

static void skip_blanks(struct lex *lex) {
    for (;;) {
        if (*lex->next == '\n') {
            lex->next++;
            lex->line++;
            lex->line_start = lex->next;
        } else if (*lex->next == ' ') {
            lex->next++;
        } else if (strncmp(lex->next, "//", 2) == 0) {
            skip_line(lex);
        } else {
            return;
        }
    }
}

// The rest of a line, less one leading blank.
static void take_line(struct lex *lex, enum lex_kind kind) {
    lex->next += lex->next[1] == ' ' ? 2 : 1;
    lex->kind = kind;
    lex->text = lex->next;
    skip_line(lex);
    lex->length = (size_t)(lex->next - lex->text);
}

static bool take_string(struct lex *lex, struct error *err) {
    lex->kind = LEX_STRING;
    lex->text = ++lex->next;
    lex->length = strcspn(lex->text, "\"\n");
    if (lex->text[lex->length] != '"') {
        return error_set(err, "%s:%u:%u: expected '\"' before the end of the line", lex->file,
                         lex->at_line, lex->at_column);
    }
    lex->next = lex->text + lex->length + 1;
    return true;
}

static void take_word(struct lex *lex) {
    lex->kind = isdigit((unsigned char)*lex->next) != 0 ? LEX_NUMBER : LEX_NAME;
    lex->text = lex->next;
    while (is_word(*lex->next)) {
        lex->next++;
    }
    lex->length = (size_t)(lex->next - lex->text);
}

static void take_sign(struct lex *lex) {
    lex->kind = LEX_SIGN;
    lex->text = lex->next;
    lex->length = 1;
    if (strncmp(lex->next, "->", 2) == 0) {
        lex->length = 2;
    } else if (strncmp(lex->next, "...", 3) == 0) {
        lex->length = 3;
    }
    lex->next += lex->length;
}

bool lex_next(struct lex *lex, struct error *err) {
    skip_blanks(lex);
    lex->at_line = lex->line;
    lex->at_column = (unsigned)(lex->next - lex->line_start) + 1;
    lex->text = lex->next;
    lex->length = 0;
    char c = *lex->next;
    if (c == '\0') {
        lex->kind = LEX_END;
    } else if (c == '#') {
        take_line(lex, LEX_DOC);
    } else if (c == '|') {
        take_line(lex, LEX_CODE);
    } else if (c == '"') {
        return take_string(lex, err);
    } else if (is_word(c)) {
        take_word(lex);
    } else if (strchr("{}()[],;:=?-.<+", c) != NULL) {
        take_sign(lex);
    } else {
        return error_set(err, "%s:%u:%u: expected a word, found character 0x%02x", lex->file,
                         lex->at_line, lex->at_column, (unsigned)(unsigned char)c);
    }
    return true;
}

bool lex_is(const struct lex *lex, const char *word) {
    bool may_be = lex->kind == LEX_NAME || lex->kind == LEX_SIGN;
    return may_be && strlen(word) == lex->length && strncmp(word, lex->text, lex->length) == 0;
}

bool lex_expected(const struct lex *lex, const char *what, struct error *err) {
    if (err->text[0] != '\0') {
        return false; // the first one counts
    }
    if (lex->kind == LEX_END) {
        return error_set(err, "%s:%u:%u: expected %s, found the end of the file", lex->file,
                         lex->at_line, lex->at_column, what);
    }
    int length = lex->length < 40 ? (int)lex->length : 40;
    return error_set(err, "%s:%u:%u: expected %s, found '%.*s'", lex->file, lex->at_line,
                     lex->at_column, what, length, lex->text);
}
