// SPDX-License-Identifier: GPL-3.0-only
//
// Where kernel, init, bootfs and command line come from: sections of this very image, which
// firmware has loaded (and, with Secure Boot, verified) as a whole; or files beside it, which
// nobody has verified and which are therefore ignored when Secure Boot is on.
#include "boot/efi/loader.h"
#include "boot/elf/report.h"
#include "boot/info/cmdline.h"
#include "boot/sign/sign.h"
#include "boot/tar/report.h"

#include <string.h>

enum {
    PE_HEADER_POINTER = 60,
    PE_COFF_SECTION_COUNT = 6, // from the PE signature
    PE_COFF_OPTIONAL_SIZE = 20,
    PE_OPTIONAL = 24,
    PE_SECTION_SIZE = 40,
    PE_SECTION_VIRTUAL_SIZE = 8,
    PE_SECTION_ADDRESS = 12,
};

// Larger payloads would be a mistake: nothing of ours comes near.
#define PAYLOAD_LIMIT (1ull << 31)

struct payload_source {
    char section[8]; // as in the section table, padded with NULs
    const char *section_name;
    const CHAR16 *path;
    const char *path_name;
};

static const struct payload_source payload_kernel = {".kernel", "section .kernel",
                                                     L"\\helios\\kernel", "file \\helios\\kernel"};
static const struct payload_source payload_init = {".init", "section .init", L"\\helios\\init",
                                                   "file \\helios\\init"};
static const struct payload_source payload_bootfs = {".bootfs", "section .bootfs",
                                                     L"\\helios\\bootfs", "file \\helios\\bootfs"};
static const struct payload_source payload_cmdline = {
    ".cmdline", "section .cmdline", L"\\helios\\cmdline", "file \\helios\\cmdline"};

static const struct payload_source payload_signature = {".sig", "section .sig", L"\\helios\\sig",
                                                        "file \\helios\\sig"};
// Never from a file: the key is what makes the loader trust the rest.
static const struct payload_source payload_public_key = {".pubkey", "section .pubkey", NULL, NULL};

static uint32_t payload_get(const uint8_t *at, unsigned size) {
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint32_t)at[i] << (8 * i);
    }
    return value;
}

// Firmware has checked the headers, or this code would not run; only the bounds of the section
// are checked again, because some firmware loads images that it should not.
static bool payload_find_section(struct loader *loader, const struct payload_source *source,
                                 struct loader_payload *payload) {
    const uint8_t *base = loader->image->ImageBase;
    const uint8_t *pe = base + payload_get(base + PE_HEADER_POINTER, 4);
    uint32_t count = payload_get(pe + PE_COFF_SECTION_COUNT, 2);
    const uint8_t *section = pe + PE_OPTIONAL + payload_get(pe + PE_COFF_OPTIONAL_SIZE, 2);
    for (uint32_t i = 0; i < count; i++, section += PE_SECTION_SIZE) {
        uint64_t address = payload_get(section + PE_SECTION_ADDRESS, 4);
        uint64_t size = payload_get(section + PE_SECTION_VIRTUAL_SIZE, 4);
        if (memcmp(section, source->section, sizeof source->section) == 0 &&
            address + size <= loader->image->ImageSize) {
            *payload = (struct loader_payload){source->section_name, base + address, size, false};
            return true;
        }
    }
    return false;
}

static enum boot_error payload_size(struct loader *loader, EFI_FILE_HANDLE file, const char *name,
                                    uint64_t *size) {
    EFI_GUID guid = EFI_FILE_INFO_ID;
    // The structure ends in the file's name, of unknown length.
    static _Alignas(8) uint8_t buffer[sizeof(EFI_FILE_INFO) + 512];
    UINTN room = sizeof buffer;
    EFI_STATUS status = file->GetInfo(file, &guid, &room, buffer);
    if (status != EFI_SUCCESS) {
        return boot_fail(&loader->failure, BOOT_FILE_UNREADABLE, name, NULL, status, EFI_SUCCESS,
                         0);
    }
    *size = ((const EFI_FILE_INFO *)(const void *)buffer)->FileSize;
    if (*size > PAYLOAD_LIMIT) {
        return boot_fail(&loader->failure, BOOT_FILE_TOO_LARGE, name, NULL, *size, PAYLOAD_LIMIT,
                         0);
    }
    return BOOT_OK;
}

