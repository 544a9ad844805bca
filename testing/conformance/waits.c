// SPDX-License-Identifier: GPL-3.0-only
//
// Every state that a task can wait in, and every way to leave it. The tables are whole: a row has
// an entry for each way, and each entry is a case of its own.
#include "testing/conformance/waiter.h"
#include "testing/conformance/world.h"

// Ways. ------------------------------------------------------------------------------------

static void served(void) {
}

static void cancelled(void) {
    EXPECT_EQ(helios_task_cancel(waiter.thread.task).value, 1);
}

static bool waits(void) {
    return !waiter_is_done();
}

static void deadline(void) {
    sleep_past(waiter.deadline, waits);
}

static void suspended(void) {
    uint64_t before = waiter_task_state();
    EXPECT_OK(helios_task_suspend(waiter.thread.task));
    EXPECT_EQ(waiter_task_state(), before + 256);
}

static void suspended_and_resumed(void) {
    suspended();
    EXPECT_OK(helios_task_resume(waiter.thread.task));
}

// No word of them.
static void registers_written(void) {
    uint64_t count = helios_task_read_registers(waiter.thread.task).more[0];
    const uint64_t first[4] = {0};
    EXPECT_OK(helios_invoke(waiter.thread.task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + (uint32_t)count,
                            first));
}

// Everything that refers to it but uses.
static void capabilities_destroyed(void) {
    const uint64_t own = WAITER_SLOT;
    EXPECT_OK(helios_cspace_destroy(waiter.cspace, &own, 1));
    destroy_slot(waiter.minted);
    destroy_slot(waiter.object);
}

static void own_capability_destroyed(void) {
    const uint64_t own = WAITER_SLOT;
    EXPECT_OK(helios_cspace_destroy(waiter.cspace, &own, 1));
}

static void own_capability_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.minted));
    EXPECT_EQ(helios_cspace_identify(waiter.cspace, WAITER_SLOT).value, HELIOS_TYPE_NULL);
}

static void object_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.object));
    EXPECT_TYPE(waiter.minted, HELIOS_TYPE_NULL);
}

static void memory_of_object_reset(void) {
    EXPECT_OK(helios_memory_reset(waiter.home));
    EXPECT_TYPE(waiter.object, HELIOS_TYPE_NULL);
}

static void task_destroyed(void) {
    destroy_slot(waiter.thread.task);
}

static void memory_of_task_destroyed(void) {
    destroy_slot(waiter.memory);
    EXPECT_TYPE(waiter.thread.task, HELIOS_TYPE_NULL);
}

static void cspace_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.cspace));
    EXPECT_EQ(helios_task_list(waiter.thread.task, 0).status, HELIOS_ERROR_STATE);
}

static void vspace_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.vspace));
}

static void buffer_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.thread.buffer_page));
}

static void memory_of_cspace_and_buffer_destroyed(void) {
    destroy_slot(waiter.parts);
    EXPECT_TYPE(waiter.cspace, HELIOS_TYPE_NULL);
    EXPECT_TYPE(waiter.thread.buffer_page, HELIOS_TYPE_NULL);
}

// Outcomes. ---------------------------------------------------------------------------------

static void expect_told(const struct waiter_state *state, enum helios_error error) {
    EXPECT_TRUE(waiter_is_done());
    uint32_t flags = state->number == HELIOS_SYS_RECV ? HELIOS_FLAG_ERROR : 0;
    EXPECT_EQ(waiter.message.tag, helios_tag(error, 0, 3, flags));
}

static void is_told_cancelled(const struct waiter_state *state) {
    expect_told(state, HELIOS_ERROR_CANCELLED);
    state->expect_nobody();
}

// The call has no result: registers that it does not preserve and that nobody wrote are zero.
static void is_told_nothing(const struct waiter_state *state) {
    EXPECT_TRUE(waiter_is_done());
    EXPECT_EQ(waiter.message.tag, 0);
    EXPECT_EQ(waiter.message.params[0], 0);
    state->expect_nobody();
}

static void is_told_deadline(const struct waiter_state *state) {
    expect_told(state, HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(waiter.message.params[0], HELIOS_ARGUMENT_DEADLINE);
    state->expect_nobody();
}

static void is_told_gone(const struct waiter_state *state) {
    expect_told(state, HELIOS_ERROR_GONE);
}

// It finds out when it wakes.
static void is_told_buffer(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    state->serve();
    expect_told(state, HELIOS_ERROR_BUFFER);
}

// Nothing has happened to it: it can be served.
static void stays(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), state->state);
    state->serve();
    EXPECT_TRUE(waiter_is_done());
    EXPECT_EQ(helios_tag_label(waiter.message.tag), state->served);
}

// And nobody is left who could serve it.
static void waits_on(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), state->state);
}

// It is served, but does not run before it is resumed.
static void keeps_its_place(const struct waiter_state *state) {
    state->serve();
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), HELIOS_TASK_READY + 256);
    EXPECT_OK(helios_task_resume(waiter.thread.task));
    EXPECT_TRUE(waiter_is_done());
    EXPECT_EQ(helios_tag_label(waiter.message.tag), state->served);
}

