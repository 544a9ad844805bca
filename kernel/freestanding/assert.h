// SPDX-License-Identifier: GPL-3.0-only
//
// The part of C11's <assert.h> that needs no library (section 7.2): the kernel is built without
// one. Only on the include path of kernels; unit tests use the host's.
#ifndef HELIOS_KERNEL_FREESTANDING_ASSERT_H
#define HELIOS_KERNEL_FREESTANDING_ASSERT_H

#ifndef __cplusplus
#define static_assert _Static_assert
#endif

#endif // HELIOS_KERNEL_FREESTANDING_ASSERT_H
