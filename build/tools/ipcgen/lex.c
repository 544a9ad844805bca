// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/lex.h"

#include <ctype.h>
#include <string.h>

void lex_init(struct lex *lex, struct ipc_set *set, const struct ipc_unit *unit) {
    *lex = (struct lex){
        .set = set, .unit = unit, .next = unit->text, .line_start = unit->text, .line = 1};
    lex_next(lex);
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) != 0 || c == '_';
}

static void skip_blanks(struct lex *lex) {
    for (;;) {
        if (*lex->next == '\n') {
            lex->next++;
            lex->line++;
            lex->line_start = lex->next;
        } else if (*lex->next == ' ' || *lex->next == '\t' || *lex->next == '\r') {
            lex->next++;
        } else if (strncmp(lex->next, "//", 2) == 0) {
            lex->next += strcspn(lex->next, "\n");
        } else {
            return;
        }
    }
}

static void take(struct lex *lex, enum lex_kind kind, size_t length) {
    lex->kind = kind;
    lex->text = lex->next;
    lex->length = length;
    lex->place.length = (unsigned)length;
    lex->next += length;
}

static void take_doc(struct lex *lex) {
    lex->next += lex->next[1] == ' ' ? 2 : 1;
    take(lex, LEX_DOC, strcspn(lex->next, "\r\n"));
}

static void take_string(struct lex *lex) {
    lex->next++;
    take(lex, LEX_STRING, strcspn(lex->next, "\"\n"));
    if (*lex->next == '"') {
        lex->next++;
    } else {
        ipc_problem(lex->set, lex->unit, lex->place, "expected '\"' before the end of the line");
    }
}

static void take_word(struct lex *lex) {
    size_t length = 0;
    while (is_word(lex->next[length])) {
        length++;
    }
    bool is_number = isdigit((unsigned char)*lex->next) != 0;
    take(lex, is_number ? LEX_NUMBER : LEX_NAME, length);
}

static size_t sign_length(const char *text) {
    if (strncmp(text, "...", 3) == 0) {
        return 3;
    }
    bool is_pair = strncmp(text, "::", 2) == 0 || strncmp(text, "<<", 2) == 0;
    return is_pair ? 2 : 1;
}

void lex_next(struct lex *lex) {
    lex->last_line = lex->place.line;
    lex->last_end = lex->place.column + lex->place.length;
    for (;;) {
        skip_blanks(lex);
        char c = *lex->next;
        lex->place.line = lex->line;
        lex->place.column = (unsigned)(lex->next - lex->line_start) + 1;
        if (c == '\0') {
            take(lex, LEX_END, 0);
        } else if (c == '#') {
            take_doc(lex);
        } else if (c == '"') {
            take_string(lex);
        } else if (is_word(c)) {
            take_word(lex);
        } else if (strchr("{}()[],;:=?.<+-*|@", c) != NULL) {
            take(lex, LEX_SIGN, sign_length(lex->next));
        } else {
            lex->place.length = 1;
            ipc_problem(lex->set, lex->unit, lex->place, "expected a word, found character 0x%02x",
                        (unsigned)(unsigned char)c);
            lex->next++;
            continue;
        }
        return;
    }
}

bool lex_is(const struct lex *lex, const char *word) {
    bool may_be = lex->kind == LEX_NAME || lex->kind == LEX_SIGN;
    return may_be && strlen(word) == lex->length && strncmp(word, lex->text, lex->length) == 0;
}

bool lex_accept(struct lex *lex, const char *word) {
    if (!lex_is(lex, word)) {
        return false;
    }
    lex_next(lex);
    return true;
}

bool lex_expected(struct lex *lex, const char *what) {
    if (lex->kind == LEX_END) {
        ipc_problem(lex->set, lex->unit, lex->place, "expected %s, found the end of the file",
                    what);
    } else if (lex->kind == LEX_DOC) {
        ipc_problem(lex->set, lex->unit, lex->place, "expected %s, found a comment", what);
    } else {
        int length = lex->length < 40 ? (int)lex->length : 40;
        ipc_problem(lex->set, lex->unit, lex->place, "expected %s, found '%.*s'", what, length,
                    lex->text);
    }
    return false;
}

char *lex_copy(const struct lex *lex) {
    return mem_format("%.*s", (int)lex->length, lex->text);
}
