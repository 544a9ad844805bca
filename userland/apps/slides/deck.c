// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/deck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lodepng.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/fs.h"

enum {
    PAGE = 4096,
    MAX_FILE = 16 * 1024 * 1024,
    PICTURE_BYTES = 3,
};

static bool is_slide(const struct fs_entry *entry, const char *folder) {
    size_t length = strlen(entry->name);
    return entry->info.kind == FS_KIND_FILE && strncmp(entry->name, folder, strlen(folder)) == 0 &&
           length > 4 && strcmp(entry->name + length - 4, ".png") == 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

bool deck_open(struct deck *deck, uint64_t directory, const char *folder) {
    *deck = (struct deck){.directory = directory};
    deck->names = calloc(DECK_MAX_SLIDES, sizeof(*deck->names));
    if (deck->names == NULL) {
        printf("slides: no memory\n");
        return false;
    }
    struct fs_entry entry;
    enum helios_error status;
    for (uint32_t i = 0; deck->count < DECK_MAX_SLIDES; i++) {
        status = fs_directory_list(directory, i, &entry);
        if (status != HELIOS_OK) {
            break;
        }
        if (is_slide(&entry, folder)) {
            memcpy(deck->names[deck->count++], entry.name, sizeof(entry.name));
        }
    }
    if (deck->count == 0) {
        printf("slides: no PNG files in %s: %s\n", folder, fs_strerror(status));
        free(deck->names);
        return false;
    }
    qsort(deck->names, deck->count, sizeof(*deck->names), by_name);
    return true;
}

static void drop_all(const uint64_t *pages, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        helios_drop(pages[i]);
    }
}

// The pages of an open file; fewer than `wanted` if the server has no more.
static uint64_t take_pages(uint64_t file, uint64_t *pages, uint64_t wanted) {
    uint64_t count = 0;
    while (count < wanted) {
        uint64_t some[HELIOS_MAX_CAPS];
        uint32_t got = HELIOS_MAX_CAPS; // in: room
        uint32_t said;
        uint64_t left = wanted - count;
        uint32_t ask = left < HELIOS_MAX_CAPS ? (uint32_t)left : HELIOS_MAX_CAPS;
        enum helios_error status = fs_file_pages(file, count, ask, &said, some, &got);
        if (status != HELIOS_OK || got == 0) {
            printf("slides: page %lu: %s\n", (unsigned long)count, fs_strerror(status));
            break;
        }
        if (got > left) {
            drop_all(some + left, got - left);
            got = (uint32_t)left;
        }
        memcpy(pages + count, some, got * sizeof(*some));
        count += got;
    }
    return count;
}

static bool decode(const char *name, const unsigned char *file, size_t size,
                   struct picture *picture) {
    unsigned char *rgb = NULL;
    unsigned width = 0;
    unsigned height = 0;
    unsigned code = lodepng_decode24(&rgb, &width, &height, file, size);
    if (code == 0 && (width > SURFACE_MAX_EXTENT || height > SURFACE_MAX_EXTENT)) {
        free(rgb);
        printf("slides: %s: %u x %u pixels are too many\n", name, width, height);
        return false;
    }
    if (code != 0) {
        printf("slides: %s: not a picture: error %u of lodepng\n", name, code);
        return false;
    }
    *picture = (struct picture){rgb, width, height};
    return true;
}

// Maps the file and decodes it where it lies: nothing of it is copied.
static bool read_file(const char *name, uint64_t file, uint64_t size, struct picture *picture) {
    uint64_t wanted = (size + PAGE - 1) / PAGE;
    uint64_t *pages = malloc(wanted * sizeof(*pages));
    if (pages == NULL) {
        printf("slides: %s: no memory\n", name);
        return false;
    }
    uint64_t count = take_pages(file, pages, wanted);
    void *address = count == wanted ? helios_pages_map(pages, count, 0, NULL) : NULL;
    bool ok = address != NULL;
    if (ok) {
        ok = decode(name, address, size, picture);
        helios_pages_free(address);
    } else {
        printf("slides: %s: %lu of %lu pages to be had\n", name, (unsigned long)count,
               (unsigned long)wanted);
    }
    drop_all(pages, count);
    free(pages);
    return ok;
}

bool deck_read(const struct deck *deck, uint32_t index, struct picture *picture) {
    const char *name = deck->names[index];
    struct fs_info info;
    uint64_t file;
    enum helios_error status = fs_directory_open(deck->directory, name, &info, &file);
    if (status != HELIOS_OK) {
        printf("slides: %s: %s\n", name, fs_strerror(status));
        return false;
    }
    bool ok = info.size > 0 && info.size <= MAX_FILE;
    if (ok) {
        ok = read_file(name, file, info.size, picture);
    } else {
        printf("slides: %s: %lu bytes are no slide\n", name, (unsigned long)info.size);
    }
    fs_file_close(file);
    helios_drop(file);
    return ok;
}
