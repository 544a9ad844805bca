// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/protocol.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MAX_CASES    100000u
#define POWER_OFF_MS 30000

struct driver {
    struct guest *guest;
    const struct test_limits *limits;
    struct report *report;
    struct strings plan; // of the first start
};

static int64_t limit(const struct driver *driver, int64_t ms) {
    int64_t deadline = clock_ms() + ms;
    return driver->limits->deadline >= 0 && driver->limits->deadline < deadline
               ? driver->limits->deadline
               : deadline;
}

static bool out_of_time(const struct driver *driver) {
    return driver->limits->deadline >= 0 && clock_ms() >= driver->limits->deadline;
}

static bool is_panic(const char *line) {
    return strstr(line, "KERNEL PANIC") != NULL;
}

static bool plan_has(const struct strings *plan, const char *name) {
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

// What a guest says before it is ready.
struct plan_reader {
    bool announced; // "plan N" was seen
    uint64_t expected;
    struct strings plan;
    bool ready;
};

// Takes one protocol line, without "@t ". Returns NULL or what is wrong with it.
static const char *plan_line(struct plan_reader *reader, const char *line) {
    if (text_starts_with(line, "plan ")) {
        if (reader->announced) {
            return "a second plan";
        }
        reader->announced = true;
        return number_parse(line + 5, 0, MAX_CASES, &reader->expected) ? NULL : "a malformed plan";
    }
    if (!reader->announced) {
        return "no plan before";
    }
    if (text_starts_with(line, "case ")) {
        const char *name = line + 5;
        if (name[0] == '\0' || strpbrk(name, " \t") != NULL) {
            return "a malformed name of a case";
        }
        if (plan_has(&reader->plan, name)) {
            return "two cases with the same name";
        }
        strings_add(&reader->plan, name);
        return reader->plan.count <= reader->expected ? NULL : "more cases than planned";
    }
    if (strcmp(line, "ready") == 0) {
        reader->ready = true;
        return reader->plan.count == reader->expected ? NULL : "fewer cases than planned";
    }
    return "an unexpected line";
}

// The protocol's part of a line, without "@t ", or NULL. Firmware may leave an unfinished line on
// the console, so what the guest says first need not be at the beginning of one.
static const char *protocol_part(const struct plan_reader *reader, const char *line) {
    if (!reader->announced) {
        const char *plan = strstr(line, "@t plan ");
        line = plan != NULL ? plan : line;
    }
    return text_starts_with(line, "@t ") ? line + 3 : NULL;
}

// Reads lines until the guest is ready. Returns NULL or a failure (free it).
static char *plan_read(struct driver *driver, struct plan_reader *reader) {
    int64_t start = clock_ms();
    int64_t deadline = limit(driver, driver->limits->boot_ms);
    while (!reader->ready) {
        char *line;
        enum guest_result result = guest_line(driver->guest, deadline, &line);
        if (result != GUEST_OK) {
            char *how = guest_describe(driver->guest, result, clock_ms() - start);
            char *failure = guest_failure(driver->guest, "the guest did not become ready: %s", how);
            free(how);
            return failure;
        }
        const char *part = protocol_part(reader, line);
        const char *wrong = part != NULL ? plan_line(reader, part) : NULL;
        char *failure = NULL;
        if (is_panic(line)) {
            guest_stop_after_words(driver->guest);
            failure = guest_failure(driver->guest, "kernel panic before the guest was ready");
        } else if (wrong != NULL) {
            failure = guest_failure(driver->guest, "the plan is wrong, %s: \"%s\"", wrong, line);
        }
        free(line);
        if (failure != NULL) {
            return failure;
        }
    }
    return NULL;
}

static bool plans_equal(const struct strings *a, const struct strings *b) {
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->items[i], b->items[i]) == 0;
    }
    return equal;
}

// Starts the guest and waits until it is ready. The first time its plan becomes the plan.
static char *boot(struct driver *driver, bool first) {
    struct error err = {0};
    if (!guest_start(driver->guest, &err)) {
        return mem_format("%s", err.text);
    }
    struct plan_reader reader = {0};
    char *failure = plan_read(driver, &reader);
    if (failure == NULL && first) {
        driver->plan = reader.plan;
        return NULL;
    }
    if (failure == NULL && !plans_equal(&driver->plan, &reader.plan)) {
        failure = guest_failure(driver->guest, "after a restart the plan is not the same");
    }
    strings_free(&reader.plan);
    if (failure != NULL) {
        guest_stop(driver->guest);
    }
    return failure;
}

