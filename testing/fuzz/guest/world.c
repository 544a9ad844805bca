// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/world.h"

#include "testing/fuzz/guest/image.h"
#include "testing/fuzz/guest/report.h"
#include "testing/fuzz/guest/watch.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

enum {
    ARENA_BITS = 22,
    POOR_BITS = 18, // soon exhausted
    ENDPOINTS = 3,
    NOTIFICATIONS = 3,
    POORS = 4,
    DEVICE_BYTES = 4 * FUZZ_PAGE,
    STACK_PAGES = FUZZ_STACK_SIZE / FUZZ_PAGE,
};

struct fuzzer {
    uint64_t task;
    uint64_t cspace;
    uint64_t buffer;
    uint64_t stack[STACK_PAGES];
    uint64_t state; // of the supervisor's memory
    uint64_t fault; // badged, the same
};

static struct {
    uint64_t endpoint; // of faults
    uint64_t ports;    // harmless ones, x86_64; 0: none
    struct fuzzer fuzzers[FUZZ_TASKS];
    // Of a round.
    uint64_t arena;
    uint64_t arena_free;
    uint64_t spaces[FUZZ_SPACES];
    uint64_t endpoints[ENDPOINTS];
    uint64_t notifications[NOTIFICATIONS];
    uint64_t poors[POORS];
    uint64_t pool;
    uint64_t device;
    uint64_t device_base;
} world;

const struct helios_bootinfo *fuzz_machine;

static uint64_t make(uint64_t memory, uint64_t type, uint64_t size) {
    return fuzz_must(helios_allocate(memory, type, size), "make an object").value;
}

static uint64_t copy(uint64_t cspace, uint64_t source, uint64_t slot, uint64_t rights,
                     uint64_t badge) {
    return fuzz_must(helios_cspace_copy(cspace, source, slot, rights, badge), "copy").value;
}

struct fuzz_state *world_state(unsigned i) {
    return (struct fuzz_state *)(uintptr_t)FUZZ_STATE(i);
}

uint64_t world_task(unsigned i) {
    return world.fuzzers[i].task;
}

uint64_t world_fault_endpoint(void) {
    return world.endpoint;
}

static uint64_t space_of(unsigned i) {
    return world.spaces[i % FUZZ_SPACES];
}

// Once.
// ----------------------------------------------------------------------------------------------

static void issue_ports(void) {
    if (fuzz_machine->arch == HELIOS_BOOTINFO_X86_64) {
        fuzz_must(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, FUZZ_PORT, FUZZ_PORTS),
                  "issue ports");
        world.ports = helios_buffer->caps[0];
    }
}

void world_init(const struct helios_bootinfo *info) {
    uint64_t root = info->memories[0].slot;
    fuzz_machine = info;
    world.endpoint = make(root, HELIOS_TYPE_ENDPOINT, 0);
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        struct fuzzer *fuzzer = &world.fuzzers[i];
        fuzzer->state =
            fuzz_must(helios_map_new(HELIOS_INIT_VSPACE, root, FUZZ_STATE(i), HELIOS_MAP_WRITE),
                      "map a state")
                .value;
        fuzzer->fault =
            copy(HELIOS_INIT_CSPACE, world.endpoint, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, i + 1);
    }
    issue_ports();
}

// A round.
// -------------------------------------------------------------------------------------------

// The last thing that is made in a fresh arena: so it has to be there.
static void map_into(uint64_t space, uint64_t page, uint64_t address, uint64_t flags) {
    fuzz_must(helios_map(space, world.arena, page, address, flags), "map");
}

void world_registers(unsigned i, uint64_t *words) {
    for (unsigned word = 0; word < HELIOS_STUB_REGISTERS; word++) {
        words[word] = 0;
    }
    words[HELIOS_REGISTER_PC] = (uintptr_t)fuzz_task;
    words[HELIOS_REGISTER_SP] = helios_stub_stack(FUZZ_STACK(i) + FUZZ_STACK_SIZE);
    words[HELIOS_STUB_ARGUMENT] = FUZZ_STATE(i);
    helios_stub_fill(words);
}

static struct helios_answer write_registers(unsigned i) {
    uint64_t words[HELIOS_STUB_REGISTERS];
    world_registers(i, words);
    return helios_task_write_registers(world.fuzzers[i].task, (1ull << HELIOS_STUB_REGISTERS) - 1,
                                       words, HELIOS_STUB_REGISTERS);
}

static struct helios_answer configure(unsigned i) {
    const struct fuzzer *fuzzer = &world.fuzzers[i];
    const uint64_t parts[] = {fuzzer->cspace, space_of(i), fuzzer->buffer, fuzzer->fault};
    return helios_task_configure(fuzzer->task, parts, 4, HELIOS_TASK_PARTS);
}

