// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/serve.h"

#include "userland/helios/rpc.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/mercury.h"

void serve_begin(void) {
    watchdog_begin();
    drivers_begin();
}

bool serve(struct helios_message *message) {
    switch (message->capability & 0xff) {
    case ROLE_REGISTRY:
        return serve_registry(message);
    case ROLE_DEVICE:
        return serve_device(message);
    case ROLE_DEVICES:
        return serve_devices(message);
    case ROLE_PROCESSES:
        return serve_processes(message);
    case ROLE_JOURNAL:
        return serve_journal(message);
    case ROLE_POWER:
        return serve_power(message);
    case ROLE_FILES:
        return serve_files(message);
    default:
        return helios_rpc_unknown(message);
    }
}
