// SPDX-License-Identifier: MIT
//
// Types of kernel objects, as identify answers them, and their invocations.
#ifndef HELIOS_UAPI_OBJECT_H
#define HELIOS_UAPI_OBJECT_H

#ifdef __cplusplus
extern "C" {
#endif

enum helios_type {
    HELIOS_TYPE_NULL = 0,
    HELIOS_TYPE_MEMORY = 1,
    HELIOS_TYPE_DEVICE_MEMORY = 2,
    HELIOS_TYPE_CSPACE = 3,
    HELIOS_TYPE_VSPACE = 4,
    HELIOS_TYPE_TABLE_0 = 5, // maps 4 KiB pages: PT, L3PT
    HELIOS_TYPE_TABLE_1 = 6, // maps tables and 2 MiB pages: PD, L2PT
    HELIOS_TYPE_TABLE_2 = 7, // maps tables and 1 GiB pages: PDPT, L1PT
    HELIOS_TYPE_PAGE = 8,
    HELIOS_TYPE_TASK = 9,
    HELIOS_TYPE_ENDPOINT = 10,
    HELIOS_TYPE_NOTIFICATION = 11,
    HELIOS_TYPE_REPLY = 12,
    HELIOS_TYPE_ASID_CONTROL = 13,
    HELIOS_TYPE_ASID_POOL = 14,
    HELIOS_TYPE_IO_CONTROL = 15,
    HELIOS_TYPE_IO_PORT = 16,
    HELIOS_TYPE_IRQ_CONTROL = 17,
    HELIOS_TYPE_IRQ_HANDLER = 18,
    HELIOS_TYPE_POWER = 19,
    HELIOS_TYPE_COUNT = 20,
};

// Power: no parameters. An answer comes only if the request fails.
enum helios_power_invocation {
    HELIOS_POWER_OFF = 1,
    HELIOS_POWER_REBOOT = 2,
    // Panics the kernel, to try what is printed then. Only in a checked kernel that was booted with
    // panic-test=1; HELIOS_ERROR_DISABLED otherwise.
    HELIOS_POWER_PANIC_TEST = 3,
};

// IOPort (x86_64). p0: port; the capability's range must hold the whole access. IN answers the
// value in p0; OUT takes it in p1.
enum helios_io_port_invocation {
    HELIOS_IO_PORT_IN8 = 1,
    HELIOS_IO_PORT_IN16 = 2,
    HELIOS_IO_PORT_IN32 = 3,
    HELIOS_IO_PORT_OUT8 = 4,
    HELIOS_IO_PORT_OUT16 = 5,
    HELIOS_IO_PORT_OUT32 = 6,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_OBJECT_H
