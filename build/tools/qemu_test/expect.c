// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/expect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "build/tools/qemu_test/idle.h"
#include "build/tools/qemu_test/screen.h"

struct rejection {
    const char *text;
    size_t position; // in the guest's text: searched up to here
};

struct player {
    struct guest *guest;
    const struct test_limits *limits;
    int64_t wait_ms;
    size_t position;       // in the guest's text: behind what the last expect found
    size_t resets;         // of the machine, waited for so far
    size_t resets_allowed; // in all: what the console says and this count are not in step
    struct rejection *rejections;
    size_t rejection_count;
};

static int64_t player_deadline(const struct player *player) {
    int64_t deadline = clock_ms() + player->wait_ms;
    return player->limits->deadline >= 0 && player->limits->deadline < deadline
               ? player->limits->deadline
               : deadline;
}

// RESET is the event of a reset that happens; the guest's own have "guest": true.
static size_t resets_seen(const struct guest *guest) {
    static const char event[] = "\"event\": \"RESET\"";
    size_t count = 0;
    const char *text = guest->qemu.qmp_text.data;
    while (text != NULL && (text = strstr(text, event)) != NULL) {
        const char *end = text + strcspn(text, "\n");
        const char *guests = strstr(text, "\"guest\": true");
        count += guests != NULL && guests < end ? 1 : 0;
        text = end;
    }
    return count;
}

// NULL, or which rejected text has appeared.
static const char *rejected(struct player *player) {
    const struct buffer *text = &player->guest->text;
    for (size_t i = 0; i < player->rejection_count; i++) {
        struct rejection *rejection = &player->rejections[i];
        size_t length = strlen(rejection->text);
        if (strstr(text->data + rejection->position, rejection->text) != NULL) {
            return rejection->text;
        }
        if (text->size - rejection->position > length) { // the tail may be the start of a match
            rejection->position = text->size - length;
        }
    }
    return NULL;
}

// What is wrong with the guest's doings so far, whatever the script waits for. Free the result.
static char *misbehaviour(struct player *player) {
    const char *text = rejected(player);
    if (text != NULL) {
        return guest_failure(player->guest, "this appeared: \"%s\"", text);
    }
    if (resets_seen(player->guest) > player->resets_allowed) {
        return guest_failure(player->guest, "the guest reset the machine");
    }
    return NULL;
}

static bool expected(struct player *player, const struct script_step *step, bool ended) {
    switch (step->op) {
    case SCRIPT_FIND:
        return strstr(player->guest->text.data + player->position, step->text) != NULL;
    case SCRIPT_EXPECT: {
        const char *found = strstr(player->guest->text.data + player->position, step->text);
        if (found == NULL) {
            return false;
        }
        player->position = (size_t)(found - player->guest->text.data) + strlen(step->text);
        return true;
    }
    case SCRIPT_RESET:
        if (resets_seen(player->guest) <= player->resets) {
            return false;
        }
        player->resets++;
        return true;
    case SCRIPT_EXIT:
        return ended;
    default:
        return true;
    }
}

static char *missing(const struct player *player, const struct script_step *step,
                     enum guest_result result, int64_t waited_ms) {
    char *how = guest_describe(player->guest, result, waited_ms);
    const char *what = step->op == SCRIPT_RESET  ? "no reset"
                       : step->op == SCRIPT_EXIT ? "no power-off"
                                                 : "did not see";
    char *failure =
        guest_failure(player->guest, "line %u: %s \"%s\": %s", step->line, what, step->text, how);
    free(how);
    return failure;
}

// Waits for what an expect, reset or exit directive wants.
static char *wait_for(struct player *player, const struct script_step *step) {
    int64_t start = clock_ms();
    int64_t deadline = player_deadline(player);
    enum guest_result result = player->guest->running ? GUEST_OK : GUEST_ENDED;
    for (;;) {
        char *wrong = misbehaviour(player);
        if (wrong != NULL) {
            return wrong;
        }
        if (expected(player, step, result == GUEST_ENDED)) {
            return NULL;
        }
        if (result != GUEST_OK) {
            return missing(player, step, result, clock_ms() - start);
        }
        result = guest_wait(player->guest, deadline);
    }
}

