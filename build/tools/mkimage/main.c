// SPDX-License-Identifier: GPL-3.0-only
//
// mkimage: makes a disk image with an EFI system partition.
#include <stdio.h>
#include <string.h>

#include "build/tools/mkimage/esp.h"

static const char usage[] =
    "usage: mkimage --mtools PROG [--name NAME] [--min-mib N] OUT path-in-esp=file ...\n"
    "  --mtools PROG   the mtools program (run as `PROG -c mformat ...`) or its directory\n"
    "  --name NAME     goes into the disk's GUIDs, as the contents do\n"
    "  --min-mib N     least size of the partition (default 36)\n";

static bool option_read(const char *option, const char *value, struct esp_image *image,
                        struct error *err) {
    if (strcmp(option, "--mtools") == 0) {
        image->mtools = value;
    } else if (strcmp(option, "--name") == 0) {
        image->name = value;
    } else if (strcmp(option, "--min-mib") != 0) {
        return error_set(err, "unknown option %s", option);
    } else if (!number_parse(value, ESP_MIN_MIB, 1024 * 1024, &image->min_mib)) {
        return error_set(err, "--min-mib: \"%s\" is not a number from 36 to 1048576", value);
    }
    return true;
}

static bool arguments_read(int argc, char **argv, struct esp_image *image, const char **out_path,
                           struct error *err) {
    for (int i = 1; i < argc; i++) {
        bool ok = true;
        if (text_starts_with(argv[i], "--")) {
            if (i + 1 == argc) {
                return error_set(err, "%s needs a value", argv[i]);
            }
            ok = option_read(argv[i], argv[i + 1], image, err);
            i++;
        } else if (*out_path == NULL) {
            *out_path = argv[i];
        } else {
            ok = esp_add(image, argv[i], err);
        }
        if (!ok) {
            return false;
        }
    }
    if (image->mtools == NULL) {
        return error_set(err, "--mtools is needed");
    }
    return *out_path != NULL || error_set(err, "no output file given");
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct esp_image image = {.name = "", .min_mib = ESP_MIN_MIB};
    const char *out_path = NULL;
    int status = 0;
    if (!arguments_read(argc, argv, &image, &out_path, &err)) {
        fprintf(stderr, "mkimage: %s\n%s", err.text, usage);
        status = 2;
    } else if (!esp_write(&image, out_path, &err)) {
        fprintf(stderr, "mkimage: %s\n", err.text);
        status = 1;
    }
    esp_free(&image);
    return status;
}
