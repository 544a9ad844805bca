// SPDX-License-Identifier: GPL-3.0-only
//
// Every invocation that takes a capability, and everything that can be wrong with that one.
#include "testing/conformance/actor.h"
#include "testing/conformance/world.h"

struct taking {
    uint64_t (*object)(void);
    uint32_t label;
    uint64_t p[2];
    uint32_t params;
    uint64_t type;              // that the argument has; 0: any
    uint64_t (*argument)(void); // one of this type
    uint64_t rights;            // that it needs; 0: none
};

// p0 of what is asked of a DeviceMemory: its address.
static uint64_t first_parameter(const struct taking *taking, uint64_t object) {
    return taking->object == world_device ? helios_device_memory_query(object).value : taking->p[0];
}

static struct helios_message ask(const struct taking *taking, uint64_t object, uint64_t argument) {
    uint64_t p0 = first_parameter(taking, object);
    helios_buffer->caps[0] = argument;
    return invoke(HELIOS_SYS_CALL, object, helios_tag(taking->label, 1, taking->params, 0), p0,
                  taking->p[1]);
}

static void try_nothing(const struct taking *taking) {
    uint64_t object = taking->object();
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t empty = free_slot();
    EXPECT_REFUSAL(ask(taking, object, empty), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, empty,
                   slots);
    EXPECT_REFUSAL(ask(taking, object, slots), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, slots,
                   slots);
    EXPECT_REFUSAL(ask(taking, object, ~0ull), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, ~0ull,
                   slots);
    world_drop(object);
}

static void try_another_type(const struct taking *taking) {
    uint64_t object = taking->object();
    EXPECT_REFUSAL(ask(taking, object, HELIOS_INIT_POWER), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_POWER, taking->type);
    world_drop(object);
}

// All combinations that lack a right.
static void try_rights(const struct taking *taking) {
    uint64_t object = taking->object();
    uint64_t argument = taking->argument();
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        if ((rights & taking->rights) != taking->rights) {
            uint64_t weak = world_copy(argument, rights);
            EXPECT_REFUSAL(ask(taking, object, weak), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                           rights, taking->rights);
            world_drop(weak);
        }
    }
    world_drop(argument);
    world_drop(object);
}

