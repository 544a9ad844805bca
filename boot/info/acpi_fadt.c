// SPDX-License-Identifier: GPL-3.0-only
//
// Fixed ACPI Description Table (ACPI 6.5, 5.2.9): how to power off and reset, PSCI, and through the
// DSDT that it points to, the _S5_ package and the windows of PCI host bridges.
#include "boot/info/acpi_table.h"

enum fadt_offset {
    FADT_DSDT = 40,
    FADT_PM1A_CONTROL = 64,
    FADT_PM1B_CONTROL = 68,
    FADT_PM1_CONTROL_LENGTH = 89,
    FADT_BOOT_ARCH_X86 = 109,
    FADT_FLAGS = 112,
    FADT_RESET_REGISTER = 116,
    FADT_RESET_VALUE = 128,
    FADT_BOOT_ARCH_ARM = 129,
    FADT_X_DSDT = 140,
    FADT_X_PM1A_CONTROL = 172,
    FADT_X_PM1B_CONTROL = 184,
    FADT_SLEEP_CONTROL = 244,
};

#define FLAG_RESET_REGISTER   (1u << 10)
#define FLAG_HARDWARE_REDUCED (1u << 20)
#define X86_LEGACY_DEVICES    1u
#define ARM_PSCI              1u
#define ARM_PSCI_HVC          2u

#define PM1_SLEEP_TYPE_SHIFT   10
#define PM1_SLEEP_ENABLE       (1u << 13)
#define SLEEP_TYPE_SHIFT       2 // sleep control register of hardware-reduced machines
#define SLEEP_ENABLE           (1u << 5)
#define COM1_PORT              0x3f8u
#define COM1_IRQ               4u
#define SSDT_LIMIT             64u // a machine with more is searched only so far
#define GAS_SPACE_IO           1
#define GAS_SPACE_MEMORY       0
#define PM1_DEFAULT_WIDTH_BITS 16

// Only memory and I/O ports can be written by a kernel without more ado.
static struct helios_boot_register register_of(struct acpi_address address, uint16_t value) {
    struct helios_boot_register result = {0};
    if (address.address != 0 &&
        (address.space == GAS_SPACE_MEMORY || address.space == GAS_SPACE_IO)) {
        result.address = address.address;
        result.space = address.space;
        result.width = address.width;
        result.value = value;
    }
    return result;
}

// PM1 control block: the extended field where it is filled in, else the 32-bit port number.
static struct acpi_address pm1_control(const struct acpi_table *fadt, size_t extended, size_t old) {
    struct acpi_address address = acpi_gas(fadt, extended);
    if (address.address == 0) {
        const uint8_t bytes = acpi_u8(fadt, FADT_PM1_CONTROL_LENGTH);
        address.space = GAS_SPACE_IO;
        address.address = acpi_u32(fadt, old);
        address.width = bytes != 0 && bytes <= 4 ? (uint8_t)(bytes * 8) : PM1_DEFAULT_WIDTH_BITS;
    }
    return address;
}

static void read_power_off(const struct acpi_table *fadt, uint8_t type_a, uint8_t type_b,
                           struct helios_boot_power *power) {
    if (acpi_u32(fadt, FADT_FLAGS) & FLAG_HARDWARE_REDUCED) {
        const uint32_t value = ((type_a & 7u) << SLEEP_TYPE_SHIFT) | SLEEP_ENABLE;
        power->off = register_of(acpi_gas(fadt, FADT_SLEEP_CONTROL), (uint16_t)value);
        return;
    }
    const uint32_t a = ((type_a & 7u) << PM1_SLEEP_TYPE_SHIFT) | PM1_SLEEP_ENABLE;
    const uint32_t b = ((type_b & 7u) << PM1_SLEEP_TYPE_SHIFT) | PM1_SLEEP_ENABLE;
    power->off =
        register_of(pm1_control(fadt, FADT_X_PM1A_CONTROL, FADT_PM1A_CONTROL), (uint16_t)a);
    power->off_b =
        register_of(pm1_control(fadt, FADT_X_PM1B_CONTROL, FADT_PM1B_CONTROL), (uint16_t)b);
}

