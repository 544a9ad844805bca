// SPDX-License-Identifier: GPL-3.0-only
//
// A display that a driver shows, mapped so that we draw into it.
#ifndef HELIOS_USERLAND_APPS_SLIDES_SCREEN_H
#define HELIOS_USERLAND_APPS_SLIDES_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/apps/slides/surface.h"
#include "userland/helios/lent.h"

#ifdef __cplusplus
extern "C" {
#endif

struct screen {
    uint64_t display; // display::display
    struct surface surface;
    void *mapped;
    struct helios_lent lent; // it is the driver's
    bool needs_flush;
};

// Opens a display, in a mode that can show pictures of this size as they are, if it has one. False,
// with a line on the log, if it can't be drawn on. *screen stays where it is until screen_close;
// only the thread that has opened it draws on it.
bool screen_open(struct screen *screen, uint64_t display, uint32_t width, uint32_t height);

// Shows what was drawn. False if the driver does not answer any more.
bool screen_flush(const struct screen *screen);

// The same, of a part.
bool screen_flush_part(const struct screen *screen, struct rectangle part);

// Whether what is drawn is seen. Its memory goes with the driver that it belongs to, at any moment;
// what is drawn then is lost (userland/helios/lent.h).
bool screen_is_mapped(const struct screen *screen);

// Gives the mapping back; the display's capability stays the caller's.
void screen_close(struct screen *screen);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SLIDES_SCREEN_H
