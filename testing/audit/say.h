// SPDX-License-Identifier: GPL-3.0-only
#ifndef HELIOS_TESTING_AUDIT_SAY_H
#define HELIOS_TESTING_AUDIT_SAY_H

#ifdef __cplusplus
extern "C" {
#endif

// Formats a finding (toolchains/freestanding/format.h). There is one line for all.
const char *audit_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_AUDIT_SAY_H
