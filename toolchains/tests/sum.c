// SPDX-License-Identifier: GPL-3.0-only
#include "toolchains/tests/sum.h"

int tc_sum(const int *values, unsigned count) {
    int sum = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}
