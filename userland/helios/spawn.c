// SPDX-License-Identifier: MIT
//
// The order of things: the ELF file and the config are checked, then a Memory is split off, then
// everything is made of that. So whatever fails later, destroying the Memory undoes all of it.
//
// Addresses: the image where it was linked; behind it, each with a page between that is never
// mapped, the stack, the IPC buffer, and the startup block; behind that, from the next 2 MiB on,
// what the process maps itself.
#include "userland/helios/spawn.h"

#include <string.h>

#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/spawn_state.h"

enum {
    BATCH = HELIOS_MAX_CAPS,
    STACK_LEAST_BITS = 2, // of the smallest CSpace
};

static uint64_t page_down(uint64_t value) {
    return value & ~(HELIOS_PAGE_BYTES - 1);
}

bool spawn_fails(struct spawn *spawn, enum helios_spawn_stage stage, uint32_t index,
                 struct helios_answer answer) {
    if (answer.status != HELIOS_OK) {
        spawn->process->stage = stage;
        spawn->process->index = index;
        spawn->process->answer = answer;
    }
    return answer.status != HELIOS_OK;
}

bool spawn_refuse(struct spawn *spawn, enum helios_spawn_stage stage, uint32_t index,
                  enum helios_error error, uint64_t found, uint64_t wanted) {
    struct helios_answer answer = {.status = error};
    answer.found = found;
    answer.wanted = wanted;
    spawn_fails(spawn, stage, index, answer);
    return false;
}

// --- Pages.

// Maps a page or a table in the process, and makes the tables that are missing of its Memory.
static struct helios_answer map_there(const struct spawn *spawn, uint64_t page, uint64_t address,
                                      uint64_t flags) {
    const struct helios_process *process = spawn->process;
    for (;;) {
        struct helios_answer answer = helios_vspace_map(process->vspace, page, address, flags);
        if (answer.status != HELIOS_ERROR_MISSING_TABLE) {
            return answer;
        }
        answer = helios_allocate(process->memory, answer.wanted, 0);
        if (answer.status != HELIOS_OK) {
            return answer;
        }
        uint64_t table = answer.value;
        answer = helios_vspace_map(process->vspace, table, address, 0);
        helios_drop(table);
        if (answer.status != HELIOS_OK) {
            return answer;
        }
    }
}

// Fills what lies at `address` of the process; the page is zeroed and mapped at the window.
typedef void fill_page(const struct spawn *spawn, const void *source, uint64_t address, char *page);

// `count` pages from `address` on, filled by `fill` (NULL: they stay zero).
static struct helios_answer add_batch(struct spawn *spawn, const uint64_t *pages, uint64_t count,
                                      uint64_t address, uint64_t flags, fill_page *fill,
                                      const void *source) {
    struct helios_answer answer = {.status = HELIOS_OK};
    for (uint64_t i = 0; i < count && answer.status == HELIOS_OK; i++) {
        uint64_t at = address + i * HELIOS_PAGE_BYTES;
        if (fill != NULL) {
            uint64_t window = (uintptr_t)spawn->window;
            answer = helios_vm_map(pages[i], window, HELIOS_MAP_WRITE);
            if (answer.status != HELIOS_OK) {
                break;
            }
            fill(spawn, source, at, spawn->window);
            helios_vspace_unmap(helios_environment.vspace, window);
            if ((flags & HELIOS_MAP_EXECUTE) != 0) {
                helios_page_sync_code(pages[i], 0, HELIOS_PAGE_BYTES);
            }
        }
        answer = map_there(spawn, pages[i], at, flags);
    }
    return answer;
}

