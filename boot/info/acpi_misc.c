// SPDX-License-Identifier: GPL-3.0-only
//
// Small tables: MCFG (PCI configuration), SPCR (console), GTDT (Arm timer), RHCT (RISC-V harts).
#include "boot/info/acpi_table.h"
#include "boot/info/riscv_isa.h"

// PCI Firmware 3.3, 4.1.2: after the header and 8 reserved bytes, 16 bytes for each segment.
enum boot_error acpi_read_mcfg(const struct acpi_table *mcfg, struct boot_info *info,
                               struct boot_failure *failure) {
    for (size_t at = 44; at < mcfg->length; at += 16) {
        if (mcfg->length - at < 16) {
            return boot_fail(failure, BOOT_ACPI_LENGTH, mcfg->name, "entry", mcfg->length - at, 16,
                             mcfg->address + at);
        }
        // "Always corresponds to bus number 0" (PCI Firmware 3.3, 4.1.3), whichever is first.
        const uint64_t bus_0 = acpi_u64(mcfg, at);
        const uint64_t skipped = (uint64_t)acpi_u8(mcfg, at + 10) << 20;
        const struct helios_boot_pci pci = {
            .ecam_base = bus_0 + skipped,
            .segment = acpi_u16(mcfg, at + 8),
            .first_bus = acpi_u8(mcfg, at + 10),
            .last_bus = acpi_u8(mcfg, at + 11),
        };
        if (bus_0 == 0 || bus_0 > UINT64_MAX - skipped || pci.first_bus > pci.last_bus) {
            return boot_fail(failure, BOOT_ACPI_VALUE, mcfg->name, "bus range", pci.first_bus,
                             pci.last_bus, mcfg->address + at);
        }
        boot_info_add_pci(info, &pci);
    }
    return BOOT_OK;
}

// Interface types of the SPCR (Microsoft's Debug Port Table 2, table 3).
enum spcr_type {
    SPCR_16550 = 0,
    SPCR_16450 = 1,
    SPCR_PL011 = 3,
    SPCR_SBSA_32 = 13,
    SPCR_SBSA = 14,
    SPCR_16550_GAS = 18,
    SPCR_SBI = 21,
};

#define SPCR_IRQ_8259 1u
#define ACCESS_DWORD  3 // access size of a Generic Address Structure

static void set_console_irq(const struct acpi_table *spcr, struct helios_boot_console *console) {
    const uint8_t type = acpi_u8(spcr, 52);
    console->irq_valid = type != 0;
    console->irq = (type & ~SPCR_IRQ_8259) != 0 ? acpi_u32(spcr, 54)
                   : type != 0                  ? acpi_u8(spcr, 53)
                                                : 0;
}

static void set_16550(struct acpi_address address, struct helios_boot_console *console) {
    const bool port = address.space == 1;
    const bool words = !port && address.access == ACCESS_DWORD;
    console->kind = port ? HELIOS_CONSOLE_16550_PORT : HELIOS_CONSOLE_16550_MMIO;
    console->reg_shift = words ? 2 : 0;
    console->io_width = words ? 4 : 1;
    console->length = port ? 8 : MEMMAP_PAGE_SIZE;
}

enum boot_error acpi_read_spcr(const struct acpi_table *spcr, struct boot_info *info,
                               struct boot_failure *failure) {
    (void)failure; // a console of a kind that is not known is simply none
    const struct acpi_address address = acpi_gas(spcr, 40);
    struct helios_boot_console console = {.base = address.address};
    switch (acpi_u8(spcr, 36)) {
    case SPCR_16550:
    case SPCR_16450:
    case SPCR_16550_GAS:
        set_16550(address, &console);
        break;
    case SPCR_PL011:
    case SPCR_SBSA_32:
    case SPCR_SBSA:
        console.kind = HELIOS_CONSOLE_PL011;
        console.length = MEMMAP_PAGE_SIZE;
        console.io_width = 4;
        break;
    case SPCR_SBI:
        info->boot.console = (struct helios_boot_console){.kind = HELIOS_CONSOLE_SBI};
        return BOOT_OK;
    default:
        return BOOT_OK;
    }
    if (console.base != 0) { // 0: console redirection is off
        set_console_irq(spcr, &console);
        info->boot.console = console;
    }
    return BOOT_OK;
}

// ACPI 6.5, 5.2.25: virtual timer of EL1. Flags: bit 0 edge, bit 1 active low.
enum boot_error acpi_read_gtdt(const struct acpi_table *gtdt, struct boot_info *info,
                               struct boot_failure *failure) {
    const uint32_t irq = acpi_u32(gtdt, 64);
    const uint32_t flags = acpi_u32(gtdt, 68);
    if (irq < 16 || irq > 31) { // a private peripheral interrupt
        return boot_fail(failure, BOOT_ACPI_VALUE, gtdt->name, "virtual timer", irq, 27,
                         gtdt->address + 64);
    }
    info->boot.timer.irq = irq;
    info->boot.timer.irq_flags =
        ((flags & 1) == 0 ? HELIOS_IRQ_LEVEL : 0) | ((flags & 2) != 0 ? HELIOS_IRQ_LOW : 0);
    return BOOT_OK;
}

// RISC-V Hart Capabilities Table (ACPI 6.6, 5.2.38). A hart's node lists offsets of nodes that
// describe it; the ISA string is one of those.
enum rhct_node {
    RHCT_ISA_STRING = 0,
    RHCT_HART = 65535,
};

#define RHCT_NODE_HEADER 6u

static uint64_t isa_at(const struct acpi_table *rhct, uint32_t offset) {
    const uint16_t length = acpi_u16(rhct, (size_t)offset + 6);
    if (offset < 56 || acpi_u16(rhct, offset) != RHCT_ISA_STRING ||
        (uint64_t)offset + 8 + length > rhct->length) {
        return 0;
    }
    return riscv_isa_from_string((const char *)rhct->data + offset + 8, length);
}

static void read_hart(const struct acpi_table *rhct, const struct acpi_table *node,
                      struct boot_info *info) {
    const uint16_t count = acpi_u16(node, 6);
    const uint32_t uid = acpi_u32(node, 8);
    uint64_t isa = 0;
    for (size_t i = 0; i < count && 16 + 4 * i <= node->length; i++) {
        isa |= isa_at(rhct, acpi_u32(node, 12 + 4 * i));
    }
    for (uint32_t i = 0; i < info->cpu_count; i++) {
        if (info->cpus[i].firmware_uid == uid) {
            info->cpus[i].isa = isa;
        }
    }
}

enum boot_error acpi_read_rhct(const struct acpi_table *rhct, struct boot_info *info,
                               struct boot_failure *failure) {
    info->boot.timer.frequency_hz = acpi_u64(rhct, 40);
    struct acpi_walk walk = {.table = rhct,
                             .at = acpi_u32(rhct, 52),
                             .type_size = 2,
                             .length_offset = 2,
                             .length_size = 2};
    for (uint32_t left = acpi_u32(rhct, 48); left > 0; left--) {
        struct acpi_table node;
        uint32_t type = 0;
        bool more = false;
        enum boot_error error = acpi_next(&walk, &node, &type, &more, failure);
        if (error != BOOT_OK || !more) {
            return error;
        }
        if (type == RHCT_HART && node.length >= RHCT_NODE_HEADER + 6) {
            read_hart(rhct, &node, info);
        }
    }
    return BOOT_OK;
}
