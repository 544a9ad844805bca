// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/device.h"

#include <stddef.h>

#include "arch/host/host.h"
#include "arch/host/internal.h"

enum {
    COM1 = 0x3f8,
    LINE_STATUS = COM1 + 5,
    ROOM = 0x60,
    OUTPUT_SIZE = 65536,
};

uint64_t (*host_device_read)(enum device_space space, uintptr_t address, unsigned width);
void (*host_device_write)(enum device_space space, uintptr_t address, unsigned width,
                          uint64_t value);
struct host_access host_last_write;

static char output[OUTPUT_SIZE];
static size_t output_length;

void host_reset_devices(void) {
    output_length = 0;
    output[0] = '\0';
    host_device_read = NULL;
    host_device_write = NULL;
    host_last_write = (struct host_access){.width = 0};
}

const char *host_output(void) {
    return output;
}

static void append(char c) {
    if (output_length + 1 < OUTPUT_SIZE) {
        output[output_length++] = c;
        output[output_length] = '\0';
    }
}

bool host_has_ports = true;

bool arch_has_ports(void) {
    return host_has_ports;
}

uint64_t arch_device_read(enum device_space space, uintptr_t address, unsigned width) {
    if (host_device_read != NULL) {
        return host_device_read(space, address, width);
    }
    if (space == DEVICE_PORT && address == LINE_STATUS) {
        return ROOM;
    }
    bool is_last = host_last_write.space == space && host_last_write.address == address;
    return is_last ? host_last_write.value : 0;
}

void arch_device_write(enum device_space space, uintptr_t address, unsigned width, uint64_t value) {
    if (host_device_write != NULL) {
        host_device_write(space, address, width, value);
    } else if (space == DEVICE_PORT && address == COM1) {
        append((char)value);
    } else {
        host_last_write = (struct host_access){space, address, width, value};
    }
}

bool arch_firmware_putchar(char c) {
    append(c);
    return true;
}
