// SPDX-License-Identifier: MIT
//
// The part of C11's <assert.h> that needs no library (section 7.2). Only on the include path of
// freestanding code; on the host, the C library's own header is used.
#ifndef HELIOS_TOOLCHAINS_FREESTANDING_ASSERT_H
#define HELIOS_TOOLCHAINS_FREESTANDING_ASSERT_H

#if __has_include_next(<assert.h>) // a whole C library goes before this
#include_next <assert.h>
#elif !defined(__cplusplus)
#define static_assert _Static_assert
#endif

#endif // HELIOS_TOOLCHAINS_FREESTANDING_ASSERT_H
