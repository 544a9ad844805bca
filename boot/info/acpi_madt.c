// SPDX-License-Identifier: GPL-3.0-only
//
// Multiple APIC Description Table (ACPI 6.5, 5.2.12): CPUs and interrupt controllers.
//
// The structures come in any order, and some mean something only together with others (a GIC's
// version says what its CPU structures hold; a RISC-V hart names the controllers that it is wired
// to). So the table is walked several times: controllers, then CPUs, then who is wired to what.
#include "boot/info/acpi_table.h"

enum madt_type {
    MADT_LAPIC = 0,
    MADT_IOAPIC = 1,
    MADT_OVERRIDE = 2,
    MADT_LAPIC_ADDRESS = 5,
    MADT_X2APIC = 9,
    MADT_GICC = 11,
    MADT_GICD = 12,
    MADT_GIC_MSI = 13,
    MADT_GICR = 14,
    MADT_ITS = 15,
    MADT_RINTC = 24,
    MADT_IMSIC = 25,
    MADT_APLIC = 26,
    MADT_PLIC = 27,
};

#define CPU_ENABLED 1u // flag of every kind of CPU structure

#define LAPIC_BASE       0xfee00000u
#define PAGE             0x1000u
#define GICV2_SIZE       0x1000u
#define GICC_SIZE        0x2000u
#define GICV3_SIZE       0x10000u
#define GICR_SIZE_ONE    0x20000u // two 64 KiB frames for each CPU
#define GICV2M_SIZE      0x1000u
#define ITS_SIZE         0x20000u
#define NO_INTC          UINT32_MAX
#define IMSIC_PAGE_SHIFT 12

// What one walk finds out for the next.
struct madt {
    struct boot_info *info;
    uint64_t lapic_base;
    uint32_t gic;       // index of the GIC's record, or NO_INTC
    bool gicr_ranges;   // there are GICR structures, so those in the CPU structures are not used
    uint32_t imsic_ids; // 0: no IMSIC
    uint8_t imsic_guest_bits;
    uint8_t imsic_hart_bits;
};

// Least length of each structure that is used; 0: not used.
static size_t least_length(uint32_t type) {
    switch (type) {
    case MADT_LAPIC:
        return 8;
    case MADT_IOAPIC:
    case MADT_LAPIC_ADDRESS:
        return 12;
    case MADT_OVERRIDE:
        return 10;
    case MADT_X2APIC:
    case MADT_GICR:
    case MADT_IMSIC:
        return 16;
    case MADT_GICC:
        return 76;
    case MADT_GICD:
    case MADT_GIC_MSI:
        return 24;
    case MADT_ITS:
        return 20;
    case MADT_RINTC:
    case MADT_APLIC:
    case MADT_PLIC:
        return 36;
    default:
        return 0;
    }
}

static void add_cpu(struct madt *madt, uint64_t hardware_id, uint32_t uid) {
    const struct helios_boot_cpu cpu = {
        .hardware_id = hardware_id,
        .firmware_uid = uid,
        .intc_id = uid,
    };
    boot_info_add_cpu(madt->info, &cpu);
}

static uint32_t find_cpu(const struct boot_info *info, uint64_t hardware_id) {
    uint32_t cpu = 0;
    while (cpu < info->cpu_count && info->cpus[cpu].hardware_id != hardware_id) {
        cpu++;
    }
    return cpu;
}

// x86

// An interrupt source override's "MPS INTI flags" (ACPI 6.5, table 5.26). ISA lines that "conform
// to the bus" are edge triggered and active high.
static uint32_t irq_flags(uint16_t flags) {
    return ((flags & 3) == 3 ? HELIOS_IRQ_LOW : 0) | ((flags >> 2 & 3) == 3 ? HELIOS_IRQ_LEVEL : 0);
}