static enum boot_error payload_read(struct loader *loader, EFI_FILE_HANDLE file, const char *name,
                                    enum helios_mem_kind kind, struct loader_payload *payload) {
    uint64_t size = 0;
    uint64_t base = 0;
    enum boot_error error = payload_size(loader, file, name, &size);
    if (error != BOOT_OK) {
        return error;
    }
    *payload = (struct loader_payload){name, (const uint8_t *)name, 0, false};
    if (size == 0) {
        return BOOT_OK;
    }
    error = memory_allocate(loader, size, EFI_PAGE_SIZE, loader->info.boot.direct_map_size, kind,
                            &base);
    if (error != BOOT_OK) {
        return error;
    }
    uint64_t room = (size + EFI_PAGE_SIZE - 1) & ~(uint64_t)(EFI_PAGE_SIZE - 1);
    memset((uint8_t *)base + room - EFI_PAGE_SIZE, 0, EFI_PAGE_SIZE);
    UINTN got = size;
    EFI_STATUS status = file->Read(file, &got, (void *)base);
    if (status != EFI_SUCCESS || got != size) {
        return boot_fail(&loader->failure, BOOT_FILE_UNREADABLE, name, NULL, status, EFI_SUCCESS,
                         got);
    }
    *payload = (struct loader_payload){name, (const uint8_t *)base, size, true};
    return BOOT_OK;
}

// Absent is not an error here; payload stays empty.
static enum boot_error payload_find_file(struct loader *loader, const struct payload_source *source,
                                         enum helios_mem_kind kind,
                                         struct loader_payload *payload) {
    EFI_GUID guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    void *found = NULL;
    EFI_FILE_HANDLE root = NULL;
    EFI_FILE_HANDLE file = NULL;
    if (loader->image->DeviceHandle == NULL ||
        loader->services->HandleProtocol(loader->image->DeviceHandle, &guid, &found) !=
            EFI_SUCCESS) {
        return BOOT_OK;
    }
    EFI_FILE_IO_INTERFACE *volume = found;
    if (volume->OpenVolume(volume, &root) != EFI_SUCCESS) {
        return BOOT_OK;
    }
    enum boot_error error = BOOT_OK;
    EFI_STATUS status =
        root->Open(root, &file, (CHAR16 *)(uintptr_t)source->path, EFI_FILE_MODE_READ, 0);
    if (status == EFI_SUCCESS) {
        error = payload_read(loader, file, source->path_name, kind, payload);
        file->Close(file);
    } else if (status != EFI_NOT_FOUND) {
        error = boot_fail(&loader->failure, BOOT_FILE_UNREADABLE, source->path_name, NULL, status,
                          EFI_SUCCESS, 0);
    }
    root->Close(root);
    return error;
}

static enum boot_error payload_get_one(struct loader *loader, const struct payload_source *source,
                                       enum helios_mem_kind kind, struct loader_payload *payload) {
    payload->name = source->section_name;
    if (payload_find_section(loader, source, payload) || loader->is_secure) {
        return BOOT_OK;
    }
    return payload_find_file(loader, source, kind, payload);
}

// A loader with a public key starts nothing that this key has not signed.
static enum boot_error payload_check_signature(struct loader *loader) {
    struct loader_payload key;
    if (!payload_find_section(loader, &payload_public_key, &key)) {
        return BOOT_OK;
    }
    const struct loader_payload *signature = &loader->signature;
    if (signature->data == NULL) {
        return boot_fail(&loader->failure, BOOT_SIGNATURE_MISSING, signature->name, NULL, 0, 0, 0);
    }
    const struct sign_part parts[] = {
        {".kernel", loader->kernel.data, loader->kernel.size},
        {".init", loader->init.data, loader->init.size},
        {".bootfs", loader->bootfs.data, loader->bootfs.size},
        {".cmdline", loader->command_line.data, loader->command_line.size},
    };
    switch (sign_verify(key.data, key.size, parts, sizeof parts / sizeof parts[0], signature->data,
                        signature->size)) {
    case SIGN_GOOD:
        loader->info.boot.flags |= HELIOS_BOOT_VERIFIED;
        return BOOT_OK;
    case SIGN_BAD_KEY:
        return boot_fail(&loader->failure, BOOT_SIGNATURE_INVALID, key.name, "RSA public key", 0, 0,
                         0);
    default:
        return boot_fail(&loader->failure, BOOT_SIGNATURE_INVALID, signature->name, NULL, 0, 0, 0);
    }
}

