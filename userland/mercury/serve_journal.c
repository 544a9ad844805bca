// SPDX-License-Identifier: GPL-3.0-only
//
// userland/interfaces/log.ipc and power.ipc. The machine is turned off when all that was said has
// been written, or when nobody writes it any more.
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/kept.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/power.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"
#include "userland/mercury/serve.h"

enum { STATUS_MOST = 255, WATCHERS = 4 };

static struct {
    uint64_t reply; // of who follows; 0: nobody waits
    uint64_t first; // the line that he waits for
    uint32_t process;
    uint64_t begin; // lines before this one were printed by the kernel
} follower;

// Who wants to know of new lines.
static struct {
    uint64_t notification; // that is kept; 0: none
    uint64_t first;        // the line that it waits for
    uint32_t process;      // 0: this place is free
} watchers[WATCHERS];

static struct {
    bool is_asked;
    bool is_reboot;
    uint64_t reply; // of who asked: there is an answer only if it fails
    uint64_t line;  // all lines before this one have to be written first
} switch_off;

void journal_console_goes(void) {
    if (journal.echo != NULL) {
        journal.echo = NULL;
        follower.begin = journal.next;
    }
}

static bool read_lines(uint64_t first, struct log_chunk *chunk) {
    chunk->first = first;
    chunk->text_length = (uint32_t)journal_read(&journal, &chunk->first, &chunk->next,
                                                (char *)chunk->text, sizeof chunk->text);
    return chunk->next != chunk->first;
}

static enum helios_error read(void *context, const struct helios_request *request, uint64_t first,
                              struct log_chunk *result) {
    (void)context;
    (void)request;
    memset(result, 0, sizeof *result);
    read_lines(first, result);
    return HELIOS_OK;
}

static void turn_off(void) {
    if (resources.power == 0) {
        say("there is no capability \"power\"");
    } else if (switch_off.is_reboot) {
        helios_power_reboot(resources.power);
        say("this machine can't be started anew");
    } else {
        helios_power_off(resources.power);
        say("this machine can't be turned off");
    }
    switch_off.is_asked = false;
    if (switch_off.reply != 0) {
        power_off_reply(switch_off.reply, HELIOS_ERROR_UNSUPPORTED);
        switch_off.reply = 0;
    }
}

// Whoever asked says nothing more on the console: he waits for an answer that does not come.
static enum helios_error ask_for(const struct helios_request *request, bool is_reboot) {
    uint64_t reply = 0;
    enum helios_error status = helios_rpc_defer(request, &reply);
    if (status != HELIOS_RPC_LATER) {
        return status;
    }
    helios_kept_drop(switch_off.reply);
    switch_off.reply = reply;
    switch_off.is_asked = true;
    switch_off.is_reboot = is_reboot;
    switch_off.line = journal.next;
    return status;
}

static enum helios_error follow(void *context, const struct helios_request *request, uint64_t first,
                                struct log_chunk *result) {
    (void)context;
    uint64_t from = first > follower.begin ? first : follower.begin;
    memset(result, 0, sizeof *result);
    if (read_lines(from, result)) {
        return HELIOS_OK;
    }
    const struct proc *proc = proc_of_badge(request->badge);
    if (proc == NULL) {
        return HELIOS_ERROR_RIGHTS;
    }
    helios_kept_drop(follower.reply);
    follower.first = from;
    follower.process = proc->id;
    return helios_rpc_defer(request, &follower.reply);
}

static enum helios_error watch(void *context, const struct helios_request *request, uint64_t ready,
                               uint64_t first) {
    (void)context;
    const struct proc *proc = proc_of_badge(request->badge);
    int place = -1;
    for (int i = 0; i < WATCHERS && proc != NULL; i++) {
        bool is_mine = watchers[i].process == proc->id;
        if (is_mine || (watchers[i].process == 0 && place < 0)) {
            place = i;
        }
    }
    if (place < 0) {
        return HELIOS_ERROR_NO_SLOT;
    }
    if (first < journal.next) {
        helios_signal(ready);
        helios_drop(ready);
        return HELIOS_OK;
    }
    enum helios_error kept = helios_keep(&watchers[place].notification, ready);
    watchers[place].first = first;
    watchers[place].process = proc->id;
    return kept;
}

void journal_forget(uint32_t process) {
    for (uint32_t i = 0; i < WATCHERS; i++) {
        if (watchers[i].process == process) {
            helios_kept_drop(watchers[i].notification);
            watchers[i].notification = 0;
            watchers[i].process = 0;
        }
    }
    if (follower.process == process) {
        helios_kept_drop(follower.reply);
        follower.reply = 0;
    }
}

static void signal_watchers(void) {
    for (uint32_t i = 0; i < WATCHERS; i++) {
        if (watchers[i].notification != 0 && watchers[i].first < journal.next) {
            helios_kept_signal(watchers[i].notification);
            helios_kept_drop(watchers[i].notification);
            watchers[i].notification = 0;
        }
    }
}

static bool has_lines(void) {
    return follower.reply != 0 && follower.first < journal.next;
}

// Nobody writes the journal any more, or all of it is written.
static bool is_off_due(void) {
    const struct proc *proc = proc_find(follower.process);
    bool is_alone = proc == NULL || proc->state != PROC_RUNNING;
    bool is_written = follower.reply != 0 && follower.first >= switch_off.line;
    return switch_off.is_asked && (is_written || is_alone);
}

bool followers_wait(void) {
    bool has_watchers = false;
    for (uint32_t i = 0; i < WATCHERS; i++) {
        has_watchers |= watchers[i].notification != 0 && watchers[i].first < journal.next;
    }
    return has_watchers || has_lines() || is_off_due();
}

void serve_followers(void) {
    struct log_chunk chunk;
    memset(&chunk, 0, sizeof chunk);
    signal_watchers();
    if (has_lines() && read_lines(follower.first, &chunk)) {
        log_follow_reply(follower.reply, HELIOS_OK, &chunk);
        follower.reply = 0;
    }
    if (is_off_due()) {
        turn_off();
    }
}

static enum helios_error off(void *context, const struct helios_request *request, uint32_t status) {
    static struct journal_source line;
    static const char text[] = "exit status ";
    (void)context;
    if (status > STATUS_MOST) {
        return HELIOS_ERROR_RANGE;
    }
    if (status != 0) {
        char digits[4] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                          (char)('0' + status % 10), '\n'};
        unsigned skip = status < 10 ? 2 : status < 100 ? 1 : 0;
        journal_write(&journal, &line, "helios", text, sizeof text - 1);
        journal_write(&journal, &line, "helios", digits + skip, sizeof digits - skip);
    }
    return ask_for(request, false);
}

static enum helios_error reboot(void *context, const struct helios_request *request) {
    (void)context;
    say("the machine is started anew");
    return ask_for(request, true);
}

static const struct log_ops log_ops = {.read = read, .follow = follow, .watch = watch};
static const struct power_ops power_ops = {.off = off, .reboot = reboot};

bool serve_journal(struct helios_message *message) {
    return log_dispatch(&log_ops, NULL, message);
}

bool serve_power(struct helios_message *message) {
    return power_dispatch(&power_ops, NULL, message);
}