static void add_ioapic(struct madt *madt, const struct acpi_table *entry) {
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_IOAPIC,
        .id = acpi_u8(entry, 2),
        .base = acpi_u32(entry, 4),
        .length = PAGE,
        .first = acpi_u32(entry, 8),
    };
    boot_info_add_intc(madt->info, &intc);
}

static void add_override(struct madt *madt, const struct acpi_table *entry) {
    const struct helios_boot_irq_override override = {
        .source = acpi_u8(entry, 3),
        .gsi = acpi_u32(entry, 4),
        .flags = irq_flags(acpi_u16(entry, 8)),
    };
    boot_info_add_override(madt->info, &override);
}

static void add_local_apic(struct madt *madt, const struct acpi_table *table) {
    const struct helios_boot_intc lapic = {
        .kind = HELIOS_INTC_LAPIC,
        .base = madt->lapic_base,
        .length = PAGE,
    };
    boot_info_add_intc(madt->info, &lapic);
    if (acpi_u32(table, 40) & 1) { // PCAT_COMPAT
        const struct helios_boot_intc pic = {.kind = HELIOS_INTC_PIC};
        boot_info_add_intc(madt->info, &pic);
    }
}

// aarch64

static void add_gicd(struct madt *madt, const struct acpi_table *entry) {
    const uint8_t version = acpi_u8(entry, 20);
    const bool v3 = version >= 3 || (version == 0 && madt->gicr_ranges);
    const struct helios_boot_intc intc = {
        .kind = v3 ? HELIOS_INTC_GICV3 : HELIOS_INTC_GICV2,
        .id = acpi_u32(entry, 4),
        .base = acpi_u64(entry, 8),
        .length = v3 ? GICV3_SIZE : GICV2_SIZE,
    };
    if (boot_info_add_intc(madt->info, &intc)) {
        madt->gic = madt->info->intc_count - 1;
    }
}

static void add_redistributors(struct madt *madt, uint64_t base, uint64_t length) {
    if (madt->gic != NO_INTC && madt->info->intcs[madt->gic].length2 == 0) {
        madt->info->intcs[madt->gic].base2 = base;
        madt->info->intcs[madt->gic].length2 = length;
        return;
    }
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_GICV3_REDIST,
        .base = base,
        .length = length,
    };
    boot_info_add_intc(madt->info, &intc);
}

static void add_msi_frame(struct madt *madt, const struct acpi_table *entry) {
    const bool given = acpi_u32(entry, 16) & 1; // else the frame's own register says
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_GICV2M,
        .id = acpi_u32(entry, 4),
        .base = acpi_u64(entry, 8),
        .length = GICV2M_SIZE,
        .count = given ? acpi_u16(entry, 20) : 0,
        .first = given ? acpi_u16(entry, 22) : 0,
    };
    boot_info_add_intc(madt->info, &intc);
}

static void add_its(struct madt *madt, const struct acpi_table *entry) {
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_GIC_ITS,
        .id = acpi_u32(entry, 4),
        .base = acpi_u64(entry, 8),
        .length = ITS_SIZE,
    };
    boot_info_add_intc(madt->info, &intc);
}

// A CPU structure also says where the GICv2 CPU interface is, or the GICv3 redistributor.
static void add_gicc(struct madt *madt, const struct acpi_table *entry) {
    const uint64_t cpu_interface = acpi_u64(entry, 32);
    const uint64_t redistributor = acpi_u64(entry, 60);
    add_cpu(madt, acpi_u64(entry, 68), acpi_u32(entry, 8));
    if (madt->gic == NO_INTC) {
        return;
    }
    struct helios_boot_intc *gic = &madt->info->intcs[madt->gic];
    if (gic->kind == HELIOS_INTC_GICV2) {
        gic->base2 = cpu_interface;
        gic->length2 = GICC_SIZE;
    } else if (!madt->gicr_ranges && redistributor != 0) {
        add_redistributors(madt, redistributor, GICR_SIZE_ONE);
    }
}

// riscv64

