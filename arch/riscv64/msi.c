// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/msi.h"

#include <stddef.h>

#include "arch/include/device.h"
#include "arch/include/interrupt.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/smp.h"
#include "arch/riscv64/imsic.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/msi_ids.h"
#include "boot/protocol/protocol.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

// The first identity, which has the highest priority, is that of inter-processor interrupts. In the
// table it belongs to line 0, which no controller has.
#define IPI_ID  1u
#define IPI_IRQ 0u

// Written once, by msi_init.
static struct {
    uint32_t count;
    uint32_t reached; // files 0 .. reached - 1
    unsigned shift;   // log2 of the distance of two files
    uint64_t base;
    uintptr_t files; // virtual address of the first
} imsic;

static struct msi_ids ids;

bool msi_reaches(const struct percpu *cpu) {
    return cpu->arch.irq_context < imsic.reached;
}

// As many files as are in use are mapped, for this kernel's own messages.
static uint32_t count_files(uint64_t limit) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < percpu_count(); i++) {
        const uint32_t file = percpu_get(i)->arch.irq_context;
        if (file < limit && file >= count) {
            count = file + 1;
        }
    }
    return count;
}

const char *msi_init(const struct helios_boot_intc *intc) {
    if (!riscv_has(HELIOS_RISCV_ISA_SSAIA)) {
        return "Ssaia, although there are IMSICs";
    }
    imsic.shift = ARCH_PAGE_SHIFT + intc->guest_bits;
    imsic.reached = count_files(intc->length >> imsic.shift);
    imsic.base = intc->base;
    imsic.files =
        window_map(intc->base, (uint64_t)imsic.reached << imsic.shift, MMU_WRITE | MMU_DEVICE);
    if (imsic.files == 0) {
        return "memory to map the IMSICs";
    }
    imsic.count = intc->count < IMSIC_MAX_IDS ? intc->count : IMSIC_MAX_IDS;
    msi_ids_init(&ids, imsic.count);
    msi_ids_take(&ids, IPI_IRQ);
    return NULL;
}

uint32_t msi_count(void) {
    return imsic.count;
}

void msi_start_cpu(struct percpu *cpu) {
    imsic_reset(imsic.count);
    imsic_request(&cpu->arch.imsic, IPI_ID, true);
    msi_serve();
}

// Has a request done that has just been left.
static void tell(uint32_t cpu) {
    if (cpu == arch_percpu()->index) {
        msi_serve();
    } else {
        arch_ipi_send(cpu);
    }
}

// A device may have sent a message since the identity was emptied.
uint32_t msi_take(uint32_t irq, uint32_t cpu, bool open) {
    struct riscv_imsic_file *file = &percpu_get(cpu)->arch.imsic;
    const uint32_t id = msi_ids_take(&ids, irq);
    if (id != 0) {
        imsic_request(file, id, open);
        imsic_request_empty(file, id);
        tell(cpu);
    }
    return id;
}

void msi_release(uint32_t irq, uint32_t cpu) {
    struct riscv_imsic_file *file = &percpu_get(cpu)->arch.imsic;
    const uint32_t id = msi_ids_retire(&ids, irq);
    if (id != 0) {
        imsic_request(file, id, false);
        imsic_request_empty(file, id);
        tell(cpu);
    }
}

void msi_set_open(uint32_t irq, uint32_t cpu, bool open) {
    imsic_request(&percpu_get(cpu)->arch.imsic, ids.id_of[irq], open);
    tell(cpu);
}

uint64_t msi_address(uint32_t cpu) {
    return imsic.base + ((uint64_t)percpu_get(cpu)->arch.irq_context << imsic.shift);
}

uint32_t msi_claim(void) {
    const uint32_t id = imsic_claim();
    return id == IPI_ID ? ARCH_IRQ_IPI : msi_ids_irq(&ids, id);
}

// Of what has been emptied.
static void free_retired(uint32_t first, uint64_t emptied) {
    for (; emptied != 0; emptied &= emptied - 1) {
        msi_ids_free(&ids, first + (uint32_t)__builtin_ctzll(emptied));
    }
}

void msi_serve(void) {
    struct riscv_imsic_file *file = &arch_percpu()->arch.imsic;
    for (; file->changed != 0; file->changed &= file->changed - 1) {
        const unsigned word = (unsigned)__builtin_ctz(file->changed);
        imsic_write(word, file->enabled[word], file->emptied[word]);
        free_retired(word * 64, file->emptied[word]);
        file->emptied[word] = 0;
    }
}

void msi_put_back(uint32_t irq) {
    msi_serve();
    imsic_set_pending(ids.id_of[irq], true);
}

void msi_ring(const struct percpu *cpu) {
    const uintptr_t file = imsic.files + ((uintptr_t)cpu->arch.irq_context << imsic.shift);
    arch_device_write(DEVICE_MEMORY, file, 4, IPI_ID);
}
