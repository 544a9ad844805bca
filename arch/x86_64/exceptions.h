// SPDX-License-Identifier: GPL-3.0-only
//
// What an exception means, in portable words and in text: no privileged instruction here, so that
// it is tested on the host.
#ifndef HELIOS_ARCH_X86_64_EXCEPTIONS_H
#define HELIOS_ARCH_X86_64_EXCEPTIONS_H

#include <stdint.h>

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

// The portable description. `address` is CR2, which means something for page faults, and for the
// double faults that come of them. `code` of the result is the vector in the upper 32 bits and the
// error code in the lower.
struct fault x86_fault(uint64_t vector, uint64_t error, uintptr_t pc, uintptr_t address);

// "page fault", "general protection", ...; "interrupt" from 32 on. Never NULL.
const char *x86_vector_text(uint64_t vector);

// What the error code of a page fault says: "write" by "user", "not allowed".
struct x86_page_fault_words {
    const char *access;
    const char *by;
    const char *cause;
};
struct x86_page_fault_words x86_page_fault_decode(uint64_t error);

// The table that the error code of vectors 10 to 13 refers to; bits 3 to 15 are the index in it.
const char *x86_selector_table(uint64_t error);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_EXCEPTIONS_H
