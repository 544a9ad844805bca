// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/exceptions.h"

#include <stddef.h>

#include "arch/x86_64/registers.h"

static enum fault_kind page_fault_kind(uint64_t error) {
    if (error & PAGE_FAULT_FETCH) {
        return FAULT_EXECUTE;
    }
    return (error & PAGE_FAULT_WRITE) ? FAULT_WRITE : FAULT_READ;
}

static enum fault_kind fault_kind(uint64_t vector, uint64_t error) {
    switch (vector) {
    case VECTOR_PAGE:
        return page_fault_kind(error);
    case VECTOR_INVALID_OPCODE:
    case VECTOR_PROTECTION: // privileged instructions; also non-canonical addresses
        return FAULT_ILLEGAL;
    case VECTOR_BREAKPOINT:
        return FAULT_BREAKPOINT;
    case VECTOR_DEBUG:
        return FAULT_STEP;
    case VECTOR_ALIGNMENT:
        return FAULT_ALIGNMENT;
    case VECTOR_DIVIDE:
    case VECTOR_X87:
    case VECTOR_SIMD:
        return FAULT_FPU;
    default:
        return FAULT_OTHER;
    }
}

struct fault x86_fault(uint64_t vector, uint64_t error, uintptr_t pc, uintptr_t address) {
    return (struct fault){
        .kind = fault_kind(vector, error),
        .address = vector == VECTOR_PAGE || vector == VECTOR_DOUBLE_FAULT ? address : 0,
        .pc = pc,
        .code = vector << 32 | error,
    };
}

const char *x86_vector_text(uint64_t vector) {
    static const char *const text[] = {
        [0] = "divide error",
        [1] = "debug",
        [2] = "NMI",
        [3] = "breakpoint",
        [4] = "overflow",
        [5] = "bound range",
        [6] = "invalid opcode",
        [7] = "device not available",
        [8] = "double fault",
        [10] = "invalid TSS",
        [11] = "segment not present",
        [12] = "stack segment",
        [13] = "general protection",
        [14] = "page fault",
        [16] = "x87 error",
        [17] = "alignment check",
        [18] = "machine check",
        [19] = "SIMD error",
        [20] = "virtualization",
        [21] = "control protection",
        [28] = "hypervisor injection",
        [29] = "VMM communication",
        [30] = "security",
    };
    if (vector < sizeof text / sizeof text[0] && text[vector] != NULL) {
        return text[vector];
    }
    return vector < VECTOR_INTERRUPTS ? "reserved exception" : "interrupt";
}

struct x86_page_fault_words x86_page_fault_decode(uint64_t error) {
    struct x86_page_fault_words words = {
        .access = "read",
        .by = (error & PAGE_FAULT_USER) ? "user" : "kernel",
        .cause = "page not present",
    };
    if (error & PAGE_FAULT_FETCH) {
        words.access = "fetch";
    } else if (error & PAGE_FAULT_WRITE) {
        words.access = "write";
    }
    if (error & PAGE_FAULT_RESERVED) {
        words.cause = "reserved bit set";
    } else if (error & PAGE_FAULT_PRESENT) {
        words.cause = "not allowed";
    }
    return words;
}

// Intel SDM vol. 3 section 6.13.
const char *x86_selector_table(uint64_t error) {
    if (error & 2) {
        return "IDT";
    }
    return (error & 4) ? "LDT" : "GDT";
}