#define TAKES_ANY(name, ...)                                                                       \
    static const struct taking taking_##name = {__VA_ARGS__};                                      \
    TEST_CASE(name##_refuses_an_argument_that_is_no_capability) {                                  \
        try_nothing(&taking_##name);                                                               \
    }

#define TAKES(name, ...)                                                                           \
    TAKES_ANY(name, __VA_ARGS__)                                                                   \
    TEST_CASE(name##_refuses_an_argument_of_another_type) {                                        \
        try_another_type(&taking_##name);                                                          \
    }                                                                                              \
    TEST_CASE(name##_refuses_an_argument_without_its_rights) {                                     \
        try_rights(&taking_##name);                                                                \
    }

#define READ  HELIOS_RIGHT_READ
#define WRITE HELIOS_RIGHT_WRITE
#define GRANT HELIOS_RIGHT_GRANT

static uint64_t task(void) {
    return world_make(HELIOS_TYPE_TASK, 0);
}

static uint64_t endpoint(void) {
    return world_make(HELIOS_TYPE_ENDPOINT, 0);
}

// A CSpace whose slot 1 holds something to move.
static uint64_t cspace_with_something(void) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(helios_cspace_copy(cspace, HELIOS_INIT_POWER, 1, HELIOS_RIGHT_ALL, 0));
    return cspace;
}

TAKES_ANY(cspace_copy, world_small_cspace, HELIOS_CSPACE_COPY, {1, 0}, 3, HELIOS_TYPE_NULL, 0, 0)
TAKES(cspace_move, cspace_with_something, HELIOS_CSPACE_MOVE, {1, 2}, 2, HELIOS_TYPE_CSPACE,
      world_small_cspace, WRITE)
TAKES(device_memory_allocate, world_device, HELIOS_DEVICE_MEMORY_ALLOCATE, {0, 0}, 2,
      HELIOS_TYPE_MEMORY, world_small_memory, WRITE)
TAKES(device_memory_split, world_device, HELIOS_DEVICE_MEMORY_SPLIT, {0, WORLD_PAGE}, 2,
      HELIOS_TYPE_MEMORY, world_small_memory, WRITE)
TAKES(asid_control_make_pool, world_asid_control, HELIOS_ASID_CONTROL_MAKE_POOL, {0}, 0,
      HELIOS_TYPE_MEMORY, world_small_memory, WRITE)
TAKES(asid_pool_assign, world_asid_pool, HELIOS_ASID_POOL_ASSIGN, {0}, 0, HELIOS_TYPE_VSPACE,
      world_vspace, WRITE)
TAKES(irq_handler_bind, world_irq_handler, HELIOS_IRQ_HANDLER_BIND, {0}, 0,
      HELIOS_TYPE_NOTIFICATION, world_notification, WRITE)
TAKES(task_bind, task, HELIOS_TASK_BIND, {0}, 0, HELIOS_TYPE_NOTIFICATION, world_notification, READ)
TAKES(task_set_priority, task, HELIOS_TASK_SET_PRIORITY, {1, 1}, 2, HELIOS_TYPE_TASK, task, WRITE)
TAKES(task_set_affinity, task, HELIOS_TASK_SET_AFFINITY, {1}, 1, HELIOS_TYPE_TASK, task, WRITE)
TAKES(task_configure_cspace, task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_CSPACE}, 1,
      HELIOS_TYPE_CSPACE, world_small_cspace, WRITE)
TAKES(task_configure_vspace, task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, 1,
      HELIOS_TYPE_VSPACE, world_vspace, WRITE)
TAKES(task_configure_buffer, task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, 1, HELIOS_TYPE_PAGE,
      world_page, READ | WRITE)
TAKES(task_configure_fault_endpoint, task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_FAULT_ENDPOINT}, 1,
      HELIOS_TYPE_ENDPOINT, endpoint, WRITE | GRANT)

// A buffer. ----------------------------------------------------------------------------------

TEST_CASE(task_configure_refuses_a_buffer_of_2_mib) {
    uint64_t subject = task();
    uint64_t page = world_make(HELIOS_TYPE_PAGE, 1);
    EXPECT_REFUSED(helios_task_configure(subject, &page, 1, HELIOS_TASK_BUFFER), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_CAP, 1, 0);
    world_drop(page);
    world_drop(subject);
}

TEST_CASE(task_configure_refuses_a_buffer_of_a_device) {
    uint64_t subject = task();
    uint64_t device = world_device();
    uint64_t address = helios_device_memory_query(device).value;
    EXPECT_OK(helios_device_memory_allocate(device, world_memory(), address, 0));
    uint64_t page = helios_buffer->caps[0];
    EXPECT_REFUSED(helios_task_configure(subject, &page, 1, HELIOS_TASK_BUFFER),
                   HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAP, 0, 0);
    world_drop(page);
    world_drop(device);
    world_drop(subject);
}

// Messages. ----------------------------------------------------------------------------------

static struct helios_message send_cap(uint64_t number, uint64_t through, uint64_t capability) {
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    helios_buffer->caps[1] = capability;
    return invoke(number, through, helios_tag(1, 2, 0, 0), 0, 0);
}

static void expect_no_capability(uint64_t number) {
    uint64_t through = endpoint();
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t empty = free_slot();
    EXPECT_REFUSAL(send_cap(number, through, empty), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAP + 1, empty, slots);
    EXPECT_REFUSAL(send_cap(number, through, slots), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAP + 1, slots, slots);
    world_drop(through);
}

TEST_CASE(send_refuses_an_empty_slot) {
    expect_no_capability(HELIOS_SYS_SEND);
}

TEST_CASE(call_refuses_an_empty_slot) {
    expect_no_capability(HELIOS_SYS_CALL);
}

TEST_CASE(nbsend_refuses_an_empty_slot) {
    expect_no_capability(HELIOS_SYS_NBSEND);
}
