// SPDX-License-Identifier: GPL-3.0-only
//
// ipcgen: clients, servers and documentation out of an interface file.
//
//   ipcgen [--use FILE HEADER]... --file FILE HEADER --out BASE
//
// --use names files whose namespaces FILE may use. HEADER is how generated code includes what is
// made of a file. Writes BASE.h, BASE.c, BASE_client.c,
// BASE_server.c and BASE.md.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/emit.h"

struct options {
    struct strings uses; // file, header, file, header, ...
    const char *file;
    const char *header;
    const char *out;
};

static bool read_options(int argc, char **argv, struct options *options) {
    for (int i = 1; i < argc; i++) {
        bool is_pair = i + 2 < argc;
        if (strcmp(argv[i], "--use") == 0 && is_pair) {
            strings_add(&options->uses, argv[++i]);
            strings_add(&options->uses, argv[++i]);
        } else if (strcmp(argv[i], "--file") == 0 && is_pair) {
            options->file = argv[++i];
            options->header = argv[++i];
        } else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc) {
            options->out = argv[++i];
        } else {
            return false;
        }
    }
    return options->file != NULL && options->out != NULL;
}

// A file, and what it says about others.
struct file {
    const char *path;
    const char *header;
    struct buffer text;
    char *name;
    struct strings uses;
    bool is_needed;
    bool is_loaded;
};

struct files {
    struct file *items;
    size_t count;
};

static bool add_file(struct ipc_set *set, struct files *files, const char *path,
                     const char *header) {
    files->items = mem_resize(files->items, (files->count + 1) * sizeof *files->items);
    struct file *file = &files->items[files->count++];
    struct error err = {0};
    *file = (struct file){.path = path, .header = header};
    if (!file_read(path, &file->text, &err)) {
        strings_add(&set->problems, err.text);
        return false;
    }
    buffer_append(&file->text, "", 1); // an empty file has no data yet
    if (strlen(file->text.data) + 1 != file->text.size) {
        strings_addf(&set->problems, "%s: expected text, found a NUL character", path);
        return false;
    }
    ipc_scan(file->text.data, &file->name, &file->uses);
    return true;
}

static struct file *find_file(const struct files *files, const char *name) {
    for (size_t i = 0; i < files->count; i++) {
        if (files->items[i].name != NULL && strcmp(files->items[i].name, name) == 0) {
            return &files->items[i];
        }
    }
    return NULL;
}

// Marks what the last file uses, and what that uses.
static void mark_needed(struct files *files) {
    bool is_more = true;
    files->items[files->count - 1].is_needed = true;
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < files->count; i++) {
            for (size_t k = 0; files->items[i].is_needed && k < files->items[i].uses.count; k++) {
                struct file *used = find_file(files, files->items[i].uses.items[k]);
                if (used != NULL && !used->is_needed) {
                    used->is_needed = true;
                    is_more = true;
                }
            }
        }
    }
}

static bool is_ready(const struct files *files, const struct file *file) {
    for (size_t i = 0; i < file->uses.count; i++) {
        const struct file *used = find_file(files, file->uses.items[i]);
        if (used != NULL && !used->is_loaded) {
            return false;
        }
    }
    return file->is_needed && !file->is_loaded;
}

static struct file *next_ready(const struct files *files) {
    for (size_t i = 0; i < files->count; i++) {
        if (is_ready(files, &files->items[i])) {
            return &files->items[i];
        }
    }
    return NULL;
}

// Reads the files that are needed, each before those that use it; the last one of the set is then
// the last one here.
static bool load_all(struct ipc_set *set, const struct files *files) {
    bool is_good = true;
    for (struct file *file = next_ready(files); is_good && file != NULL; file = next_ready(files)) {
        file->is_loaded = true;
        is_good = ipc_parse(set, file->path, file->header, file->text.data);
    }
    if (is_good && files->items != NULL && !files->items[files->count - 1].is_loaded) {
        strings_addf(&set->problems, "%s: expected files that don't use each other in a circle",
                     files->items[files->count - 1].path);
        is_good = false;
    }
    return is_good;
}

static void free_files(struct files *files) {
    for (size_t i = 0; i < files->count; i++) {
        buffer_free(&files->items[i].text);
        free(files->items[i].name);
        strings_free(&files->items[i].uses);
    }
    free(files->items);
}

static bool write_one(const char *base, const char *suffix, struct buffer *text) {
    struct error err = {0};
    char *path = mem_format("%s%s", base, suffix);
    bool is_good = file_write(path, text->data, text->size, &err);
    if (!is_good) {
        fprintf(stderr, "%s\n", err.text);
    }
    free(path);
    buffer_free(text);
    return is_good;
}

static bool write_all(const struct ipc_unit *unit, const char *base) {
    static const struct {
        const char *suffix;
        void (*emit)(const struct ipc_unit *unit, struct buffer *out);
    } outputs[] = {
        {".h", emit_header},        {".c", emit_common}, {"_client.c", emit_client},
        {"_server.c", emit_server}, {".md", emit_page},
    };
    bool is_good = true;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        struct buffer text = {0};
        outputs[i].emit(unit, &text);
        is_good = write_one(base, outputs[i].suffix, &text) && is_good;
    }
    return is_good;
}

static bool run(const struct options *options) {
    struct ipc_set set = {0};
    bool is_good = true;
    struct files files = {0};
    for (size_t i = 0; is_good && i < options->uses.count; i += 2) {
        is_good = add_file(&set, &files, options->uses.items[i], options->uses.items[i + 1]);
    }
    is_good = is_good && add_file(&set, &files, options->file, options->header);
    if (is_good) {
        mark_needed(&files);
        is_good = load_all(&set, &files) && set.units != NULL &&
                  write_all(set.units[set.count - 1], options->out);
    }
    for (size_t i = 0; i < set.problems.count; i++) {
        fprintf(stderr, "%s\n", set.problems.items[i]);
    }
    ipc_free(&set);
    free_files(&files);
    return is_good;
}

int main(int argc, char **argv) {
    struct options options = {0};
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: ipcgen [--use FILE HEADER]... --file FILE HEADER --out BASE\n");
        strings_free(&options.uses);
        return 2;
    }
    bool is_good = run(&options);
    strings_free(&options.uses);
    return is_good ? 0 : 1;
}
