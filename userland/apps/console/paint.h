// SPDX-License-Identifier: GPL-3.0-only
//
// Draws text. What is on the screen already is not drawn again, so that scrolling touches only what
// differs, and display memory is never read.
#ifndef HELIOS_USERLAND_APPS_CONSOLE_PAINT_H
#define HELIOS_USERLAND_APPS_CONSOLE_PAINT_H

#include "userland/apps/console/text.h"
#include "userland/apps/slides/surface.h"

#ifdef __cplusplus
extern "C" {
#endif

struct painter {
    uint32_t scale; // pixels of the screen for one of the font
    uint32_t left;  // of the first character
    uint32_t top;
    uint32_t columns; // that fit
    uint32_t rows;
    uint16_t shown[TEXT_ROWS_MOST][TEXT_COLUMNS_MOST]; // what was drawn
};

// Fits characters to a surface, in its middle, larger ones from 3840 pixels on; makes it black.
void paint_begin(struct painter *painter, const struct surface *surface);

// Draws what has changed. *changed is the part of the surface that it lies in; false: nothing has.
bool paint(struct painter *painter, const struct surface *surface, const struct text *text,
           struct rectangle *changed);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_CONSOLE_PAINT_H