static char *wait_for_exit(struct player *player, const struct script_step *step) {
    char *failure = wait_for(player, step);
    int status = player->guest->qemu.wait_status;
    if (failure == NULL && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        char *how = guest_describe(player->guest, GUEST_ENDED, 0);
        failure = guest_failure(player->guest, "line %u: %s", step->line, how);
        free(how);
    } else if (failure == NULL && (uint64_t)player->guest->exit_status != step->number) {
        failure = guest_failure(player->guest, "line %u: exit status %d instead of %s", step->line,
                                player->guest->exit_status, step->text);
    }
    return failure;
}

static char *type(struct player *player, const struct script_step *step) {
    char *text = mem_format("%s\r", step->text);
    bool sent = guest_send(player->guest, text, player_deadline(player));
    free(text);
    return sent ? NULL
                : guest_failure(player->guest, "line %u: the guest takes no input", step->line);
}

// sendkey's "ctrl-c" as the list of keys that QMP's send-key wants.
static char *key_arguments(const char *text) {
    struct buffer out = {0};
    buffer_format(&out, "{\"keys\":[");
    for (size_t length; *text != '\0'; text += length + (text[length] == '-' ? 1 : 0)) {
        length = strcspn(text, "-");
        buffer_format(&out, "%s{\"type\":\"qcode\",\"data\":\"%.*s\"}",
                      out.data[out.size - 1] == '[' ? "" : ",", (int)length, text);
    }
    buffer_format(&out, "]}");
    return out.data;
}

// Tells QEMU what people do to the machine. Frees the arguments.
static char *input(struct player *player, const struct script_step *step, const char *command,
                   char *arguments) {
    struct error err = {0};
    bool ok = player->guest->running &&
              qemu_qmp(&player->guest->qemu, command, arguments, player_deadline(player),
                       &player->guest->raw, NULL, &err);
    free(arguments);
    return ok ? NULL
              : guest_failure(player->guest, "line %u: %s %s: %s", step->line, command, step->text,
                              player->guest->running ? err.text : "the guest has ended");
}

static char *point(struct player *player, const struct script_step *step) {
    return input(
        player, step, "input-send-event",
        mem_format("{\"events\":[{\"type\":\"abs\",\"data\":{\"axis\":\"x\",\"value\":%lld}},"
                   "{\"type\":\"abs\",\"data\":{\"axis\":\"y\",\"value\":%lld}}]}",
                   (long long)step->x, (long long)step->y));
}

static char *button(struct player *player, const struct script_step *step) {
    char *failure = NULL;
    for (int down = 1; down >= 0 && failure == NULL; down--) {
        failure = input(player, step, "input-send-event",
                        mem_format("{\"events\":[{\"type\":\"btn\",\"data\":{\"button\":\"%s\","
                                   "\"down\":%s}}]}",
                                   step->text, down == 1 ? "true" : "false"));
    }
    return failure;
}

// Compares the guest's disk with a file.
static char *disk(struct player *player, const struct script_step *step) {
    struct error err = {0};
    struct buffer wanted = {0};
    struct buffer found = {0};
    char *path = mem_format("%s/%s", player->guest->qemu.temp_dir, QEMU_DISK_COPY);
    bool ok =
        !player->guest->running || error_set(&err, "the guest still runs, and may write to it");
    ok = ok && file_read(step->text, &wanted, &err) && file_read(path, &found, &err);
    size_t at = 0;
    while (ok && at < wanted.size && at < found.size && wanted.data[at] == found.data[at]) {
        at++;
    }
    ok = ok && ((at == wanted.size && at == found.size) ||
                error_set(&err, "%zu bytes in place of %zu, and different from byte %zu on",
                          found.size, wanted.size, at));
    buffer_free(&wanted);
    buffer_free(&found);
    free(path);
    return ok ? NULL : guest_failure(player->guest, "line %u: disk: %s", step->line, err.text);
}

static char *look(struct player *player, const struct script_step *step) {
    struct error err = {0};
    struct screen screen = {0};
    struct screen picture = {0};
    bool ok = screen_take(player->guest, player_deadline(player), &screen, &err);
    if (ok && step->op == SCRIPT_PIXEL) {
        ok = screen_pixel_is(&screen, step->x, step->y, (uint32_t)step->number, &err);
    } else if (ok) {
        ok = screen_from_png(step->picture, &picture, &err) &&
             screen_shows(&screen, &picture, (uint32_t)step->number, &err);
    }
    char *failure = NULL;
    if (!ok) {
        screen_keep(&screen);
        failure = guest_failure(player->guest, "line %u: screen: %s", step->line, err.text);
    }
    screen_free(&picture);
    screen_free(&screen);
    return failure;
}