static void add_aplic(struct madt *madt, const struct acpi_table *entry) {
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_APLIC,
        .id = acpi_u8(entry, 3),
        .base = acpi_u64(entry, 24),
        .length = acpi_u32(entry, 32),
        .first = acpi_u32(entry, 20),
        .count = acpi_u16(entry, 18),
        .flags = acpi_u16(entry, 16) == 0, // no IDC: delivers by MSI
    };
    boot_info_add_intc(madt->info, &intc);
}

static void add_plic(struct madt *madt, const struct acpi_table *entry) {
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_PLIC,
        .id = acpi_u8(entry, 3),
        .base = acpi_u64(entry, 24),
        .length = acpi_u32(entry, 20),
        .first = acpi_u32(entry, 32),
        .count = acpi_u16(entry, 12),
    };
    boot_info_add_intc(madt->info, &intc);
}

static void note_imsic(struct madt *madt, const struct acpi_table *entry) {
    madt->imsic_ids = acpi_u16(entry, 8);
    madt->imsic_guest_bits = acpi_u8(entry, 12);
    madt->imsic_hart_bits = acpi_u8(entry, 13);
}

// Every hart names the place of its own interrupt file; files next to one another become one
// record.
static void add_imsic_file(struct madt *madt, uint64_t base, uint64_t length) {
    for (uint32_t i = 0; i < madt->info->intc_count; i++) {
        struct helios_boot_intc *intc = &madt->info->intcs[i];
        if (intc->kind == HELIOS_INTC_IMSIC && intc->base + intc->length == base) {
            intc->length += length;
            return;
        }
    }
    const struct helios_boot_intc intc = {
        .kind = HELIOS_INTC_IMSIC,
        .base = base,
        .length = length,
        .count = madt->imsic_ids,
        .guest_bits = madt->imsic_guest_bits,
        .hart_bits = madt->imsic_hart_bits,
    };
    boot_info_add_intc(madt->info, &intc);
}

static void add_rintc(struct madt *madt, const struct acpi_table *entry) {
    add_cpu(madt, acpi_u64(entry, 8), acpi_u32(entry, 16));
    const uint64_t file = acpi_u64(entry, 24);
    if (madt->imsic_ids != 0 && file != 0 && acpi_u32(entry, 32) != 0) {
        add_imsic_file(madt, file, acpi_u32(entry, 32));
    }
}

static void add_context(struct madt *madt, uint32_t intc, uint32_t cpu, uint32_t context) {
    const struct helios_boot_intc_context record = {intc, cpu, context, 0};
    boot_info_add_context(madt->info, &record);
}

// Which context of which controller belongs to a hart: "external interrupt controller id" is the
// PLIC's or APLIC's id in the top byte and the context or IDC in the low half.
static void add_rintc_contexts(struct madt *madt, const struct acpi_table *entry) {
    const uint32_t external = acpi_u32(entry, 20);
    const uint64_t file = acpi_u64(entry, 24);
    const uint32_t cpu = find_cpu(madt->info, acpi_u64(entry, 8));
    if (cpu == madt->info->cpu_count) {
        return;
    }
    for (uint32_t i = 0; i < madt->info->intc_count; i++) {
        const struct helios_boot_intc *intc = &madt->info->intcs[i];
        const bool wired = intc->kind == HELIOS_INTC_PLIC ||
                           (intc->kind == HELIOS_INTC_APLIC && (intc->flags & 1) == 0);
        if (wired && intc->id == external >> 24) {
            add_context(madt, i, cpu, external & 0xffff);
        }
        if (intc->kind == HELIOS_INTC_IMSIC && file - intc->base < intc->length) {
            const uint64_t index =
                (file - intc->base) >> (IMSIC_PAGE_SHIFT + (intc->guest_bits & 7));
            add_context(madt, i, cpu, (uint32_t)index);
        }
    }
}

// The walks

