// SPDX-License-Identifier: GPL-3.0-only
//
// RISC-V extension names, as firmware tables spell them, to the boot protocol's bits.
#ifndef HELIOS_BOOT_INFO_RISCV_ISA_H
#define HELIOS_BOOT_INFO_RISCV_ISA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Both return a mask of enum helios_riscv_isa. Names that Helios has no use for are passed over,
// whatever is malformed is 0.

// An ISA string ("rv64imafdcv_zicbom_sstc", any case; RISC-V unprivileged specification, chapter
// "ISA Extension Naming Conventions") of at most `length` bytes, ended by them or by a NUL.
uint64_t riscv_isa_from_string(const char *text, size_t length);

// A list of names one after another, each with its NUL ("i\0m\0f\0zicbom\0"), `length` bytes:
// the device tree's riscv,isa-extensions.
uint64_t riscv_isa_from_list(const char *list, size_t length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_RISCV_ISA_H