static void read_reset(const struct acpi_table *fadt, struct helios_boot_power *power) {
    if (acpi_u32(fadt, FADT_FLAGS) & FLAG_RESET_REGISTER) {
        power->reset =
            register_of(acpi_gas(fadt, FADT_RESET_REGISTER), acpi_u8(fadt, FADT_RESET_VALUE));
    }
}

static void read_psci(const struct acpi_table *fadt, struct helios_boot *boot) {
    const uint16_t flags = acpi_u16(fadt, FADT_BOOT_ARCH_ARM);
    if (flags & ARM_PSCI) {
        boot->cpu_start =
            flags & ARM_PSCI_HVC ? HELIOS_CPU_START_PSCI_HVC : HELIOS_CPU_START_PSCI_SMC;
        boot->power.kind = HELIOS_POWER_PSCI;
    }
}

// A PC's first serial port, unless the SPCR knew better: tables of revision 1 have no flag for it,
// and machines of that time have the port.
static void assume_com1(const struct acpi_table *fadt, struct boot_info *info) {
    const bool old = acpi_u8(fadt, 8) < 2;
    if (info->boot.console.kind != HELIOS_CONSOLE_NONE) {
        return;
    }
    if (!old && (acpi_u16(fadt, FADT_BOOT_ARCH_X86) & X86_LEGACY_DEVICES) == 0) {
        return;
    }
    uint32_t irq = COM1_IRQ;
    for (uint32_t i = 0; i < info->override_count; i++) {
        if (info->overrides[i].source == COM1_IRQ) {
            irq = info->overrides[i].gsi;
        }
    }
    info->boot.console = (struct helios_boot_console){
        .base = COM1_PORT,
        .length = 8,
        .kind = HELIOS_CONSOLE_16550_PORT,
        .irq = irq,
        .irq_valid = 1,
        .io_width = 1,
    };
}

// What the search through the AML tables has found.
struct aml_findings {
    bool s5;
    uint8_t type_a;
    uint8_t type_b;
};

static void read_aml(const struct acpi_table *aml, struct boot_info *info,
                     struct aml_findings *findings) {
    acpi_read_windows(aml, info);
    if (info->boot.arch != HELIOS_ARCH_X86_64) {
        acpi_read_devices(aml, info);
    }
    if (!findings->s5) {
        findings->s5 = acpi_find_s5(aml, &findings->type_a, &findings->type_b);
    }
}

static enum boot_error read_all_aml(const struct acpi_root *root, const struct acpi_table *fadt,
                                    struct boot_info *info, struct aml_findings *findings,
                                    struct boot_failure *failure) {
    struct acpi_table aml;
    uint64_t address = acpi_u64(fadt, FADT_X_DSDT);
    if (address == 0) {
        address = acpi_u32(fadt, FADT_DSDT);
    }
    enum boot_error error =
        acpi_open(root->memory, address, "DSDT", "DSDT", ACPI_HEADER_SIZE, &aml, failure);
    if (error != BOOT_OK) {
        return error;
    }
    read_aml(&aml, info, findings);
    for (uint32_t i = 0; i < SSDT_LIMIT; i++) {
        error = acpi_find(root, "SSDT", "SSDT", ACPI_HEADER_SIZE, i, &aml, failure);
        if (error != BOOT_OK) {
            return error == BOOT_ACPI_MISSING ? BOOT_OK : error;
        }
        read_aml(&aml, info, findings);
    }
    return BOOT_OK;
}

enum boot_error acpi_read_fadt(const struct acpi_root *root, const struct acpi_table *fadt,
                               struct boot_info *info, struct boot_failure *failure) {
    struct aml_findings findings = {0};
    struct helios_boot_power *power = &info->boot.power;
    read_reset(fadt, power);
    if (info->boot.arch == HELIOS_ARCH_AARCH64) {
        read_psci(fadt, &info->boot);
    }
    if (info->boot.arch == HELIOS_ARCH_X86_64) {
        assume_com1(fadt, info);
    }
    enum boot_error error = read_all_aml(root, fadt, info, &findings, failure);
    if (findings.s5) {
        read_power_off(fadt, findings.type_a, findings.type_b, power);
    }
    if (power->kind == HELIOS_POWER_NONE && (findings.s5 || power->reset.address != 0)) {
        power->kind = HELIOS_POWER_ACPI;
    }
    return error;
}