static char *idle(struct player *player, const struct script_step *step) {
    struct error err = {0};
    return idle_check(player->guest, (uint64_t)step->x, step->number, &err)
               ? NULL
               : guest_failure(player->guest, "line %u: idle: %s", step->line, err.text);
}

// Does one directive. Returns NULL or a failure.
static char *step_do(struct player *player, const struct script_step *step) {
    switch (step->op) {
    case SCRIPT_EXPECT:
    case SCRIPT_FIND:
    case SCRIPT_RESET:
        return wait_for(player, step);
    case SCRIPT_EXIT:
        return wait_for_exit(player, step);
    case SCRIPT_SEND:
        return type(player, step);
    case SCRIPT_KEY:
        return input(player, step, "send-key", key_arguments(step->text));
    case SCRIPT_POINT:
        return point(player, step);
    case SCRIPT_BUTTON:
        return button(player, step);
    case SCRIPT_DISK:
        return disk(player, step);
    case SCRIPT_SCREEN:
    case SCRIPT_PIXEL:
        return look(player, step);
    case SCRIPT_IDLE:
        return idle(player, step);
    case SCRIPT_REJECT:
        player->rejections = mem_resize(player->rejections,
                                        (player->rejection_count + 1) * sizeof *player->rejections);
        player->rejections[player->rejection_count++] =
            (struct rejection){step->text, player->position};
        return NULL;
    case SCRIPT_TIMEOUT:
        player->wait_ms = (int64_t)step->number * 1000;
        return NULL;
    case SCRIPT_CASE:
        return NULL;
    }
    return NULL;
}

// The step behind the last one of the case that begins at `first`.
static size_t case_end(const struct script *script, size_t first) {
    size_t end = first + 1;
    while (end < script->count && script->steps[end].op != SCRIPT_CASE) {
        end++;
    }
    return end;
}

static char *case_play(struct player *player, const struct script *script, size_t first,
                       size_t end) {
    char *failure = NULL;
    player->rejection_count = 0;
    for (size_t i = first; failure == NULL && i < end; i++) {
        failure = step_do(player, &script->steps[i]);
    }
    return failure;
}

static const char *case_name(const struct script *script, size_t first) {
    return script->steps[first].op == SCRIPT_CASE ? script->steps[first].text : "boot";
}

// How many steps have to be done for the last case that the filter takes: 0 if it takes none.
static size_t steps_wanted(const struct script *script, const struct test_filter *filter) {
    size_t wanted = 0;
    for (size_t first = 0, end; first < script->count; first = end) {
        end = case_end(script, first);
        wanted = test_filter_matches(filter, case_name(script, first)) ? end : wanted;
    }
    return wanted;
}

static void cases_play(struct player *player, const struct script *script, size_t wanted,
                       const struct test_filter *filter, struct report *report) {
    bool failed = false;
    for (size_t first = 0, end; first < wanted; first = end) {
        int64_t start = clock_ms();
        end = case_end(script, first);
        const char *name = case_name(script, first);
        char *failure = failed ? mem_format("not reached: a case before it failed")
                               : case_play(player, script, first, end);
        failed = failed || failure != NULL;
        // A case that the filter leaves out has to run all the same; it counts if it fails.
        if (failure != NULL || test_filter_matches(filter, name)) {
            report_add(report, name, clock_ms() - start, failure);
        }
        free(failure);
    }
}

void script_run(const struct script *script, struct guest *guest, const struct test_filter *filter,
                const struct test_limits *limits, struct report *report) {
    struct error err = {0};
    struct player player = {.guest = guest, .limits = limits, .wait_ms = limits->boot_ms};
    size_t wanted = steps_wanted(script, filter);
    if (filter->shard > 0) {
        return;
    }
    // SeaBIOS answers a reset that finds it running already with a harder one.
    size_t resets =
        guest->options->firmware == QEMU_MULTIBOOT || guest->options->firmware == QEMU_BIOS ? 2 : 1;
    for (size_t i = 0; i < script->count; i++) {
        player.resets_allowed += script->steps[i].op == SCRIPT_RESET ? resets : 0;
    }
    if (wanted == 0) {
        report_add(report, "filter", 0, "no case matches --test_filter");
    } else if (!guest_start(guest, &err)) {
        report_add(report, "boot", 0, err.text);
    } else {
        cases_play(&player, script, wanted, filter, report);
    }
    guest_stop(guest);
    free(player.rejections);
}
