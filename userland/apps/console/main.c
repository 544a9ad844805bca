// SPDX-License-Identifier: GPL-3.0-only
//
// The display and the keyboard as a terminal, io::terminal "console": shows the log and what is
// written to it, hands out what is typed. It ends at once where there is no display.
//
// Everything that it waits for is a bit of one Notification. While a process runs that provides
// "screen", the display and the keyboard are that one's: text is kept, and drawn afterwards.
//
// Capability: "journal" (log::log). Services: display, keyboard. Provides: console.
#include <stdio.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/apps/console/keymap.h"
#include "userland/apps/console/paint.h"
#include "userland/apps/slides/screen.h"
#include "userland/helios/kept.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/rpc.h"
#include "userland/interfaces/display.h"
#include "userland/interfaces/input.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/registry.h"

enum {
    KEYS = 1,            // the keyboard has events
    LINES = 2,           // the log has lines
    DISPLAY_CHANGED = 4, // another driver, or none
    KEYBOARD_CHANGED = 8,
    SCREEN_CHANGED = 16, // somebody takes the screen, or gives it back
    TYPED_MOST = 256,
    EVENT_KEY = 1,
};

static struct {
    struct text text;
    struct painter painter;
    struct screen screen;
    bool is_open;     // `screen` can be drawn on
    bool is_released; // it is somebody else's
    uint64_t display;
    uint64_t keyboard;
    uint64_t keys_ready;
    struct keymap keymap;
    uint64_t lines_ready;
    uint64_t next_line;
    uint64_t notification;
    uint8_t typed[TYPED_MOST]; // and not read yet; when it is full what comes is lost
    uint32_t typed_count;
    uint64_t reader; // Reply of who waits for it; 0: nobody
    uint32_t reader_most;
    uint64_t watcher; // Notification; 0: nobody
} self;

// 0: nobody offers it. What comes may have got the slot of the other service, if that has gone;
// then it is about to be looked up again.
static uint64_t find(uint64_t id, uint32_t version, const char *name) {
    struct registry_entry entry;
    uint64_t service = 0;
    return registry_lookup_expected(HELIOS_PROCESS_REGISTRY, id, version, name, &entry, &service) ==
                   HELIOS_OK
               ? service
               : 0;
}

static void close_display(void) {
    if (self.is_open) {
        screen_close(&self.screen);
        self.is_open = false;
    }
    helios_drop(self.display);
    self.display = 0;
}

static void open_display(void) {
    close_display();
    self.display = find(DISPLAY_ID, DISPLAY_VERSION, "display");
    self.keyboard = self.keyboard != self.display ? self.keyboard : 0;
    self.is_open = self.display != 0 && screen_open(&self.screen, self.display, 0, 0);
    if (!self.is_open) {
        return;
    }
    paint_begin(&self.painter, &self.screen.surface);
    text_resize(&self.text, self.painter.columns, self.painter.rows);
    if (!screen_flush(&self.screen)) {
        close_display();
    }
}

static bool has_display(void) {
    return self.is_open && screen_is_mapped(&self.screen);
}

static void say_size(void) {
    if (self.is_open) {
        printf("%u columns, %u rows\n", self.text.columns, self.text.rows);
    }
}

// Draws what has changed. False: it can't be drawn on any more.
static bool draw(void) {
    struct rectangle changed;
    return !self.is_open ||
           (has_display() && (!paint(&self.painter, &self.screen.surface, &self.text, &changed) ||
                              screen_flush_part(&self.screen, changed)));
}

// A driver that is gone takes its memory with it: the next one gets all of it.
static void show(void) {
    if (self.is_released || draw()) {
        return;
    }
    open_display();
    say_size();
    if (!draw()) {
        close_display();
    }
}

static void answer_reader(void) {
    if (self.typed_count == 0) {
        return;
    }
    if (self.watcher != 0) {
        helios_kept_signal(self.watcher);
        helios_kept_drop(self.watcher);
        self.watcher = 0;
    }
    if (self.reader != 0) {
        uint32_t count = self.typed_count < self.reader_most ? self.typed_count : self.reader_most;
        io_stream_read_reply(self.reader, HELIOS_OK, self.typed, count);
        self.reader = 0;
        self.typed_count -= count;
        memmove(self.typed, self.typed + count, self.typed_count);
    }
}

static void watch_keys(void) {
    if (self.keyboard != 0 && input_watch(self.keyboard, self.keys_ready) != HELIOS_OK) {
        helios_drop(self.keyboard);
        self.keyboard = 0;
    }
}

static void open_keyboard(void) {
    helios_drop(self.keyboard);
    self.keyboard = find(INPUT_ID, INPUT_VERSION, "keyboard");
    self.display = self.display != self.keyboard ? self.display : 0;
    self.keymap = (struct keymap){0};
    watch_keys();
}

static void read_keys(void) {
    struct input_event events[32];
    uint32_t count = 0;
    if (self.keyboard == 0 || input_read(self.keyboard, &count, events) != HELIOS_OK) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        char characters[KEYMAP_MOST];
        uint32_t length = events[i].type == EVENT_KEY ? keymap_event(&self.keymap, events[i].code,
                                                                     events[i].value, characters)
                                                      : 0;
        if (length <= TYPED_MOST - self.typed_count) {
            memcpy(self.typed + self.typed_count, characters, length);
            self.typed_count += length;
        }
    }
    answer_reader();
    watch_keys();
}

