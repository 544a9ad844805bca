// SPDX-License-Identifier: MIT
#include "userland/helios/memory.h"

#include <string.h>

#include "uapi/object.h"
#include "userland/helios/objects.h"

enum {
    FIRST_NODES = 64,
    // Making more nodes takes one, and so does what the caller wants.
    LEAST_NODES = 4,
    MORE_BYTES = 4096,
    // Of page tables below the root, and the address bits that each adds.
    LEVELS = 3,
    LEVEL_BITS = 9,
};

// Where the root task maps things: away from its image and from what the kernel maps for it, and
// inside the smallest user half.
#define ROOT_VM_BASE 0x2000000000ull
#define ROOT_VM_END  0x3000000000ull

struct helios_environment helios_environment;

static struct helios_range first_nodes[FIRST_NODES];

static void begin(uint64_t vm_base, uint64_t vm_end) {
    helios_environment.ranges.base = vm_base;
    helios_environment.ranges.end = vm_end;
    helios_ranges_add(&helios_environment.ranges, first_nodes, FIRST_NODES);
}

void helios_environment_of_root(const struct helios_bootinfo *bootinfo) {
    struct helios_environment *own = &helios_environment;
    own->cspace = HELIOS_INIT_CSPACE;
    own->vspace = HELIOS_INIT_VSPACE;
    own->task = HELIOS_INIT_TASK;
    own->user_top = bootinfo->user_top;
    own->timer_hz = bootinfo->timer_hz;
    for (uint32_t i = 0; i < bootinfo->memory_count; i++) {
        own->memories[own->memory_count++] = bootinfo->memories[i].slot;
    }
    memcpy(own->seed, bootinfo->seed, sizeof(own->seed));
    begin(ROOT_VM_BASE, ROOT_VM_END);
}

void helios_environment_of_process(const struct helios_startup *startup) {
    struct helios_environment *own = &helios_environment;
    own->cspace = HELIOS_PROCESS_CSPACE;
    own->vspace = HELIOS_PROCESS_VSPACE;
    own->task = HELIOS_PROCESS_TASK;
    if (helios_identify(HELIOS_PROCESS_MANAGER).value == HELIOS_TYPE_ENDPOINT) {
        own->fault = HELIOS_PROCESS_MANAGER;
    }
    own->memories[0] = HELIOS_PROCESS_MEMORY;
    own->memory_count = 1;
    own->user_top = startup->user_top;
    own->timer_hz = startup->timer_hz;
    memcpy(own->seed, startup->seed, sizeof(own->seed));
    begin(startup->vm_base, startup->vm_end);
}

struct helios_answer helios_make_several(uint64_t type, uint64_t size, uint64_t count) {
    const struct helios_environment *own = &helios_environment;
    struct helios_answer answer = {.status = HELIOS_ERROR_NO_MEMORY};
    for (uint32_t i = 0; i < own->memory_count; i++) {
        answer = helios_memory_allocate(own->memories[i], type, size, count);
        if (answer.status != HELIOS_ERROR_NO_MEMORY) {
            break;
        }
    }
    return answer;
}

struct helios_answer helios_make(uint64_t type, uint64_t size) {
    struct helios_answer answer = helios_make_several(type, size, 1);
    if (answer.status == HELIOS_OK) {
        answer.value = helios_buffer->caps[0];
    }
    return answer;
}

void helios_drop(uint64_t capability) {
    if (capability != 0) {
        helios_cspace_destroy(helios_environment.cspace, &capability, 1);
    }
}

void helios_replace(uint64_t *held, uint64_t capability) {
    if (*held != capability) {
        helios_drop(*held);
    }
    *held = capability;
}

struct helios_answer helios_copy(uint64_t capability, uint64_t rights, uint64_t badge) {
    return helios_cspace_copy(helios_environment.cspace, capability, HELIOS_CADDR_UNDEF, rights,
                              badge);
}

uint64_t helios_memory_free(void) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < helios_environment.memory_count; i++) {
        bytes += helios_memory_query(helios_environment.memories[i]).value;
    }
    return bytes;
}

