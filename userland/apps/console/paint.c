// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/paint.h"

#include <string.h>

#include "userland/apps/console/font.h"

static const uint32_t INK = 0xe6ebf5;
static const uint32_t PALE_INK = 0x8d99b3;
static const uint32_t BACKGROUND = 0x000000;
static const uint32_t SCALE_WIDTH = 1920; // so many pixels more for each step

enum {
    CURSOR = 0x100, // of a cell that was drawn
    FULL = 255,
    COLOURS = 3,
};

static uint32_t fit(uint32_t pixels, uint32_t size, uint32_t most) {
    uint32_t count = pixels / size;
    return count < most ? count : most;
}

void paint_begin(struct painter *painter, const struct surface *surface) {
    uint32_t scale = surface->width / SCALE_WIDTH;
    painter->scale = scale > 1 ? scale : 1;
    painter->columns = fit(surface->width, FONT_WIDTH * painter->scale, TEXT_COLUMNS_MOST);
    painter->rows = fit(surface->height, FONT_HEIGHT * painter->scale, TEXT_ROWS_MOST);
    painter->left = (surface->width - painter->columns * FONT_WIDTH * painter->scale) / 2;
    painter->top = (surface->height - painter->rows * FONT_HEIGHT * painter->scale) / 2;
    memset(painter->shown, 0xff, sizeof painter->shown);
    surface_fill(surface, (struct rectangle){0, 0, surface->width, surface->height}, BACKGROUND);
}

// The colour between two, by how much of it is ink.
static uint32_t mix(const struct surface *surface, uint32_t ink, uint32_t paper, uint32_t part) {
    const uint8_t shifts[COLOURS] = {surface->blue_shift, surface->green_shift, surface->red_shift};
    uint32_t pixel = 0;
    for (uint32_t i = 0; i < COLOURS; i++) {
        uint32_t a = ink >> 8 * i & FULL;
        uint32_t b = paper >> 8 * i & FULL;
        pixel |= (a * part + b * (FULL - part) + FULL / 2) / FULL << shifts[i];
    }
    return pixel;
}

static void draw_cell(const struct painter *painter, const struct surface *surface, uint32_t row,
                      uint32_t column, uint32_t cell) {
    uint32_t ink = cell & TEXT_PALE ? PALE_INK : INK;
    bool is_cursor = (cell & CURSOR) != 0;
    const uint8_t *parts = font_pixels[(cell & 0x7f) - FONT_FIRST];
    uint32_t scale = painter->scale;
    uint32_t left = painter->left + column * FONT_WIDTH * scale;
    uint32_t top = painter->top + row * FONT_HEIGHT * scale;
    for (uint32_t y = 0; y < FONT_HEIGHT * scale; y++) {
        volatile uint32_t *line =
            (volatile uint32_t *)((uintptr_t)surface->pixels + (size_t)(top + y) * surface->pitch) +
            left;
        for (uint32_t x = 0; x < FONT_WIDTH * scale; x++) {
            uint32_t part = parts[y / scale * FONT_WIDTH + x / scale];
            line[x] =
                mix(surface, is_cursor ? BACKGROUND : ink, is_cursor ? ink : BACKGROUND, part);
        }
    }
}

// Cells, the last ones exclusive.
struct extent {
    uint32_t first_row;
    uint32_t end_row;
    uint32_t first_column;
    uint32_t end_column;
};

static void include(struct extent *extent, uint32_t row, uint32_t column) {
    extent->first_row = row < extent->first_row ? row : extent->first_row;
    extent->end_row = row + 1; // rows come in order
    extent->first_column = column < extent->first_column ? column : extent->first_column;
    extent->end_column = column + 1 > extent->end_column ? column + 1 : extent->end_column;
}

bool paint(struct painter *painter, const struct surface *surface, const struct text *text,
           struct rectangle *changed) {
    struct extent extent = {TEXT_ROWS_MOST, 0, TEXT_COLUMNS_MOST, 0};
    uint32_t rows = text->rows < painter->rows ? text->rows : painter->rows;
    uint32_t columns = text->columns < painter->columns ? text->columns : painter->columns;
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < columns; column++) {
            bool is_cursor = row == text->row && column == text->column;
            uint16_t cell = (uint16_t)(text->cells[row][column] | (is_cursor ? CURSOR : 0));
            if (cell != painter->shown[row][column]) {
                painter->shown[row][column] = cell;
                draw_cell(painter, surface, row, column, cell);
                include(&extent, row, column);
            }
        }
    }
    uint32_t width = FONT_WIDTH * painter->scale;
    uint32_t height = FONT_HEIGHT * painter->scale;
    *changed = (struct rectangle){painter->left + extent.first_column * width,
                                  painter->top + extent.first_row * height,
                                  (extent.end_column - extent.first_column) * width,
                                  (extent.end_row - extent.first_row) * height};
    return extent.end_row > 0;
}
