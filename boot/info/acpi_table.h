// SPDX-License-Identifier: GPL-3.0-only
//
// Inside the ACPI reader: a checked table, access to its bytes, and the reader of each table. Not
// for loaders: they include boot/info/acpi.h.
#ifndef HELIOS_BOOT_INFO_ACPI_TABLE_H
#define HELIOS_BOOT_INFO_ACPI_TABLE_H

#include "boot/info/acpi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ACPI_HEADER_SIZE 36u
#define ACPI_TABLE_LIMIT (64u << 20) // a table longer than this is nonsense

// A table (or a structure inside one) that has been checked: all `length` bytes can be read.
struct acpi_table {
    const uint8_t *data;
    size_t length;
    uint64_t address; // physical, of data[0]; for messages
    const char *name;
};

// Little-endian numbers at any offset. Bytes beyond the end read as zero: older revisions of a
// table are shorter, and zero is what the newer fields mean then.
uint8_t acpi_u8(const struct acpi_table *table, size_t offset);
uint16_t acpi_u16(const struct acpi_table *table, size_t offset);
uint32_t acpi_u32(const struct acpi_table *table, size_t offset);
uint64_t acpi_u64(const struct acpi_table *table, size_t offset);

// Where an ACPI Generic Address Structure points (ACPI 6.5, 5.2.3.2). address 0: absent.
struct acpi_address {
    uint64_t address;
    uint8_t space; // 0 memory, 1 I/O port
    uint8_t width; // bits
    uint8_t access;
};
struct acpi_address acpi_gas(const struct acpi_table *table, size_t offset);

// Walks the structures that follow one another in a table, each with its length in it.
// Zero-initialise `at` with the offset of the first; see acpi_next.
struct acpi_walk {
    const struct acpi_table *table;
    size_t at;
    uint8_t type_size;     // bytes of the type field: 1, 2
    uint8_t length_offset; // where the length field stands
    uint8_t length_size;   // bytes of the length field: 1, 2
};

// The next structure in *entry (its type in *type). BOOT_OK with *more false at the end.
// Errors: BOOT_ACPI_LENGTH if the structure is shorter than its own header or leaves the table.
enum boot_error acpi_next(struct acpi_walk *walk, struct acpi_table *entry, uint32_t *type,
                          bool *more, struct boot_failure *failure);

// The checked root table.
struct acpi_root {
    const struct acpi_memory *memory;
    struct acpi_table table; // XSDT or RSDT
    uint32_t entry_size;     // 8 or 4
};

// Check and open the table at `address`: signature (four characters), length of at least `least`,
// checksum. `name` is for messages.
enum boot_error acpi_open(const struct acpi_memory *memory, uint64_t address, const char *signature,
                          const char *name, size_t least, struct acpi_table *table,
                          struct boot_failure *failure);

// Check the RSDP and open the table that it leads to: the XSDT where there is one.
enum boot_error acpi_open_root(const struct acpi_memory *memory, uint64_t rsdp,
                               struct acpi_root *root, struct boot_failure *failure);

// Find table number `index` (from 0) with this signature. Errors: BOOT_ACPI_MISSING, and those of
// acpi_open. Entries that point nowhere are passed over.
enum boot_error acpi_find(const struct acpi_root *root, const char *signature, const char *name,
                          size_t least, uint32_t index, struct acpi_table *table,
                          struct boot_failure *failure);

// Readers of one table each; the table has been checked as acpi_open does.
enum boot_error acpi_read_madt(const struct acpi_table *madt, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_rhct(const struct acpi_table *rhct, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_mcfg(const struct acpi_table *mcfg, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_spcr(const struct acpi_table *spcr, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_gtdt(const struct acpi_table *gtdt, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_dmar(const struct acpi_table *dmar, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_ivrs(const struct acpi_table *ivrs, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_iort(const struct acpi_table *iort, struct boot_info *info,
                               struct boot_failure *failure);
enum boot_error acpi_read_viot(const struct acpi_table *viot, struct boot_info *info,
                               struct boot_failure *failure);

// The FADT leads on to the DSDT; the SSDTs come from the root table.
enum boot_error acpi_read_fadt(const struct acpi_root *root, const struct acpi_table *fadt,
                               struct boot_info *info, struct boot_failure *failure);

// Find the _S5_ package in a table of AML (DSDT or SSDT) without executing it: the first two
// elements are SLP_TYPa and SLP_TYPb (ACPI 6.5, 7.4.2). false: not there.
bool acpi_find_s5(const struct acpi_table *aml, uint8_t *type_a, uint8_t *type_b);

// Add the address windows of PCI host bridges: memory descriptors in resource templates
// (ACPI 6.5, 6.4.3.5) of the AML, found by a scan.
void acpi_read_windows(const struct acpi_table *aml, struct boot_info *info);

// Add devices that have a fixed range of memory addresses, but for the console, which is known.
void acpi_read_devices(const struct acpi_table *aml, struct boot_info *info);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_ACPI_TABLE_H
