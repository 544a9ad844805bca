// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/guest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LAST_LINES    40
#define SILENCE_MS    1000
#define LAST_WORDS_MS 5000

bool guest_start(struct guest *guest, struct error *err) {
    guest->text.size = 0;
    guest->line_position = 0;
    guest->filter = (struct text_filter){0};
    guest->exit_status = 0;
    guest->peer.length = 0;
    buffer_append(&guest->text, "", 0);
    guest->running = qemu_start(&guest->qemu, guest->config, guest->options, err);
    return guest->running;
}

static void exit_status_find(struct guest *guest, size_t start) {
    // The line may have begun before the newest output.
    while (start > 0 && guest->text.data[start - 1] != '\n') {
        start--;
    }
    char *line;
    while ((line = text_next_line(&guest->text, &start)) != NULL) {
        int status = text_exit_status(line);
        guest->exit_status = status >= 0 ? status : guest->exit_status;
        free(line);
    }
}

// Makes text of the raw output that has come.
static void output_take(struct guest *guest) {
    size_t before = guest->text.size;
    text_filter_add(&guest->filter, guest->raw.data, guest->raw.size, &guest->text);
    guest->raw.size = 0;
    fwrite(guest->text.data + before, 1, guest->text.size - before, stdout);
    fflush(stdout);
    exit_status_find(guest, before);
}

enum guest_result guest_wait(struct guest *guest, int64_t deadline) {
    if (!guest->running) {
        return GUEST_ENDED;
    }
    if (guest->raw.size > 0) { // came while a control command was waited for
        output_take(guest);
        return GUEST_OK;
    }
    struct pollfd net = {.fd = guest->qemu.net, .events = peer_events(&guest->peer)};
    unsigned int events = qemu_poll(&guest->qemu, &guest->raw, &net, net.fd >= 0 ? 1 : 0, deadline);
    if ((events & QEMU_EXTRA) != 0) {
        peer_serve(&guest->peer, guest->qemu.net);
    }
    output_take(guest);
    if ((events & (QEMU_ENDED | QEMU_FAILED)) != 0) {
        guest->running = false;
        if (guest->text.size > 0 && guest->text.data[guest->text.size - 1] != '\n') {
            buffer_append(&guest->text, "\n", 1); // so that the last line is a whole one
        }
        return GUEST_ENDED;
    }
    return events == QEMU_TIMEOUT ? GUEST_TIMEOUT : GUEST_OK;
}

enum guest_result guest_line(struct guest *guest, int64_t deadline, char **line) {
    while ((*line = text_next_line(&guest->text, &guest->line_position)) == NULL) {
        enum guest_result result = guest_wait(guest, deadline);
        if (result == GUEST_OK) {
            continue;
        }
        *line = text_next_line(&guest->text, &guest->line_position);
        if (*line == NULL) {
            return result;
        }
        break;
    }
    return GUEST_OK;
}

bool guest_send(struct guest *guest, const char *text, int64_t deadline) {
    size_t left = strlen(text);
    while (left > 0 && guest->running) {
        size_t sent = qemu_send(&guest->qemu, text, left);
        text += sent;
        left -= sent;
        if (left > 0 && guest_wait(guest, deadline) == GUEST_TIMEOUT) {
            return false;
        }
    }
    return left == 0;
}

static const char *last_lines(const struct guest *guest) {
    size_t start = guest->text.size;
    int newlines = 0;
    while (start > 0) {
        if (guest->text.data[start - 1] == '\n' && start < guest->text.size &&
            ++newlines == LAST_LINES) {
            break;
        }
        start--;
    }
    return guest->text.size > 0 ? guest->text.data + start : "";
}

char *guest_failure(const struct guest *guest, const char *format, ...) {
    char *message = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&message, format, args) < 0) {
        abort();
    }
    va_end(args);
    char *text =
        mem_format("%s\n--- the last lines of the console ---\n%s", message, last_lines(guest));
    free(message);
    return text;
}

char *guest_describe(const struct guest *guest, enum guest_result result, int64_t waited_ms) {
    if (result == GUEST_TIMEOUT) {
        return mem_format("no answer within %lld s", (long long)(waited_ms + 500) / 1000);
    }
    char how[128];
    qemu_describe_end(&guest->qemu, how, sizeof how);
    return mem_format("%s", how);
}

void guest_stop_after_words(struct guest *guest) {
    int64_t end = clock_ms() + LAST_WORDS_MS;
    int64_t quiet = clock_ms() + SILENCE_MS;
    while (clock_ms() < end && guest_wait(guest, quiet < end ? quiet : end) == GUEST_OK) {
        quiet = clock_ms() + SILENCE_MS;
    }
    guest_stop(guest);
}

void guest_stop(struct guest *guest) {
    qemu_stop(&guest->qemu);
    guest->running = false;
}

void guest_free(struct guest *guest) {
    guest_stop(guest);
    buffer_free(&guest->raw);
    buffer_free(&guest->text);
}
