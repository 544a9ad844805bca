// SPDX-License-Identifier: GPL-3.0-only
//
// Shows the slides of the boot file system on the display, and turns them as the keyboard and the
// console say. It ends at `q`.
//
// Drivers may be started anew meanwhile, or replaced: their services are looked up again, and what
// was on the screen is drawn on the new one.
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
    CONSOLE_CHANGED = 4, // another driver, or none
    KEYBOARD_CHANGED = 8,
    DISPLAY_CHANGED = 16,
};

struct show {
    struct deck deck;
    uint32_t width; // of the first slide
    uint32_t height;
    struct screen screen;
    uint32_t current;  // from 1; 0: none yet
    uint64_t display;  // display::display, 0: none
    uint64_t console;  // io::serial, 0: none
    uint64_t keyboard; // input::input, 0: none
    uint32_t console_process;
    uint32_t keyboard_process;
    uint64_t ready; // Notification
    uint64_t console_ready;
    uint64_t keyboard_ready;
    struct turn_reader typed;
    struct turn_reader pressed;
};

// 0: nobody is going to offer it.
static uint64_t find_service(uint64_t id, uint32_t version, const char *name, uint32_t *process) {
    struct registry_entry entry = {0};
    uint64_t service = 0;
    enum helios_error status =
        registry_lookup_expected(HELIOS_PROCESS_REGISTRY, id, version, name, &entry, &service);
    *process = entry.process;
    return status == HELIOS_OK ? service : 0;
}

// Puts a service that has just come (0: none) in the place of what stands in *held. If it has got
// the slot of another one, that has gone: it is about to be looked up again.
static void hold(struct show *show, uint64_t *held, uint64_t service) {
    uint64_t *const all[] = {&show->display, &show->console, &show->keyboard};
    for (uint32_t i = 0; service != 0 && i < sizeof all / sizeof all[0]; i++) {
        if (all[i] != held && *all[i] == service) {
            *all[i] = 0;
        }
    }
    helios_replace(held, service);
}

static void say_another(const char *what, uint32_t *before, uint32_t process) {
    if (*before != 0 && process != 0 && process != *before) {
        printf("slides: another driver of the %s\n", what);
    }
    *before = process != 0 ? process : *before;
}

static void find_console(struct show *show) {
    uint32_t process;
    hold(show, &show->console, find_service(IO_SERIAL_ID, IO_SERIAL_VERSION, "serial", &process));
    show->typed = (struct turn_reader){0};
    say_another("serial port", &show->console_process, process);
}

static void find_keyboard(struct show *show) {
    uint32_t process;
    hold(show, &show->keyboard, find_service(INPUT_ID, INPUT_VERSION, "keyboard", &process));
    show->pressed = (struct turn_reader){0};
    say_another("keyboard", &show->keyboard_process, process);
}

