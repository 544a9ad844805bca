// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/say.h"

#include <stdarg.h>

#include "toolchains/freestanding/format.h"

const char *audit_say(const char *format, ...) {
    static char line[256];
    va_list arguments;
    va_start(arguments, format);
    format_text_v(line, sizeof(line), format, arguments);
    va_end(arguments);
    return line;
}
