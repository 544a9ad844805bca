// SPDX-License-Identifier: GPL-3.0-only
#include "boot/tar/tar.h"

// Offsets and lengths of header fields.
enum {
    TAR_NAME_AT = 0,
    TAR_NAME_LENGTH = 100,
    TAR_MODE_AT = 100,
    TAR_MODE_LENGTH = 8,
    TAR_SIZE_AT = 124,
    TAR_SIZE_LENGTH = 12,
    TAR_CHECKSUM_AT = 148,
    TAR_CHECKSUM_LENGTH = 8,
    TAR_TYPE_AT = 156,
    TAR_MAGIC_AT = 257,
    TAR_PREFIX_AT = 345,
    TAR_PREFIX_LENGTH = 155,
};

static bool tar_fail(struct tar_error *error, enum tar_problem problem, uint64_t found,
                     uint64_t wanted) {
    error->problem = problem;
    error->found = found;
    error->wanted = wanted;
    return false;
}

// Octal digits, then at least one blank or NUL.
static bool tar_number(const uint8_t *field, unsigned length, uint64_t *value) {
    unsigned i = 0;
    *value = 0;
    while (i < length && field[i] == ' ') {
        i++;
    }
    unsigned first = i;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) {
        *value = *value << 3 | (field[i] - (uint64_t)'0');
    }
    return i > first && i < length && (field[i] == ' ' || field[i] == 0);
}

static bool tar_is_zero(const uint8_t *block) {
    for (unsigned i = 0; i < TAR_BLOCK_SIZE; i++) {
        if (block[i] != 0) {
            return false;
        }
    }
    return true;
}

static bool tar_check_header(const uint8_t *header, struct tar_error *error) {
    static const char magic[8] = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
    for (unsigned i = 0; i < sizeof magic; i++) {
        if (header[TAR_MAGIC_AT + i] != (uint8_t)magic[i]) {
            return tar_fail(error, TAR_BAD_MAGIC, header[TAR_MAGIC_AT + i], (uint8_t)magic[i]);
        }
    }
    uint64_t stored = 0;
    if (!tar_number(header + TAR_CHECKSUM_AT, TAR_CHECKSUM_LENGTH, &stored)) {
        return tar_fail(error, TAR_BAD_NUMBER, header[TAR_CHECKSUM_AT], 0);
    }
    uint64_t sum = 0; // the checksum field itself counts as blanks
    for (unsigned i = 0; i < TAR_BLOCK_SIZE; i++) {
        bool own = i >= TAR_CHECKSUM_AT && i < TAR_CHECKSUM_AT + TAR_CHECKSUM_LENGTH;
        sum += own ? ' ' : header[i];
    }
    return sum == stored || tar_fail(error, TAR_BAD_CHECKSUM, stored, sum);
}

static unsigned tar_append(char *name, unsigned length, const uint8_t *field, unsigned room) {
    for (unsigned i = 0; i < room && field[i] != 0; i++) {
        name[length++] = (char)field[i];
    }
    return length;
}

// Whether the component that begins at name may stand in a path; *length is its length.
static bool tar_component_is_good(const char *name, unsigned *length) {
    unsigned n = 0;
    while (name[n] != 0 && name[n] != '/') {
        if ((uint8_t)name[n] < ' ' || name[n] == 0x7f) {
            return false;
        }
        n++;
    }
    *length = n;
    bool is_dots = (n == 1 || n == 2) && name[0] == '.' && name[n - 1] == '.';
    return n > 0 && !is_dots;
}

static bool tar_read_name(const uint8_t *header, struct tar_entry *entry, struct tar_error *error) {
    char raw[TAR_NAME_SIZE] = {0};
    unsigned length = tar_append(raw, 0, header + TAR_PREFIX_AT, TAR_PREFIX_LENGTH);
    if (length > 0) {
        raw[length++] = '/';
    }
    length = tar_append(raw, length, header + TAR_NAME_AT, TAR_NAME_LENGTH);
    if (length > 0 && raw[length - 1] == '/' && entry->is_directory) {
        length--;
    }
    raw[length] = 0;
    const char *name = raw;
    if (raw[0] == '.' && raw[1] == '/') {
        name += 2;
    } else if (raw[0] == '.' && raw[1] == 0 && entry->is_directory) {
        entry->name[0] = 0; // the root
        return true;
    }
    unsigned out = 0;
    for (unsigned part = 0;; name += part + 1) {
        if (!tar_component_is_good(name, &part)) {
            return tar_fail(error, TAR_BAD_NAME, (uint8_t)name[0], 0);
        }
        for (unsigned i = 0; i < part; i++) {
            entry->name[out++] = name[i];
        }
        entry->name[out] = name[part];
        if (name[part] == 0) {
            return true;
        }
        out++;
    }
}

