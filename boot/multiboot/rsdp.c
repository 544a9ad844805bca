// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/rsdp.h"

#include <string.h>

#define EBDA_SEGMENT 0x40eu // word in the BIOS data area: the EBDA's address divided by 16
#define EBDA_LENGTH  1024u
#define EBDA_LOWEST  0x80000u
#define BIOS_START   0xe0000u
#define BIOS_LENGTH  0x20000u

static uint64_t scan(const struct acpi_memory *memory, uint64_t start, uint64_t length) {
    for (uint64_t address = start; address < start + length; address += 16) {
        const void *found = memory->map(memory->context, address, 8);
        if (found != NULL && memcmp(found, "RSD PTR ", 8) == 0 &&
            acpi_check_rsdp(memory, address, NULL) == BOOT_OK) {
            return address;
        }
    }
    return 0;
}

uint64_t rsdp_find(const struct acpi_memory *memory) {
    const uint8_t *segment = memory->map(memory->context, EBDA_SEGMENT, 2);
    uint64_t rsdp = 0;
    if (segment != NULL) {
        const uint64_t ebda = (uint64_t)(segment[0] | segment[1] << 8) << 4;
        rsdp = ebda >= EBDA_LOWEST ? scan(memory, ebda, EBDA_LENGTH) : 0;
    }
    return rsdp != 0 ? rsdp : scan(memory, BIOS_START, BIOS_LENGTH);
}