// The stack's pages are kept where the process can't reach them.
static struct helios_answer keep(const struct spawn *spawn, const uint64_t *pages, uint64_t count,
                                 uint64_t address) {
    const struct helios_process *process = spawn->process;
    struct helios_answer answer = {.status = HELIOS_OK};
    if (process->stack == 0 || address < process->stack_base || address >= process->stack_top) {
        return answer;
    }
    uint64_t first = (address - process->stack_base) / HELIOS_PAGE_BYTES;
    for (uint64_t i = 0; i < count && answer.status == HELIOS_OK; i++) {
        answer = helios_cspace_copy(process->stack, pages[i], first + i, HELIOS_RIGHT_READ, 0);
    }
    return answer;
}

static struct helios_answer add_pages(struct spawn *spawn, uint64_t address, uint64_t end,
                                      uint64_t flags, fill_page *fill, const void *source) {
    struct helios_answer answer = {.status = HELIOS_OK};
    while (address < end && answer.status == HELIOS_OK) {
        uint64_t count = (end - address) / HELIOS_PAGE_BYTES;
        count = count < BATCH ? count : BATCH;
        answer = helios_memory_allocate(spawn->process->memory, HELIOS_TYPE_PAGE, 0, count);
        if (answer.status != HELIOS_OK) {
            break;
        }
        uint64_t pages[BATCH];
        memcpy(pages, helios_buffer->caps, count * sizeof(pages[0]));
        answer = add_batch(spawn, pages, count, address, flags, fill, source);
        if (answer.status == HELIOS_OK) {
            answer = keep(spawn, pages, count, address);
        }
        helios_cspace_destroy(helios_environment.cspace, pages, (uint32_t)count);
        address += count * HELIOS_PAGE_BYTES;
    }
    return answer;
}

static void fill_segment(const struct spawn *spawn, const void *source, uint64_t address,
                         char *page) {
    (void)spawn;
    const struct elf_segment *segment = source;
    uint64_t start = address > segment->vaddr ? address : segment->vaddr;
    uint64_t file_end = segment->vaddr + segment->filesz;
    uint64_t page_end = address + HELIOS_PAGE_BYTES;
    uint64_t end = page_end < file_end ? page_end : file_end;
    if (start < end) {
        memcpy(page + (start - address), segment->data + (start - segment->vaddr), end - start);
    }
}

static bool add_segments(struct spawn *spawn) {
    for (uint32_t i = 0; i < spawn->image.segment_count; i++) {
        const struct elf_segment *segment = &spawn->image.segments[i];
        uint64_t flags = (segment->flags & ELF_WRITE ? HELIOS_MAP_WRITE : 0) |
                         (segment->flags & ELF_EXECUTE ? HELIOS_MAP_EXECUTE : 0);
        uint64_t first = page_down(segment->vaddr);
        uint64_t end = spawn_page_up(segment->vaddr + segment->memsz);
        if (spawn_fails(spawn, HELIOS_SPAWN_SEGMENT, i,
                        add_pages(spawn, first, end, flags, fill_segment, segment))) {
            return false;
        }
    }
    return true;
}

// --- The startup block.

// The block is put together in pages of the maker's and copied.
static void fill_startup(const struct spawn *spawn, const void *source, uint64_t address,
                         char *page) {
    memcpy(page, (const char *)source + (address - spawn->places.startup), HELIOS_PAGE_BYTES);
}

static bool add_startup(struct spawn *spawn, const uint64_t *slots) {
    uint64_t bytes = spawn_page_up(spawn->places.startup_bytes);
    char *block = helios_pages_new(bytes, HELIOS_MAP_WRITE);
    if (block == NULL) {
        return spawn_refuse(spawn, HELIOS_SPAWN_STARTUP, 0, HELIOS_ERROR_NO_MEMORY, 0, bytes);
    }
    spawn_compose(spawn, slots, block);
    struct helios_answer answer =
        add_pages(spawn, spawn->places.startup, spawn->places.startup + bytes, HELIOS_MAP_WRITE,
                  fill_startup, block);
    helios_pages_free(block);
    return !spawn_fails(spawn, HELIOS_SPAWN_STARTUP, 0, answer);
}

// --- Capabilities and the task.

