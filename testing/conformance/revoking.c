// SPDX-License-Identifier: GPL-3.0-only
//
// What can't be done with a capability that is being revoked, and how a revocation ends before its
// time.
#include "testing/conformance/crowd.h"
#include "testing/conformance/world.h"

static uint64_t subject;

// A look, without a trace: nothing can be derived meanwhile.
static bool is_revoking(void) {
    helios_buffer->caps[0] = subject;
    struct helios_message message = {
        .capability = HELIOS_INIT_CSPACE,
        .tag = helios_tag(HELIOS_CSPACE_COPY, 1, 3, 0),
        .params = {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0},
    };
    helios_syscall(HELIOS_SYS_CALL, &message);
    if (helios_tag_label(message.tag) == HELIOS_OK) {
        destroy_slot(message.params[0]);
    }
    return helios_tag_label(message.tag) == HELIOS_ERROR_BUSY;
}

static bool try_to_begin(void) {
    const uint64_t p[3] = {subject};
    crowd_make(subject);
    crowd_make_actor(0, CROWD_PRIORITY);
    crowd_call(0, HELIOS_INIT_CSPACE, HELIOS_CSPACE_REVOKE, 1, p);
    return crowd_interrupt(0, is_revoking);
}

// An actor is in the middle of revoking the subject.
static void begin(uint64_t object) {
    subject = object;
    bool has_begun = try_to_begin();
    for (unsigned i = 0; i < CROWD_ATTEMPTS && !has_begun; i++) {
        crowd_end();
        has_begun = try_to_begin();
    }
    EXPECT_TRUE(has_begun);
}

static void end(void) {
    actor_end(0);
    EXPECT_TRUE(!is_revoking());
    crowd_end();
    world_drop(subject);
}

static uint64_t make(uint64_t type) {
    return world_make(type, 0);
}

// What is refused. ---------------------------------------------------------------------------

