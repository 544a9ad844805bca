// SPDX-License-Identifier: GPL-3.0-only
//
// Two things that only AML says, found without executing it: the _S5_ package, which firmware
// writes as constants (ACPI 6.5, 7.4.2 asks for nothing else, but no operating system would find
// its way otherwise), and the address windows of PCI host bridges in resource templates.
#include "boot/info/acpi_table.h"

#include <string.h>

// AML opcodes (ACPI 6.5, 20.2.3).
enum aml_opcode {
    AML_ZERO = 0x00,
    AML_ONE = 0x01,
    AML_NAME = 0x08,
    AML_BYTE = 0x0a,
    AML_WORD = 0x0b,
    AML_DWORD = 0x0c,
    AML_PACKAGE = 0x12,
    AML_ROOT = 0x5c, // '\'
};

// An integer constant at *at; moves *at behind it.
static bool read_constant(const struct acpi_table *aml, size_t *at, uint8_t *value) {
    const uint8_t opcode = acpi_u8(aml, *at);
    if (*at >= aml->length) {
        return false;
    }
    switch (opcode) {
    case AML_ZERO:
    case AML_ONE:
        *value = opcode;
        *at += 1;
        return true;
    case AML_BYTE:
    case AML_WORD:
    case AML_DWORD:
        *value = acpi_u8(aml, *at + 1);
        *at += opcode == AML_BYTE ? 2 : opcode == AML_WORD ? 3 : 5;
        return *at <= aml->length;
    default:
        return false;
    }
}

// Behind the name at `at`: a package of at least one constant.
static bool read_s5_package(const struct acpi_table *aml, size_t at, uint8_t *type_a,
                            uint8_t *type_b) {
    if (acpi_u8(aml, at) != AML_PACKAGE) {
        return false;
    }
    at += 1;
    at += 1u + (acpi_u8(aml, at) >> 6); // PkgLength: the top two bits count further bytes
    const uint8_t elements = acpi_u8(aml, at);
    at += 1;
    if (elements == 0 || !read_constant(aml, &at, type_a)) {
        return false;
    }
    *type_b = *type_a;
    return elements == 1 || read_constant(aml, &at, type_b);
}

bool acpi_find_s5(const struct acpi_table *aml, uint8_t *type_a, uint8_t *type_b) {
    for (size_t at = ACPI_HEADER_SIZE + 1; at + 4 < aml->length; at++) {
        if (memcmp(aml->data + at, "_S5_", 4) != 0) {
            continue;
        }
        size_t before = at - 1;
        if (aml->data[before] == AML_ROOT) {
            before--;
        }
        if (aml->data[before] == AML_NAME && read_s5_package(aml, at + 4, type_a, type_b)) {
            return true;
        }
    }
    return false;
}

// Address space descriptors (ACPI 6.5, 6.4.3.5): tag, length (2 bytes), resource type, general
// flags, type-specific flags, then granularity, minimum, maximum, translation, length, each of
// `width` bytes.
struct descriptor {
    uint8_t tag;
    uint8_t width;
};

static const struct descriptor descriptors[] = {{0x88, 2}, {0x87, 4}, {0x8a, 8}};

#define RESOURCE_MEMORY 0
#define RESOURCE_IO     1
#define FLAG_CONSUMER   1u       // else: produces addresses for what is behind it
#define FLAGS_FIXED     0x0cu    // minimum and maximum both fixed
#define LEAST_WINDOW    0x10000u // smaller memory ranges are no windows of host bridges
#define FOUR_GIB        0x100000000ull
#define IO_TOP          0xffffu

static uint64_t number(const struct acpi_table *aml, size_t at, uint8_t width) {
    return width == 8 ? acpi_u64(aml, at) : width == 4 ? acpi_u32(aml, at) : acpi_u16(aml, at);
}

static bool have_window(const struct boot_info *info, const struct helios_boot_window *window) {
    for (uint32_t i = 0; i < info->window_count; i++) {
        if (info->windows[i].kind == window->kind && info->windows[i].base == window->base) {
            return true;
        }
    }
    return false;
}

