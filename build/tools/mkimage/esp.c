// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/mkimage/esp.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build/tools/mkimage/gpt.h"

#define MIB                  (1024u * 1024u)
#define SECTORS_PER_MIB      (MIB / GPT_SECTOR)
#define SMALL_CLUSTERS_LIMIT 260u // MiB; above it, clusters of one sector make the tables too big

static bool name_check(const char *name, struct error *err) {
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        bool dots = strncmp(part, ".", length) == 0 || strncmp(part, "..", length) == 0;
        if (length == 0 || length > 255 || dots) {
            return error_set(err, "\"%s\": not a relative path of plain components", name);
        }
        if (part[length] == '\0') {
            break;
        }
        part += length + 1;
    }
    if (strpbrk(name, "\\:*?\"<>|") != NULL) {
        return error_set(err, "\"%s\": has a character that FAT forbids", name);
    }
    return true;
}

bool esp_add(struct esp_image *image, const char *spec, struct error *err) {
    const char *equals = strchr(spec, '=');
    if (equals == NULL || equals[1] == '\0') {
        return error_set(err, "\"%s\": expected path-in-esp=file", spec);
    }
    char *name = mem_format("%.*s", (int)(equals - spec), spec);
    bool ok = name_check(name, err);
    for (size_t i = 0; ok && i < image->count; i++) {
        if (strcasecmp(image->files[i].name, name) == 0) {
            ok = error_set(err, "\"%s\": given twice (FAT ignores case)", name);
        }
    }
    if (!ok) {
        free(name);
        return false;
    }
    image->files = mem_resize(image->files, (image->count + 1) * sizeof *image->files);
    image->files[image->count++] = (struct esp_file){name, mem_format("%s", equals + 1)};
    return true;
}

static bool strings_contain_nocase(const struct strings *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcasecmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

void esp_directories(const struct esp_image *image, struct strings *out) {
    for (size_t i = 0; i < image->count; i++) {
        const char *name = image->files[i].name;
        for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            char *directory = mem_format("%.*s", (int)(slash - name), name);
            if (!strings_contain_nocase(out, directory)) {
                strings_add(out, directory);
            }
            free(directory);
        }
    }
}

uint64_t esp_sectors(uint64_t content_bytes, size_t file_count, uint64_t min_mib) {
    // The tables take under 2 % (8 bytes for each 512), directories and the last clusters of files
    // at most a few KiB each.
    uint64_t needed = content_bytes + content_bytes / 50 + file_count * 8192 + MIB;
    uint64_t mib = (needed + MIB - 1) / MIB;
    mib = mib < min_mib ? min_mib : mib;
    mib = mib < ESP_MIN_MIB ? ESP_MIN_MIB : mib;
    return mib * SECTORS_PER_MIB;
}

// The directory entries get the time SOURCE_DATE_EPOCH: the first that FAT can express.
static void environment_set(void) {
    setenv("SOURCE_DATE_EPOCH", "315532800", 1);
    setenv("TZ", "UTC0", 1);
    setenv("LC_ALL", "C", 1);
    setenv("MTOOLSRC", "/dev/null", 1);
    setenv("MTOOLS_SKIP_CHECK", "1", 1);
}

// Runs argv[0] with no input, so that it asks nothing, and waits for it.
static bool tool_run(struct strings *argv, struct error *err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    pid_t pid;
    int status;
    int failure = posix_spawn(&pid, argv->items[0], &actions, NULL, argv->items, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        return error_set(err, "%s: %s", argv->items[0], strerror(failure));
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return error_set(err, "%s -c %s failed (last argument \"%s\")", argv->items[0],
                         argv->items[2], argv->items[argv->count - 1]);
    }
    return true;
}

static void tool_start(struct strings *argv, const struct esp_image *image, const char *command,
                       const char *out_path) {
    struct stat info;
    bool in_directory = stat(image->mtools, &info) == 0 && S_ISDIR(info.st_mode);
    strings_addf(argv, "%s%s", image->mtools, in_directory ? "/mtools" : "");
    strings_add(argv, "-c");
    strings_add(argv, command);
    strings_add(argv, "-i");
    strings_addf(argv, "%s@@%u", out_path, GPT_FIRST_SECTOR * GPT_SECTOR);
}