static uint64_t round_to_pages(uint64_t bytes) {
    return (bytes + HELIOS_PAGE_BYTES - 1) & ~(HELIOS_PAGE_BYTES - 1);
}

// Maps a Page, or a table, whose capability then is not needed any more.
static struct helios_answer map_table(uint64_t type, uint64_t address) {
    struct helios_answer made = helios_make(type, 0);
    if (made.status != HELIOS_OK) {
        return made;
    }
    struct helios_answer answer =
        helios_vspace_map(helios_environment.vspace, made.value, address, 0);
    helios_drop(made.value);
    if (answer.status == HELIOS_ERROR_OCCUPIED) { // another thread was faster
        answer.status = HELIOS_OK;
    }
    return answer;
}

struct helios_answer helios_vm_map(uint64_t page, uint64_t address, uint64_t flags) {
    for (;;) {
        struct helios_answer answer =
            helios_vspace_map(helios_environment.vspace, page, address, flags);
        if (answer.status != HELIOS_ERROR_MISSING_TABLE) {
            return answer;
        }
        answer = map_table(answer.wanted, address);
        if (answer.status != HELIOS_OK) {
            return answer;
        }
    }
}

static void unmap(uint64_t address, uint64_t bytes) {
    for (uint64_t at = 0; at < bytes; at += HELIOS_PAGE_BYTES) {
        helios_vspace_unmap(helios_environment.vspace, address + at);
    }
}

// Maps `count` of the pages in the caller's list from `address` on, as far as that goes.
static struct helios_answer map_run(const uint64_t *pages, uint64_t count, uint64_t address,
                                    uint64_t flags, uint64_t *mapped) {
    struct helios_answer answer = {.status = HELIOS_OK};
    for (*mapped = 0; *mapped < count; ++*mapped) {
        answer = helios_vm_map(pages[*mapped], address + *mapped * HELIOS_PAGE_BYTES, flags);
        if (answer.status != HELIOS_OK) {
            break;
        }
    }
    return answer;
}

// Up to HELIOS_MAX_CAPS fresh pages.
static struct helios_answer fill_run(uint64_t address, uint64_t count, uint64_t flags,
                                     uint64_t *mapped) {
    *mapped = 0;
    struct helios_answer answer = helios_make_several(HELIOS_TYPE_PAGE, 0, count);
    if (answer.status != HELIOS_OK) {
        return answer;
    }
    uint64_t pages[HELIOS_MAX_CAPS];
    memcpy(pages, helios_buffer->caps, count * sizeof(pages[0]));
    answer = map_run(pages, count, address, flags, mapped);
    helios_cspace_destroy(helios_environment.cspace, pages, (uint32_t)count);
    return answer;
}

struct helios_answer helios_vm_fill(uint64_t address, uint64_t bytes, uint64_t flags) {
    struct helios_answer answer = {.status = HELIOS_OK};
    uint64_t done = 0;
    while (done < round_to_pages(bytes) && answer.status == HELIOS_OK) {
        uint64_t count = (round_to_pages(bytes) - done) / HELIOS_PAGE_BYTES;
        uint64_t mapped;
        answer = fill_run(address + done, count < HELIOS_MAX_CAPS ? count : HELIOS_MAX_CAPS, flags,
                          &mapped);
        done += mapped * HELIOS_PAGE_BYTES;
    }
    if (answer.status != HELIOS_OK) {
        unmap(address, done);
    }
    return answer;
}

static uint64_t take(uint64_t bytes, uint64_t alignment) {
    uint64_t address;
    uint64_t pages = round_to_pages(bytes);
    alignment = alignment > HELIOS_PAGE_BYTES ? alignment : HELIOS_PAGE_BYTES;
    bool found = pages >= bytes && helios_ranges_take(&helios_environment.ranges, pages, alignment,
                                                      HELIOS_PAGE_BYTES, &address);
    return found ? address : 0;
}

// A page of nodes, before they run out.
static void add_nodes(void) {
    if (helios_environment.ranges.spare_count >= LEAST_NODES) {
        return;
    }
    uint64_t address = take(MORE_BYTES, 0);
    if (address == 0) {
        return;
    }
    if (helios_vm_fill(address, MORE_BYTES, HELIOS_MAP_WRITE).status != HELIOS_OK) {
        helios_ranges_give(&helios_environment.ranges, address);
        return;
    }
    helios_ranges_add(&helios_environment.ranges, (struct helios_range *)(uintptr_t)address,
                      MORE_BYTES / sizeof(struct helios_range));
}

