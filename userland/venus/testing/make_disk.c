// SPDX-License-Identifier: GPL-3.0-only
//
// Writes the image of the tests' disk to the file that the argument names.
#include <stdio.h>

#include "userland/venus/testing/disk.h"

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (file == NULL) {
        return 1;
    }
    int failed = 0;
    for (uint64_t i = 0; i < DISK_SECTORS * 64; i++) {
        uint64_t word = disk_word(i);
        failed |= fwrite(&word, sizeof(word), 1, file) != 1;
    }
    return fclose(file) != 0 || failed;
}
