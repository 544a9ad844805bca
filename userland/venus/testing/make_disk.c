// SPDX-License-Identifier: GPL-3.0-only
//
// make_disk BEFORE AFTER: writes the images of the tests' disk, as it is at first and as the random
// test leaves it.
#include <stdio.h>

#include "userland/venus/testing/disk.h"

static int write_image(const char *path, const uint32_t *writers) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return 1;
    }
    int failed = 0;
    for (uint64_t i = 0; i < DISK_SECTORS * DISK_WORDS; i++) {
        uint64_t word = disk_word_after(i, writers[i / DISK_WORDS]);
        failed |= fwrite(&word, sizeof(word), 1, file) != 1;
    }
    return fclose(file) != 0 || failed;
}

int main(int argc, char **argv) {
    static uint32_t writers[DISK_SECTORS];
    if (argc != 3 || write_image(argv[1], writers) != 0) {
        return 1;
    }
    uint64_t state = DISK_SEED;
    for (uint32_t number = 1; number <= DISK_STEPS; number++) {
        struct disk_step step = disk_next(&state);
        disk_note(writers, &step, number);
    }
    return write_image(argv[2], writers);
}
