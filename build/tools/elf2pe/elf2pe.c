// SPDX-License-Identifier: GPL-3.0-only
//
// elf2pe: makes an EFI application (PE32+) of a static-PIE ELF64 file, or adds read-only data
// sections to one that it made before.
//
//   elf2pe --output OUT.efi [--section .NAME=FILE]... [--signed-data FILE] INPUT
//
// INPUT is told apart by its first bytes. The result depends on nothing but the input: no times, no
// paths. Every PT_LOAD becomes one section; R_*_RELATIVE relocations become base relocations of
// type DIR64; anything else a dynamic linker would have to do is an error. Sources: Microsoft PE
// Format specification; System V gABI 4.1 chapter 5; UEFI 2.10 section 2.1.1.
#include "build/tools/elf2pe/convert.h"
#include "build/tools/elf2pe/pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: elf2pe --output OUT.efi [--section .NAME=FILE]... [--signed-data FILE] INPUT\n"
    "\n"
    "INPUT is a static-PIE ELF64 file, or an unsigned EFI application that elf2pe wrote.\n"
    "--section adds a read-only data section; names have at most 8 characters.\n"
    "--signed-data writes what a signature for the section .sig has to cover, for loaders with a\n"
    "section .pubkey: sections .kernel, .init, .bootfs and .cmdline.\n";

struct arguments {
    const char *output;
    const char *input;
    const char *signed_data;
    const char *sections[PE_MAX_SECTIONS]; // "NAME=FILE"
    unsigned section_count;
};

static const char *option_value(int argc, char **argv, int *i, const char *name) {
    size_t length = strlen(name);
    if (strncmp(argv[*i], name, length) != 0) {
        return NULL;
    }
    if (argv[*i][length] == '=') {
        return argv[*i] + length + 1;
    }
    if (argv[*i][length] != 0) {
        return NULL;
    }
    if (*i + 1 == argc) {
        pe_fail("%s needs a value\n%s", name, usage);
    }
    return argv[++*i];
}

static void parse_arguments(int argc, char **argv, struct arguments *out) {
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        } else if ((value = option_value(argc, argv, &i, "--output")) != NULL) {
            out->output = value;
        } else if ((value = option_value(argc, argv, &i, "--signed-data")) != NULL) {
            out->signed_data = value;
        } else if ((value = option_value(argc, argv, &i, "--section")) != NULL) {
            if (out->section_count == PE_MAX_SECTIONS) {
                pe_fail("more than %d sections", PE_MAX_SECTIONS);
            }
            out->sections[out->section_count++] = value;
        } else if (argv[i][0] == '-' || out->input != NULL) {
            pe_fail("unexpected argument %s\n%s", argv[i], usage);
        } else {
            out->input = argv[i];
        }
    }
    if (out->output == NULL || out->input == NULL) {
        pe_fail("an input and --output are needed\n%s", usage);
    }
}

static struct bytes read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        pe_fail("%s: can't be opened", path);
    }
    struct bytes bytes = {0};
    uint8_t chunk[65536];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        bytes_append(&bytes, chunk, got);
    }
    if (ferror(file)) {
        pe_fail("%s: can't be read", path);
    }
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const struct bytes *bytes) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        pe_fail("%s: can't be created", path);
    }
    size_t written = fwrite(bytes->data, 1, bytes->size, file);
    if (fclose(file) != 0 || written != bytes->size) {
        remove(path);
        pe_fail("%s: can't be written", path);
    }
}

static void add_payload(struct pe_image *image, const char *argument) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL || argument[0] != '.' || equals - argument > PE_NAME_SIZE) {
        pe_fail("--section %s: wanted .NAME=FILE with a name of at most %d characters", argument,
                PE_NAME_SIZE);
    }
    char name[PE_NAME_SIZE + 1] = {0};
    memcpy(name, argument, (size_t)(equals - argument));
    struct bytes contents = read_file(equals + 1);
    if (contents.size == 0) {
        bytes_append_zeros(&contents, 1); // a section can't be empty
    }
    pe_add_section(image, name, PE_SECTION_DATA | PE_SECTION_READ, contents);
}

// The string of bytes that boot/sign/sign.h describes.
static struct bytes signed_data(const struct pe_image *image) {
    static const char names[][PE_NAME_SIZE] = {".kernel", ".init", ".bootfs", ".cmdline"};
    struct bytes out = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct bytes *contents = NULL;
        for (uint32_t j = 0; j < image->section_count; j++) {
            if (memcmp(image->sections[j].name, names[i], PE_NAME_SIZE) == 0) {
                contents = &image->sections[j].contents;
            }
        }
        uint8_t length[8];
        pe_put(length, sizeof length, contents != NULL ? contents->size : 0);
        bytes_append(&out, names[i], PE_NAME_SIZE);
        bytes_append(&out, length, sizeof length);
        if (contents != NULL) {
            bytes_append(&out, contents->data, contents->size);
        }
    }
    return out;
}

int main(int argc, char **argv) {
    struct arguments arguments = {0};
    parse_arguments(argc, argv, &arguments);
    struct bytes input = read_file(arguments.input);
    struct pe_image image = {0};
    if (input.size >= 2 && memcmp(input.data, "MZ", 2) == 0) {
        pe_parse(&input, arguments.input, &image);
    } else {
        convert_elf(&input, arguments.input, &image);
    }
    for (unsigned i = 0; i < arguments.section_count; i++) {
        add_payload(&image, arguments.sections[i]);
    }
    if (arguments.signed_data != NULL) {
        struct bytes data = signed_data(&image);
        write_file(arguments.signed_data, &data);
        bytes_free(&data);
    }
    struct bytes output = pe_write(&image);
    write_file(arguments.output, &output);
    bytes_free(&output);
    bytes_free(&input);
    pe_free(&image);
    return 0;
}
