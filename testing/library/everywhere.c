// SPDX-License-Identifier: GPL-3.0-only
//
// Processes and threads of the cases run on all CPUs that there are.
#include "userland/test/test.h"

void helios_test_begin(void) {
}
