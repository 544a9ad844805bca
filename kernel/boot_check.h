// SPDX-License-Identifier: GPL-3.0-only
//
// Is this a boot block that the kernel can use? The loader is trusted, but it may be older or newer
// than the kernel, or wrong; the first thing that is amiss is named.
#ifndef HELIOS_KERNEL_BOOT_CHECK_H
#define HELIOS_KERNEL_BOOT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;

struct boot_problem {
    const char *field; // static
    const char *text;  // static: what is wrong with it
    uint64_t found;
    uint64_t wanted; // 0 where that says nothing
};

// The fixed part and the memory map: what it takes to allocate memory and to drive the console.
// True if all is well; otherwise fills *problem.
bool boot_check_base(const struct helios_boot *boot, struct boot_problem *problem);

// Everything else. boot_check_base has accepted the block.
bool boot_check_rest(const struct helios_boot *boot, struct boot_problem *problem);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_BOOT_CHECK_H
