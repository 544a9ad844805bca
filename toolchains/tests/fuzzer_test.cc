// SPDX-License-Identifier: GPL-3.0-only
// libFuzzer links against the sysroot and calls us.
#include <cstddef>
#include <cstdint>

#include "toolchains/tests/sum.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const int values[] = {size > 0 ? data[0] : 0, 1};
    return tc_sum(values, 2) > 0 ? 0 : -1;
}
