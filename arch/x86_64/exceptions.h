// SPDX-License-Identifier: GPL-3.0-only
//
// What an exception means, in portable words and in text: no privileged instruction here, so that
// it is tested on the host.
#ifndef HELIOS_ARCH_X86_64_EXCEPTIONS_H
#define HELIOS_ARCH_X86_64_EXCEPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

// The portable description. `address` is CR2, used for page faults only. `code` of the result is
// the vector in the upper 32 bits and the error code in the lower.
struct fault x86_fault(uint64_t vector, uint64_t error, uintptr_t pc, uintptr_t address);

// "page fault", "general protection", ...; "interrupt" from 32 on. Never NULL.
const char *x86_vector_text(uint64_t vector);

// The error code of `vector` in words, into `buffer`; empty where it says nothing.
void x86_error_text(char *buffer, size_t size, uint64_t vector, uint64_t error);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_EXCEPTIONS_H