// What the log has that is not there yet; of the first look only as much as fits.
static void read_lines(void) {
    struct log_chunk chunk;
    uint64_t journal = helios_cap("journal");
    while (log_read(journal, self.next_line, &chunk) == HELIOS_OK && chunk.text_length > 0) {
        text_log(&self.text, chunk.text, chunk.text_length);
        self.next_line = chunk.next;
    }
    log_watch(journal, self.lines_ready, self.next_line);
}

static void begin_lines(void) {
    struct log_chunk chunk;
    if (log_read(helios_cap("journal"), UINT64_MAX, &chunk) == HELIOS_OK) {
        self.next_line = chunk.next > self.text.rows ? chunk.next - self.text.rows : 0;
    }
    read_lines();
}

// Whether it is somebody else's may have changed. All is opened anew then: he may have set a mode,
// and has read the keyboard.
static void look_who_has_it(void) {
    bool was_released = self.is_released;
    if (registry_expected(HELIOS_PROCESS_REGISTRY, "screen", &self.is_released) != HELIOS_OK) {
        self.is_released = false;
    }
    if (self.is_released && !was_released) {
        close_display();
    } else if (!self.is_released && was_released) {
        open_display();
        open_keyboard();
    }
}

static void notified(void *context, uint64_t word) {
    (void)context;
    if ((word & KEYS) != 0 && !self.is_released) {
        read_keys();
    }
    if ((word & SCREEN_CHANGED) != 0) {
        look_who_has_it();
    }
    if ((word & DISPLAY_CHANGED) != 0 && !self.is_released && !has_display()) {
        open_display();
        say_size();
    }
    if ((word & KEYBOARD_CHANGED) != 0 && !self.is_released) {
        open_keyboard();
    }
    if ((word & LINES) != 0) {
        read_lines();
    }
    show();
}

static enum helios_error read_bytes(void *context, const struct helios_request *request,
                                    uint32_t most, uint8_t result[448], uint32_t *length) {
    (void)context;
    if (most == 0 || most > IO_CHUNK) {
        return HELIOS_ERROR_RANGE;
    }
    if (self.typed_count > 0) {
        *length = self.typed_count < most ? self.typed_count : most;
        memcpy(result, self.typed, *length);
        self.typed_count -= *length;
        memmove(self.typed, self.typed + *length, self.typed_count);
        return HELIOS_OK;
    }
    if (self.reader != 0) {
        // Who waited before may have given up: answering tells.
        io_stream_read_reply(self.reader, HELIOS_ERROR_BUSY, result, 0);
        self.reader = 0;
    }
    self.reader_most = most;
    return helios_rpc_defer(request, &self.reader);
}

static enum helios_error write_bytes(void *context, const struct helios_request *request,
                                     const void *data, uint32_t length, uint32_t *result) {
    (void)context;
    (void)request;
    text_write(&self.text, data, length);
    show();
    *result = length;
    return HELIOS_OK;
}

static enum helios_error watch(void *context, const struct helios_request *request,
                               uint64_t ready) {
    (void)context;
    (void)request;
    enum helios_error kept = helios_keep(&self.watcher, ready);
    answer_reader();
    return kept;
}

static enum helios_error release(void *context, const struct helios_request *request) {
    (void)context;
    (void)request;
    look_who_has_it();
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct io_terminal_ops ops = {
        .io_stream = {.read = read_bytes, .write = write_bytes, .watch = watch},
        .release = release,
    };
    return io_terminal_dispatch(&ops, context, message);
}

static bool watch_name(const char *name, uint64_t bit) {
    struct helios_answer copy = helios_copy(self.notification, HELIOS_RIGHT_ALL, bit);
    bool is_watched = copy.status == HELIOS_OK &&
                      registry_watch(HELIOS_PROCESS_REGISTRY, copy.value, name) == HELIOS_OK;
    helios_drop(copy.status == HELIOS_OK ? copy.value : 0);
    return is_watched;
}

static bool begin(uint64_t *endpoint) {
    struct helios_answer made = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    self.notification = made.value;
    if (made.status != HELIOS_OK ||
        helios_task_bind(HELIOS_PROCESS_TASK, self.notification).status != HELIOS_OK) {
        return false;
    }
    self.keys_ready = helios_copy(self.notification, HELIOS_RIGHT_ALL, KEYS).value;
    self.lines_ready = helios_copy(self.notification, HELIOS_RIGHT_ALL, LINES).value;
    made = helios_make(HELIOS_TYPE_ENDPOINT, 0);
    *endpoint = made.value;
    return made.status == HELIOS_OK && watch_name("display", DISPLAY_CHANGED) &&
           watch_name("keyboard", KEYBOARD_CHANGED) && watch_name("screen", SCREEN_CHANGED);
}

int main(void) {
    struct helios_server server = {.dispatch = dispatch, .notified = notified};
    text_begin(&self.text, 1, 1);
    if (!begin(&server.endpoint)) {
        printf("there is no memory\n");
        return 1;
    }
    open_display();
    if (!self.is_open) {
        return 0;
    }
    say_size();
    open_keyboard();
    begin_lines();
    show();
    if (registry_register(HELIOS_PROCESS_REGISTRY, server.endpoint, IO_TERMINAL_ID,
                          IO_TERMINAL_VERSION, "console") != HELIOS_OK) {
        printf("it can't be offered\n");
        return 1;
    }
    look_who_has_it();
    helios_serve(&server);
    return 1;
}
