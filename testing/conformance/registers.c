// SPDX-License-Identifier: GPL-3.0-only
//
// What system calls do to registers (DESIGN: section 3.2, uapi/syscall.h): a few are preserved, the
// result's hold the result, and everything else is zero, so that nothing of another task leaks.
#include "testing/conformance/probe.h"

#include "testing/conformance/invoke.h"

static struct probe probe;

// Enters the kernel with this call, every other register holding a pattern of its own.
static void enter(uint64_t number, uint64_t capability, uint64_t tag, uint64_t p0) {
    for (unsigned i = 0; i < PROBE_REGISTERS; i++) {
        probe.in[i] = 0xa5a5000000000000ull + i;
        probe.out[i] = 0xdeadbeef;
    }
    for (unsigned i = 0; i < PROBE_FP_WORDS; i++) {
        probe.fp_in[i] = 0x4010000000000000ull + i * 0x0101;
        probe.fp_out[i] = 0xdeadbeef;
    }
    probe.in[probe_result[0]] = capability;
    probe.in[probe_result[1]] = tag;
    probe.in[probe_result[2]] = p0;
    probe.in[probe_number] = number;
    probe_syscall(&probe);
}

static void expect_registers(void) {
    for (unsigned i = 0; i < PROBE_REGISTERS; i++) {
        // The index stands in the upper half, so that a failure names the register.
        uint64_t name = (uint64_t)(i + 1) << 48;
        switch (probe_fates[i]) {
        case PROBE_ZERO:
            EXPECT_EQ(name ^ probe.out[i], name);
            break;
        case PROBE_PRESERVED:
            EXPECT_EQ(name ^ probe.out[i], name ^ probe.in[i]);
            break;
        case PROBE_HARDWARE:
            EXPECT_TRUE(probe_hardware_is_fine(i, &probe));
            break;
        default:
            break;
        }
    }
}

static void expect_fp(void) {
    for (unsigned i = 0; i < probe_fp_words; i++) {
        EXPECT_EQ(probe.fp_out[i], probe.fp_in[i]);
    }
}

static void expect_result(uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2) {
    const uint64_t expected[6] = {0, tag, p0, p1, p2, 0};
    for (unsigned i = 0; i < 6; i++) {
        EXPECT_EQ(probe.out[probe_result[i]], expected[i]);
    }
}

TEST_CASE(yield_preserves_and_clears_registers) {
    enter(HELIOS_SYS_YIELD, 0, 0, 0);
    expect_registers();
    expect_result(helios_tag(HELIOS_OK, 0, 1, 0), 0, 0, 0);
}

TEST_CASE(identify_preserves_and_clears_registers) {
    enter(HELIOS_SYS_IDENTIFY, HELIOS_INIT_POWER, 0, 0);
    expect_registers();
    expect_result(helios_tag(HELIOS_OK, 0, 4, 0), HELIOS_TYPE_POWER, HELIOS_RIGHT_ALL, 0);
}

TEST_CASE(writecons_preserves_and_clears_registers) {
    helios_buffer->text[0] = '\n';
    enter(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), 1);
    expect_registers();
    expect_result(helios_tag(HELIOS_OK, 0, 1, 0), 1, 0, 0);
}

TEST_CASE(refused_call_preserves_and_clears_registers) {
    enter(HELIOS_SYS_CALL, HELIOS_INIT_POWER, helios_tag(77, 0, 0, 0), 0);
    expect_registers();
    expect_result(helios_tag(HELIOS_ERROR_INVOCATION, 0, 3, 0), HELIOS_ARGUMENT_LABEL, 77, 0);
}

TEST_CASE(unknown_system_call_preserves_and_clears_registers) {
    enter(12345, 0, 0, 0);
    expect_registers();
    expect_result(helios_tag(HELIOS_ERROR_SYSCALL, 0, 3, 0), HELIOS_ARGUMENT_NUMBER, 12345,
                  HELIOS_SYS_COUNT);
}

TEST_CASE(fp_registers_survive_system_calls) {
    enter(HELIOS_SYS_YIELD, 0, 0, 0);
    expect_fp();
    helios_buffer->text[0] = '\n';
    enter(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), 1);
    expect_fp();
    enter(12345, 0, 0, 0);
    expect_fp();
}

TEST_CASE(a_thousand_system_calls_leave_the_stack_alone) {
    for (unsigned i = 0; i < 1000; i++) {
        // poll and pollx would wait for ever.
        uint64_t number = i % HELIOS_SYS_POLL;
        enter(number == HELIOS_SYS_WRITECONS ? HELIOS_SYS_YIELD : number, 0, 0, 0);
        expect_registers();
    }
}
