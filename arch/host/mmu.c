// SPDX-License-Identifier: GPL-3.0-only
//
// A page table format that only the portable walker reads: bit 0 present, bit 1 table, bits 2..7
// flags, bits 12..51 the physical address. Four levels.
#include "arch/include/mmu.h"

#include "arch/host/host.h"
#include "arch/host/internal.h"
#include "arch/include/boot.h"

enum {
    PRESENT = 1,
    TABLE = 2,
    FLAGS_SHIFT = 2,
    FLAGS_MASK = 0x3f,
    LEVELS = 4,
};

#define ADDRESS_MASK 0x000ffffffffff000ull

// What host_cpu's `tags` say of an identifier whose root table is gone.
enum { STALE = 1 };

uint32_t host_asids = 16;

// Where the guard page of the boot stack is mapped.
#define GUARD (HELIOS_KERNEL_BASE + 0x1000)

static void forget_all_translations(struct host_cpu *cpu) {
    for (unsigned i = 0; i < HOST_TRANSLATIONS; i++) {
        cpu->translations[i].virtual_address = HOST_ADDRESS_INVALID;
    }
}

// Identifiers of which something may be remembered.
static unsigned tag_count(void) {
    return host_asids < HOST_TAGS ? host_asids : HOST_TAGS;
}

void host_reset_tables(void) {
    for (unsigned i = 0; i < HOST_MAX_CPUS; i++) {
        forget_all_translations(&host_cpus[i]);
    }
    uint64_t table = HOST_PAGE_TABLES;
    for (unsigned level = LEVELS - 1; level > 0; level--, table += 4096) {
        arch_pte *entries = arch_direct(table);
        entries[GUARD >> (12 + 9 * level) & 511] = arch_pte_table(table + 4096, level);
    }
    arch_pte *leaves = arch_direct(table);
    leaves[GUARD >> 12 & 511] = arch_pte_leaf(table + 4096, 0, MMU_WRITE | MMU_GLOBAL);
}

uintptr_t arch_boot_stack_guard(unsigned index) {
    return index == 0 ? GUARD : 0;
}

unsigned arch_mmu_levels(void) {
    return LEVELS;
}

unsigned host_largest_leaf = 2;

unsigned arch_mmu_largest_leaf(void) {
    return host_largest_leaf;
}

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    (void)level;
    return (physical & ADDRESS_MASK) | (arch_pte)flags << FLAGS_SHIFT | PRESENT;
}

arch_pte arch_pte_table(uint64_t physical, unsigned level) {
    (void)level;
    return (physical & ADDRESS_MASK) | PRESENT | TABLE;
}

bool arch_pte_present(arch_pte pte) {
    return (pte & PRESENT) != 0;
}

bool arch_pte_is_table(arch_pte pte, unsigned level) {
    (void)level;
    return (pte & TABLE) != 0;
}

uint64_t arch_pte_physical(arch_pte pte) {
    return pte & ADDRESS_MASK;
}

unsigned arch_pte_flags(arch_pte pte) {
    return pte >> FLAGS_SHIFT & FLAGS_MASK;
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

uint32_t arch_asid_count(void) {
    return host_asids;
}

void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid) {
    host_record.page_flushes++;
    host_record.flushed_page = virtual_address;
    host_record.flushed_asid = asid;
    for (unsigned i = 0; i < HOST_TRANSLATIONS; i++) {
        struct host_translation *translation = &host_self->translations[i];
        // A page may be a large one.
        if (translation->asid == asid &&
            translation->virtual_address >> 12 == virtual_address >> 12) {
            translation->virtual_address = HOST_ADDRESS_INVALID;
        }
    }
}

static void set_tag(struct host_cpu *cpu, uint32_t asid, uint64_t root) {
    __atomic_store_n(&cpu->tags[asid], root, __ATOMIC_RELAXED);
}

static void forget_translations(uint32_t asid) {
    for (unsigned i = 0; i < HOST_TRANSLATIONS; i++) {
        if (host_self->translations[i].asid == asid) {
            host_self->translations[i].virtual_address = HOST_ADDRESS_INVALID;
        }
    }
}

void arch_tlb_flush_asid(uint32_t asid) {
    host_record.asid_flushes++;
    host_record.flushed_asid = asid;
    forget_translations(asid);
    if (asid < HOST_TAGS) {
        set_tag(host_self, asid, 0);
    }
}

void arch_tlb_flush_all(void) {
    host_record.full_flushes++;
    for (unsigned asid = 0; asid < tag_count(); asid++) {
        set_tag(host_self, asid, 0);
    }
    forget_all_translations(host_self);
}

// Another table lies where a root may have been that a TLB knows.
static void make_stale(struct host_cpu *cpu, uint64_t root) {
    for (unsigned asid = 0; asid < tag_count(); asid++) {
        uint64_t tag = __atomic_load_n(&cpu->tags[asid], __ATOMIC_RELAXED);
        if (tag == root) {
            set_tag(cpu, asid, STALE);
        }
    }
}

void arch_root_init(arch_pte *root) {
    for (unsigned i = 0; i < host_cpu_count; i++) {
        make_stale(&host_cpus[i], arch_direct_physical(root));
    }
    const arch_pte *kernel = arch_kernel_root();
    for (unsigned i = 256; i < 512; i++) {
        root[i] = kernel[i];
    }
}

// Identifier 0 is everybody's: what is remembered of it goes with each activation.
void host_activate(uint64_t root, uint32_t asid) {
    if (asid == 0) {
        forget_translations(0);
    } else if (asid < HOST_TAGS) {
        uint64_t tag = __atomic_load_n(&host_self->tags[asid], __ATOMIC_RELAXED);
        host_record.stale_activations += tag != 0 && tag != root;
        set_tag(host_self, asid, root);
    }
    host_record.active_root = root;
    host_record.active_asid = asid;
}

// The leaf that translates a user address; 0: none.
static arch_pte walk(uintptr_t address) {
    arch_pte *table = arch_direct(host_record.active_root);
    for (unsigned level = LEVELS; level-- > 0;) {
        arch_pte entry =
            __atomic_load_n(&table[address >> (12 + 9 * level) & 511], __ATOMIC_RELAXED);
        if ((entry & PRESENT) == 0 || (entry & TABLE) == 0) {
            return (entry & PRESENT) != 0 ? entry : 0;
        }
        table = arch_direct(arch_pte_physical(entry));
    }
    return 0;
}

enum host_access_result host_access_memory(uintptr_t address) {
    uint32_t asid = host_record.active_asid;
    arch_pte entry = walk(address);
    struct host_translation *place =
        &host_self->translations[address >> 12 & (HOST_TRANSLATIONS - 1)];
    if (place->virtual_address == address && place->asid == asid) {
        return place->entry == entry ? HOST_ACCESS_REMEMBERED : HOST_ACCESS_STALE;
    }
    if (entry == 0) {
        return HOST_ACCESS_FAULT;
    }
    *place = (struct host_translation){address, asid, entry};
    return HOST_ACCESS_WALKED;
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(HOST_PAGE_TABLES);
}

void arch_root_leave(void) {
    host_activate(HOST_PAGE_TABLES, 0);
}

void arch_instruction_sync(const void *start, uint64_t length) {
    (void)start;
    (void)length;
    host_record.instruction_syncs++;
}

void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation) {
    (void)start;
    (void)length;
    (void)operation;
    host_record.cache_operations++;
}