// Whether the window can exist: of memory, page aligned; of ports, only where the CPU reaches them
// through memory.
static bool possible(const struct helios_boot_window *window, bool memory) {
    const uint64_t page = MEMMAP_PAGE_SIZE - 1;
    if (memory) {
        return window->length >= LEAST_WINDOW && ((window->base | window->length) & page) == 0;
    }
    return window->base > IO_TOP && (window->base & page) == 0 && window->pci_base <= IO_TOP;
}

// Resource templates are data that a method may change before it returns it. Firmware that does
// so leaves the lengths zero or not matching, and those are passed over.
static void read_descriptor(const struct acpi_table *aml, size_t at, uint8_t width,
                            struct boot_info *info) {
    const uint8_t type = acpi_u8(aml, at + 3);
    const uint8_t flags = acpi_u8(aml, at + 4);
    const uint64_t minimum = number(aml, at + 6 + width, width);
    const uint64_t maximum = number(aml, at + 6 + (size_t)2 * width, width);
    const uint64_t translation = number(aml, at + 6 + (size_t)3 * width, width);
    const uint64_t length = number(aml, at + 6 + (size_t)4 * width, width);
    const bool memory = type == RESOURCE_MEMORY;
    if ((!memory && type != RESOURCE_IO) || (flags & FLAG_CONSUMER) != 0 ||
        (flags & FLAGS_FIXED) != FLAGS_FIXED || length == 0 || maximum - minimum != length - 1 ||
        minimum > maximum || translation > UINT64_MAX - maximum) {
        return;
    }
    const uint64_t base = minimum + translation;
    const struct helios_boot_window window = {
        .kind = !memory                                    ? HELIOS_WINDOW_PCI_IO
                : minimum < FOUR_GIB && maximum < FOUR_GIB ? HELIOS_WINDOW_PCI_MEM32
                                                           : HELIOS_WINDOW_PCI_MEM64,
        .base = base,
        .length = length,
        .pci_base = minimum,
    };
    if (possible(&window, memory) && !have_window(info, &window)) {
        boot_info_add_window(info, &window);
    }
}

// 32-bit fixed memory descriptor (ACPI 6.5, 6.4.3.4): tag, length (2 bytes), whether it can be
// written, base, length. On a PC these are firmware's notes about what it keeps (the local APIC
// among it); elsewhere they are how devices without PCI have addresses.
#define FIXED_TAG   0x86
#define FIXED_BODY  9u
#define FIXED_LIMIT 0x10000000u // no single device is larger

static void read_fixed(const struct acpi_table *aml, size_t at, struct boot_info *info) {
    const uint32_t base = acpi_u32(aml, at + 4);
    const uint32_t length = acpi_u32(aml, at + 8);
    const struct helios_boot_console *console = &info->boot.console;
    const bool is_console = console->base >= base && console->base - base < length;
    if (acpi_u8(aml, at + 3) <= 1 && length <= FIXED_LIMIT && length <= UINT32_MAX - base &&
        !is_console) {
        boot_info_add_device(info, base, length);
    }
}

void acpi_read_devices(const struct acpi_table *aml, struct boot_info *info) {
    for (size_t at = ACPI_HEADER_SIZE; at < aml->length; at++) {
        if (aml->data[at] == FIXED_TAG && acpi_u16(aml, at + 1) == FIXED_BODY &&
            aml->length - at >= FIXED_BODY + 3u) {
            read_fixed(aml, at, info);
        }
    }
}

void acpi_read_windows(const struct acpi_table *aml, struct boot_info *info) {
    for (size_t at = ACPI_HEADER_SIZE; at < aml->length; at++) {
        for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
            const uint8_t width = descriptors[i].width;
            const uint32_t body = 3u + 5u * width; // what the length field counts, at least
            if (aml->data[at] == descriptors[i].tag && acpi_u16(aml, at + 1) == body &&
                aml->length - at >= body + 3u) {
                read_descriptor(aml, at, width, info);
            }
        }
    }
}