static bool format(const struct esp_image *image, const char *out_path, uint64_t sectors,
                   uint32_t serial, struct error *err) {
    struct strings argv = {0};
    tool_start(&argv, image, "mformat", out_path);
    strings_add(&argv, "-F");
    strings_add(&argv, "-c");
    strings_add(&argv, sectors <= SMALL_CLUSTERS_LIMIT * SECTORS_PER_MIB ? "1" : "8");
    strings_add(&argv, "-T");
    strings_addf(&argv, "%llu", (unsigned long long)sectors);
    strings_add(&argv, "-H");
    strings_addf(&argv, "%u", GPT_FIRST_SECTOR);
    strings_add(&argv, "-N");
    strings_addf(&argv, "%08x", serial);
    strings_add(&argv, "::");
    bool ok = tool_run(&argv, err);
    strings_free(&argv);
    return ok;
}

static bool directories_make(const struct esp_image *image, const char *out_path,
                             struct error *err) {
    struct strings argv = {0};
    struct strings directories = {0};
    esp_directories(image, &directories);
    bool ok = true;
    for (size_t i = 0; ok && i < directories.count; i++) {
        tool_start(&argv, image, "mmd", out_path);
        strings_addf(&argv, "::%s", directories.items[i]);
        ok = tool_run(&argv, err);
        strings_free(&argv);
    }
    strings_free(&directories);
    return ok;
}

static bool files_copy(const struct esp_image *image, const char *out_path, struct error *err) {
    bool ok = true;
    for (size_t i = 0; ok && i < image->count; i++) {
        struct strings argv = {0};
        tool_start(&argv, image, "mcopy", out_path);
        // "./" keeps a path with a colon or a dash from being taken for a drive or an option.
        strings_addf(&argv, "%s%s", image->files[i].path[0] == '/' ? "" : "./",
                     image->files[i].path);
        strings_addf(&argv, "::%s", image->files[i].name);
        ok = tool_run(&argv, err);
        strings_free(&argv);
    }
    return ok;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(((const struct esp_file *)a)->name, ((const struct esp_file *)b)->name);
}

// Hashes names and contents and adds up the sizes.
static bool files_hash(struct esp_image *image, struct gpt_hash *hash, uint64_t *bytes,
                       struct error *err) {
    *hash = gpt_hash_start();
    *bytes = 0;
    gpt_hash_add(hash, image->name, strlen(image->name) + 1);
    for (size_t i = 0; i < image->count; i++) {
        struct buffer data = {0};
        if (!file_read(image->files[i].path, &data, err)) {
            buffer_free(&data);
            return false;
        }
        gpt_hash_add(hash, image->files[i].name, strlen(image->files[i].name) + 1);
        gpt_hash_add(hash, data.data, data.size);
        *bytes += data.size;
        buffer_free(&data);
    }
    return true;
}

static bool write_at(int fd, const struct buffer *data, uint64_t offset) {
    return pwrite(fd, data->data, data->size, (off_t)offset) == (ssize_t)data->size;
}

// Creates the file, all holes but for the partition table.
static bool table_write(const char *out_path, uint64_t sectors, struct gpt_hash hash,
                        struct error *err) {
    struct buffer head = {0};
    struct buffer tail = {0};
    uint64_t disk_bytes = gpt_disk_sectors(sectors) * GPT_SECTOR;
    gpt_build(sectors, gpt_hash_guid(hash, 'D'), gpt_hash_guid(hash, 'P'), &head, &tail);
    int fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && ftruncate(fd, (off_t)disk_bytes) == 0 && write_at(fd, &head, 0) &&
              write_at(fd, &tail, disk_bytes - tail.size);
    if (!ok) {
        error_set(err, "%s: %s", out_path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    buffer_free(&head);
    buffer_free(&tail);
    return ok;
}

bool esp_write(struct esp_image *image, const char *out_path, struct error *err) {
    struct gpt_hash hash;
    uint64_t bytes;
    if (image->count > 0) {
        qsort(image->files, image->count, sizeof *image->files, compare_names);
    }
    if (!files_hash(image, &hash, &bytes, err)) {
        return false;
    }
    uint64_t sectors = esp_sectors(bytes, image->count, image->min_mib);
    struct gpt_guid serial = gpt_hash_guid(hash, 'F');
    uint32_t serial_number;
    memcpy(&serial_number, serial.bytes, sizeof serial_number);
    environment_set();
    bool ok = table_write(out_path, sectors, hash, err) &&
              format(image, out_path, sectors, serial_number, err) &&
              directories_make(image, out_path, err) && files_copy(image, out_path, err);
    if (!ok) {
        unlink(out_path);
    }
    return ok;
}

void esp_free(struct esp_image *image) {
    for (size_t i = 0; i < image->count; i++) {
        free(image->files[i].name);
        free(image->files[i].path);
    }
    free(image->files);
    image->files = NULL;
    image->count = 0;
}
