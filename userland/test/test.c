// SPDX-License-Identifier: MIT
#include "userland/test/test.h"

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"

enum {
    LINE_LENGTH = 128,
    MESSAGE_LENGTH = 256,
};

// The section that TEST_CASE fills; the linker script names its ends.
extern const struct helios_test_case __start_helios_tests[];
extern const struct helios_test_case __stop_helios_tests[];

const struct helios_bootinfo *helios_test_bootinfo;

// Why the running case has failed; "" while it has not.
static char failure[MESSAGE_LENGTH];

bool helios_test_equal(uint64_t actual, uint64_t expected, const char *text, const char *file,
                       int line) {
    if (actual != expected && failure[0] == '\0') {
        format_text(failure, sizeof(failure), "%s:%d: %s (0x%lx, wanted 0x%lx)", file, line, text,
                    (unsigned long)actual, (unsigned long)expected);
    }
    return actual == expected;
}

static size_t cases_run;

size_t helios_test_cases_run(void) {
    return cases_run;
}

size_t helios_test_case_count(void) {
    return (size_t)(__stop_helios_tests - __start_helios_tests);
}

static void print_plan(void) {
    // Firmware may have left the cursor in the middle of a line.
    helios_printf("\n@t plan %zu\n", helios_test_case_count());
    for (size_t i = 0; i < helios_test_case_count(); i++) {
        helios_printf("@t case %s\n", __start_helios_tests[i].name);
    }
    helios_printf("@t ready\n");
}

static void read_line(char *line, size_t size) {
    size_t length = 0;
    char c;
    do {
        c = helios_console_read();
        if (c != '\r' && c != '\n' && length + 1 < size) {
            line[length++] = c;
        }
    } while ((c != '\r' && c != '\n') || length == 0);
    line[length] = '\0';
}

// If `line` starts with `prefix`, what follows it; NULL otherwise.
static const char *after(const char *line, const char *prefix) {
    for (; *prefix != '\0'; line++, prefix++) {
        if (*line != *prefix) {
            return NULL;
        }
    }
    return line;
}

static bool parse_index(const char *text, size_t *index) {
    size_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && value < helios_test_case_count(); at++) {
        value = value * 10 + (size_t)(*at - '0');
    }
    *index = value;
    return at != text && *at == '\0' && value < helios_test_case_count();
}

static void run(size_t index) {
    const struct helios_test_case *test = &__start_helios_tests[index];
    failure[0] = '\0';
    helios_test_before(index);
    test->run();
    helios_test_after();
    cases_run++;
    if (failure[0] == '\0') {
        helios_printf("@t pass %s\n", test->name);
    } else {
        helios_printf("@t fail %s %s\n", test->name, failure);
    }
}

static void quit(void) {
    struct helios_answer answer = helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
    helios_printf("test: power off: %s\n", helios_strerror(answer.status));
}

// The other CPUs stay idle.
__attribute__((weak)) void helios_test_begin(void) {
    helios_task_set_affinity(HELIOS_INIT_TASK, HELIOS_INIT_TASK, 1);
}

__attribute__((weak)) void helios_test_before(size_t index) {
    (void)index;
}

__attribute__((weak)) void helios_test_after(void) {
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    helios_test_bootinfo = bootinfo;
    helios_test_begin();
    print_plan();
    for (;;) {
        char line[LINE_LENGTH];
        size_t index;
        read_line(line, sizeof(line));
        const char *argument = after(line, "@t run ");
        if (argument != NULL && parse_index(argument, &index)) {
            run(index);
        } else if (after(line, "@t quit") != NULL) {
            quit();
        } else {
            helios_printf("test: not understood: %s\n", line);
        }
    }
}