uint64_t helios_vm_reserve(uint64_t bytes, uint64_t alignment) {
    helios_mutex_lock(&helios_environment.lock);
    add_nodes();
    uint64_t address = take(bytes, alignment);
    helios_mutex_unlock(&helios_environment.lock);
    return address;
}

// What lies around an address: nobody else changes that while the caller has it.
static struct helios_range find(uint64_t address) {
    helios_mutex_lock(&helios_environment.lock);
    const struct helios_range *found = helios_ranges_find(&helios_environment.ranges, address);
    struct helios_range range = found != NULL ? *found : (struct helios_range){0};
    helios_mutex_unlock(&helios_environment.lock);
    return range;
}

// Whether the addresses that a table serves are all managed here and nobody has any of them.
static bool is_unused(uint64_t address, uint64_t span) {
    const struct helios_ranges *ranges = &helios_environment.ranges;
    helios_mutex_lock(&helios_environment.lock);
    bool is_free = address >= ranges->base && address < ranges->end &&
                   ranges->end - address >= span && helios_ranges_is_free(ranges, address, span);
    helios_mutex_unlock(&helios_environment.lock);
    return is_free;
}

// Takes out the tables of addresses that have just been given back, lowest first. If somebody gets
// addresses there at the same time, the kernel refuses that, or he finds that a table is missing.
static void drop_tables(uint64_t base, uint64_t size) {
    for (uint64_t level = 0; level < LEVELS; level++) {
        uint64_t span = HELIOS_PAGE_BYTES << (LEVEL_BITS * (level + 1));
        for (uint64_t at = base & ~(span - 1); at < base + size; at += span) {
            if (is_unused(at, span)) {
                helios_vspace_unmap_table(helios_environment.vspace, at, level);
            }
        }
    }
}

void helios_vm_forget(uint64_t address) {
    helios_mutex_lock(&helios_environment.lock);
    uint64_t size = helios_ranges_give(&helios_environment.ranges, address);
    helios_mutex_unlock(&helios_environment.lock);
    drop_tables(address, size);
}

// Nobody gets the addresses before everything there is unmapped.
void helios_vm_release_around(uint64_t address) {
    struct helios_range range = find(address);
    if (range.size == 0) {
        return;
    }
    unmap(range.base, range.size);
    helios_vm_forget(range.base);
}

uint64_t helios_vm_size(uint64_t address) {
    struct helios_range range = find(address);
    return range.base == address ? range.size : 0;
}

void helios_vm_release(uint64_t address) {
    if (helios_vm_size(address) != 0) {
        helios_vm_release_around(address);
    }
}

void *helios_pages_new(uint64_t bytes, uint64_t flags) {
    uint64_t address = helios_vm_reserve(bytes, 0);
    if (address == 0) {
        return NULL;
    }
    if (helios_vm_fill(address, bytes, flags).status != HELIOS_OK) {
        helios_vm_forget(address);
        return NULL;
    }
    return (void *)(uintptr_t)address;
}

void *helios_pages_map(const uint64_t *pages, uint64_t count, uint64_t flags,
                       struct helios_answer *answer) {
    struct helios_answer result = {.status = HELIOS_ERROR_NO_MEMORY};
    uint64_t address = 0;
    if (count < UINT64_MAX / HELIOS_PAGE_BYTES) {
        address = helios_vm_reserve(count * HELIOS_PAGE_BYTES, 0);
    }
    if (address != 0) {
        uint64_t mapped;
        result = map_run(pages, count, address, flags, &mapped);
        if (result.status != HELIOS_OK) {
            helios_vm_release(address);
            address = 0;
        }
    }
    if (answer != NULL) {
        *answer = result;
    }
    return (void *)(uintptr_t)address;
}

void helios_pages_free(void *address) {
    if (address != NULL) {
        helios_vm_release((uintptr_t)address);
    }
}