static struct helios_answer give(const struct spawn *spawn, uint64_t capability, uint64_t slot,
                                 uint64_t rights, uint64_t badge) {
    return helios_cspace_copy(spawn->process->cspace, capability, slot, rights, badge);
}

// log2 of the slots that a stack's pages need.
static uint64_t stack_bits(const struct helios_process *process) {
    uint64_t pages = (process->stack_top - process->stack_base) / HELIOS_PAGE_BYTES;
    uint64_t bits = STACK_LEAST_BITS;
    while (1ull << bits < pages) {
        bits++;
    }
    return bits;
}

static bool make_objects(struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    struct helios_process *process = spawn->process;
    uint64_t bits = spawn_or_default(config->memory_bits, HELIOS_SPAWN_MEMORY_BITS);
    struct helios_answer answer = config->memory != 0
                                      ? helios_allocate(config->memory, HELIOS_TYPE_MEMORY, bits)
                                      : helios_make(HELIOS_TYPE_MEMORY, bits);
    if (spawn_fails(spawn, HELIOS_SPAWN_OBJECTS, 0, answer)) {
        return false;
    }
    process->memory = answer.value;
    const struct {
        uint64_t *slot;
        uint64_t type;
        uint64_t size;
    } parts[] = {
        {&process->cspace, HELIOS_TYPE_CSPACE,
         spawn_or_default(config->cspace_bits, HELIOS_SPAWN_CSPACE_BITS)},
        {&process->vspace, HELIOS_TYPE_VSPACE, 0},
        {&process->task, HELIOS_TYPE_TASK, 0},
    };
    for (uint32_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        answer = helios_allocate(process->memory, parts[i].type, parts[i].size);
        if (spawn_fails(spawn, HELIOS_SPAWN_OBJECTS, i + 1, answer)) {
            return false;
        }
        *parts[i].slot = answer.value;
    }
    if (config->keeps_tasks) {
        answer = helios_allocate(process->memory, HELIOS_TYPE_CSPACE, HELIOS_SPAWN_TASKS_BITS);
        if (spawn_fails(spawn, HELIOS_SPAWN_OBJECTS, 6, answer)) {
            return false;
        }
        process->tasks = answer.value;
    }
    if (config->keeps_stack) {
        answer = helios_allocate(process->memory, HELIOS_TYPE_CSPACE, stack_bits(process));
        if (spawn_fails(spawn, HELIOS_SPAWN_OBJECTS, 5, answer)) {
            return false;
        }
        process->stack = answer.value;
    }
    uint64_t pool = spawn_or_default(config->asid_pool, helios_environment.asid_pool);
    return pool == 0 || !spawn_fails(spawn, HELIOS_SPAWN_OBJECTS, 4,
                                     helios_asid_pool_assign(pool, process->vspace));
}

// What every process has, as far as the config says so.
static bool give_fixed(struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    const struct helios_process *process = spawn->process;
    const struct {
        uint64_t capability;
        uint64_t slot;
        uint64_t rights;
        uint64_t badge;
    } fixed[] = {
        {process->cspace, HELIOS_PROCESS_CSPACE, HELIOS_RIGHT_ALL, 0},
        {process->vspace, HELIOS_PROCESS_VSPACE, HELIOS_RIGHT_ALL, 0},
        {process->task, HELIOS_PROCESS_TASK, HELIOS_RIGHT_ALL, 0},
        {process->memory, HELIOS_PROCESS_MEMORY, HELIOS_RIGHT_ALL, 0},
        {config->log, HELIOS_PROCESS_LOG, HELIOS_RIGHT_WRITE, config->log_badge},
        {config->registry, HELIOS_PROCESS_REGISTRY, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT,
         config->registry_badge},
        {config->manager, HELIOS_PROCESS_MANAGER, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT,
         config->badge},
        {process->tasks, HELIOS_PROCESS_TASKS, HELIOS_RIGHT_WRITE, 0},
    };
    for (uint32_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        // What it does not get keeps its place: a capability without any right, so that what it
        // says to nobody is refused and never goes to the next object that it makes.
        bool is_given = fixed[i].capability != 0;
        struct helios_answer answer = is_given ? give(spawn, fixed[i].capability, fixed[i].slot,
                                                      fixed[i].rights, fixed[i].badge)
                                               : give(spawn, process->memory, fixed[i].slot, 0, 0);
        if (spawn_fails(spawn, HELIOS_SPAWN_TASK, (uint32_t)fixed[i].slot, answer)) {
            return false;
        }
    }
    return true;
}