static bool tar_read_entry(const uint8_t *header, uint64_t left, struct tar_entry *entry,
                           struct tar_error *error) {
    uint8_t type = header[TAR_TYPE_AT];
    uint64_t mode = 0;
    if (type != '0' && type != 0 && type != '5') {
        return tar_fail(error, TAR_BAD_TYPE, type, '0');
    }
    entry->is_directory = type == '5';
    if (!tar_number(header + TAR_MODE_AT, TAR_MODE_LENGTH, &mode) ||
        !tar_number(header + TAR_SIZE_AT, TAR_SIZE_LENGTH, &entry->size)) {
        return tar_fail(error, TAR_BAD_NUMBER, header[TAR_SIZE_AT], 0);
    }
    if (entry->is_directory) {
        entry->size = 0; // POSIX: not a length of data
    }
    if (entry->size > left) {
        return tar_fail(error, TAR_TRUNCATED_DATA, left, entry->size);
    }
    entry->mode = (uint32_t)mode;
    entry->data = header + TAR_BLOCK_SIZE;
    return tar_read_name(header, entry, error);
}

enum tar_result tar_next(const void *data, uint64_t size, uint64_t *offset, struct tar_entry *entry,
                         struct tar_error *error) {
    uint64_t left = size - *offset;
    *error = (struct tar_error){TAR_OK, *offset, 0, 0};
    if (left == 0) {
        tar_fail(error, TAR_NO_END, 0, 2 * TAR_BLOCK_SIZE);
        return TAR_ERROR;
    }
    if (left < TAR_BLOCK_SIZE) {
        tar_fail(error, TAR_TRUNCATED_HEADER, left, TAR_BLOCK_SIZE);
        return TAR_ERROR;
    }
    const uint8_t *header = (const uint8_t *)data + *offset;
    if (tar_is_zero(header)) {
        if (left < 2 * TAR_BLOCK_SIZE || !tar_is_zero(header + TAR_BLOCK_SIZE)) {
            tar_fail(error, TAR_NO_END, left, 2 * TAR_BLOCK_SIZE);
            return TAR_ERROR;
        }
        return TAR_END;
    }
    if (!tar_check_header(header, error) ||
        !tar_read_entry(header, left - TAR_BLOCK_SIZE, entry, error)) {
        return TAR_ERROR;
    }
    uint64_t blocks = entry->size / TAR_BLOCK_SIZE + (entry->size % TAR_BLOCK_SIZE != 0 ? 1 : 0);
    uint64_t step = TAR_BLOCK_SIZE + blocks * TAR_BLOCK_SIZE;
    *offset += step < left ? step : left;
    return TAR_ENTRY;
}

bool tar_check(const void *data, uint64_t size, struct tar_error *error) {
    struct tar_entry entry;
    uint64_t offset = 0;
    enum tar_result result = TAR_ENTRY;
    while (result == TAR_ENTRY) {
        result = tar_next(data, size, &offset, &entry, error);
    }
    return result == TAR_END;
}

const char *tar_problem_text(enum tar_problem problem) {
    static const char *const texts[TAR_PROBLEM_COUNT] = {
        [TAR_OK] = "is good",
        [TAR_TRUNCATED_HEADER] = "is truncated inside a header",
        [TAR_BAD_MAGIC] = "is no ustar archive",
        [TAR_BAD_CHECKSUM] = "has a header with a wrong checksum",
        [TAR_BAD_NUMBER] = "has a header with a malformed number",
        [TAR_BAD_NAME] = "has an entry whose name is not a plain relative path",
        [TAR_BAD_TYPE] = "has an entry that is neither a file nor a directory",
        [TAR_TRUNCATED_DATA] = "is truncated inside a file",
        [TAR_NO_END] = "has no end mark",
    };
    return (unsigned)problem < TAR_PROBLEM_COUNT ? texts[problem] : "has an unknown problem";
}
