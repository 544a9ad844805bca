// SPDX-License-Identifier: GPL-3.0-only
// A program without an operating system, in C++, for every platform.
#include <stdint.h>

#include "toolchains/tests/sum.h"

extern "C" int tc_main(int first);

int tc_main(int first) {
    const int values[] = {first, INT32_MAX / 2};
    return tc_sum(values, 2);
}
