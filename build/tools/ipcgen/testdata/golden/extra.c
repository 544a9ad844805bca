// SPDX-License-Identifier: MIT
//
// Made by ipcgen of extra.ipc.
#include "build/tools/ipcgen/testdata/extra.h"

#include <string.h>

const char *sample_extra_strerror(enum helios_error status) {
    return helios_rpc_strerror(status);
}