TEST_CASE(capability_that_is_being_revoked_is_not_copied) {
    begin(make(HELIOS_TYPE_ENDPOINT));
    EXPECT_REFUSED(
        helios_cspace_copy(HELIOS_INIT_CSPACE, subject, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0),
        HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    end();
}

TEST_CASE(copy_of_a_capability_that_is_being_revoked_is_not_copied) {
    begin(make(HELIOS_TYPE_ENDPOINT));
    EXPECT_REFUSED(
        helios_cspace_copy(HELIOS_INIT_CSPACE, crowd_last, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0),
        HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    end();
}

static void expect_not_sent(uint64_t number) {
    uint64_t through = make(HELIOS_TYPE_ENDPOINT);
    begin(make(HELIOS_TYPE_NOTIFICATION));
    helios_buffer->caps[0] = subject;
    EXPECT_REFUSAL(invoke(number, through, helios_tag(0, 1, 0, 0), 0, 0), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_CAP, 0, 0);
    end();
    world_drop(through);
}

TEST_CASE(capability_that_is_being_revoked_is_not_sent) {
    expect_not_sent(HELIOS_SYS_SEND);
}

TEST_CASE(capability_that_is_being_revoked_is_not_sent_by_nbsend) {
    expect_not_sent(HELIOS_SYS_NBSEND);
}

TEST_CASE(capability_that_is_being_revoked_is_not_sent_by_call) {
    expect_not_sent(HELIOS_SYS_CALL);
}

TEST_CASE(capability_that_is_being_revoked_is_not_sent_by_reply) {
    uint64_t through = make(HELIOS_TYPE_ENDPOINT);
    actor_do(1, HELIOS_SYS_CALL, through, 0, 0);
    begin(make(HELIOS_TYPE_NOTIFICATION));
    invoke(HELIOS_SYS_NBRECV, through, 0, 0, 0);
    helios_buffer->caps[0] = subject;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(0, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    end();
    actor_end(1);
    world_drop(through);
}

TEST_CASE(notification_that_is_being_revoked_is_not_bound) {
    uint64_t task = make(HELIOS_TYPE_TASK);
    uint64_t handler = world_irq_handler();
    begin(make(HELIOS_TYPE_NOTIFICATION));
    EXPECT_REFUSED(helios_task_bind(task, subject), HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    EXPECT_REFUSED(helios_irq_handler_bind(handler, subject), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_CAP, 0, 0);
    end();
    world_drop(handler);
    world_drop(task);
}

static void expect_no_part(uint64_t type, uint64_t part) {
    uint64_t task = make(HELIOS_TYPE_TASK);
    begin(world_make(type, type == HELIOS_TYPE_CSPACE ? 2 : 0));
    EXPECT_REFUSED(helios_task_configure(task, &subject, 1, part), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_CAP, 0, 0);
    end();
    world_drop(task);
}

TEST_CASE(cspace_that_is_being_revoked_is_given_to_no_task) {
    expect_no_part(HELIOS_TYPE_CSPACE, HELIOS_TASK_CSPACE);
}

TEST_CASE(vspace_that_is_being_revoked_is_given_to_no_task) {
    expect_no_part(HELIOS_TYPE_VSPACE, HELIOS_TASK_VSPACE);
}

TEST_CASE(page_that_is_being_revoked_is_given_to_no_task) {
    expect_no_part(HELIOS_TYPE_PAGE, HELIOS_TASK_BUFFER);
}

TEST_CASE(endpoint_that_is_being_revoked_is_given_to_no_task) {
    expect_no_part(HELIOS_TYPE_ENDPOINT, HELIOS_TASK_FAULT_ENDPOINT);
}

TEST_CASE(page_that_is_being_revoked_is_not_mapped) {
    actor_make(1); // and with it the tables for buffers
    const uint64_t address = 0x10000000 + 100 * WORLD_PAGE;
    begin(make(HELIOS_TYPE_PAGE));
    EXPECT_REFUSED(helios_vspace_map(HELIOS_INIT_VSPACE, subject, address, 0), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_CAP, 0, 0);
    end();
    actor_end(1);
}

// It is what can still be done.
TEST_CASE(capability_that_is_being_revoked_is_used) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    EXPECT_EQ(invoke(HELIOS_SYS_SIGNAL, subject, 0, 0, 0).tag, 0);
    EXPECT_EQ(invoke(HELIOS_SYS_NBWAIT, crowd_last, 0, 0, 0).capability, 1);
    end();
}

enum { AT_ONCE = 16 };

// Actor 0 has begun. The more important one begins before the others go on. False if one ended too
// soon.
static bool others_begin(void) {
    const uint64_t p[3] = {subject};
    bool all_have_begun = true;
    for (unsigned i = 1; i < AT_ONCE && all_have_begun; i++) {
        crowd_make_actor(i, CROWD_PRIORITY + i);
        crowd_call(i, HELIOS_INIT_CSPACE, HELIOS_CSPACE_REVOKE, 1, p);
        all_have_begun = crowd_interrupt(i, 0);
    }
    return all_have_begun;
}

static void end_others(void) {
    for (unsigned i = 0; i < AT_ONCE; i++) {
        actor_end(i);
    }
}

// If one has ended by now the seventeenth finds room, and does its work: once more then.
TEST_CASE(seventeenth_revocation_at_the_same_time_is_refused) {
    begin(make(HELIOS_TYPE_ENDPOINT));
    struct helios_answer answer = {0};
    for (unsigned i = 0; i < CROWD_ATTEMPTS && answer.status == HELIOS_OK; i++) {
        if (i != 0) {
            end_others();
            crowd_end();
            begin(subject);
        }
        if (others_begin()) {
            answer = helios_cspace_revoke(HELIOS_INIT_CSPACE, subject);
        }
    }
    EXPECT_REFUSED(answer, HELIOS_ERROR_BUSY, PARAM(0), 0, 0);
    end_others();
    end();
}

// How it ends. -------------------------------------------------------------------------------

TEST_CASE(revocation_that_is_cancelled_leaves_the_rest) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    EXPECT_TRUE(!is_revoking());
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NOTIFICATION);
    crowd_finish(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_CANCELLED, HELIOS_ARGUMENT_NONE, 0, 0);
    end();
}

TEST_CASE(revocation_whose_task_is_destroyed_can_be_begun_again) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    actor_end(0);
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NOTIFICATION);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, subject));
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    end();
}

TEST_CASE(revocation_whose_task_is_suspended_goes_on_when_it_is_resumed) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    EXPECT_OK(helios_task_suspend(actor_task(0)));
    sleep_until(clock_now() + 1000000);
    EXPECT_TRUE(is_revoking());
    EXPECT_OK(helios_task_resume(actor_task(0)));
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    end();
}

TEST_CASE(two_who_revoke_the_same_both_end) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, subject));
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    end();
}

TEST_CASE(revocation_of_an_object_that_goes_ends) {
    uint64_t memory = world_medium_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_NOTIFICATION, 0, 1));
    begin(helios_buffer->caps[0]);
    world_drop(memory);
    EXPECT_TYPE(subject, HELIOS_TYPE_NULL);
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    end();
}

TEST_CASE(revocation_whose_capability_is_destroyed_ends) {
    begin(make(HELIOS_TYPE_NOTIFICATION));
    destroy_slot(subject);
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    end();
}
