// SPDX-License-Identifier: GPL-3.0-only
//
// ipcgen: clients, servers and documentation out of an interface file.
//
//   ipcgen [--use FILE HEADER]... --file FILE HEADER --out BASE
//
// --use names the files whose namespaces FILE uses, each before those that use it. HEADER is how
// generated code includes what is made of a file. Writes BASE.h, BASE.c, BASE_client.c,
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

static bool load(struct ipc_set *set, const char *file, const char *header) {
    struct buffer text = {0};
    struct error err = {0};
    bool is_good = file_read(file, &text, &err);
    if (!is_good) {
        strings_add(&set->problems, err.text);
    } else if (text.size != 0 && memchr(text.data, '\0', text.size) != NULL) {
        strings_addf(&set->problems, "%s: expected text, found a NUL character", file);
        is_good = false;
    } else {
        is_good = ipc_parse(set, file, header, text.size == 0 ? "" : text.data);
    }
    buffer_free(&text);
    return is_good;
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
    for (size_t i = 0; is_good && i < options->uses.count; i += 2) {
        is_good = load(&set, options->uses.items[i], options->uses.items[i + 1]);
    }
    is_good = is_good && load(&set, options->file, options->header) &&
              write_all(set.units[set.count - 1], options->out);
    for (size_t i = 0; i < set.problems.count; i++) {
        fprintf(stderr, "%s\n", set.problems.items[i]);
    }
    ipc_free(&set);
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
