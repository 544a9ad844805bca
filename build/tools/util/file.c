// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/util/util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool file_read(const char *path, struct buffer *out, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    char chunk[65536];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0) {
        buffer_append(out, chunk, (size_t)got);
    }
    int cause = errno;
    close(fd);
    if (got < 0) {
        return error_set(err, "%s: %s", path, strerror(cause));
    }
    buffer_append(out, "", 0); // so that an empty file, too, has data to point at
    return true;
}

bool file_write(const char *path, const void *data, size_t size, struct error *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    const char *next = data;
    while (size > 0) {
        ssize_t wrote = write(fd, next, size);
        if (wrote < 0) {
            int cause = errno;
            close(fd);
            return error_set(err, "%s: %s", path, strerror(cause));
        }
        next += wrote;
        size -= (size_t)wrote;
    }
    if (close(fd) != 0) {
        return error_set(err, "%s: %s", path, strerror(errno));
    }
    return true;
}

bool file_copy(const char *from, const char *to, struct error *err) {
    struct buffer data = {0};
    bool ok = file_read(from, &data, err) && file_write(to, data.data, data.size, err);
    buffer_free(&data);
    return ok;
}

char *path_absolute(const char *directory, const char *path) {
    return path[0] == '/' ? mem_format("%s", path) : mem_format("%s/%s", directory, path);
}

char *temp_dir_create(struct error *err) {
    const char *base = getenv("TEST_TMPDIR");
    if (base == NULL) {
        base = getenv("TMPDIR");
    }
    if (base == NULL || base[0] != '/' || strpbrk(base, ", \t\n") != NULL) {
        base = "/tmp";
    }
    char *path = mem_format("%s/helios-XXXXXX", base);
    if (mkdtemp(path) == NULL) {
        error_set(err, "%s: %s", path, strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

void temp_dir_remove(const char *path) {
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        unlinkat(dirfd(dir), entry->d_name, 0); // fails, rightly, for "." and ".."
    }
    closedir(dir);
    rmdir(path);
}