static enum boot_error payload_check_elf(struct loader *loader,
                                         const struct loader_payload *payload,
                                         struct elf_image *image) {
    struct elf_error error;
    if (payload->data == NULL) {
        return boot_fail(&loader->failure, BOOT_FILE_MISSING, payload->name, NULL, 0, 0, 0);
    }
    if (payload->size == 0) {
        return boot_fail(&loader->failure, BOOT_FILE_EMPTY, payload->name, NULL, 0, 0, 0);
    }
    if (!elf_open(payload->data, payload->size, arch_elf_machine, image, &error)) {
        return elf_report(&error, payload->name, &loader->failure);
    }
    return BOOT_OK;
}

static enum boot_error payload_check_kernel(struct loader *loader) {
    struct elf_image *image = &loader->kernel_image;
    enum boot_error error = payload_check_elf(loader, &loader->kernel, image);
    if (error != BOOT_OK) {
        return error;
    }
    if (image->low != HELIOS_KERNEL_BASE) {
        return boot_fail(&loader->failure, BOOT_ELF_SEGMENT_OUTSIDE, loader->kernel.name, "p_vaddr",
                         image->low, HELIOS_KERNEL_BASE, 0);
    }
    if (image->high - image->low >= LOADER_KERNEL_LIMIT) {
        return boot_fail(&loader->failure, BOOT_ELF_SEGMENT_OUTSIDE, loader->kernel.name, "p_memsz",
                         image->high, HELIOS_KERNEL_BASE + LOADER_KERNEL_LIMIT - 1, 0);
    }
    return BOOT_OK;
}

static enum boot_error payload_check_init(struct loader *loader) {
    static struct elf_image image;
    enum boot_error error = payload_check_elf(loader, &loader->init, &image);
    if (error == BOOT_OK && image.high >= HELIOS_KERNEL_BASE) {
        error = boot_fail(&loader->failure, BOOT_ELF_SEGMENT_OUTSIDE, loader->init.name, "p_vaddr",
                          image.high, HELIOS_KERNEL_BASE - 1, 0);
    }
    return error;
}

static enum boot_error payload_check_bootfs(struct loader *loader) {
    struct tar_error error;
    if (loader->bootfs.data == NULL ||
        tar_check(loader->bootfs.data, loader->bootfs.size, &error)) {
        return BOOT_OK;
    }
    return tar_report(&error, loader->bootfs.name, &loader->failure);
}

static enum boot_error payload_set_command_line(struct loader *loader) {
    const struct loader_payload *line = &loader->command_line;
    // Written by an editor or a build rule, the line may end in a line end.
    uint64_t length = line->size;
    while (length > 0 && (line->data[length - 1] == '\n' || line->data[length - 1] == '\r' ||
                          line->data[length - 1] == 0)) {
        length--;
    }
    enum boot_error error = boot_info_set_command_line(&loader->info, (const char *)line->data,
                                                       length, &loader->failure);
    return error != BOOT_OK ? error : cmdline_check(loader->info.command_line, &loader->failure);
}

enum boot_error payload_find(struct loader *loader) {
    const struct {
        const struct payload_source *source;
        struct loader_payload *payload;
        enum helios_mem_kind kind; // of the memory, if it comes from a file
    } wanted[] = {
        {&payload_kernel, &loader->kernel, HELIOS_MEM_FREE}, // copied from there
        {&payload_init, &loader->init, HELIOS_MEM_MODULE},
        {&payload_bootfs, &loader->bootfs, HELIOS_MEM_MODULE},
        {&payload_cmdline, &loader->command_line, HELIOS_MEM_FREE},
        {&payload_signature, &loader->signature, HELIOS_MEM_FREE},
    };
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        enum boot_error error =
            payload_get_one(loader, wanted[i].source, wanted[i].kind, wanted[i].payload);
        if (error != BOOT_OK) {
            return error;
        }
    }
    enum boot_error (*const checks[])(struct loader *) = {
        payload_check_signature, payload_check_kernel, payload_check_init, payload_check_bootfs,
        payload_set_command_line};
    for (unsigned i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        enum boot_error error = checks[i](loader);
        if (error != BOOT_OK) {
            return error;
        }
    }
    return BOOT_OK;
}
