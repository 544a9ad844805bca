// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/mkbootfs/tar.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// All numbers are octal text. 12-byte numeric fields end with a NUL, so a size has 11 digits.
struct ustar_header {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char typeflag;
    char linkname[100];
    char magic[6];
    char version[2];
    char uname[32];
    char gname[32];
    char devmajor[8];
    char devminor[8];
    char prefix[155];
    char pad[12];
};
static_assert(sizeof(struct ustar_header) == 512, "one block");

#define TAR_BLOCK    512u
#define TAR_MAX_SIZE 077777777777ull

// Where to cut `name` so that both halves fit: the position of the '/' that is dropped, 0 if the
// whole name fits into the name field, -1 if there is no way.
static int split_position(const char *name) {
    const size_t name_field = sizeof((struct ustar_header *)NULL)->name;
    const size_t prefix_field = sizeof((struct ustar_header *)NULL)->prefix;
    size_t length = strlen(name);
    if (length <= name_field) {
        return 0;
    }
    for (size_t i = 1; i < length && i <= prefix_field; i++) {
        if (name[i] == '/' && length - i - 1 <= name_field) {
            return (int)i;
        }
    }
    return -1;
}

static bool component_is_plain(const char *component, size_t length) {
    bool dots = (length == 1 && component[0] == '.') ||
                (length == 2 && component[0] == '.' && component[1] == '.');
    return length > 0 && !dots;
}

static bool name_check(const char *name, struct error *err) {
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        if (!component_is_plain(part, length)) {
            return error_set(err, "\"%s\": a name must be a relative path of plain components",
                             name);
        }
        if (part[length] == '\0') {
            break;
        }
        part += length + 1;
    }
    if (split_position(name) < 0) {
        return error_set(err, "\"%s\": name too long for a ustar archive", name);
    }
    return true;
}

bool tar_list_add(struct tar_list *list, const char *spec, unsigned int mode, struct error *err) {
    const char *equals = strchr(spec, '=');
    if (equals == NULL || equals[1] == '\0') {
        return error_set(err, "\"%s\": expected name=path", spec);
    }
    char *name = mem_format("%.*s", (int)(equals - spec), spec);
    if (!name_check(name, err)) {
        free(name);
        return false;
    }
    list->entries = mem_resize(list->entries, (list->count + 1) * sizeof *list->entries);
    list->entries[list->count++] = (struct tar_entry){name, mem_format("%s", equals + 1), mode};
    return true;
}

bool tar_mode_parse(const char *text, unsigned int *mode, struct error *err) {
    if (strcmp(text, "0644") == 0) {
        *mode = 0644;
    } else if (strcmp(text, "0755") == 0) {
        *mode = 0755;
    } else {
        return error_set(err, "\"%s\": a mode is 0644 or 0755", text);
    }
    return true;
}

bool tar_list_read(struct tar_list *list, const char *path, unsigned int *mode, struct error *err) {
    struct buffer text = {0};
    bool ok = file_read(path, &text, err);
    char *rest = text.data;
    char *line;
    while (ok && (line = strsep(&rest, "\n")) != NULL) {
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        ok = text_starts_with(line, "mode ") ? tar_mode_parse(line + 5, mode, err)
                                             : tar_list_add(list, line, *mode, err);
    }
    buffer_free(&text);
    return ok;
}

static void octal(char *field, size_t size, unsigned long long value) {
    snprintf(field, size, "%0*llo", (int)size - 1, value);
}

static void header_fill(struct ustar_header *header, const struct tar_entry *entry, size_t size) {
    memset(header, 0, sizeof *header);
    int cut = split_position(entry->name);
    // A field that is full has no terminating NUL, so these are copies of bytes, not of strings.
    const char *tail = cut > 0 ? entry->name + cut + 1 : entry->name;
    memcpy(header->prefix, entry->name, (size_t)cut);
    memcpy(header->name, tail, strlen(tail));
    octal(header->mode, sizeof header->mode, entry->mode);
    octal(header->uid, sizeof header->uid, 0);
    octal(header->gid, sizeof header->gid, 0);
    octal(header->size, sizeof header->size, size);
    octal(header->mtime, sizeof header->mtime, 0);
    octal(header->devmajor, sizeof header->devmajor, 0);
    octal(header->devminor, sizeof header->devminor, 0);
    header->typeflag = '0';
    memcpy(header->magic, "ustar", sizeof header->magic);
    memcpy(header->version, "00", sizeof header->version);
    // The checksum is the sum of all bytes of the header with its own field full of blanks.
    memset(header->checksum, ' ', sizeof header->checksum);
    unsigned int sum = 0;
    for (size_t i = 0; i < sizeof *header; i++) {
        sum += ((const unsigned char *)header)[i];
    }
    octal(header->checksum, sizeof header->checksum - 1, sum);
}

static bool entry_write(const struct tar_entry *entry, struct buffer *out, struct error *err) {
    struct buffer contents = {0};
    if (!file_read(entry->path, &contents, err)) {
        buffer_free(&contents);
        return false;
    }
    if (contents.size > TAR_MAX_SIZE) {
        buffer_free(&contents);
        return error_set(err, "%s: too large for a ustar archive (8 GiB)", entry->path);
    }
    struct ustar_header header;
    header_fill(&header, entry, contents.size);
    buffer_append(out, &header, sizeof header);
    buffer_append(out, contents.data, contents.size);
    buffer_zeros(out, (TAR_BLOCK - contents.size % TAR_BLOCK) % TAR_BLOCK);
    buffer_free(&contents);
    return true;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(((const struct tar_entry *)a)->name, ((const struct tar_entry *)b)->name);
}

bool tar_write(struct tar_list *list, struct buffer *out, struct error *err) {
    if (list->count > 0) {
        qsort(list->entries, list->count, sizeof *list->entries, compare_names);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0 && compare_names(&list->entries[i - 1], &list->entries[i]) == 0) {
            return error_set(err, "\"%s\": given twice (%s and %s)", list->entries[i].name,
                             list->entries[i - 1].path, list->entries[i].path);
        }
        if (!entry_write(&list->entries[i], out, err)) {
            return false;
        }
    }
    buffer_zeros(out, 2 * TAR_BLOCK); // the end of the archive
    return true;
}

void tar_list_free(struct tar_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].name);
        free(list->entries[i].path);
    }
    free(list->entries);
    *list = (struct tar_list){0};
}