static struct helios_answer set_priority(unsigned i) {
    uint64_t priority = FUZZ_PRIORITY_LOW + fuzz_random(&fuzz_run.random) % FUZZ_PRIORITIES;
    return helios_task_set_priority(world.fuzzers[i].task, HELIOS_INIT_TASK, priority,
                                    FUZZ_PRIORITY_MOST);
}

// Any set of CPUs, or what it has if that set has none that runs tasks.
static void set_affinity(unsigned i) {
    uint64_t cpus = fuzz_random(&fuzz_run.random) & ((1ull << fuzz_machine->cpu_count % 64) - 1);
    if (fuzz_machine->cpu_count > 1) {
        helios_task_set_affinity(world.fuzzers[i].task, HELIOS_INIT_TASK, cpus);
    }
}

static void name(unsigned i) {
    helios_task_set_name(world.fuzzers[i].task, 'f' | 'z' << 8 | (uint64_t)('0' + i) << 16, 0);
}

static void make_task(unsigned i) {
    struct fuzzer *fuzzer = &world.fuzzers[i];
    fuzzer->task = make(world.arena, HELIOS_TYPE_TASK, 0);
    fuzzer->cspace = make(world.arena, HELIOS_TYPE_CSPACE, FUZZ_SLOT_BITS);
    fuzzer->buffer = make(world.arena, HELIOS_TYPE_PAGE, 0);
    map_into(space_of(i), fuzzer->state, FUZZ_STATE(i), HELIOS_MAP_WRITE);
    map_into(space_of(i), fuzzer->buffer, FUZZ_BUFFER(i), HELIOS_MAP_WRITE);
    for (unsigned page = 0; page < STACK_PAGES; page++) {
        fuzzer->stack[page] = make(world.arena, HELIOS_TYPE_PAGE, 0);
        map_into(space_of(i), fuzzer->stack[page], FUZZ_STACK(i) + page * FUZZ_PAGE,
                 HELIOS_MAP_WRITE);
    }
    *world_state(i) = (struct fuzz_state){
        .random = fuzz_random(&fuzz_run.random),
        .clock_hz = fuzz_machine->timer_hz,
        .cpus = fuzz_machine->cpu_count,
        .device = world.device_base,
        .index = i,
    };
    fuzz_must(configure(i), "configure a task");
    fuzz_must(write_registers(i), "write registers");
    fuzz_must(set_priority(i), "set a priority");
    set_affinity(i);
    name(i);
}

// A copy for the task's CSpace, in a slot or any.
static void give(unsigned i, uint64_t source, uint64_t slot, uint64_t rights, uint64_t badge) {
    uint64_t type = helios_identify(source).value;
    uint64_t at = copy(world.fuzzers[i].cspace, source, slot, rights, badge);
    world_state(i)->types[at % FUZZ_SLOTS] = (uint8_t)type;
}

static void give_any(unsigned i, uint64_t source) {
    if (source != 0) {
        uint64_t random = fuzz_random(&fuzz_run.random);
        give(i, source, HELIOS_CADDR_UNDEF, random % 8 == 0 ? random / 8 % 16 : HELIOS_RIGHT_ALL,
             0);
    }
}

static void give_objects(unsigned i) {
    for (unsigned n = 0; n < ENDPOINTS; n++) {
        give(i, world.endpoints[n], HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, n == 0 ? 0x11 : 0);
    }
    for (unsigned n = 0; n < NOTIFICATIONS; n++) {
        give(i, world.notifications[n], HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, n == 0 ? 0x22 : 0);
    }
    give_any(i, world.pool);
    give_any(i, world.device);
    give_any(i, HELIOS_INIT_IRQ_CONTROL);
    give_any(i, HELIOS_INIT_ASID_CONTROL);
    if (world.ports != 0) {
        give_any(i, world.ports);
        give(i, HELIOS_INIT_IO_CONTROL, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_READ, 0);
    }
    give(i, HELIOS_INIT_POWER, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_READ, 0);
}

// What it is made of, what its neighbours are made of, and what all have to talk through.
static void equip(unsigned i) {
    const struct fuzzer *own = &world.fuzzers[i];
    give(i, own->cspace, FUZZ_SLOT_CSPACE, HELIOS_RIGHT_ALL, 0);
    give(i, space_of(i), FUZZ_SLOT_VSPACE, HELIOS_RIGHT_ALL, 0);
    give(i, own->task, FUZZ_SLOT_TASK, HELIOS_RIGHT_ALL, 0);
    give(i, world.poors[i % POORS], FUZZ_SLOT_MEMORY, HELIOS_RIGHT_ALL, 0);
    for (unsigned n = 1; n < 3; n++) {
        const struct fuzzer *other = &world.fuzzers[(i + n) % FUZZ_TASKS];
        give_any(i, other->task);
        give_any(i, other->cspace);
        give_any(i, other->buffer);
    }
    give_any(i, space_of(i + 1));
    give_any(i, own->buffer);
    give_objects(i);
    if (fuzz_random(&fuzz_run.random) % 32 == 0) {
        give_any(i, world.arena);
    }
}

