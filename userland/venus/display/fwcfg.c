// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/display/fwcfg.h"

#include <string.h>

enum {
    MMIO_DATA = 0,
    MMIO_SELECTOR = 8,
    MMIO_DMA = 16,
    PORT_SELECTOR = 0,
    PORT_DATA = 1,
    PORT_DMA = 4,
    KEY_SIGNATURE = 0x00,
    KEY_FEATURES = 0x01,
    KEY_DIRECTORY = 0x19,
    FEATURE_DMA = 2,
    MOST_FILES = 1024,
    NAME_BYTES = 56,
    DMA_ERROR = 1,
    DMA_SELECT = 8,
    DMA_WRITE = 16,
    DMA_HEADER = 16, // control, length, address
    DMA_READS = 100000,
    RAMFB_BYTES = 28,
    RAMFB_XRGB = 0x34325258, // "XR24"
};

static void put_big(uint8_t *at, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    }
}

static uint32_t swapped32(uint32_t value) {
    return __builtin_bswap32(value);
}

static void select_key(const struct fwcfg *fwcfg, uint16_t key) {
    if (fwcfg->is_ports) {
        venus_write16(&fwcfg->registers, PORT_SELECTOR, key);
    } else {
        venus_write16(&fwcfg->registers, MMIO_SELECTOR, (uint16_t)(key << 8 | key >> 8));
    }
}

static void read_bytes(const struct fwcfg *fwcfg, uint8_t *bytes, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        bytes[i] = venus_read8(&fwcfg->registers, fwcfg->is_ports ? PORT_DATA : MMIO_DATA);
    }
}

static uint32_t read_big32(const struct fwcfg *fwcfg) {
    uint8_t bytes[4];
    read_bytes(fwcfg, bytes, 4);
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

bool fwcfg_open(const struct fwcfg *fwcfg) {
    uint8_t signature[4];
    select_key(fwcfg, KEY_SIGNATURE);
    read_bytes(fwcfg, signature, 4);
    if (memcmp(signature, "QEMU", 4) != 0 || fwcfg->dma.length < FWCFG_DMA_BYTES) {
        return false;
    }
    uint8_t features;
    select_key(fwcfg, KEY_FEATURES);
    read_bytes(fwcfg, &features, 1);
    return (features & FEATURE_DMA) != 0;
}

bool fwcfg_find(const struct fwcfg *fwcfg, const char *name, uint16_t *selector, uint32_t *size) {
    select_key(fwcfg, KEY_DIRECTORY);
    uint32_t count = read_big32(fwcfg);
    for (uint32_t i = 0; i < count && i < MOST_FILES; i++) {
        char found[NAME_BYTES + 1] = {0};
        *size = read_big32(fwcfg);
        *selector = (uint16_t)(read_big32(fwcfg) >> 16);
        read_bytes(fwcfg, (uint8_t *)found, NAME_BYTES);
        if (strcmp(found, name) == 0) {
            return true;
        }
    }
    return false;
}

bool fwcfg_write(const struct fwcfg *fwcfg, uint16_t selector, const void *bytes, uint32_t length) {
    if (length > FWCFG_DMA_BYTES - DMA_HEADER) {
        return false;
    }
    uint8_t *memory = fwcfg->dma.address;
    memcpy(memory + DMA_HEADER, bytes, length);
    put_big(memory, (uint32_t)selector << 16 | DMA_SELECT | DMA_WRITE, 4);
    put_big(memory + 4, length, 4);
    put_big(memory + 8, fwcfg->dma.physical + DMA_HEADER, 8);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint64_t at = fwcfg->is_ports ? PORT_DMA : MMIO_DMA;
    venus_write32(&fwcfg->registers, at, swapped32((uint32_t)(fwcfg->dma.physical >> 32)));
    venus_write32(&fwcfg->registers, at + 4, swapped32((uint32_t)fwcfg->dma.physical));
    const volatile uint8_t *control = memory;
    // The write is the transfer; a device that has not cleared the word after so many reads does
    // not answer.
    for (unsigned i = 0; i < DMA_READS; i++) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if ((control[3] & ~DMA_ERROR) == 0) {
            return control[3] == 0;
        }
    }
    return false;
}

bool ramfb_set_mode(const struct fwcfg *fwcfg, uint32_t width, uint32_t height,
                    const struct venus_dma *memory) {
    uint16_t selector;
    uint32_t size;
    if (memory->length < (uint64_t)width * height * 4 ||
        !fwcfg_find(fwcfg, "etc/ramfb", &selector, &size) || size != RAMFB_BYTES) {
        return false;
    }
    uint8_t config[RAMFB_BYTES] = {0};
    put_big(config, memory->physical, 8);
    put_big(config + 8, RAMFB_XRGB, 4);
    put_big(config + 16, width, 4);
    put_big(config + 20, height, 4);
    put_big(config + 24, (uint64_t)width * 4, 4);
    return fwcfg_write(fwcfg, selector, config, RAMFB_BYTES);
}
