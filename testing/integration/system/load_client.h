// SPDX-License-Identifier: GPL-3.0-only
//
// A client that uses a driver while that is crashed, and takes up again whatever the driver could
// not finish. It holds no capability but that of the service: when the driver is gone its slot is
// free, and would soon mean something else.
#ifndef HELIOS_TESTING_INTEGRATION_SYSTEM_LOAD_CLIENT_H
#define HELIOS_TESTING_INTEGRATION_SYSTEM_LOAD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/error.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a client offers once it has done something: by the name of its program, in a version that
// says how often its driver had been restarted by then, and one more.
#define LOAD_WORKS_ID 0x6c6f6164ull

struct load_client {
    const char *own;  // name of this program
    const char *name; // of the service
    uint64_t id;      // of the interface
    uint32_t version;

    // Makes ready for a driver that was just found.
    enum helios_error (*open)(uint64_t service);

    // Does one operation, and looks at what comes of it. May be called again for the same number if
    // the driver was gone before it was done.
    enum helios_error (*operate)(uint64_t service, uint64_t number);
};

// What `operate` returns if something is not as it was acknowledged.
#define LOAD_LOST ((enum helios_error)0xe00u)

// Works until the driver has been restarted so often, and says what there is to say. Returns false
// if anything was not as it must be.
bool load_client_run(const struct load_client *client, uint64_t restarts);

// Does one operation, however many drivers it takes.
bool load_client_do(const struct load_client *client, uint64_t number);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_INTEGRATION_SYSTEM_LOAD_CLIENT_H
