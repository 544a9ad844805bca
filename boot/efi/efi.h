// SPDX-License-Identifier: GPL-3.0-only
//
// GNU-EFI's headers, and the few definitions that they lack.
#ifndef HELIOS_BOOT_EFI_EFI_H
#define HELIOS_BOOT_EFI_EFI_H

#include <efi.h>

// UEFI 2.10 section 7.2.3: memory types newer than these headers.
#define HELIOS_EFI_PERSISTENT_MEMORY 14u

// Capabilities of ranges and their use (UEFI 2.10 section 7.2.3).
#define HELIOS_EFI_MEMORY_SPECIAL 0x40000ull

// UEFI 2.10 section 4.6.1 and the EBBR specification 2.1 section 2.3.2: configuration tables.
#define HELIOS_GUID_ACPI_20                                                                        \
    {0x8868e871, 0xe4f1, 0x11d3, {0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81}}
#define HELIOS_GUID_ACPI_10                                                                        \
    {0xeb9d2d30, 0x2d88, 0x11d3, {0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}}
#define HELIOS_GUID_SMBIOS                                                                         \
    {0xeb9d2d31, 0x2d88, 0x11d3, {0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}}
#define HELIOS_GUID_SMBIOS3                                                                        \
    {0xf2fd1544, 0x9794, 0x4a2c, {0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94}}
#define HELIOS_GUID_DEVICE_TREE                                                                    \
    {0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}}

// EDK II marks the devices behind the console splitter with this (MdeModulePkg.dec,
// gEfiConsoleOutDeviceGuid).
#define HELIOS_GUID_CONSOLE_OUT_DEVICE                                                             \
    {0xd3b36f2c, 0xd551, 0x11d4, {0x9a, 0x46, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}}

// RISCV_EFI_BOOT_PROTOCOL 1.0 section 3.
#define HELIOS_GUID_RISCV_BOOT                                                                     \
    {0xccd15fec, 0x6f73, 0x4eec, {0x83, 0x95, 0x3e, 0x69, 0xe4, 0xb9, 0x40, 0xbf}}

struct riscv_boot_protocol {
    UINT64 revision;
    EFI_STATUS(EFIAPI *get_boot_hart_id)(struct riscv_boot_protocol *protocol, UINTN *hart);
};

#endif // HELIOS_BOOT_EFI_EFI_H
