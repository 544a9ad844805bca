// SPDX-License-Identifier: GPL-3.0-only
//
// abigen: headers, wrappers and the reference manual out of uapi/helios.abi.
//
//   abigen                  writes them into the workspace that Bazel runs it from
//   abigen --into DIR       writes them into this tree
//   abigen --check DIR      compares; says which files are not what would be written
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build/tools/abigen/emit.h"

static bool matches(const char *path, const struct buffer *wanted) {
    struct buffer found = {0};
    struct error err = {0};
    bool is_same = file_read(path, &found, &err) && found.size == wanted->size &&
                   memcmp(found.data, wanted->data, wanted->size) == 0;
    buffer_free(&found);
    return is_same;
}

static bool write_or_check(const struct emit_files *files, const char *root, bool is_check) {
    bool is_good = true;
    for (size_t i = 0; i < files->count; i++) {
        const struct emit_file *file = &files->items[i];
        char *path = path_absolute(root, file->path);
        struct error err = {0};
        if (matches(path, &file->text)) {
            free(path);
            continue;
        }
        if (is_check) {
            fprintf(stderr, "%s is not what uapi/helios.abi says; bazel run //uapi:generate\n",
                    file->path);
            is_good = false;
        } else if (!file_write(path, file->text.data, file->text.size, &err)) {
            fprintf(stderr, "%s\n", err.text);
            is_good = false;
        } else {
            printf("%s\n", file->path);
        }
        free(path);
    }
    return is_good;
}

static bool run(const char *root, bool is_check) {
    struct buffer text = {0};
    struct error err = {0};
    struct abi_file abi = {0};
    struct emit_files files = {0};
    char *path = path_absolute(root, "uapi/helios.abi");
    bool is_good =
        file_read(path, &text, &err) && abi_parse("uapi/helios.abi", text.data, &abi, &err);
    if (is_good) {
        emit_headers(&abi, &files);
        emit_names(&abi, &files);
        emit_wrappers(&abi, &files);
        emit_calls(&abi, &files);
        emit_traps(&abi, &files);
        emit_fates(&abi, &files);
        emit_pages(&abi, root, &files);
        emit_refusals(&abi, &files);
        is_good = write_or_check(&files, root, is_check);
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    emit_free(&files);
    abi_free(&abi);
    buffer_free(&text);
    free(path);
    return is_good;
}

int main(int argc, char **argv) {
    bool is_check = argc == 3 && strcmp(argv[1], "--check") == 0;
    bool is_into = argc == 3 && strcmp(argv[1], "--into") == 0;
    const char *root = argc == 3 ? argv[2] : getenv("BUILD_WORKSPACE_DIRECTORY");
    if ((argc != 1 && !is_check && !is_into) || root == NULL) {
        fprintf(stderr, "usage: abigen [--into DIR | --check DIR]\n");
        return 2;
    }
    return run(root, is_check) ? 0 : 1;
}
