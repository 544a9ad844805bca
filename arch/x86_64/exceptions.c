// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/exceptions.h"

#include "arch/x86_64/registers.h"
#include "kernel/format.h"

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
        .address = vector == VECTOR_PAGE ? address : 0,
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

static void page_fault_text(char *buffer, size_t size, uint64_t error) {
    const char *access = "read";
    if (error & PAGE_FAULT_FETCH) {
        access = "fetch";
    } else if (error & PAGE_FAULT_WRITE) {
        access = "write";
    }
    const char *cause = "page not present";
    if (error & PAGE_FAULT_RESERVED) {
        cause = "reserved bit set";
    } else if (error & PAGE_FAULT_PRESENT) {
        cause = "not allowed";
    }
    kformat(buffer, size, "%s by %s, %s", access, (error & PAGE_FAULT_USER) ? "user" : "kernel",
            cause);
}

// Intel SDM vol. 3 section 6.13: which table, which entry.
static void selector_text(char *buffer, size_t size, uint64_t error) {
    const char *table = (error & 4) ? "LDT" : "GDT";
    if (error & 2) {
        table = "IDT";
    }
    kformat(buffer, size, "%s entry %u", table, (unsigned)(error >> 3 & 0x1fff));
}

void x86_error_text(char *buffer, size_t size, uint64_t vector, uint64_t error) {
    if (vector == VECTOR_PAGE) {
        page_fault_text(buffer, size, error);
    } else if (vector >= 10 && vector <= VECTOR_PROTECTION && error != 0) {
        selector_text(buffer, size, error);
    } else if (size > 0) {
        buffer[0] = '\0';
    }
}
