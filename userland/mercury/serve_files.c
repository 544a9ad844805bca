// SPDX-License-Identifier: GPL-3.0-only
//
// userland/interfaces/fs.ipc: the boot file system. Files in an archive don't begin where pages do,
// so the first who wants a file's pages has them made; from then on all share these, read-only.
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/fs.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"
#include "userland/mercury/serve.h"

enum {
    FILES = 128,     // that were opened
    FILE_SHIFT = 40, // of a badge: index of the file + 1; 0: the directory
    PAGES = 16,      // of one answer
    READ_MOST = 448,
};

struct file {
    const uint8_t *data; // NULL: unused
    uint64_t size;
    uint64_t *pages; // their capabilities, readable; NULL: not made
};

static struct file files[FILES];

static struct file *file_of(const struct helios_request *request) {
    uint64_t index = request->badge >> FILE_SHIFT;
    return index != 0 && index <= FILES ? &files[index - 1] : NULL;
}

static uint64_t page_count(const struct file *file) {
    return (file->size + HELIOS_PAGE_BYTES - 1) / HELIOS_PAGE_BYTES;
}

static bool fill_page(const struct file *file, uint64_t index, uint64_t *capability) {
    uint64_t offset = index * HELIOS_PAGE_BYTES;
    uint64_t left = file->size - offset;
    struct helios_answer page = helios_make(HELIOS_TYPE_PAGE, 0);
    if (page.status != HELIOS_OK) {
        return false;
    }
    struct helios_answer copy = {.status = HELIOS_ERROR_NO_MEMORY};
    void *window = helios_pages_map(&page.value, 1, HELIOS_MAP_WRITE, NULL);
    if (window != NULL) {
        memcpy(window, file->data + offset, left < HELIOS_PAGE_BYTES ? left : HELIOS_PAGE_BYTES);
        helios_pages_free(window);
        copy = helios_copy(page.value, HELIOS_RIGHT_READ, 0);
        *capability = copy.value;
    }
    helios_drop(page.value);
    return copy.status == HELIOS_OK;
}

static bool make_pages(struct file *file) {
    uint64_t count = page_count(file);
    uint64_t *pages = helios_pages_new(count * sizeof *pages, HELIOS_MAP_WRITE);
    for (uint64_t i = 0; i < count && pages != NULL; i++) {
        if (!fill_page(file, i, &pages[i])) {
            while (i > 0) {
                helios_drop(pages[--i]);
            }
            helios_pages_free(pages);
            return false;
        }
    }
    file->pages = pages;
    return pages != NULL;
}

static enum helios_error describe_file(void *context, const struct helios_request *request,
                                       struct fs_info *result) {
    const struct file *file = file_of(request);
    (void)context;
    result->kind = FS_KIND_FILE;
    result->size = file->size;
    return HELIOS_OK;
}

static enum helios_error pages(void *context, const struct helios_request *request, uint64_t first,
                               uint32_t count, uint32_t *result, uint64_t *to, uint32_t *to_count) {
    struct file *file = file_of(request);
    uint64_t all = page_count(file);
    (void)context;
    if (file->pages == NULL && all > 0 && !make_pages(file)) {
        return HELIOS_ERROR_NO_MEMORY;
    }
    *to_count = 0;
    for (uint64_t i = first; i < all && *to_count < count && *to_count < PAGES; i++) {
        to[(*to_count)++] = file->pages[i];
    }
    *result = *to_count;
    return HELIOS_OK;
}

static enum helios_error read(void *context, const struct helios_request *request, uint64_t offset,
                              uint32_t most, uint8_t *result, uint32_t *length) {
    const struct file *file = file_of(request);
    uint64_t left = offset < file->size ? file->size - offset : 0;
    (void)context;
    most = most < READ_MOST ? most : READ_MOST;
    *length = (uint32_t)(left < most ? left : most);
    memcpy(result, file->data + (left > 0 ? offset : 0), *length);
    return HELIOS_OK;
}

static enum helios_error close(void *context, const struct helios_request *request) {
    (void)context;
    (void)request;
    return HELIOS_OK;
}

static enum helios_error describe_directory(void *context, const struct helios_request *request,
                                            struct fs_info *result) {
    (void)context;
    (void)request;
    result->kind = FS_KIND_DIRECTORY;
    result->size = resources.files.count;
    return HELIOS_OK;
}

// The place of a file among those that were opened.
static struct file *remember(const struct bootfs_file *found) {
    for (uint32_t i = 0; i < FILES; i++) {
        if (files[i].data == NULL) {
            files[i].data = found->data;
            files[i].size = found->size;
        }
        if (files[i].data == found->data && files[i].size == found->size) {
            return &files[i];
        }
    }
    return NULL;
}

static enum helios_error open(void *context, const struct helios_request *request, const char *path,
                              struct fs_info *result, uint64_t *capability) {
    struct bootfs_file found;
    (void)context;
    if (!bootfs_find(&resources.files, path, &found)) {
        return FS_ERROR_NOT_FOUND;
    }
    const struct file *file = remember(&found);
    if (file == NULL) {
        return HELIOS_ERROR_NO_SLOT;
    }
    uint64_t badge = (request->badge & ((1ull << FILE_SHIFT) - 1)) | (uint64_t)(file - files + 1)
                                                                         << FILE_SHIFT;
    struct helios_answer answer =
        helios_copy(proc_endpoint, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, badge);
    if (answer.status != HELIOS_OK) {
        return answer.status;
    }
    *capability = answer.value;
    drop_later(answer.value);
    result->kind = FS_KIND_FILE;
    result->size = file->size;
    return HELIOS_OK;
}

static enum helios_error list(void *context, const struct helios_request *request, uint32_t index,
                              struct fs_entry *result) {
    struct bootfs_file file;
    uint64_t cursor = 0;
    (void)context;
    (void)request;
    for (uint32_t i = 0; bootfs_next(&resources.files, "", &cursor, &file); i++) {
        if (i == index) {
            size_t length = strnlen(file.name, sizeof result->name - 1);
            memset(result, 0, sizeof *result);
            memcpy(result->name, file.name, length);
            result->info.kind = FS_KIND_FILE;
            result->info.size = file.size;
            return HELIOS_OK;
        }
    }
    return HELIOS_ERROR_RANGE;
}

static const struct fs_file_ops file_ops = {
    .describe = describe_file,
    .pages = pages,
    .read = read,
    .close = close,
};

static const struct fs_directory_ops directory_ops = {
    .describe = describe_directory,
    .open = open,
    .list = list,
};

bool serve_files(struct helios_message *message) {
    struct helios_request request = helios_rpc_request(message);
    const struct file *file = file_of(&request);
    if (file != NULL && file->data != NULL) {
        return fs_file_dispatch(&file_ops, NULL, message);
    }
    return fs_directory_dispatch(&directory_ops, NULL, message);
}
