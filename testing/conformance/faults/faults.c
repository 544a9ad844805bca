// SPDX-License-Identifier: GPL-3.0-only
//
// A root task that does what it is told and must not be able to: it reads a word from the console
// and commits that fault. The kernel says what happened and reboots (panic=reboot), so one guest
// serves for all of them.
#include <stddef.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"

#include <fault_instructions.h>

static const struct helios_bootinfo *machine;
static const volatile uint64_t constant = 1;
static uint64_t writable[8];

static void read_at(uintptr_t address) {
    (void)*(volatile uint64_t *)address;
}

static void write_at(uintptr_t address) {
    *(volatile uint64_t *)address = 1;
}

// The compiler must not know the address: it drops a call of a null pointer.
static void execute_at(uintptr_t address) {
    __asm__ volatile("" : "+r"(address));
    ((void (*)(void))address)();
}

static void read_null(void) {
    read_at(0);
}

static void write_null(void) {
    write_at(8);
}

static void execute_null(void) {
    execute_at(0);
}

static void write_text(void) {
    write_at((uintptr_t)write_text & ~(uintptr_t)7);
}

static void write_constant(void) {
    write_at((uintptr_t)&constant);
}

static void write_bootinfo(void) {
    write_at((uintptr_t)machine);
}

static void execute_data(void) {
    writable[0] = FAULT_NOTHING_CODE;
    execute_at((uintptr_t)writable);
}

static void execute_stack(void) {
    volatile uint64_t words[2] = {FAULT_NOTHING_CODE, FAULT_NOTHING_CODE};
    execute_at((uintptr_t)words);
}

static void execute_buffer(void) {
    execute_at((uintptr_t)helios_buffer);
}

static void read_kernel(void) {
    read_at(0xffffffff80000000);
}

static void write_kernel(void) {
    write_at(0xffffffff80000000);
}

static void execute_kernel(void) {
    execute_at(0xffffffff80000000);
}

static void read_direct_map(void) {
    read_at(FAULT_DIRECT_MAP);
}

// A frame of a few hundred bytes at each level, so that no page is skipped.
static uint64_t descend(uint64_t depth) {
    volatile uint64_t frame[64];
    for (size_t i = 0; i < 64; i++) {
        frame[i] = depth;
    }
    return frame[depth % 64] + (depth < 1000000 ? descend(depth + 1) : 0) + frame[0];
}

static void overflow_stack(void) {
    helios_printf("%lu\n", (unsigned long)descend(0));
}

// Functions that call each other, for the backtrace. The assembly keeps the calls from becoming
// jumps.
#define CALLS(name, what)                                                                          \
    static __attribute__((noinline)) void name(void) {                                             \
        what;                                                                                      \
        __asm__ volatile("");                                                                      \
    }

CALLS(read_far_away, read_at(0x123456789000))
CALLS(call_it, read_far_away())
CALLS(call_nested, call_it())

// Chains of frames that a program can make up.
static void make_up(uint64_t caller, uint64_t return_address) {
    static uint64_t record[2 + FAULT_FRAME_WORDS];
    uintptr_t frame = (uintptr_t)&record[FAULT_FRAME_WORDS];
    record[0] = caller != 0 ? caller : frame;
    record[1] = return_address;
    fault_with_frame(frame);
}

static void frame_loop(void) {
    make_up(0, 0x1122334455667788);
}

static void frame_in_kernel(void) {
    make_up(0xffffffff80001000, 0x99aabbccddeeff00);
}

static void frame_nowhere(void) {
    fault_with_frame(0x123456789000);
}

// No fault, but what the kernel says of a task that has none yet.
static void dump(void) {
    helios_call(HELIOS_INIT_TASK, HELIOS_TASK_DUMP, 0, 0, 0);
}

static const struct {
    const char *name;
    void (*commit)(void);
} faults[] = {
    {"dump", dump},
    {"call_nested", call_nested},
    {"frame_loop", frame_loop},
    {"frame_in_kernel", frame_in_kernel},
    {"frame_nowhere", frame_nowhere},
    {"read_null", read_null},
    {"write_null", write_null},
    {"execute_null", execute_null},
    {"write_text", write_text},
    {"write_constant", write_constant},
    {"write_bootinfo", write_bootinfo},
    {"execute_data", execute_data},
    {"execute_stack", execute_stack},
    {"execute_buffer", execute_buffer},
    {"read_kernel", read_kernel},
    {"write_kernel", write_kernel},
    {"execute_kernel", execute_kernel},
    {"read_direct_map", read_direct_map},
    {"overflow_stack", overflow_stack},
    {"illegal_instruction", fault_illegal_instruction},
    {"privileged_instruction", fault_privileged_instruction},
    {"breakpoint", fault_breakpoint},
};

static int is_word(const char *word, const char *line) {
    while (*word != '\0' && *word == *line) {
        word++;
        line++;
    }
    return *word == *line;
}

static void read_word(char *word, size_t size) {
    size_t length = 0;
    char c;
    while ((c = helios_console_read()) != '\r' && c != '\n') {
        if (length + 1 < size) {
            word[length++] = c;
        }
    }
    word[length] = '\0';
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    machine = bootinfo;
    helios_printf("faults: ready\n");
    for (;;) {
        char word[32];
        read_word(word, sizeof(word));
        for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
            if (is_word(faults[i].name, word)) {
                faults[i].commit();
                helios_printf("faults: survived %s\n", word);
            }
        }
    }
}
