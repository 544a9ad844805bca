// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/image.h"

#include "testing/fuzz/guest/report.h"
#include "uapi/object.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

enum { IMAGE_BASE = 0x400000, IMAGE_PAGES = 64 };

static struct {
    uint64_t slot;
    uint64_t address;
    uint64_t flags;
} pages[IMAGE_PAGES];

static unsigned page_count;

static uint64_t slot_of(const struct helios_bootinfo *info, uint64_t physical) {
    for (uint64_t i = 0; i < info->image_pages; i++) {
        if (helios_page_query(info->image_slot + i).value == physical) {
            return info->image_slot + i;
        }
    }
    return 0;
}

void image_init(const struct helios_bootinfo *info) {
    for (uint64_t address = IMAGE_BASE;; address += FUZZ_PAGE) {
        struct helios_answer mapped = helios_vspace_query(HELIOS_INIT_VSPACE, address);
        if (mapped.status != HELIOS_OK) {
            return;
        }
        uint64_t flags = mapped.more[0];
        if ((flags & HELIOS_MAP_WRITE) == 0) {
            if (page_count == IMAGE_PAGES) {
                fuzz_finding("the program has too many pages", page_count, IMAGE_PAGES);
            }
            pages[page_count].slot = slot_of(info, mapped.value);
            pages[page_count].address = address;
            pages[page_count++].flags = flags;
        }
    }
}

void image_share(uint64_t vspace, uint64_t memory) {
    for (unsigned i = 0; i < page_count; i++) {
        fuzz_must(helios_map(vspace, memory, pages[i].slot, pages[i].address, pages[i].flags),
                  "share the image");
    }
}
