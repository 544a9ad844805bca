// SPDX-License-Identifier: GPL-3.0-only
//
// efivars: makes a variable store in which Secure Boot is on, with the given keys.
#include <stdio.h>
#include <string.h>

#include "build/tools/efivars/store.h"

static const char usage[] =
    "usage: efivars --template FILE --pk CERT --kek CERT --db CERT [--db CERT ...] OUT\n"
    "  --template FILE   an EDK II variable store without these variables (OVMF_VARS_4M.fd,\n"
    "                    AAVMF_VARS.fd)\n"
    "  --pk, --kek       certificates (PEM or DER) that may change the keys\n"
    "  --db              certificates whose signatures boot\n";

struct arguments {
    const char *template;
    const char *out;
    struct buffer pk, kek, db; // signature lists
};

static bool certificate_add(const char *path, struct buffer *lists, struct error *err) {
    struct buffer der = {0};
    bool ok = efi_certificate_read(path, &der, err);
    if (ok) {
        efi_signature_list(&der, lists);
    }
    buffer_free(&der);
    return ok;
}

static bool option_read(struct arguments *arguments, const char *option, const char *value,
                        struct error *err) {
    if (value == NULL) {
        return error_set(err, "%s needs a value", option);
    }
    if (strcmp(option, "--template") == 0) {
        arguments->template = value;
        return true;
    }
    struct buffer *lists = strcmp(option, "--pk") == 0    ? &arguments->pk
                           : strcmp(option, "--kek") == 0 ? &arguments->kek
                           : strcmp(option, "--db") == 0  ? &arguments->db
                                                          : NULL;
    return lists != NULL ? certificate_add(value, lists, err)
                         : error_set(err, "unknown option %s", option);
}

static bool arguments_read(int argc, char **argv, struct arguments *arguments, struct error *err) {
    for (int i = 1; i < argc; i++) {
        if (text_starts_with(argv[i], "--")) {
            if (!option_read(arguments, argv[i], argv[i + 1], err)) {
                return false;
            }
            i++;
        } else if (arguments->out == NULL) {
            arguments->out = argv[i];
        } else {
            return error_set(err, "more than one output file");
        }
    }
    bool complete = arguments->template != NULL && arguments->out != NULL &&
                    arguments->pk.size > 0 && arguments->kek.size > 0 && arguments->db.size > 0;
    return complete || error_set(err, "--template, --pk, --kek, --db and OUT are all needed");
}

static bool variables_add(const struct arguments *arguments, struct buffer *flash,
                          struct error *err) {
    const uint32_t plain = EFI_NON_VOLATILE | EFI_BOOTSERVICE_ACCESS;
    const uint32_t authenticated = plain | EFI_RUNTIME_ACCESS | EFI_TIME_BASED_AUTH;
    struct efi_store store;
    struct buffer on = {0};
    buffer_append(&on, "\1", 1);
    bool ok =
        efi_store_open(&store, flash, err) &&
        efi_store_add(&store, "db", &efi_image_security, authenticated, &arguments->db, err) &&
        efi_store_add(&store, "KEK", &efi_global_variable, authenticated, &arguments->kek, err) &&
        efi_store_add(&store, "PK", &efi_global_variable, authenticated, &arguments->pk, err) &&
        efi_store_add(&store, "SecureBootEnable", &efi_secure_boot_enable, plain, &on, err);
    buffer_free(&on);
    return ok;
}

static bool store_make(const struct arguments *arguments, struct error *err) {
    struct buffer flash = {0};
    struct error cause = {0};
    bool ok = file_read(arguments->template, &flash, err);
    if (ok && !variables_add(arguments, &flash, &cause)) {
        ok = error_set(err, "%s: %.900s", arguments->template, cause.text);
    }
    ok = ok && file_write(arguments->out, flash.data, flash.size, err);
    buffer_free(&flash);
    return ok;
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct arguments arguments = {0};
    int status = 0;
    if (!arguments_read(argc, argv, &arguments, &err)) {
        fprintf(stderr, "efivars: %s\n%s", err.text, usage);
        status = 2;
    } else if (!store_make(&arguments, &err)) {
        fprintf(stderr, "efivars: %s\n", err.text);
        status = 1;
    }
    buffer_free(&arguments.pk);
    buffer_free(&arguments.kek);
    buffer_free(&arguments.db);
    return status;
}