static void visit_first(struct madt *madt, uint32_t type, const struct acpi_table *entry) {
    switch (type) {
    case MADT_IOAPIC:
        add_ioapic(madt, entry);
        break;
    case MADT_OVERRIDE:
        add_override(madt, entry);
        break;
    case MADT_LAPIC_ADDRESS:
        madt->lapic_base = acpi_u64(entry, 4);
        break;
    case MADT_GICR:
        madt->gicr_ranges = true;
        break;
    case MADT_GIC_MSI:
        add_msi_frame(madt, entry);
        break;
    case MADT_ITS:
        add_its(madt, entry);
        break;
    case MADT_IMSIC:
        note_imsic(madt, entry);
        break;
    case MADT_APLIC:
        add_aplic(madt, entry);
        break;
    case MADT_PLIC:
        add_plic(madt, entry);
        break;
    default:
        break;
    }
}

// Only a distributor of unstated version needs what the first walk found out.
static void visit_distributor(struct madt *madt, uint32_t type, const struct acpi_table *entry) {
    if (type == MADT_GICD) {
        add_gicd(madt, entry);
    }
}

static bool enabled(const struct acpi_table *entry, size_t flags_offset) {
    return (acpi_u32(entry, flags_offset) & CPU_ENABLED) != 0;
}

static void visit_cpu(struct madt *madt, uint32_t type, const struct acpi_table *entry) {
    if (type == MADT_LAPIC && enabled(entry, 4) && acpi_u8(entry, 3) != UINT8_MAX) {
        add_cpu(madt, acpi_u8(entry, 3), acpi_u8(entry, 2));
    }
    if (type == MADT_X2APIC && enabled(entry, 8) && acpi_u32(entry, 4) != UINT32_MAX) {
        add_cpu(madt, acpi_u32(entry, 4), acpi_u32(entry, 12));
    }
    if (type == MADT_GICC && enabled(entry, 12)) {
        add_gicc(madt, entry);
    }
    if (type == MADT_GICR) {
        add_redistributors(madt, acpi_u64(entry, 4), acpi_u32(entry, 12));
    }
    if (type == MADT_RINTC && enabled(entry, 4)) {
        add_rintc(madt, entry);
    }
}

static void visit_context(struct madt *madt, uint32_t type, const struct acpi_table *entry) {
    if (type == MADT_RINTC && enabled(entry, 4)) {
        add_rintc_contexts(madt, entry);
    }
}

typedef void madt_visit(struct madt *madt, uint32_t type, const struct acpi_table *entry);

static enum boot_error walk(struct madt *madt, const struct acpi_table *table, madt_visit *visit,
                            struct boot_failure *failure) {
    struct acpi_walk walk = {
        .table = table, .at = 44, .type_size = 1, .length_offset = 1, .length_size = 1};
    struct acpi_table entry;
    uint32_t type = 0;
    bool more = false;
    for (;;) {
        enum boot_error error = acpi_next(&walk, &entry, &type, &more, failure);
        if (error != BOOT_OK || !more) {
            return error;
        }
        if (entry.length < least_length(type)) {
            return boot_fail(failure, BOOT_ACPI_LENGTH, table->name, "entry", entry.length,
                             least_length(type), entry.address);
        }
        visit(madt, type, &entry);
    }
}

enum boot_error acpi_read_madt(const struct acpi_table *table, struct boot_info *info,
                               struct boot_failure *failure) {
    madt_visit *const visits[] = {visit_first, visit_distributor, visit_cpu, visit_context};
    struct madt madt = {.info = info, .gic = NO_INTC, .lapic_base = acpi_u32(table, 36)};
    if (madt.lapic_base == 0) {
        madt.lapic_base = LAPIC_BASE;
    }
    for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
        enum boot_error error = walk(&madt, table, visits[i], failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    if (info->boot.arch == HELIOS_ARCH_X86_64) {
        add_local_apic(&madt, table);
    }
    if (info->cpu_count == 0) {
        return boot_fail(failure, BOOT_NO_CPU, table->name, NULL, 0, 0, table->address);
    }
    return BOOT_OK;
}