// The next slot that no capability of the config names.
static uint64_t next_slot(const struct helios_spawn_config *config, uint64_t slot) {
    for (uint32_t i = 0; i < config->capability_count; i++) {
        if (config->capabilities[i].slot == slot) {
            slot++;
            i = UINT32_MAX; // look at all of them again
        }
    }
    return slot;
}

static bool give_granted(struct spawn *spawn, uint64_t *slots) {
    const struct helios_spawn_config *config = spawn->config;
    uint64_t next = HELIOS_PROCESS_FIRST;
    for (uint32_t i = 0; i < config->capability_count; i++) {
        const struct helios_spawn_capability *wanted = &config->capabilities[i];
        slots[i] = wanted->slot;
        if (slots[i] == 0) {
            slots[i] = next_slot(config, next);
            next = slots[i] + 1;
        }
        if (spawn_fails(spawn, HELIOS_SPAWN_CAPABILITY, i,
                        give(spawn, wanted->capability, slots[i], wanted->rights, wanted->badge))) {
            return false;
        }
    }
    return true;
}

// The buffer's Page goes to the process; it can't be named by a capability that is destroyed.
static bool add_buffer(struct spawn *spawn) {
    const struct helios_process *process = spawn->process;
    struct helios_answer answer = helios_allocate(process->memory, HELIOS_TYPE_PAGE, 0);
    if (spawn_fails(spawn, HELIOS_SPAWN_BUFFER, 0, answer)) {
        return false;
    }
    uint64_t page = answer.value;
    answer = map_there(spawn, page, spawn->places.buffer, HELIOS_MAP_WRITE);
    if (answer.status == HELIOS_OK) {
        answer = give(spawn, page, HELIOS_PROCESS_BUFFER, HELIOS_RIGHT_ALL, 0);
    }
    if (answer.status == HELIOS_OK) {
        const uint64_t parts[] = {process->cspace, process->vspace, page};
        answer = helios_task_configure(
            process->task, parts, 3, HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE | HELIOS_TASK_BUFFER);
    }
    helios_drop(page);
    return !spawn_fails(spawn, HELIOS_SPAWN_BUFFER, 0, answer);
}

// The fault endpoint needs a badge of its own, so a copy is made for the moment.
static struct helios_answer set_fault_endpoint(const struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    uint64_t endpoint = spawn_or_default(config->fault, config->manager);
    struct helios_answer copy = {.status = HELIOS_OK};
    if (endpoint == 0) {
        return copy;
    }
    copy = helios_copy(endpoint, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, config->badge);
    if (copy.status != HELIOS_OK) {
        return copy;
    }
    const uint64_t part = copy.value;
    struct helios_answer answer =
        helios_task_configure(spawn->process->task, &part, 1, HELIOS_TASK_FAULT_ENDPOINT);
    helios_drop(part);
    return answer;
}

static struct helios_answer write_registers(const struct spawn *spawn) {
    uint64_t words[HELIOS_STUB_REGISTERS] = {0};
    words[HELIOS_REGISTER_PC] = spawn->image.entry;
    words[HELIOS_REGISTER_SP] = spawn->places.stack_top;
    words[HELIOS_STUB_ARGUMENT] = spawn->places.startup;
    return helios_task_write_registers(spawn->process->task, (1ull << HELIOS_STUB_REGISTERS) - 1,
                                       words, HELIOS_STUB_REGISTERS);
}

