// SPDX-License-Identifier: GPL-3.0-only
//
// Exceptions of the loader itself. Without a table for them the machine would restart, perhaps for
// ever; with it, it says what happened and halts.
#include "boot/multiboot/loader.h"

#define VECTORS       32u
#define CODE_SELECTOR 8u      // as in start.S
#define INTERRUPT     0x8e00u // present, interrupt gate

// A gate of the interrupt descriptor table (Intel SDM volume 3, 7.14.1).
struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

// start.S: VECTORS entries of FAULT_STUB_SIZE bytes each; they end up in loader_fault.
extern const char fault_stubs[];
#define FAULT_STUB_SIZE 16u

static struct gate gates[VECTORS];

void fault_begin(void) {
    const struct table_pointer pointer = {sizeof(gates) - 1, (uint64_t)gates};
    for (unsigned i = 0; i < VECTORS; i++) {
        const uint64_t stub = (uint64_t)fault_stubs + (uint64_t)i * FAULT_STUB_SIZE;
        gates[i] = (struct gate){
            .offset_low = (uint16_t)stub,
            .selector = CODE_SELECTOR,
            .type = INTERRUPT,
            .offset_middle = (uint16_t)(stub >> 16),
        };
    }
    __asm__ volatile("lidt %0" ::"m"(pointer));
}

_Noreturn void loader_fault(uint64_t vector, const uint64_t *frame) {
    struct boot_failure failure;
    // With or without an error code in front of it: the instruction lies in the loader.
    const uint64_t instruction = frame[0] > (uint64_t)loader_start ? frame[0] : frame[1];
    boot_fail(&failure, BOOT_EXCEPTION, "loader", "vector", vector, 0, instruction);
    loader_stop(&failure);
}
