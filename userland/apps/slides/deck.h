// SPDX-License-Identifier: GPL-3.0-only
//
// The slides: PNG files of a directory, in the order of their names.
#ifndef HELIOS_USERLAND_APPS_SLIDES_DECK_H
#define HELIOS_USERLAND_APPS_SLIDES_DECK_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/apps/slides/surface.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DECK_MAX_SLIDES 200u
#define DECK_MAX_NAME   100u

struct deck {
    uint64_t directory; // fs::directory
    uint32_t count;
    char (*names)[DECK_MAX_NAME + 1]; // paths below the directory
};

// Finds the slides: the files below `folder` ("slides/") whose names end in .png. False, with a
// line on the log, if there are none or the directory does not answer.
bool deck_open(struct deck *deck, uint64_t directory, const char *folder);

// Decodes slide `index`, from 0. False, with a line on the log, if it is no picture. Free
// picture->rgb.
bool deck_read(const struct deck *deck, uint32_t index, struct picture *picture);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SLIDES_DECK_H
