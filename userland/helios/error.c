// SPDX-License-Identifier: MIT
#include "userland/helios/error.h"

#include <stdbool.h>

#include "toolchains/freestanding/format.h"
#include "uapi/names.h"

const char *helios_strerror(enum helios_error error) {
    static const char *const texts[HELIOS_ERROR_COUNT] = {
#define HELIOS_ERROR_TEXT(name, text) [HELIOS_##name] = (text),
        HELIOS_ERRORS(HELIOS_ERROR_TEXT)
#undef HELIOS_ERROR_TEXT
    };
    if ((unsigned)error >= HELIOS_ERROR_COUNT) {
        return "unknown error";
    }
    return texts[error];
}

const char *helios_argument_text(uint64_t argument, int *index) {
    static const struct {
        uint64_t first;
        const char *text;
    } names[] = {
#define HELIOS_ARGUMENT_TEXT(name, text) {HELIOS_ARGUMENT_##name, (text)},
        HELIOS_ARGUMENT_NAMES(HELIOS_ARGUMENT_TEXT)
#undef HELIOS_ARGUMENT_TEXT
    };
    enum { LAST = HELIOS_ARGUMENT_CAP + 64 };
    *index = -1;
    for (size_t i = sizeof(names) / sizeof(names[0]); i > 0; i--) {
        uint64_t first = names[i - 1].first;
        bool has_index = first >= HELIOS_ARGUMENT_PARAM && argument < LAST;
        if (argument == first || (argument > first && has_index)) {
            *index = has_index ? (int)(argument - first) : -1;
            return names[i - 1].text;
        }
    }
    return "unknown argument";
}

size_t helios_format_refusal(char *text, size_t size, enum helios_error error, uint64_t argument,
                             uint64_t found, uint64_t wanted) {
    int index;
    const char *name = helios_argument_text(argument, &index);
    char which[16] = "";
    if (index >= 0) {
        format_text(which, sizeof(which), " %d", index);
    }
    return format_text(text, size, "%s%s%s%s (found 0x%lx, wanted 0x%lx)", helios_strerror(error),
                       *name != '\0' ? ": " : "", name, which, (unsigned long)found,
                       (unsigned long)wanted);
}
