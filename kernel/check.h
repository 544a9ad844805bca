// SPDX-License-Identifier: GPL-3.0-only
//
// What the kernel believes about itself. A CHECK that fails is an error of the kernel, never of a
// user: it stops a checked kernel and costs a release kernel nothing.
#ifndef HELIOS_KERNEL_CHECK_H
#define HELIOS_KERNEL_CHECK_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef HELIOS_CHECKED
#define HELIOS_CHECKED 0
#endif

// For code that exists in checked kernels only: `if (KERNEL_CHECKED) { ... }`.
enum { KERNEL_CHECKED = HELIOS_CHECKED };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (KERNEL_CHECKED && !(condition)) {                                                      \
            check_failed(#condition, __FILE__, __LINE__);                                          \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void check_failed(const char *condition, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CHECK_H
