// SPDX-License-Identifier: GPL-3.0-only
//
// What firmware knows about the machine: its configuration tables, the display, entropy.
#include "boot/info/hardware.h"

#include "boot/efi/loader.h"
#include "boot/info/cmdline.h"

#include <string.h>

static void *hardware_table(const struct loader *loader, EFI_GUID guid) {
    for (UINTN i = 0; i < loader->system->NumberOfTableEntries; i++) {
        EFI_CONFIGURATION_TABLE *table = &loader->system->ConfigurationTable[i];
        if (memcmp(&table->VendorGuid, &guid, sizeof guid) == 0) {
            return table->VendorTable;
        }
    }
    return NULL;
}

static void *hardware_table_of(const struct loader *loader, EFI_GUID newer, EFI_GUID older) {
    void *table = hardware_table(loader, newer);
    return table != NULL ? table : hardware_table(loader, older);
}

// Firmware sees memory one to one; what is not in its map is not touched.
static const void *hardware_map(void *context, uint64_t address, size_t length) {
    const struct loader *loader = context;
    const uint32_t kinds = 1u << HELIOS_MEM_FREE | 1u << HELIOS_MEM_MODULE | 1u << HELIOS_MEM_ACPI |
                           1u << HELIOS_MEM_FIRMWARE | 1u << HELIOS_MEM_RESERVED;
    if (address == 0 || !memmap_covers(&loader->info.memory, address, length, kinds)) {
        return NULL;
    }
    return (const void *)address;
}

static enum boot_error hardware_find_device_tree(struct loader *loader) {
    loader->device_tree = hardware_table(loader, (EFI_GUID)HELIOS_GUID_DEVICE_TREE);
    if (loader->device_tree == NULL) {
        return BOOT_OK;
    }
    return devicetree_size(loader->device_tree, SIZE_MAX, &loader->device_tree_size,
                           &loader->failure);
}

static enum boot_error hardware_read_tables(struct loader *loader) {
    struct boot_info *info = &loader->info;
    const struct boot_hardware hardware = {
        .acpi_memory = {.map = hardware_map, .context = loader},
        .rsdp = (uint64_t)hardware_table_of(loader, (EFI_GUID)HELIOS_GUID_ACPI_20,
                                            (EFI_GUID)HELIOS_GUID_ACPI_10),
        .device_tree = loader->device_tree,
        .device_tree_size = loader->device_tree_size,
    };
    info->boot.smbios = (uint64_t)hardware_table_of(loader, (EFI_GUID)HELIOS_GUID_SMBIOS3,
                                                    (EFI_GUID)HELIOS_GUID_SMBIOS);
    return boot_hardware_read(&hardware, info, &loader->failure);
}

// --- Display

static bool hardware_number(const char **text, uint32_t *value) {
    const char *at = *text;
    *value = 0;
    for (; *at >= '0' && *at <= '9' && *value < 100000; at++) {
        *value = *value * 10 + (uint32_t)(*at - '0');
    }
    bool found = at != *text;
    *text = at;
    return found;
}

// video=WxH on the command line: the mode to set. Without it, firmware's choice stands.
static enum boot_error hardware_wanted_mode(struct loader *loader, uint32_t *width,
                                            uint32_t *height) {
    char value[32];
    bool found = false;
    *width = 0;
    *height = 0;
    enum boot_error error = cmdline_get(loader->info.command_line, "video", value, sizeof value,
                                        &found, &loader->failure);
    if (error != BOOT_OK || !found) {
        return error;
    }
    const char *at = value;
    if (!hardware_number(&at, width) || *at++ != 'x' || !hardware_number(&at, height) || *at != 0) {
        return boot_fail(&loader->failure, BOOT_COMMAND_LINE_VALUE, "command line", "video", 0, 0,
                         0);
    }
    return BOOT_OK;
}

static void hardware_set_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *gop, uint32_t width, uint32_t height) {
    for (UINT32 i = 0; i < gop->Mode->MaxMode; i++) {
        EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode = NULL;
        UINTN size = 0;
        if (gop->QueryMode(gop, i, &size, &mode) == EFI_SUCCESS &&
            mode->HorizontalResolution == width && mode->VerticalResolution == height &&
            mode->PixelFormat != PixelBltOnly) {
            gop->SetMode(gop, i);
            return;
        }
    }
}

