// SPDX-License-Identifier: GPL-3.0-only
//
// A disk image with an EFI system partition (FAT32), filled by mtools. The bytes depend on the
// image's name, the paths and the contents only.
#ifndef HELIOS_BUILD_TOOLS_MKIMAGE_ESP_H
#define HELIOS_BUILD_TOOLS_MKIMAGE_ESP_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct esp_file {
    char *name; // path in the partition, without a leading '/'
    char *path; // the file on the host
};

struct esp_image {
    const char *mtools; // the program of that name (all mtools commands in one) or its directory
    const char *name;   // goes into the GUIDs; may be ""
    uint64_t min_mib;   // least size of the partition, at least ESP_MIN_MIB
    struct esp_file *files;
    size_t count;
};

// The least FAT32 that firmware takes for one: 65,525 clusters (of 512 bytes) and its tables.
#define ESP_MIN_MIB 36u

// Adds "path-in-esp=file". Errors: no '=', components that are empty, "." or "..", or hold
// characters that FAT forbids; a path given twice (FAT ignores case).
bool esp_add(struct esp_image *image, const char *spec, struct error *err);

// The directories that the files need, parents first, each once.
void esp_directories(const struct esp_image *image, struct strings *out);

// Sectors for the partition: the files, room for growth, whole MiB, never under min_mib.
uint64_t esp_sectors(uint64_t content_bytes, size_t file_count, uint64_t min_mib);

// Writes the image to out_path. On an error the file is removed.
bool esp_write(struct esp_image *image, const char *out_path, struct error *err);

void esp_free(struct esp_image *image);

#ifdef __cplusplus
}
#endif

#endif
