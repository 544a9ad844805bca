// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/riscv_isa.h"

#include "boot/protocol/protocol.h"

#include <stdbool.h>
#include <string.h>

struct extension {
    const char *name;
    uint64_t bit;
};

static const struct extension extensions[] = {
    {"v", HELIOS_RISCV_ISA_V},           {"sstc", HELIOS_RISCV_ISA_SSTC},
    {"svpbmt", HELIOS_RISCV_ISA_SVPBMT}, {"ssaia", HELIOS_RISCV_ISA_SSAIA},
    {"zicbom", HELIOS_RISCV_ISA_ZICBOM}, {"zicboz", HELIOS_RISCV_ISA_ZICBOZ},
    {"zkr", HELIOS_RISCV_ISA_ZKR},       {"svadu", HELIOS_RISCV_ISA_SVADU},
};

// F and D count only together.
#define SEEN_F (1ull << 62)
#define SEEN_D (1ull << 63)

static char lower(char c) {
    if (c >= 'A' && c <= 'Z') {
        c = (char)(c + ('a' - 'A'));
    }
    return c;
}

static bool same(const char *name, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '\0' || name[i] != lower(text[i])) {
            return false;
        }
    }
    return name[length] == '\0';
}

static uint64_t bit_of(const char *text, size_t length) {
    if (length == 1) {
        switch (lower(*text)) {
        case 'g':
            return SEEN_F | SEEN_D;
        case 'f':
            return SEEN_F;
        case 'd':
            return SEEN_D;
        default:
            break;
        }
    }
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        if (same(extensions[i].name, text, length)) {
            return extensions[i].bit;
        }
    }
    return 0;
}

static uint64_t result_of(uint64_t seen) {
    const uint64_t both = SEEN_F | SEEN_D;
    return (seen & ~both) | ((seen & both) == both ? HELIOS_RISCV_ISA_FD : 0);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Versions ("zicbom1p0") follow a name of several letters directly.
static size_t without_version(const char *text, size_t length) {
    size_t end = length;
    while (end > 0 && (is_digit(text[end - 1]) || lower(text[end - 1]) == 'p')) {
        end--;
    }
    return end < length && end > 1 && is_digit(text[end]) ? end : length;
}

// One underscore-separated part: a name of several letters, or single letters in a row, which may
// end in the start of such a name ("imafdcsstc" is not valid, "imafdc_sstc" is; but "...hzicsr"
// was written by old firmware, so z, s and x start a name everywhere).
static uint64_t bits_of_part(const char *text, size_t length) {
    uint64_t seen = 0;
    for (size_t i = 0; i < length; i++) {
        const char c = lower(text[i]);
        if (c == 'z' || c == 's' || c == 'x') {
            return seen | bit_of(text + i, without_version(text + i, length - i));
        }
        if (!is_digit(c) && c != 'p') {
            seen |= bit_of(text + i, 1);
        }
    }
    return seen;
}

uint64_t riscv_isa_from_string(const char *text, size_t length) {
    const char *end = memchr(text, '\0', length);
    if (end != NULL) {
        length = (size_t)(end - text);
    }
    if (length < 4 || !same("rv64", text, 4)) {
        return 0;
    }
    uint64_t seen = 0;
    for (size_t at = 4; at < length;) {
        const char *underscore = memchr(text + at, '_', length - at);
        const size_t part = underscore != NULL ? (size_t)(underscore - text) - at : length - at;
        seen |= bits_of_part(text + at, part);
        at += part + 1;
    }
    return result_of(seen);
}

uint64_t riscv_isa_from_list(const char *list, size_t length) {
    uint64_t seen = 0;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(list + at, '\0', length - at);
        if (end == NULL) {
            break; // the last name has no end: not a name
        }
        const size_t name = (size_t)(end - list) - at;
        seen |= bit_of(list + at, name);
        at += name + 1;
    }
    return result_of(seen);
}