static void hardware_describe_pixels(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
                                     struct helios_boot_framebuffer *out) {
    switch (mode->PixelFormat) {
    case PixelBlueGreenRedReserved8BitPerColor:
        out->format = HELIOS_FB_XRGB8888;
        out->red_mask = 0xff0000;
        out->green_mask = 0xff00;
        out->blue_mask = 0xff;
        break;
    case PixelRedGreenBlueReserved8BitPerColor:
        out->format = HELIOS_FB_XBGR8888;
        out->red_mask = 0xff;
        out->green_mask = 0xff00;
        out->blue_mask = 0xff0000;
        break;
    default:
        out->format = HELIOS_FB_OTHER;
        out->red_mask = mode->PixelInformation.RedMask;
        out->green_mask = mode->PixelInformation.GreenMask;
        out->blue_mask = mode->PixelInformation.BlueMask;
        break;
    }
    uint32_t all = out->red_mask | out->green_mask | out->blue_mask;
    if (mode->PixelFormat != PixelBitMask) {
        out->bits_per_pixel = 32;
    } else {
        all |= mode->PixelInformation.ReservedMask;
        out->bits_per_pixel = all > 0xffffff ? 32 : all > 0xffff ? 24 : 16;
    }
}

static enum boot_error hardware_find_display(struct loader *loader) {
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    struct helios_boot_framebuffer *out = &loader->info.boot.framebuffer;
    void *found = NULL;
    uint32_t width = 0;
    uint32_t height = 0;
    enum boot_error error = hardware_wanted_mode(loader, &width, &height);
    if (error != BOOT_OK || loader->services->LocateProtocol(&guid, NULL, &found) != EFI_SUCCESS) {
        return error;
    }
    EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = found;
    if (width != 0) {
        hardware_set_mode(gop, width, height);
    }
    const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode = gop->Mode->Info;
    // Blt only (virtio-gpu): there is no framebuffer to hand over.
    if (mode == NULL || mode->PixelFormat >= PixelBltOnly || gop->Mode->FrameBufferBase == 0) {
        return BOOT_OK;
    }
    hardware_describe_pixels(mode, out);
    out->base = gop->Mode->FrameBufferBase;
    out->length = gop->Mode->FrameBufferSize;
    out->width = mode->HorizontalResolution;
    out->height = mode->VerticalResolution;
    out->pitch = mode->PixelsPerScanLine * (out->bits_per_pixel / 8);
    return BOOT_OK;
}

// --- Entropy

static bool hardware_firmware_entropy(struct loader *loader, uint8_t *bytes, size_t size) {
    EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
    void *found = NULL;
    if (loader->services->LocateProtocol(&guid, NULL, &found) != EFI_SUCCESS) {
        return false;
    }
    EFI_RNG_PROTOCOL *rng = found;
    return rng->GetRNG(rng, NULL, size, bytes) == EFI_SUCCESS;
}

static void hardware_mix(uint8_t *seed, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        seed[i % HELIOS_BOOT_SEED_SIZE] ^= bytes[i];
    }
}

// Something other than nothing, and marked as such: differences of a counter around firmware calls,
// spread by the finaliser of MurmurHash3.
static void hardware_weak_entropy(struct loader *loader, uint8_t *seed) {
    uint64_t state = 0;
    for (unsigned i = 0; i < HELIOS_BOOT_SEED_SIZE; i += 8) {
        for (unsigned round = 0; round < 8; round++) {
            loader->services->Stall(1);
            state = (state ^ arch_counter()) * 0xff51afd7ed558ccdu;
            state ^= state >> 33;
        }
        hardware_mix(seed + i, (const uint8_t *)&state, sizeof state);
    }
}

// Every source there is goes in, so that one bad source can't spoil the others.
static void hardware_gather_entropy(struct loader *loader) {
    uint8_t bytes[HELIOS_BOOT_SEED_SIZE];
    uint8_t *seed = loader->info.boot.seed;
    bool found = false;
    if (hardware_firmware_entropy(loader, bytes, sizeof bytes)) {
        hardware_mix(seed, bytes, sizeof bytes);
        found = true;
    }
    if (arch_entropy(bytes, sizeof bytes)) {
        hardware_mix(seed, bytes, sizeof bytes);
        found = true;
    }
    if (loader->device_tree != NULL) {
        size_t length = 0;
        const void *tree_seed =
            devicetree_rng_seed(loader->device_tree, loader->device_tree_size, &length);
        if (tree_seed != NULL && length >= 16) {
            hardware_mix(seed, tree_seed, length);
            found = true;
        }
    }
    if (!found) {
        hardware_weak_entropy(loader, seed);
        loader->info.boot.flags |= HELIOS_BOOT_SEED_WEAK;
    }
    memset(bytes, 0, sizeof bytes);
}

enum boot_error hardware_gather(struct loader *loader) {
    enum boot_error error = hardware_find_device_tree(loader);
    error = error != BOOT_OK ? error : arch_identify(loader);
    error = error != BOOT_OK ? error : hardware_read_tables(loader);
    error = error != BOOT_OK ? error : hardware_find_display(loader);
    error = error != BOOT_OK ? error : arch_gather(loader);
    if (error == BOOT_OK) {
        hardware_gather_entropy(loader);
    }
    return error;
}
