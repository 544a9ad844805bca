// SPDX-License-Identifier: GPL-3.0-only
#ifndef HELIOS_TESTING_AUDIT_SAY_H
#define HELIOS_TESTING_AUDIT_SAY_H

#include <cstdio>
#include <string>

template <typename... Arguments> std::string Say(const char *format, Arguments... arguments) {
    char line[256];
    snprintf(line, sizeof(line), format, arguments...);
    return line;
}

#endif // HELIOS_TESTING_AUDIT_SAY_H
