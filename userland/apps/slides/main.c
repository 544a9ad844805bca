// SPDX-License-Identifier: GPL-3.0-only
//
// Shows the slides of the boot file system on the display, and turns them as the keyboard and the
// console say. It ends at `q`.
//
// Capabilities: "files" (fs::directory). Services: display; serial, keyboard and console, if there
// are any.
#include <stdio.h>
#include <stdlib.h>

#include "uapi/object.h"
#include "userland/apps/slides/deck.h"
#include "userland/apps/slides/keys.h"
#include "userland/apps/slides/screen.h"
#include "userland/helios/memory.h"
#include "userland/helios/startup.h"
#include "userland/interfaces/display.h"
#include "userland/interfaces/input.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/registry.h"

#define FOLDER "slides/"

static const uint32_t BAR_HEIGHT = 8; // build/tools/slides/slide.h leaves as much room
static const uint32_t BAR_COLOUR = 0xffb454;
static const uint32_t BAR_REST = 0x1a2233;

// Bits of the notification.
enum {
    FROM_CONSOLE = 1,
    FROM_KEYBOARD = 2,
};

struct show {
    struct deck deck;
    struct screen screen;
    uint32_t current;  // from 1; 0: none yet
    uint64_t console;  // io::serial, 0: none
    uint64_t keyboard; // input::input, 0: none
    uint64_t ready;    // Notification
    uint64_t console_ready;
    uint64_t keyboard_ready;
    struct turn_reader typed;
    struct turn_reader pressed;
};

// 0: nobody is going to offer it.
static uint64_t find_service(uint64_t id, uint32_t version, const char *name) {
    struct registry_entry entry;
    uint64_t service = 0;
    return registry_lookup_expected(HELIOS_PROCESS_REGISTRY, id, version, name, &entry, &service) ==
                   HELIOS_OK
               ? service
               : 0;
}

// The console leaves screen and keyboard to us until we have ended: our manifest says that we
// provide "screen".
static void take_screen(void) {
    uint64_t terminal = find_service(IO_TERMINAL_ID, IO_TERMINAL_VERSION, "console");
    if (terminal != 0) {
        io_terminal_release(terminal);
        helios_drop(terminal);
    }
}

// How far the talk is, along the lower edge.
static void draw_bar(const struct show *show) {
    const struct surface *surface = &show->screen.surface;
    uint32_t top = surface->height > BAR_HEIGHT ? surface->height - BAR_HEIGHT : 0;
    uint32_t done = surface->width * show->current / show->deck.count;
    surface_fill(surface, (struct rectangle){0, top, done, BAR_HEIGHT}, BAR_COLOUR);
    surface_fill(surface, (struct rectangle){done, top, surface->width - done, BAR_HEIGHT},
                 BAR_REST);
}

static bool show_slide(struct show *show, uint32_t number) {
    struct picture picture;
    if (!deck_read(&show->deck, number - 1, &picture)) {
        return true; // the one that is on the screen stays
    }
    show->current = number;
    surface_show(&show->screen.surface, &picture);
    free((void *)(uintptr_t)picture.rgb);
    draw_bar(show);
    if (!screen_flush(&show->screen)) {
        printf("slides: the display is gone\n");
        return false;
    }
    printf("slides: %u of %u\n", number, show->deck.count);
    return true;
}

// Does what a key says; false at the end of the show.
static bool follow(struct show *show, struct turn turn) {
    if (turn.kind == TURN_QUIT) {
        return false;
    }
    uint32_t next = turn_apply(turn, show->current, show->deck.count);
    return next == show->current || show_slide(show, next);
}

static bool read_console(struct show *show) {
    uint8_t text[IO_CHUNK];
    uint32_t length = 0;
    if (io_stream_read(show->console, IO_CHUNK, text, &length) != HELIOS_OK) {
        show->console = 0;
        return show->keyboard != 0;
    }
    for (uint32_t i = 0; i < length; i++) {
        if (!follow(show, turn_character(&show->typed, (char)text[i]))) {
            return false;
        }
    }
    return true;
}

static bool read_keyboard(struct show *show) {
    enum { TYPE_KEY = 1, RELEASED = 0 };
    struct input_event events[32];
    uint32_t count = 0;
    if (input_read(show->keyboard, &count, events) != HELIOS_OK) {
        show->keyboard = 0;
        return show->console != 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (events[i].type == TYPE_KEY && events[i].value != RELEASED &&
            !follow(show, turn_key(&show->pressed, events[i].code))) {
            return false;
        }
    }
    return true;
}

// Asks both sources to say when there is something; a source that does not answer is given up.
static void watch(struct show *show, uint64_t word) {
    if ((word & FROM_CONSOLE) != 0 && show->console != 0 &&
        io_stream_watch(show->console, show->console_ready) != HELIOS_OK) {
        show->console = 0;
    }
    if ((word & FROM_KEYBOARD) != 0 && show->keyboard != 0 &&
        input_watch(show->keyboard, show->keyboard_ready) != HELIOS_OK) {
        show->keyboard = 0;
    }
}

static void run(struct show *show) {
    uint64_t word = FROM_CONSOLE | FROM_KEYBOARD;
    for (;;) {
        watch(show, word);
        if (show->console == 0 && show->keyboard == 0) {
            printf("slides: nobody can turn them\n");
            return;
        }
        word = helios_wait(show->ready, 0).value;
        if (((word & FROM_CONSOLE) != 0 && !read_console(show)) ||
            ((word & FROM_KEYBOARD) != 0 && !read_keyboard(show))) {
            return;
        }
    }
}

static bool open_sources(struct show *show) {
    show->console = find_service(IO_SERIAL_ID, IO_SERIAL_VERSION, "serial");
    show->keyboard = find_service(INPUT_ID, INPUT_VERSION, "keyboard");
    struct helios_answer made = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    if (made.status != HELIOS_OK) {
        return false;
    }
    show->ready = made.value;
    struct helios_answer console = helios_copy(show->ready, HELIOS_RIGHT_ALL, FROM_CONSOLE);
    struct helios_answer keyboard = helios_copy(show->ready, HELIOS_RIGHT_ALL, FROM_KEYBOARD);
    show->console_ready = console.value;
    show->keyboard_ready = keyboard.value;
    return console.status == HELIOS_OK && keyboard.status == HELIOS_OK;
}

int main(void) {
    static struct show show;
    struct picture first;
    uint64_t display = find_service(DISPLAY_ID, DISPLAY_VERSION, "display");
    if (display == 0) {
        printf("slides: there is no display\n");
        return 1;
    }
    if (!deck_open(&show.deck, helios_cap("files"), FOLDER) || !deck_read(&show.deck, 0, &first)) {
        return 1;
    }
    free((void *)(uintptr_t)first.rgb);
    take_screen();
    if (!screen_open(&show.screen, display, first.width, first.height)) {
        return 1;
    }
    printf("slides: %u x %u pixels\n", show.screen.surface.width, show.screen.surface.height);
    if (!open_sources(&show)) {
        printf("slides: no memory\n");
        return 1;
    }
    if (show_slide(&show, 1)) {
        run(&show);
    }
    screen_close(&show.screen);
    return 0;
}