// Judges a line that came while the case ran. Returns false as long as the case is not decided;
// *failure stays NULL if it has passed.
static bool case_line(struct driver *driver, const char *name, const char *line, char **failure) {
    size_t length = strlen(name);
    if (!text_starts_with(line, "@t ")) {
        if (is_panic(line)) {
            guest_stop_after_words(driver->guest);
            *failure = guest_failure(driver->guest, "%s", line);
        }
        return *failure != NULL;
    }
    const char *rest = line + 3;
    bool passed = text_starts_with(rest, "pass ");
    bool failed = text_starts_with(rest, "fail ");
    rest += 5;
    if (passed && strcmp(rest, name) == 0) {
        return true;
    }
    if (failed && strncmp(rest, name, length) == 0 &&
        (rest[length] == ' ' || rest[length] == '\0')) {
        const char *message = rest[length] == ' ' ? rest + length + 1 : "failed";
        *failure = guest_failure(driver->guest, "%s", message);
        return true;
    }
    *failure = guest_failure(driver->guest, "the guest answered with something else: \"%s\"", line);
    guest_stop(driver->guest); // out of step: what it says next can't be trusted
    return true;
}

// Runs a case in a guest that is ready. Returns NULL or a failure.
static char *case_run(struct driver *driver, size_t index) {
    const char *name = driver->plan.items[index];
    int64_t start = clock_ms();
    int64_t deadline = limit(driver, driver->limits->case_ms);
    char *command = mem_format("@t run %zu\n", index);
    char *failure = NULL;
    bool decided = false;
    guest_send(driver->guest, command, deadline);
    free(command);
    while (!decided) {
        char *line;
        enum guest_result result = guest_line(driver->guest, deadline, &line);
        if (result != GUEST_OK) {
            char *how = guest_describe(driver->guest, result, clock_ms() - start);
            failure = guest_failure(driver->guest, "%s%s", how,
                                    result == GUEST_ENDED ? " in the middle of the case" : "");
            free(how);
            guest_stop(driver->guest);
            return failure;
        }
        decided = case_line(driver, name, line, &failure);
        free(line);
    }
    return failure;
}

// Runs a case, in a new guest if the last one is gone. Returns false if it makes no sense to go
// on: the guest does not come up again.
static bool case_do(struct driver *driver, size_t index) {
    int64_t start = clock_ms();
    char *failure = NULL;
    bool up = true;
    if (out_of_time(driver)) {
        failure = mem_format("never ran: the time for the whole test was over");
    } else if (!driver->guest->running) {
        failure = boot(driver, false);
        up = failure == NULL;
    }
    if (failure == NULL) {
        failure = case_run(driver, index);
    }
    report_add(driver->report, driver->plan.items[index], clock_ms() - start, failure);
    free(failure);
    return up;
}

static void power_off(struct driver *driver) {
    int64_t start = clock_ms();
    int64_t deadline = limit(driver, POWER_OFF_MS);
    enum guest_result result;
    if (!driver->guest->running) {
        return;
    }
    guest_send(driver->guest, "@t quit\n", deadline);
    while ((result = guest_wait(driver->guest, deadline)) == GUEST_OK) {
    }
    int status = driver->guest->qemu.wait_status;
    bool clean = result == GUEST_ENDED && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                 !qemu_was_reset(&driver->guest->qemu) && driver->guest->exit_status == 0;
    if (!clean) {
        char *how = guest_describe(driver->guest, result, clock_ms() - start);
        char *failure = guest_failure(driver->guest, "after \"@t quit\": %s, exit status %d", how,
                                      driver->guest->exit_status);
        report_add(driver->report, "power-off", clock_ms() - start, failure);
        free(how);
        free(failure);
    }
}

// The indices of the cases that this shard has to run, in *selected. Returns their number.
static size_t select_cases(const struct strings *plan, const struct test_filter *filter,
                           size_t *selected, size_t *matched) {
    size_t count = 0;
    *matched = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (test_filter_matches(filter, plan->items[i]) &&
            (*matched)++ % filter->shards == filter->shard) {
            selected[count++] = i;
        }
    }
    return count;
}

static void selected_run(struct driver *driver, const size_t *selected, size_t count) {
    size_t next = 0;
    while (next < count && case_do(driver, selected[next])) {
        next++;
    }
    for (next++; next < count; next++) {
        report_add(driver->report, driver->plan.items[selected[next]], 0,
                   "never ran: the guest did not come up again");
    }
    power_off(driver);
}

void protocol_run(struct guest *guest, const struct test_filter *filter,
                  const struct test_limits *limits, struct report *report) {
    struct driver driver = {.guest = guest, .limits = limits, .report = report};
    int64_t start = clock_ms();
    char *failure = boot(&driver, true);
    if (failure != NULL) {
        report_add(report, "boot", clock_ms() - start, failure);
        free(failure);
        return;
    }
    size_t matched;
    size_t *selected = mem_alloc(driver.plan.count * sizeof *selected);
    size_t count = select_cases(&driver.plan, filter, selected, &matched);
    if (driver.plan.count == 0) {
        report_add(report, "plan", 0, "the guest has no cases");
    } else if (matched == 0) {
        report_add(report, "filter", 0, "no case matches --test_filter");
    } else if (matched == driver.plan.count && count == 0) {
        report_add(report, "filter", 0, "the test has more shards than cases");
    }
    selected_run(&driver, selected, count);
    free(selected);
    strings_free(&driver.plan);
}
