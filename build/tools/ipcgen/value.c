// SPDX-License-Identifier: GPL-3.0-only
//
// Values: numbers and constants with a few operators.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/parse.h"

// More than 64 bits, so that what does not fit can be told.
__extension__ typedef __int128 wide;

enum { MAX_DEPTH = 32 };

static bool in_range(struct parser *p, struct ipc_place place, wide value) {
    if (value >= -((wide)1 << 63) && value < (wide)1 << 64) {
        return true;
    }
    ipc_problem(p->set, p->unit, place, "expected a value of 64 bits, found a larger one");
    return false;
}

static bool number(struct parser *p, wide *value) {
    char *text = lex_copy(&p->lex);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '_') {
            *to++ = *from;
        }
    }
    *to = '\0';
    bool is_binary = text[0] == '0' && text[1] == 'b';
    bool is_hex = text[0] == '0' && text[1] == 'x';
    char *digits = text + (is_binary || is_hex ? 2 : 0);
    char *end = NULL;
    errno = 0;
    unsigned long long found = strtoull(digits, &end, is_binary ? 2 : is_hex ? 16 : 10);
    bool is_good = errno == 0 && *end == '\0' && end != digits;
    bool is_large = errno == ERANGE;
    free(text);
    if (is_large) {
        ipc_problem(p->set, p->unit, p->lex.place,
                    "expected a value of 64 bits, found a larger one");
        return false;
    }
    if (!is_good) {
        return lex_expected(&p->lex, "a number (12, 0x1f, 0b101)");
    }
    *value = found;
    lex_next(&p->lex);
    return true;
}

static bool constant(struct parser *p, wide *value) {
    struct ipc_place place = p->lex.place;
    char *path = parse_path(p, "a value");
    if (path == NULL) {
        return false;
    }
    const struct ipc_decl *decl = parse_find(p, path);
    bool is_good = decl != NULL && decl->kind == IPC_DECL_CONST;
    if (is_good) {
        *value = decl->type.is_signed ? (wide)(int64_t)decl->value : (wide)decl->value;
    } else {
        place.length = (unsigned)strlen(path);
        ipc_problem(p->set, p->unit, place, "expected a constant, found '%s'", path);
    }
    free(path);
    return is_good;
}

static bool alternatives(struct parser *p, unsigned depth, wide *value);

static bool primary(struct parser *p, unsigned depth, wide *value) {
    if (depth > MAX_DEPTH) {
        return lex_expected(&p->lex, "no more parentheses");
    }
    if (p->lex.kind == LEX_NUMBER) {
        return number(p, value);
    }
    if (lex_accept(&p->lex, "(")) {
        return alternatives(p, depth + 1, value) && parse_expect(p, ")", "the value");
    }
    if (lex_accept(&p->lex, "-")) {
        bool is_good = primary(p, depth + 1, value);
        *value = -*value;
        return is_good;
    }
    if (p->lex.kind != LEX_NAME) {
        return lex_expected(&p->lex, "a value");
    }
    return constant(p, value);
}

static bool product(struct parser *p, unsigned depth, wide *value) {
    bool is_good = primary(p, depth, value);
    while (is_good && lex_is(&p->lex, "*")) {
        struct ipc_place place = p->lex.place;
        wide right = 0;
        lex_next(&p->lex);
        is_good =
            primary(p, depth, &right) && in_range(p, place, *value) && in_range(p, place, right) &&
            (!__builtin_mul_overflow(*value, right, value) || in_range(p, place, (wide)1 << 65)) &&
            in_range(p, place, *value);
    }
    return is_good;
}

static bool sum(struct parser *p, unsigned depth, wide *value) {
    bool is_good = product(p, depth, value);
    while (is_good && (lex_is(&p->lex, "+") || lex_is(&p->lex, "-"))) {
        struct ipc_place place = p->lex.place;
        bool is_minus = lex_is(&p->lex, "-");
        wide right = 0;
        lex_next(&p->lex);
        is_good = product(p, depth, &right);
        *value = is_minus ? *value - right : *value + right;
        is_good = is_good && in_range(p, place, *value);
    }
    return is_good;
}

static bool shift(struct parser *p, unsigned depth, wide *value) {
    bool is_good = sum(p, depth, value);
    while (is_good && lex_is(&p->lex, "<<")) {
        struct ipc_place place = p->lex.place;
        wide right = 0;
        lex_next(&p->lex);
        is_good = sum(p, depth, &right);
        if (is_good && (right < 0 || right > 63 || *value < 0)) {
            ipc_problem(p->set, p->unit, place,
                        "expected a shift by 0 to 63 of what is not "
                        "negative");
            return false;
        }
        *value = is_good ? *value << right : 0;
        is_good = is_good && in_range(p, place, *value);
    }
    return is_good;
}

static bool alternatives(struct parser *p, unsigned depth, wide *value) {
    bool is_good = shift(p, depth, value);
    while (is_good && lex_accept(&p->lex, "|")) {
        wide right = 0;
        is_good = shift(p, depth, &right);
        *value |= right;
    }
    return is_good;
}

bool parse_value(struct parser *p, unsigned size, bool is_signed, uint64_t *value) {
    struct ipc_place place = p->lex.place;
    wide found = 0;
    *value = 0;
    if (!alternatives(p, 0, &found)) {
        return false;
    }
    unsigned bits = size * 8;
    wide low = is_signed ? -((wide)1 << (bits - 1)) : 0;
    wide high = (wide)1 << (is_signed ? bits - 1 : bits);
    if (found < low || found >= high) {
        ipc_problem(p->set, p->unit, place, "expected a value that fits into %c%u",
                    is_signed ? 'i' : 'u', bits);
        return false;
    }
    *value = (uint64_t)found;
    return true;
}
