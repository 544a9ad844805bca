// SPDX-License-Identifier: GPL-3.0-only
//
// damage: makes a bootable PE file wrong in one way, for tests of who has to notice.
#include <stdio.h>
#include <string.h>

#include "testing/integration/damage/elf.h"
#include "testing/integration/damage/pe.h"

static const char usage[] =
    "usage: damage KIND SECTION IN OUT\n"
    "       damage flip-nth I/N IN OUT    flip a bit of the I-th of N bytes, evenly spread over\n"
    "                                     what a signature covers\n"
    "       damage extract SECTION IN OUT  write the section's contents, as far as it goes\n"
    "Kinds: flip (a bit in the middle), missing, empty, garbage, and for ELF files truncated,\n"
    "machine, write-exec, overlap, unaligned, entry, grown\n";

static bool flip(struct pe_section *section, struct error *err) {
    if (section->size == 0) {
        return error_set(err, "the section is empty");
    }
    section->data[section->size / 2] ^= 1;
    return true;
}

static bool rename_away(struct pe_section *section, struct error *err) {
    (void)err;
    section->header[1] = '-';
    return true;
}

static bool empty(struct pe_section *section, struct error *err) {
    (void)err;
    pe_section_shorten(section, 0);
    return true;
}

static bool garbage(struct pe_section *section, struct error *err) {
    (void)err;
    memset(section->data, 'x', section->size);
    return true;
}

static const struct {
    const char *name;
    bool (*apply)(struct pe_section *section, struct error *err);
} kinds[] = {
    {"flip", flip},
    {"missing", rename_away},
    {"empty", empty},
    {"garbage", garbage},
    {"truncated", elf_truncate},
    {"machine", elf_machine},
    {"write-exec", elf_write_exec},
    {"overlap", elf_overlap},
    {"unaligned", elf_unalign},
    {"entry", elf_entry},
    {"grown", elf_grow},
};

static bool flip_nth(struct pe_file *file, const char *which, struct error *err) {
    unsigned long long i;
    unsigned long long n;
    char end;
    if (sscanf(which, "%llu/%llu%c", &i, &n, &end) != 2 || i >= n || n > pe_covered(file)) {
        return error_set(err, "%s: not I/N with I below N, and N no more than %zu", which,
                         pe_covered(file));
    }
    // The middle of the I-th of N equal parts.
    size_t at = pe_covered_offset(file, (size_t)(pe_covered(file) * (2 * i + 1) / (2 * n)));
    file->bytes.data[at] ^= (char)(1u << (i % 8));
    return true;
}

static bool damage(struct pe_file *file, const char *kind, const char *what, struct error *err) {
    if (strcmp(kind, "flip-nth") == 0) {
        return flip_nth(file, what, err);
    }
    struct pe_section section;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kind, kinds[i].name) == 0) {
            return pe_find(file, what, &section, err) && kinds[i].apply(&section, err);
        }
    }
    return error_set(err, "unknown kind \"%s\"", kind);
}

static bool extract(struct pe_file *file, const char *name, const char *out, struct error *err) {
    struct pe_section section;
    return pe_find(file, name, &section, err) && file_write(out, section.data, section.size, err);
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct pe_file file = {0};
    if (argc != 5) {
        fputs(usage, stderr);
        return 2;
    }
    bool ok = pe_read(argv[3], &file, &err);
    if (ok && strcmp(argv[1], "extract") == 0) {
        ok = extract(&file, argv[2], argv[4], &err);
    } else {
        ok = ok && damage(&file, argv[1], argv[2], &err) &&
             file_write(argv[4], file.bytes.data, file.bytes.size, &err);
    }
    buffer_free(&file.bytes);
    if (!ok) {
        fprintf(stderr, "damage: %s\n", err.text);
    }
    return ok ? 0 : 1;
}
