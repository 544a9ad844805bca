// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/events.h"

#include "userland/helios/kept.h"

enum { MOST = 32 }; // events of one answer

void events_add(struct events *events, uint16_t type, uint16_t code, int32_t value) {
    if (events->head - events->tail == EVENTS_KEPT) {
        events->tail++;
    }
    events->kept[events->head++ % EVENTS_KEPT] =
        (struct input_event){.type = type, .code = code, .value = value};
}

static uint32_t take(struct events *events, struct input_event result[MOST]) {
    uint32_t count = 0;
    for (; count < MOST && events->tail != events->head; count++) {
        result[count] = events->kept[events->tail++ % EVENTS_KEPT];
    }
    for (uint32_t i = count; i < MOST; i++) {
        result[i] = (struct input_event){0};
    }
    return count;
}

static void tell(struct events *events) {
    if (events->tail == events->head) {
        return;
    }
    if (events->watcher != 0) {
        helios_kept_signal(events->watcher);
        helios_kept_drop(events->watcher);
        events->watcher = 0;
    }
    if (events->reader != 0) {
        struct input_event result[MOST];
        uint64_t reader = events->reader;
        events->reader = 0;
        uint32_t count = take(events, result);
        input_read_reply(reader, HELIOS_OK, count, result);
    }
}

static enum helios_error describe(void *context, const struct helios_request *request,
                                  struct input_info *result) {
    (void)request;
    const struct events *events = context;
    *result = events->info;
    return HELIOS_OK;
}

static enum helios_error read_events(void *context, const struct helios_request *request,
                                     uint32_t *count, struct input_event result[MOST]) {
    struct events *events = context;
    if (events->tail != events->head) {
        *count = take(events, result);
        return HELIOS_OK;
    }
    if (events->reader != 0) {
        // Who waited before may have given up: one reader at a time, the last one.
        struct input_event none[MOST] = {{0}};
        input_read_reply(events->reader, HELIOS_ERROR_BUSY, 0, none);
        events->reader = 0;
    }
    return helios_rpc_defer(request, &events->reader);
}

static enum helios_error watch(void *context, const struct helios_request *request,
                               uint64_t ready) {
    (void)request;
    struct events *events = context;
    enum helios_error kept = helios_keep(&events->watcher, ready);
    tell(events);
    return kept;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct input_ops ops = {
        .describe = describe,
        .read = read_events,
        .watch = watch,
    };
    return input_dispatch(&ops, context, message);
}

static void notified(void *context, uint64_t word) {
    (void)word;
    struct events *events = context;
    events->interrupted(events);
    tell(events);
}

void events_serve(struct events *events, const char *name) {
    driver_say(events->driver, "%s", events->info.name);
    driver_offer(events->driver, INPUT_ID, INPUT_VERSION, name);
    driver_serve(events->driver, dispatch, notified, events);
}
