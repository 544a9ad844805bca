// SPDX-License-Identifier: MIT
//
// Compile-time checks that work in C11 without <assert.h> and in C++.
#ifndef HELIOS_UAPI_LAYOUT_H
#define HELIOS_UAPI_LAYOUT_H

#ifdef __cplusplus
#define HELIOS_ASSERT_LAYOUT(condition) static_assert(condition, "layout of the Helios ABI")
#else
#define HELIOS_ASSERT_LAYOUT(condition) _Static_assert(condition, "layout of the Helios ABI")
#endif

#endif // HELIOS_UAPI_LAYOUT_H
