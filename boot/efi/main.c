// SPDX-License-Identifier: GPL-3.0-only
//
// The order of things; see loader.h.
#include "boot/efi/loader.h"

// All state. Static because it is large: firmware's stack need only be 128 KiB.
static struct loader loader;

static bool loader_secure_boot(const struct loader *self) {
    EFI_GUID global = EFI_GLOBAL_VARIABLE;
    uint8_t value = 0;
    UINTN size = sizeof value;
    EFI_STATUS status = self->system->RuntimeServices->GetVariable(
        (CHAR16 *)(uintptr_t)L"SecureBoot", &global, NULL, &size, &value);
    return status == EFI_SUCCESS && value == 1;
}

static enum boot_error loader_begin(struct loader *self, EFI_HANDLE handle,
                                    EFI_SYSTEM_TABLE *system) {
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    void *image = NULL;
    self->handle = handle;
    self->system = system;
    self->services = system->BootServices;
    EFI_STATUS status = self->services->HandleProtocol(handle, &guid, &image);
    if (status != EFI_SUCCESS) {
        return boot_fail(&self->failure, BOOT_FIRMWARE, "firmware", "loaded image protocol", status,
                         EFI_SUCCESS, 0);
    }
    self->image = image;
    self->is_secure = loader_secure_boot(self);
    self->info.boot.arch = arch_kind;
    self->info.boot.loader = HELIOS_LOADER_EFI;
    self->info.boot.flags = self->is_secure ? HELIOS_BOOT_SECURE : 0;
    self->info.boot.efi_system_table = (uint64_t)system;
    return arch_begin(self);
}

static enum boot_error loader_build(struct loader *self) {
    enum boot_error error = memory_read_map(self);
    error = error != BOOT_OK ? error : memory_convert_map(self);
    error = error != BOOT_OK ? error : boot_info_check(&self->info, &self->failure);
    return error != BOOT_OK ? error : kernel_prepare(self);
}

// UEFI 2.10 section 7.4.6: if the map has changed since it was read, ExitBootServices fails and may
// have stopped part of firmware already; then only memory services may be called. The second try
// can fail no more for that reason, so two are enough.
static enum boot_error loader_leave_firmware(struct loader *self, bool *left) {
    EFI_STATUS status = EFI_SUCCESS;
    for (unsigned i = 0; i < 2; i++) {
        enum boot_error error = loader_build(self);
        if (error != BOOT_OK) {
            return error;
        }
        status = self->services->ExitBootServices(self->handle, self->map_key);
        if (status == EFI_SUCCESS) {
            return BOOT_OK;
        }
        *left = true;
    }
    return boot_fail(&self->failure, BOOT_FIRMWARE, "firmware", "ExitBootServices", status,
                     EFI_SUCCESS, 0);
}

static void loader_print_failure(struct loader *self, const struct boot_failure *failure,
                                 const char *prefix) {
    char line[256];
    unsigned length = 0;
    while (prefix[length] != 0) {
        line[length] = prefix[length];
        length++;
    }
    boot_failure_format(failure, line + length, sizeof line - length);
    console_print(self, line);
}

static enum boot_error loader_prepare(struct loader *self) {
    enum boot_error error = memory_prepare_map(self);
    error = error != BOOT_OK ? error : memory_read_map(self);
    error = error != BOOT_OK ? error : memory_convert_map(self);
    error = error != BOOT_OK ? error : payload_find(self);
    error = error != BOOT_OK ? error : hardware_gather(self);
    error = error != BOOT_OK ? error : kernel_place(self);
    if (error == BOOT_OK) {
        for (uint32_t i = 0; i < self->info.warning_count; i++) {
            loader_print_failure(self, &self->info.warnings[i], "warning: ");
        }
    }
    return error;
}

static EFI_STATUS loader_status(enum boot_error error) {
    switch (error) {
    case BOOT_MEMORY_TOO_SMALL:
        return EFI_OUT_OF_RESOURCES;
    case BOOT_FILE_MISSING:
        return EFI_NOT_FOUND;
    case BOOT_SIGNATURE_MISSING:
    case BOOT_SIGNATURE_INVALID:
        return EFI_SECURITY_VIOLATION;
    default:
        return EFI_LOAD_ERROR;
    }
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system) {
    bool left = false;
    enum boot_error error = loader_begin(&loader, handle, system);
    error = error != BOOT_OK ? error : loader_prepare(&loader);
    error = error != BOOT_OK ? error : loader_leave_firmware(&loader, &left);
    if (error == BOOT_OK) {
        arch_enter(&loader.handover);
    }
    EFI_STATUS status = loader_status(error);
    if (left) {
        // Half of firmware is gone, its console perhaps too; what is sure to be left is this.
        system->RuntimeServices->ResetSystem(EfiResetShutdown, status, 0, NULL);
    }
    loader_print_failure(&loader, &loader.failure, "");
    memory_free_all(&loader);
    return status;
}