// As it stands: what it has faulted by is not done.
static void is_suspended(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), HELIOS_TASK_READY + 256);
    EXPECT_OK(helios_task_resume(waiter.thread.task));
    EXPECT_TRUE(waiter_is_done());
    EXPECT_EQ(helios_tag_label(waiter.message.tag), state->served);
}

// The fault was a system call: its refusal stood in registers that are zero now.
static void is_suspended_with_zeros(const struct waiter_state *state) {
    EXPECT_EQ(waiter_task_state(), HELIOS_TASK_READY + 256);
    EXPECT_OK(helios_task_resume(waiter.thread.task));
    is_told_nothing(state);
}

static void leaves(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    state->expect_nobody();
}

// The Reply for its call goes too: it belonged to the task.
static void takes_its_reply_along(const struct waiter_state *state) {
    (void)state;
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_TYPE(waiter.reply, HELIOS_TYPE_NULL);
}

static void becomes_inactive(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state() & 255, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(helios_task_resume(waiter.thread.task).status, HELIOS_ERROR_STATE);
    state->expect_nobody();
}

// The table. --------------------------------------------------------------------------------

static void try_way(const struct waiter_state *state, void (*way)(void),
                    void (*outcome)(const struct waiter_state *)) {
    waiter_begin(state, way == deadline ? deadline_soon() : 0);
    way();
    outcome(state);
    waiter_end();
}

#define CELL(state, way, outcome)                                                                  \
    TEST_CASE(state##_when_##way##_##outcome) {                                                    \
        try_way(&waiter_##state, way, outcome);                                                    \
    }

// Without a deadline: a fault message has none.
#define ROW(state, on_served, on_cancel, on_suspend, on_suspend_resume, on_registers,              \
            on_capabilities, on_own, on_own_revoked, on_object_revoked, on_object_reset, on_task,  \
            on_task_memory, on_cspace, on_vspace, on_buffer, on_parts)                             \
    CELL(state, served, on_served)                                                                 \
    CELL(state, cancelled, on_cancel)                                                              \
    CELL(state, suspended, on_suspend)                                                             \
    CELL(state, suspended_and_resumed, on_suspend_resume)                                          \
    CELL(state, registers_written, on_registers)                                                   \
    CELL(state, capabilities_destroyed, on_capabilities)                                           \
    CELL(state, own_capability_destroyed, on_own)                                                  \
    CELL(state, own_capability_revoked, on_own_revoked)                                            \
    CELL(state, object_revoked, on_object_revoked)                                                 \
    CELL(state, memory_of_object_reset, on_object_reset)                                           \
    CELL(state, task_destroyed, on_task)                                                           \
    CELL(state, memory_of_task_destroyed, on_task_memory)                                          \
    CELL(state, cspace_revoked, on_cspace)                                                         \
    CELL(state, vspace_revoked, on_vspace)                                                         \
    CELL(state, buffer_revoked, on_buffer)                                                         \
    CELL(state, memory_of_cspace_and_buffer_destroyed, on_parts)

// clang-format off
#define ROW_WITH_DEADLINE(state, ...)                                                              \
    CELL(state, deadline, is_told_deadline)                                                        \
    ROW(state, __VA_ARGS__)

//                              served cancelled          suspended        and resumed registers written
//                              capabilities destroyed  own destroyed  own revoked  object revoked
//                              memory of object reset  task destroyed  its memory
//                              cspace revoked  vspace revoked    buffer revoked  memory of both
ROW_WITH_DEADLINE(sending,      stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(calling,      stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(called,       stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                stays,                  stays,         stays,       stays,
                                stays,                  leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(saved,        stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                stays,                  stays,         stays,       stays,
                                stays,                  takes_its_reply_along, takes_its_reply_along,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(receiving,    stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(waiting,      stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW_WITH_DEADLINE(polling,      stays, is_told_cancelled, keeps_its_place, stays,      is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, is_told_buffer, is_told_buffer)
ROW_WITH_DEADLINE(polling_senders, stays, is_told_cancelled, keeps_its_place, stays,   is_told_nothing,
                                is_told_gone,           stays,         stays,       stays,
                                is_told_gone,           leaves,         leaves,
                                stays,          becomes_inactive, is_told_buffer, is_told_buffer)
// Its fault endpoint is a use: it keeps the Endpoint.
ROW(faulting,                   stays, is_suspended,      keeps_its_place, stays,      is_suspended_with_zeros,
                                waits_on,               stays,         stays,       stays,
                                is_suspended,           leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
ROW(faulted,                    stays, is_suspended,      keeps_its_place, stays,      is_suspended_with_zeros,
                                stays,                  stays,         stays,       stays,
                                stays,                  leaves,         leaves,
                                stays,          becomes_inactive, stays,          stays)
// clang-format on