// Tables that firmware has left in memory: nobody needs them any more.
static uint64_t make_device(void) {
    for (uint32_t i = 0; i < fuzz_machine->device_count; i++) {
        const struct helios_bootinfo_device *device = &fuzz_machine->devices[i];
        if (device->kind == HELIOS_BOOTINFO_TABLES &&
            helios_device_memory_split(device->slot, world.arena, device->base, FUZZ_PAGE).status ==
                HELIOS_OK) {
            world.device_base = device->base;
            return helios_buffer->caps[0];
        }
    }
    return 0;
}

void world_make(void) {
    world.arena = make(fuzz_machine->memories[0].slot, HELIOS_TYPE_MEMORY, ARENA_BITS);
    world.arena_free = helios_memory_query(world.arena).value;
    for (unsigned i = 0; i < FUZZ_SPACES; i++) {
        world.spaces[i] = make(world.arena, HELIOS_TYPE_VSPACE, 0);
        image_share(world.spaces[i], world.arena);
    }
    for (unsigned i = 0; i < ENDPOINTS; i++) {
        world.endpoints[i] = make(world.arena, HELIOS_TYPE_ENDPOINT, 0);
    }
    for (unsigned i = 0; i < NOTIFICATIONS; i++) {
        world.notifications[i] = make(world.arena, HELIOS_TYPE_NOTIFICATION, 0);
    }
    for (unsigned i = 0; i < POORS; i++) {
        world.poors[i] = make(world.arena, HELIOS_TYPE_MEMORY, POOR_BITS);
    }
    fuzz_must(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, world.arena), "make a pool");
    world.pool = helios_buffer->caps[0];
    world.device = make_device();
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        make_task(i);
    }
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        equip(i);
    }
}

void world_start(void) {
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        helios_task_resume(world.fuzzers[i].task); // who runs already may have ended it
    }
}

// Tasks that have stopped.
// ---------------------------------------------------------------------------

// Every call here may fail: fuzzers have destroyed what it needs.

static void map_again(unsigned i) {
    const struct fuzzer *fuzzer = &world.fuzzers[i];
    uint64_t space = space_of(i);
    helios_vspace_map(space, fuzzer->state, FUZZ_STATE(i), HELIOS_MAP_WRITE);
    helios_vspace_map(space, fuzzer->buffer, FUZZ_BUFFER(i), HELIOS_MAP_WRITE);
    for (unsigned page = 0; page < STACK_PAGES; page++) {
        helios_vspace_map(space, fuzzer->stack[page], FUZZ_STACK(i) + page * FUZZ_PAGE,
                          HELIOS_MAP_WRITE);
    }
}

bool world_restart(unsigned i, bool thorough) {
    uint64_t task = world.fuzzers[i].task;
    world_state(i)->index = i;
    world_state(i)->clock_hz = fuzz_machine->timer_hz;
    if (thorough) {
        map_again(i);
        configure(i);
        helios_task_set_step(task, 0);
    }
    set_priority(i);
    set_affinity(i);
    return write_registers(i).status == HELIOS_OK && helios_task_resume(task).status == HELIOS_OK;
}

bool world_rebuild(unsigned i) {
    struct fuzzer *fuzzer = &world.fuzzers[i];
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &fuzzer->task, 1);
    struct helios_answer made = helios_allocate(world.arena, HELIOS_TYPE_TASK, 0);
    if (made.status != HELIOS_OK) {
        return false;
    }
    fuzzer->task = made.value;
    name(i);
    return world_restart(i, true);
}

// The end of a round.
// --------------------------------------------------------------------------------

static void end_first(const uint64_t *capabilities, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        helios_cspace_revoke(HELIOS_INIT_CSPACE, capabilities[i]);
        helios_cspace_destroy(HELIOS_INIT_CSPACE, &capabilities[i], 1);
    }
}

// Things end in different orders, while tasks still run or not.
static void end_some(void) {
    uint64_t random = fuzz_random(&fuzz_run.random);
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        if (random % 4 == 0) {
            end_first(&world.fuzzers[i].task, 1);
        } else if (random % 4 == 1) {
            end_first(&world.fuzzers[i].cspace, 1);
        }
    }
    if (random / 4 % 2 == 0) {
        end_first(world.spaces, FUZZ_SPACES);
    }
    if (random / 8 % 2 == 0) {
        end_first(world.endpoints, ENDPOINTS);
    }
}

void world_end(void) {
    end_some();
    fuzz_must(helios_memory_reset(world.arena), "reset the arena");
    watch_arena(world.arena, world.arena_free);
    if (fuzz_random(&fuzz_run.random) % 2 == 0) {
        fuzz_must(helios_cspace_revoke(HELIOS_INIT_CSPACE, world.arena), "revoke the arena");
    }
    fuzz_must(helios_cspace_destroy(HELIOS_INIT_CSPACE, &world.arena, 1), "destroy the arena");
    watch_round();
}
