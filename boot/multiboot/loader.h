// SPDX-License-Identifier: GPL-3.0-only
//
// The Multiboot loader: x86_64 machines with a BIOS, started by GRUB's `multiboot` or by
// `qemu-system-x86_64 -kernel`. main.c is the order of things. Runs in long mode with the first
// 4 GiB of memory mapped one to one; everything it reads or places lies below that.
//
// Limits: a BIOS with ACPI tables below 4 GiB; modules below 4 GiB, where Multiboot's 32-bit fields
// put them; memory from about 2 MiB more than the modules take. Memory above 4 GiB is the kernel's,
// with nothing of the loader in it. Pages 0x8000 to 0xafff are used for calls of the display's
// BIOS.
//
// An error is one line on the screen (text mode) and on the first serial port, then the processor
// halts.
#ifndef HELIOS_BOOT_MULTIBOOT_LOADER_H
#define HELIOS_BOOT_MULTIBOOT_LOADER_H

#include "boot/info/acpi.h"
#include "boot/info/info.h"
#include "boot/multiboot/multiboot.h"
#include "boot/multiboot/payload.h"
#include "boot/paging/paging.h"

#define LOADER_REACH (1ull << 32) // what start.S maps

struct loader {
    struct multiboot multiboot;
    struct payload payload;
    struct paging paging;
    uint16_t video_mode; // number of the mode that info.boot.framebuffer describes
    struct boot_info info;
    struct boot_failure failure;
};

// --- console.c

// Sets up the serial port (115200 baud, 8N1) if there is one.
void console_begin(void);

// A line on screen and serial port, with a line end.
void console_print(const char *line);

// Whether COM1 answers.
bool console_has_serial(void);

// --- fault.c

// From here on an exception stops the loader with a message.
void fault_begin(void);

// Called by the stubs in start.S: `frame` is the stack as the processor left it.
_Noreturn void loader_fault(uint64_t vector, const uint64_t *frame);

// --- hardware.c

// Physical memory as readers see it: what the map has, and what lies in the BIOS' area.
const void *hardware_map(void *context, uint64_t address, size_t length);

// Checks that the processor can run Helios; fills what depends on it alone.
enum boot_error hardware_check_cpu(struct loader *loader);

// Reads ACPI tables and everything else that the machine says about itself.
enum boot_error hardware_gather(struct loader *loader);

// --- clock.c

// Frequencies of TSC and LAPIC timer, from CPUID or measured against the PIT.
void clock_measure(struct helios_boot_timer *timer);

// --- video.c

// Chooses a graphics mode and fills info.boot.framebuffer; none is no error.
// Errors: BOOT_COMMAND_LINE_* (video=WxH).
enum boot_error video_choose(struct loader *loader);

// Sets the mode; the framebuffer is forgotten if that fails.
void video_set(struct loader *loader);

// --- place.c

// Where the boot block goes.
struct place_block {
    uint64_t base;
    size_t size;
};

// Loads the kernel, builds its page tables and allocates the boot block. info is complete then.
enum boot_error place_kernel(struct loader *loader, struct place_block *block);

// --- start.S

extern const char loader_start[];
extern const char loader_end[];
_Noreturn void loader_enter(uint64_t page_tables, uint64_t boot, uint64_t entry);

// --- main.c

// Says what is wrong and halts.
_Noreturn void loader_stop(const struct boot_failure *failure);

_Noreturn void loader_main(uint32_t magic, uint32_t information);

#endif // HELIOS_BOOT_MULTIBOOT_LOADER_H
