// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/power.h"

#include <stdbool.h>

#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/power.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/panic.h"
#include "kernel/window.h"

// ACPI's names for address spaces (ACPI 6.5, section 5.2.3.2).
enum {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
};

// Set once at start.
static struct helios_boot_power registers;
static bool panic_test_enabled;
static bool reboots_on_panic;
static uint64_t counter_hz;

static struct object object;

static bool is_usable_width(unsigned width) {
    return width == 8 || width == 16 || width == 32;
}

// Makes a register of the boot block reachable; its address becomes 0 if that can't be.
static void prepare_register(struct helios_boot_register *target) {
    if (!is_usable_width(target->width)) {
        target->address = 0;
    } else if (target->space == ACPI_SPACE_MEMORY && target->address != 0) {
        target->address = window_map(target->address, target->width / 8, MMU_DEVICE | MMU_WRITE);
    } else if (target->space != ACPI_SPACE_IO || !arch_has_ports()) {
        target->address = 0;
    }
}

void power_init(const struct helios_boot *boot) {
    registers = boot->power;
    prepare_register(&registers.off);
    prepare_register(&registers.off_b);
    prepare_register(&registers.reset);
    counter_hz = boot->timer.frequency_hz;
    reboots_on_panic = boot_has_option(boot, "panic=reboot");
    panic_test_enabled = boot_has_option(boot, "panic-test=1");
}

// Writes a register of the boot block; false if it is absent or out of reach.
static bool write_register(const struct helios_boot_register *target) {
    if (target->address == 0) {
        return false;
    }
    arch_device_write(target->space == ACPI_SPACE_IO ? DEVICE_PORT : DEVICE_MEMORY, target->address,
                      target->width / 8, target->value);
    return true;
}

// Gives firmware or the chipset a second to do it.
static void wait_for_the_end(void) {
    for (uint64_t start = arch_counter(); arch_counter() - start < counter_hz;) {
        arch_relax();
    }
}

void power_off(void) {
    if (arch_power_off()) {
        wait_for_the_end();
    }
    // PM1a first, then PM1b (ACPI 6.5, section 4.8.3.2.1).
    if (registers.kind == HELIOS_POWER_ACPI && write_register(&registers.off)) {
        write_register(&registers.off_b);
        wait_for_the_end();
    }
}

void power_reboot(void) {
    if (arch_power_reset()) {
        wait_for_the_end();
    }
    if (registers.kind == HELIOS_POWER_ACPI && write_register(&registers.reset)) {
        wait_for_the_end();
    }
}

void power_stop(void) {
    if (reboots_on_panic) {
        power_reboot();
    }
    arch_halt();
}

struct object *power_object(void) {
    memory_zero(&object, sizeof(object));
    object_init(&object, HELIOS_TYPE_POWER, NULL);
    return &object;
}

// What failed, or is not to be had.
static struct task *answer_label(struct task *current, const struct syscall *call,
                                 enum helios_error error) {
    return answer_error(current, error, HELIOS_ARGUMENT_LABEL, helios_tag_label(call->tag), 0);
}

struct task *power_invoke(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    uint32_t label = helios_tag_label(call->tag);
    if (label < HELIOS_POWER_OFF || label > HELIOS_POWER_PANIC_TEST) {
        return answer_invocation(current, call);
    }
    if (!syscall_check(current, slot, call, 0, 0, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    if (label == HELIOS_POWER_PANIC_TEST) {
        if (KERNEL_CHECKED && panic_test_enabled) {
            panic("panic test");
        }
        return answer_label(current, call, HELIOS_ERROR_DISABLED);
    }
    if (label == HELIOS_POWER_OFF) {
        power_off();
    } else {
        power_reboot();
    }
    return answer_label(current, call, HELIOS_ERROR_UNSUPPORTED);
}
