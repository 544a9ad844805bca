// SPDX-License-Identifier: GPL-3.0-only
//
// Runs a fuzz target over inputs that a fixed seed decides, as an ordinary test. For longer runs,
// guided by coverage, the same target is linked with libFuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main() {
    constexpr unsigned kInputs = 5000;
    constexpr unsigned kLongest = 600;
    std::mt19937_64 random(1);
    for (unsigned i = 0; i < kInputs; i++) {
        std::vector<uint8_t> input(random() % kLongest);
        for (uint8_t &byte : input) {
            byte = static_cast<uint8_t>(random());
            // Small numbers and their neighbours lead further than any.
            byte = random() % 2 != 0 ? byte : static_cast<uint8_t>(byte % 5);
        }
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    printf("%u inputs\n", kInputs);
    return 0;
}
