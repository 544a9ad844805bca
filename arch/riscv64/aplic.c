// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/aplic.h"

#include "arch/include/device.h"
#include "arch/include/interrupt.h"

// Registers of the domain (section 4.5).
enum {
    DOMAINCFG = 0x0000,
    SOURCECFG = 0x0000, // + 4 * source
    SETIPNUM = 0x1cdc,
    INPUT = 0x1d00, // in_clrip: one bit per source, its rectified input when read
    CLRIPNUM = 0x1ddc,
    SETIENUM = 0x1edc,
    CLRIE = 0x1f00, // one bit per source
    CLRIENUM = 0x1fdc,
    TARGET = 0x3000, // + 4 * source
};

// Registers of an IDC (section 4.8.1).
enum {
    IDELIVERY = 0x00,
    IFORCE = 0x04,
    ITHRESHOLD = 0x08,
    CLAIMI = 0x1c,
};

enum {
    DOMAINCFG_BY_MSI = 1 << 2,
    DOMAINCFG_ENABLE = 1 << 8,
    TARGET_HART_SHIFT = 18,
    PRIORITY = 1,
    CLAIMI_SOURCE_SHIFT = 16,
};

// Source modes (table 4.2).
enum {
    INACTIVE = 0,
    DETACHED = 1,
    EDGE_RISING = 4,
    EDGE_FALLING = 5,
    LEVEL_HIGH = 6,
    LEVEL_LOW = 7,
};

static uint32_t get(const struct aplic *aplic, uintptr_t offset) {
    return (uint32_t)arch_device_read(DEVICE_MEMORY, aplic->registers + offset, 4);
}

static void put(const struct aplic *aplic, uintptr_t offset, uint32_t value) {
    arch_device_write(DEVICE_MEMORY, aplic->registers + offset, 4, value);
}

static uintptr_t sourcecfg(uint32_t source) {
    return SOURCECFG + 4 * (uintptr_t)source;
}

static uintptr_t idc_register(uint32_t idc, uintptr_t offset) {
    return APLIC_IDCS + (uintptr_t)APLIC_IDC_STRIDE * idc + offset;
}

void aplic_reset(const struct aplic *aplic) {
    put(aplic, DOMAINCFG, 0);
    for (uint32_t source = 0; source <= aplic->sources; source += 32) {
        put(aplic, CLRIE + 4 * (uintptr_t)(source / 32), ~0u);
    }
    for (uint32_t source = 1; source <= aplic->sources; source++) {
        put(aplic, sourcecfg(source), INACTIVE);
    }
    put(aplic, DOMAINCFG, DOMAINCFG_ENABLE | (aplic->by_msi ? DOMAINCFG_BY_MSI : 0));
}

void aplic_open_idc(const struct aplic *aplic, uint32_t idc) {
    put(aplic, idc_register(idc, IFORCE), 0);
    put(aplic, idc_register(idc, ITHRESHOLD), 0);
    put(aplic, idc_register(idc, IDELIVERY), 1);
}

bool aplic_source_exists(const struct aplic *aplic, uint32_t source) {
    put(aplic, sourcecfg(source), DETACHED);
    const bool exists = get(aplic, sourcecfg(source)) == DETACHED;
    put(aplic, sourcecfg(source), INACTIVE);
    return exists;
}

static uint32_t source_mode(unsigned flags) {
    const bool is_low = (flags & IRQ_LOW) != 0;
    if ((flags & IRQ_LEVEL) != 0) {
        return is_low ? LEVEL_LOW : LEVEL_HIGH;
    }
    return is_low ? EDGE_FALLING : EDGE_RISING;
}

bool aplic_configure(const struct aplic *aplic, uint32_t source, unsigned flags, uint32_t hart,
                     uint32_t id) {
    put(aplic, CLRIENUM, source);
    put(aplic, sourcecfg(source), source_mode(flags));
    if (get(aplic, sourcecfg(source)) != source_mode(flags)) {
        aplic_release(aplic, source);
        return false;
    }
    put(aplic, TARGET + 4 * (uintptr_t)source,
        hart << TARGET_HART_SHIFT | (aplic->by_msi ? id : PRIORITY));
    put(aplic, CLRIPNUM, source);
    return true;
}

// An inactive source is neither enabled nor pending (section 4.5.2).
void aplic_release(const struct aplic *aplic, uint32_t source) {
    put(aplic, sourcecfg(source), INACTIVE);
}

void aplic_set_enabled(const struct aplic *aplic, uint32_t source, bool enabled) {
    put(aplic, enabled ? SETIENUM : CLRIENUM, source);
}

void aplic_retrigger(const struct aplic *aplic, uint32_t source) {
    put(aplic, SETIPNUM, source);
}

uint32_t aplic_claim(const struct aplic *aplic, uint32_t idc) {
    return get(aplic, idc_register(idc, CLAIMI)) >> CLAIMI_SOURCE_SHIFT;
}

bool aplic_is_active(const struct aplic *aplic, uint32_t source) {
    return (get(aplic, INPUT + 4 * (uintptr_t)(source / 32)) >> source % 32 & 1) != 0;
}
