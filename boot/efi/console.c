// SPDX-License-Identifier: GPL-3.0-only
//
// Messages. Firmware's console is usually the serial port already (and the screen): then a line
// is printed once. EDK II's splitter tells which devices are behind it; where nothing can be told
// (U-Boot), the firmware's console is all there is.
#include "boot/efi/loader.h"

#include <string.h>

enum {
    PATH_END = 0x7f,
    PATH_MESSAGING = 3,
    PATH_MESSAGING_UART = 14,
};

static bool console_path_is_serial(const EFI_DEVICE_PATH *path) {
    const uint8_t *node = (const uint8_t *)path;
    for (unsigned i = 0; i < 64; i++) {
        uint8_t type = node[0] & 0x7f;
        unsigned length = node[2] | (unsigned)node[3] << 8;
        if (type == PATH_MESSAGING && node[1] == PATH_MESSAGING_UART) {
            return true;
        }
        if (type == PATH_END || length < 4) {
            return false;
        }
        node += length;
    }
    return false;
}

static bool console_has_serial(struct loader *loader) {
    EFI_GUID device = HELIOS_GUID_CONSOLE_OUT_DEVICE;
    EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_HANDLE *handles = NULL;
    UINTN count = 0;
    if (loader->services->LocateHandleBuffer(ByProtocol, &device, NULL, &count, &handles) !=
        EFI_SUCCESS) {
        return true;
    }
    bool found = false;
    for (UINTN i = 0; i < count && !found; i++) {
        void *path = NULL;
        if (loader->services->HandleProtocol(handles[i], &path_guid, &path) == EFI_SUCCESS) {
            found = console_path_is_serial(path);
        }
    }
    loader->services->FreePool(handles);
    return found;
}

static void console_print_serial(struct loader *loader, const char *text) {
    EFI_GUID guid = SERIAL_IO_PROTOCOL;
    void *found = NULL;
    if (loader->services->LocateProtocol(&guid, NULL, &found) != EFI_SUCCESS) {
        return;
    }
    SERIAL_IO_INTERFACE *serial = found;
    UINTN size = strlen(text);
    serial->Write(serial, &size, (void *)(uintptr_t)text);
}

static void console_print_text(struct loader *loader, const char *text) {
    CHAR16 wide[64];
    while (*text != 0) {
        unsigned length = 0;
        while (*text != 0 && length < 63) {
            wide[length++] = (uint8_t)*text++;
        }
        wide[length] = 0;
        loader->system->ConOut->OutputString(loader->system->ConOut, wide);
    }
}

void console_print(struct loader *loader, const char *line) {
    bool needs_serial = !console_has_serial(loader);
    // Firmware may have left the cursor inside a line.
    const char *const parts[] = {"\r\nhelios: ", line, "\r\n"};
    for (unsigned i = 0; i < 3; i++) {
        if (loader->system->ConOut != NULL) {
            console_print_text(loader, parts[i]);
        }
        if (needs_serial) {
            console_print_serial(loader, parts[i]);
        }
    }
}