static struct helios_answer schedule(const struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    uint64_t authority = spawn_or_default(config->authority, helios_environment.task);
    uint64_t priority = spawn_or_default(config->priority, HELIOS_SPAWN_PRIORITY);
    struct helios_answer answer = helios_task_set_priority(
        spawn->process->task, authority, priority, spawn_or_default(config->ceiling, priority));
    if (answer.status == HELIOS_OK && config->cpus != 0) {
        answer = helios_task_set_affinity(spawn->process->task, authority, config->cpus);
    }
    return answer;
}

// Names it for the kernel's messages, as far as the name fits.
static void set_name(const struct spawn *spawn) {
    uint64_t words[2] = {0, 0};
    size_t length = strlen(spawn->config->name);
    memcpy(words, spawn->config->name, length < sizeof(words) ? length : sizeof(words) - 1);
    helios_task_set_name(spawn->process->task, words[0], words[1]);
}

static bool prepare_task(struct spawn *spawn) {
    set_name(spawn);
    struct helios_answer answer = set_fault_endpoint(spawn);
    if (answer.status == HELIOS_OK) {
        answer = write_registers(spawn);
    }
    if (answer.status == HELIOS_OK) {
        answer = schedule(spawn);
    }
    return !spawn_fails(spawn, HELIOS_SPAWN_TASK, 0, answer);
}

static bool add_stack(struct spawn *spawn) {
    return !spawn_fails(spawn, HELIOS_SPAWN_STACK_PAGES, 0,
                        add_pages(spawn, spawn->places.stack_base, spawn->places.stack_top,
                                  HELIOS_MAP_WRITE, NULL, NULL));
}

static bool build(struct spawn *spawn, uint64_t *slots) {
    return make_objects(spawn) && add_segments(spawn) && add_stack(spawn) && add_buffer(spawn) &&
           give_fixed(spawn) && give_granted(spawn, slots) && add_startup(spawn, slots) &&
           prepare_task(spawn);
}

// Where capabilities go is only known when they are there; a page for that lies beside the window.
static bool build_with_window(struct spawn *spawn) {
    uint64_t slot_bytes = (spawn->config->capability_count + 1) * sizeof(uint64_t);
    uint64_t *slots = helios_pages_new(slot_bytes, HELIOS_MAP_WRITE);
    spawn->window = (char *)(uintptr_t)helios_vm_reserve(HELIOS_PAGE_BYTES, 0);
    bool built = false;
    if (slots == NULL || spawn->window == NULL) {
        spawn_refuse(spawn, HELIOS_SPAWN_OBJECTS, 0, HELIOS_ERROR_NO_MEMORY, 0, slot_bytes);
    } else {
        built = build(spawn, slots);
    }
    helios_pages_free(slots);
    if (spawn->window != NULL) {
        helios_vm_forget((uintptr_t)spawn->window);
    }
    return built;
}

enum helios_error helios_spawn(const struct helios_spawn_config *config,
                               struct helios_process *process) {
    *process = (struct helios_process){0};
    struct helios_spawn_config named = *config;
    named.name = config->name != NULL ? config->name : "process";
    struct spawn spawn = {.config = &named, .process = process};
    if (!spawn_check(&spawn)) {
        return process->answer.status;
    }
    if (!build_with_window(&spawn) ||
        (!config->suspended &&
         spawn_fails(&spawn, HELIOS_SPAWN_TASK, 0, helios_task_resume(process->task)))) {
        helios_process_destroy(process);
    }
    return process->answer.status;
}

void helios_process_destroy(struct helios_process *process) {
    if (process->memory != 0) {
        helios_memory_reset(process->memory);
        helios_drop(process->memory);
    }
    process->memory = 0;
    process->task = 0;
    process->cspace = 0;
    process->vspace = 0;
    process->stack = 0;
    process->tasks = 0;
}
