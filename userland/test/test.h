// SPDX-License-Identifier: MIT
//
// Test programs inside a guest. A program links this library, defines cases and nothing else:
//
//   TEST_CASE(yield_comes_back) {
//       struct helios_answer answer = ...;
//       EXPECT_EQ(answer.status, HELIOS_OK);
//   }
//
// The library's helios_main speaks the protocol of the driver on the host
// (build/tools/qemu_test/protocol.h) over the console: it prints the plan, then runs the cases that
// it is told to. Cases stand in the plan in the order in which the linker put them.
#ifndef HELIOS_USERLAND_TEST_TEST_H
#define HELIOS_USERLAND_TEST_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_test_case {
    const char *name;
    void (*run)(void);
};

// Called before the first case. A program that does not say otherwise keeps to the first CPU, and
// so does every task that it makes: who is ready at the same time runs in the order of priorities.
void helios_test_begin(void);

// Called before and after each case; do nothing in a program that does not say otherwise.
void helios_test_before(size_t index);
void helios_test_after(void);

// The bootinfo that the program was started with.
extern const struct helios_bootinfo *helios_test_bootinfo;

// Fails the running case unless actual == expected; the first failure is what is reported. Returns
// whether it held.
bool helios_test_equal(uint64_t actual, uint64_t expected, const char *text, const char *file,
                       int line);

// How many cases there are, and how many have been run since the program started.
size_t helios_test_case_count(void);
size_t helios_test_cases_run(void);

#define TEST_CASE(name)                                                                            \
    static void test_##name(void);                                                                 \
    static const struct helios_test_case helios_test_##name                                        \
        __attribute__((used, section("helios_tests"))) = {#name, test_##name};                     \
    static void test_##name(void)

#define EXPECT_EQ(actual, expected)                                                                \
    helios_test_equal((uint64_t)(actual), (uint64_t)(expected), #actual " == " #expected,          \
                      __FILE__, __LINE__)
#define EXPECT_TRUE(condition)                                                                     \
    helios_test_equal((condition) ? 1 : 0, 1, #condition, __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_TEST_TEST_H
