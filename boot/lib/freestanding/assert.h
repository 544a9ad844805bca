// SPDX-License-Identifier: GPL-3.0-only
//
// The part of C11's <assert.h> that needs no library (section 7.2): static assertions.
#ifndef HELIOS_BOOT_LIB_FREESTANDING_ASSERT_H
#define HELIOS_BOOT_LIB_FREESTANDING_ASSERT_H

#ifndef __cplusplus
#define static_assert _Static_assert
#endif

#endif // HELIOS_BOOT_LIB_FREESTANDING_ASSERT_H