// The console leaves screen and keyboard to us until we have ended: our manifest says that we
// provide "screen".
static void take_screen(void) {
    uint32_t process;
    uint64_t terminal = find_service(IO_TERMINAL_ID, IO_TERMINAL_VERSION, "console", &process);
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

static bool find_display(struct show *show) {
    uint32_t process;
    hold(show, &show->display, find_service(DISPLAY_ID, DISPLAY_VERSION, "display", &process));
    return show->display != 0;
}

static bool open_display(struct show *show) {
    if (!screen_open(&show->screen, show->display, show->width, show->height)) {
        return false;
    }
    printf("slides: %u x %u pixels\n", show->screen.surface.width, show->screen.surface.height);
    return true;
}

static bool reopen_display(struct show *show) {
    screen_close(&show->screen);
    return find_display(show) && open_display(show);
}

// False: it can't be seen.
static bool draw(const struct show *show, const struct picture *picture) {
    if (!screen_is_mapped(&show->screen)) {
        return false;
    }
    surface_show(&show->screen.surface, picture);
    draw_bar(show);
    return screen_flush(&show->screen) && screen_is_mapped(&show->screen);
}

// If the display's driver has gone, the next one shows it.
static bool show_slide(struct show *show, uint32_t number) {
    struct picture picture;
    if (!deck_read(&show->deck, number - 1, &picture)) {
        return true; // the one that is on the screen stays
    }
    show->current = number;
    bool is_shown = draw(show, &picture) || (reopen_display(show) && draw(show, &picture));
    free((void *)(uintptr_t)picture.rgb);
    if (is_shown) {
        printf("slides: %u of %u\n", number, show->deck.count);
    } else {
        printf("slides: the display is gone\n");
    }
    return is_shown;
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
    if (show->console == 0) {
        return true;
    }
    if (io_stream_read(show->console, IO_CHUNK, text, &length) != HELIOS_OK) {
        hold(show, &show->console, 0); // until another driver offers it
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
    if (show->keyboard == 0) {
        return true;
    }
    if (input_read(show->keyboard, &count, events) != HELIOS_OK) {
        hold(show, &show->keyboard, 0);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (events[i].type == TYPE_KEY && events[i].value != RELEASED &&
            !follow(show, turn_key(&show->pressed, events[i].code))) {
            return false;
        }
    }
    return true;
}

// Asks both sources to say when there is something.
static void watch(struct show *show, uint64_t word) {
    if ((word & (FROM_CONSOLE | CONSOLE_CHANGED)) != 0 && show->console != 0 &&
        io_stream_watch(show->console, show->console_ready) != HELIOS_OK) {
        hold(show, &show->console, 0);
    }
    if ((word & (FROM_KEYBOARD | KEYBOARD_CHANGED)) != 0 && show->keyboard != 0 &&
        input_watch(show->keyboard, show->keyboard_ready) != HELIOS_OK) {
        hold(show, &show->keyboard, 0);
    }
}

// Whether somebody offers the service, or is about to.
static bool is_expected(const char *name) {
    bool is = false;
    return registry_expected(HELIOS_PROCESS_REGISTRY, name, &is) == HELIOS_OK && is;
}

// Nobody who could turn them is there, or about to come.
static bool is_alone(const struct show *show) {
    return show->console == 0 && show->keyboard == 0 && !is_expected("serial") &&
           !is_expected("keyboard");
}

static bool look_again(struct show *show, uint64_t word) {
    if ((word & CONSOLE_CHANGED) != 0) {
        find_console(show);
    }
    if ((word & KEYBOARD_CHANGED) != 0) {
        find_keyboard(show);
    }
    return (word & DISPLAY_CHANGED) == 0 || screen_is_mapped(&show->screen) ||
           show_slide(show, show->current);
}

static void run(struct show *show) {
    uint64_t word = FROM_CONSOLE | FROM_KEYBOARD;
    for (;;) {
        watch(show, word);
        if (is_alone(show)) {
            printf("slides: nobody can turn them\n");
            return;
        }
        word = helios_wait(show->ready, 0).value;
        if (((word & FROM_CONSOLE) != 0 && !read_console(show)) ||
            ((word & FROM_KEYBOARD) != 0 && !read_keyboard(show)) || !look_again(show, word)) {
            return;
        }
    }
}

// A copy of the notification that sets these bits; 0: it can't be had.
static uint64_t ready_copy(const struct show *show, uint64_t bits) {
    struct helios_answer copy = helios_copy(show->ready, HELIOS_RIGHT_ALL, bits);
    return copy.status == HELIOS_OK ? copy.value : 0;
}

static bool watch_name(const struct show *show, const char *name, uint64_t bit) {
    uint64_t copy = ready_copy(show, bit);
    bool is_watched = copy != 0 && registry_watch(HELIOS_PROCESS_REGISTRY, copy, name) == HELIOS_OK;
    helios_drop(copy);
    return is_watched;
}

// Before anything is looked up: what changes from then on is seen.
static bool prepare(struct show *show) {
    struct helios_answer made = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    if (made.status != HELIOS_OK) {
        return false;
    }
    show->ready = made.value;
    show->console_ready = ready_copy(show, FROM_CONSOLE);
    show->keyboard_ready = ready_copy(show, FROM_KEYBOARD);
    return show->console_ready != 0 && show->keyboard_ready != 0 &&
           watch_name(show, "serial", CONSOLE_CHANGED) &&
           watch_name(show, "keyboard", KEYBOARD_CHANGED) &&
           watch_name(show, "display", DISPLAY_CHANGED);
}

// Finds the slides; the display gets a mode in which the first one fits as it is.
static bool open_deck(struct show *show) {
    struct picture first;
    if (!deck_open(&show->deck, helios_cap("files"), FOLDER) ||
        !deck_read(&show->deck, 0, &first)) {
        return false;
    }
    free((void *)(uintptr_t)first.rgb);
    show->width = first.width;
    show->height = first.height;
    return true;
}

int main(void) {
    static struct show show;
    if (!prepare(&show)) {
        printf("slides: no memory\n");
        return 1;
    }
    if (!find_display(&show)) {
        printf("slides: there is no display\n");
        return 1;
    }
    if (!open_deck(&show)) {
        return 1;
    }
    take_screen();
    if (!open_display(&show)) {
        return 1;
    }
    find_console(&show);
    find_keyboard(&show);
    if (show_slide(&show, 1)) {
        run(&show);
    }
    screen_close(&show.screen);
    return 0;
}
