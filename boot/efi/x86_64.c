// SPDX-License-Identifier: GPL-3.0-only
//
// x86_64: features, clocks, the console of last resort, and what leaving 5-level paging needs.
// Sources: Intel SDM volume 2 (CPUID), volume 3 sections 4 (paging), 11 (APIC), 18.17 (TSC).
#include "boot/efi/loader.h"

#include <cpuid.h>
#include <string.h>

enum {
    MSR_APIC_BASE = 0x1b,
    APIC_BASE_ENABLED = 1 << 11,
    APIC_BASE_X2 = 1 << 10,
    MSR_X2APIC = 0x800, // register n stands at MSR 0x800 + n / 16
    APIC_LVT_TIMER = 0x320,
    APIC_LVT_MASKED = 1 << 16,
    APIC_INITIAL_COUNT = 0x380,
    APIC_CURRENT_COUNT = 0x390,
    APIC_DIVIDE = 0x3e0,
    APIC_DIVIDE_BY_1 = 0xb,
    CR4_LA57 = 1 << 12,
    COM1 = 0x3f8,
    UART_SCRATCH = 7,
};

#define CALIBRATION_MICROSECONDS 10000u
#define CALIBRATIONS             5u // the CPU is not taken away in all of them
#define LOW_MEMORY_END           0x9f000ull

const enum elf_machine arch_elf_machine = ELF_MACHINE_X86_64;
const enum helios_arch arch_kind = HELIOS_ARCH_X86_64;
const uint64_t arch_table_limit = 1ull << 32;

extern const uint8_t x86_jump_start[];
extern const uint8_t x86_jump_end[];
extern const uint8_t x86_trampoline_start[];
extern const uint8_t x86_trampoline_end[];

static uint64_t x86_read_msr(uint32_t index) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}

