// SPDX-License-Identifier: MIT
#include "userland/helios/error.h"

const char *helios_strerror(enum helios_error error) {
    static const char *const texts[HELIOS_ERROR_COUNT] = {
#define HELIOS_ERROR_TEXT(name, text) [HELIOS_##name] = text,
        HELIOS_ERRORS(HELIOS_ERROR_TEXT)
#undef HELIOS_ERROR_TEXT
    };
    if ((unsigned)error >= HELIOS_ERROR_COUNT) {
        return "unknown error";
    }
    return texts[error];
}