static void x86_write_msr(uint32_t index, uint64_t value) {
    __asm__ volatile("wrmsr" ::"a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(index));
}

static void x86_out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static uint8_t x86_in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint64_t x86_read_cr4(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

uint64_t arch_counter(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

struct cpuid {
    uint32_t a, b, c, d;
};

// Zeros for a leaf that the processor does not have.
static struct cpuid x86_cpuid(uint32_t leaf, uint32_t subleaf) {
    struct cpuid out = {0};
    uint32_t highest = 0;
    uint32_t b;
    uint32_t c;
    uint32_t d;
    __cpuid(leaf & 0xf0000000u, highest, b, c, d);
    if (highest >= leaf) {
        __cpuid_count(leaf, subleaf, out.a, out.b, out.c, out.d);
    }
    return out;
}

enum boot_error arch_begin(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    struct cpuid extended = x86_cpuid(0x80000001u, 0);
    if ((extended.d & 1u << 20) == 0) {
        return boot_fail(&loader->failure, BOOT_CPU_UNSUPPORTED, "CPU", "no-execute pages",
                         extended.d, 1u << 20, 0);
    }
    boot->paging_levels = 4;
    boot->direct_map_base = HELIOS_DIRECT_MAP_BASE;
    boot->direct_map_size = HELIOS_DIRECT_MAP_SIZE;
    loader->paging.format = &paging_x86_64;
    loader->paging.levels = 4;
    loader->paging.largest_level = (extended.d & 1u << 26) != 0 ? 3 : 2; // Page1GB
    return BOOT_OK;
}

enum boot_error arch_identify(struct loader *loader) {
    // The x2APIC id where there is one; the 8-bit initial APIC id otherwise.
    struct cpuid topology = x86_cpuid(0xb, 0);
    loader->info.boot_hardware_id = topology.b != 0 ? topology.d : x86_cpuid(1, 0).b >> 24;
    return BOOT_OK;
}

// --- Clocks

static uint32_t x86_apic_read(uint64_t base, uint32_t reg) {
    if ((base & APIC_BASE_X2) != 0) {
        return (uint32_t)x86_read_msr(MSR_X2APIC + reg / 16);
    }
    return *(volatile uint32_t *)((base & 0x000ffffffffff000u) + reg);
}

static void x86_apic_write(uint64_t base, uint32_t reg, uint32_t value) {
    if ((base & APIC_BASE_X2) != 0) {
        x86_write_msr(MSR_X2APIC + reg / 16, value);
    } else {
        *(volatile uint32_t *)((base & 0x000ffffffffff000u) + reg) = value;
    }
}

// What CPUID says of the TSC, in Hz; 0 if nothing.
static uint64_t x86_tsc_from_cpuid(void) {
    struct cpuid ratio = x86_cpuid(0x15, 0);
    if (ratio.a != 0 && ratio.b != 0 && ratio.c != 0) {
        return (uint64_t)ratio.c * ratio.b / ratio.a;
    }
    if ((x86_cpuid(1, 0).c & 1u << 31) != 0) { // under a hypervisor: VMware's timing leaf
        struct cpuid timing = {0};
        __cpuid(0x40000000u, timing.a, timing.b, timing.c, timing.d);
        if (timing.a >= 0x40000010u && timing.a < 0x40010000u) {
            __cpuid(0x40000010u, timing.a, timing.b, timing.c, timing.d);
            return (uint64_t)timing.a * 1000;
        }
    }
    return 0;
}

// How far TSC and LAPIC timer (if there is one) count while firmware stalls.
struct stall {
    uint64_t tsc;
    uint64_t apic;
};

static struct stall x86_stall(struct loader *loader, uint64_t base, UINTN microseconds) {
    bool has_apic = (base & APIC_BASE_ENABLED) != 0;
    if (has_apic) {
        x86_apic_write(base, APIC_INITIAL_COUNT, UINT32_MAX);
    }
    uint64_t tsc = arch_counter();
    uint32_t apic = has_apic ? x86_apic_read(base, APIC_CURRENT_COUNT) : 0;
    loader->services->Stall(microseconds);
    return (struct stall){
        .tsc = arch_counter() - tsc,
        .apic = has_apic ? apic - x86_apic_read(base, APIC_CURRENT_COUNT) : 0,
    };
}

// Under a hypervisor the CPU may be taken away meanwhile, which only makes a stall longer: the
// shortest is the truest.
static struct stall x86_shortest_stall(struct loader *loader, uint64_t base, UINTN microseconds) {
    struct stall shortest = {.tsc = UINT64_MAX};
    for (unsigned i = 0; i < CALIBRATIONS; i++) {
        struct stall stall = x86_stall(loader, base, microseconds);
        shortest = stall.tsc < shortest.tsc ? stall : shortest;
    }
    return shortest;
}

// Measures TSC and LAPIC timer against firmware's clock. The LAPIC timer may be firmware's own
// tick: it is put back as it was found. Stalls of two lengths cancel what calling costs. 0: it
// can't be done, as the CPU is hardly ever here.
static void x86_measure(struct loader *loader, uint64_t *tsc_hz, uint64_t *lapic_hz) {
    uint64_t base = x86_read_msr(MSR_APIC_BASE);
    bool has_apic = (base & APIC_BASE_ENABLED) != 0;
    uint32_t lvt = 0;
    uint32_t divide = 0;
    uint32_t initial = 0;
    EFI_TPL level = loader->services->RaiseTPL(TPL_HIGH_LEVEL);
    if (has_apic) {
        lvt = x86_apic_read(base, APIC_LVT_TIMER);
        divide = x86_apic_read(base, APIC_DIVIDE);
        initial = x86_apic_read(base, APIC_INITIAL_COUNT);
        x86_apic_write(base, APIC_LVT_TIMER, APIC_LVT_MASKED);
        x86_apic_write(base, APIC_DIVIDE, APIC_DIVIDE_BY_1);
    }
    struct stall brief = x86_shortest_stall(loader, base, 100);
    struct stall longer = x86_shortest_stall(loader, base, 100 + CALIBRATION_MICROSECONDS);
    if (has_apic) {
        x86_apic_write(base, APIC_DIVIDE, divide);
        x86_apic_write(base, APIC_LVT_TIMER, lvt);
        x86_apic_write(base, APIC_INITIAL_COUNT, initial);
    }
    loader->services->RestoreTPL(level);
    const uint64_t per_second = 1000000 / CALIBRATION_MICROSECONDS;
    *tsc_hz = longer.tsc > brief.tsc ? (longer.tsc - brief.tsc) * per_second : 0;
    *lapic_hz = longer.apic > brief.apic ? (longer.apic - brief.apic) * per_second : 0;
}

// --- Console

// A 16550 has a scratch register that keeps what is written; where nothing answers, reads give
// 0xff.
static bool x86_has_com1(void) {
    uint8_t before = x86_in8(COM1 + UART_SCRATCH);
    x86_out8(COM1 + UART_SCRATCH, 0x5a);
    bool found = x86_in8(COM1 + UART_SCRATCH) == 0x5a;
    x86_out8(COM1 + UART_SCRATCH, 0xa5);
    found = found && x86_in8(COM1 + UART_SCRATCH) == 0xa5;
    x86_out8(COM1 + UART_SCRATCH, before);
    return found;
}

enum boot_error arch_gather(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    uint64_t tsc_hz = 0;
    uint64_t lapic_hz = 0;
    uint64_t known_hz = x86_tsc_from_cpuid();
    x86_measure(loader, &tsc_hz, &lapic_hz);
    boot->timer.frequency_hz = known_hz != 0 ? known_hz : tsc_hz;
    boot->timer.lapic_hz = lapic_hz;
    if (boot->console.kind == HELIOS_CONSOLE_NONE && x86_has_com1()) {
        boot->console = (struct helios_boot_console){
            .base = COM1,
            .length = 8,
            .kind = HELIOS_CONSOLE_16550_PORT,
            .irq = 4,
            .irq_valid = 1,
            .io_width = 1,
            .clock_hz = 1843200,
        };
    }
    return BOOT_OK;
}

bool arch_entropy(uint8_t *bytes, size_t size) {
    if ((x86_cpuid(1, 0).c & 1u << 30) == 0) {
        return false;
    }
    for (size_t at = 0; at < size; at += 8) {
        uint64_t word = 0;
        uint8_t good = 0;
        for (unsigned i = 0; i < 10 && good == 0; i++) { // Intel SDM volume 1 section 7.3.17.1
            __asm__ volatile("rdrand %0; setc %1" : "=r"(word), "=qm"(good)::"cc");
        }
        if (good == 0) {
            return false;
        }
        memcpy(bytes + at, &word, size - at < 8 ? size - at : 8);
    }
    return true;
}

// --- Leaving

enum boot_error arch_place(struct loader *loader) {
    // Not page 0: firmware catches null pointers there. Without such a page one CPU still runs.
    enum boot_error error =
        memory_allocate(loader, PAGING_PAGE_SIZE, PAGING_PAGE_SIZE, LOW_MEMORY_END,
                        HELIOS_MEM_BOOT_INFO, &loader->info.boot.start_page);
    if (error != BOOT_OK) {
        boot_info_warn(&loader->info, error, "start page of secondary CPUs", NULL, 0,
                       PAGING_PAGE_SIZE, LOW_MEMORY_END);
    }
    if ((x86_read_cr4() & CR4_LA57) == 0) {
        return BOOT_OK;
    }
    error = memory_allocate(loader, PAGING_PAGE_SIZE, PAGING_PAGE_SIZE, arch_table_limit,
                            HELIOS_MEM_BOOT_INFO, &loader->handover.trampoline);
    if (error == BOOT_OK) {
        uint8_t *page = (uint8_t *)loader->handover.trampoline;
        size_t length = (size_t)(x86_trampoline_end - x86_trampoline_start);
        memset(page, 0, PAGING_PAGE_SIZE);
        memcpy(page, x86_trampoline_start, length);
    }
    return error;
}

static enum paging_result x86_map_identity(struct loader *loader, uint64_t start, uint64_t end) {
    start &= ~(PAGING_PAGE_SIZE - 1);
    end = (end + PAGING_PAGE_SIZE - 1) & ~(PAGING_PAGE_SIZE - 1);
    return paging_map(&loader->paging, start, start, end - start, PAGING_EXECUTE, 1);
}

enum paging_result arch_map(struct loader *loader) {
    enum paging_result result =
        x86_map_identity(loader, (uint64_t)x86_jump_start, (uint64_t)x86_jump_end);
    uint64_t page = loader->handover.trampoline;
    if (result != PAGING_OK || page == 0) {
        return result;
    }
    result = x86_map_identity(loader, page, page + PAGING_PAGE_SIZE);
    if (result != PAGING_OK) {
        return result;
    }
    // A fifth level above the four, of which only the low half is wanted, for the moment
    // between the firmware's tables and 4-level paging.
    uint64_t *top = loader->paging.allocate(loader->paging.context);
    if (top == NULL) {
        return PAGING_NO_MEMORY;
    }
    top[0] = loader->paging.format->table((uint64_t)loader->paging.root);
    loader->handover.identity_root = (uint64_t)top;
    return PAGING_OK;
}

void arch_publish(uint64_t base, uint64_t length) {
    // Instruction fetches are coherent.
    (void)base;
    (void)length;
}
