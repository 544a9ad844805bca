// SPDX-License-Identifier: GPL-3.0-only
//
// Calls and signals between tasks of several CPUs.
#include "testing/conformance/smp/shared.h"
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"

static uint64_t endpoint; // that callers use
static uint64_t service;  // the same, or what it is a copy of: the servers'

static void make_endpoint(void) {
    endpoint = service = smp_make(HELIOS_TYPE_ENDPOINT, 0);
}

// Answers a call with its parameter and one more.
static void serve(void *argument) {
    (void)argument;
    struct helios_message message;
    helios_recv(service, 0, &message);
    for (;;) {
        message =
            helios_message_of(helios_tag(0, 0, 2, 0), message.params[0], message.params[0] + 1);
        helios_reply_recv(service, &message);
    }
}

// What callers got instead of the answer to their last call.
static uint64_t endings[SPACE_THREADS];

#define FINISHED UINT64_MAX

static void call_often(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    uint64_t status = HELIOS_OK;
    for (uint64_t i = 0; i < ROUNDS && status == HELIOS_OK; i++) {
        struct helios_answer answer = helios_call(endpoint, 0, 1, i, 0);
        status = answer.status;
        if (status == HELIOS_OK && (answer.value != i || answer.more[0] != i + 1)) {
            status = WRONG_ANSWER;
        }
        smp_count_one(index);
    }
    endings[index] = status;
    __atomic_store_n(&smp_counts[index], FINISHED, __ATOMIC_SEQ_CST);
    helios_signal(smp_progress);
    smp_wait_for_ever();
}

static uint64_t ending_of(unsigned index) {
    smp_await(index, FINISHED);
    return endings[index];
}

TEST_CASE(calls_reach_a_server_on_another_cpu) {
    smp_clear_counts();
    make_endpoint();
    smp_start(0, 1, serve, NULL);
    for (unsigned i = 1; i <= CPUS; i++) {
        smp_start(i, i - 1, call_often, smp_number(i));
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        EXPECT_EQ(ending_of(i), HELIOS_OK);
    }
    for (unsigned i = 0; i <= CPUS; i++) {
        space_end(i);
    }
    smp_drop(endpoint);
}

TEST_CASE(servers_of_several_cpus_share_an_endpoint) {
    smp_clear_counts();
    make_endpoint();
    for (unsigned i = 0; i < CPUS; i++) {
        smp_start(i, i, serve, NULL);
        smp_start(CPUS + i, i, call_often, smp_number(CPUS + i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        EXPECT_EQ(ending_of(CPUS + i), HELIOS_OK);
    }
    for (unsigned i = 0; i < 2 * CPUS; i++) {
        space_end(i);
    }
    smp_drop(endpoint);
}

// Looks until the thread waits for an answer. Looking goes by its CPU, where it is more important.
static void await_call(unsigned index) {
    uint64_t task = space_get(index)->task;
    EXPECT_EQ(helios_task_set_priority(task, HELIOS_INIT_TASK, HIGH, HIGH).status, HELIOS_OK);
    while ((helios_task_query(task).more[0] & 0xff) != HELIOS_TASK_CALLING) {
    }
}

// It had been destroyed before the call reached it, or under the caller.
static bool is_end_of_endpoint(uint64_t status) {
    return status == HELIOS_ERROR_GONE || status == HELIOS_ERROR_CAPABILITY;
}

TEST_CASE(callers_on_all_cpus_learn_that_the_endpoint_is_gone) {
    smp_clear_counts();
    make_endpoint();
    for (unsigned i = 1; i < CPUS; i++) {
        smp_start(i, i, call_often, smp_number(i));
    }
    for (unsigned i = 1; i < CPUS; i++) {
        await_call(i);
    }
    smp_drop(endpoint);
    for (unsigned i = 1; i < CPUS; i++) {
        EXPECT_EQ(ending_of(i), HELIOS_ERROR_GONE);
        space_end(i);
    }
}

// Of the callers one at most had been received; the others learn of the endpoint's end.
TEST_CASE(server_that_is_destroyed_abandons_callers_of_other_cpus) {
    uint64_t before = 0;
    for (unsigned round = 0; round < 10; round++) {
        smp_clear_counts();
        make_endpoint();
        smp_start(0, 1, serve, NULL);
        for (unsigned i = 1; i < CPUS; i++) {
            smp_start(i, i, call_often, smp_number(i));
        }
        smp_await(2, 1);
        space_end(0);
        smp_drop(endpoint);
        unsigned abandoned = 0;
        for (unsigned i = 1; i < CPUS; i++) {
            uint64_t status = ending_of(i);
            abandoned += status == HELIOS_ERROR_ABANDONED;
            EXPECT_TRUE(status == HELIOS_OK || status == HELIOS_ERROR_ABANDONED ||
                        is_end_of_endpoint(status));
            space_end(i);
        }
        EXPECT_TRUE(abandoned <= 1);
        before = round == 0 ? smp_free_bytes() : before;
    }
    EXPECT_EQ(smp_free_bytes(), before);
}

TEST_CASE(call_is_cancelled_from_another_cpu) {
    smp_clear_counts();
    make_endpoint();
    for (unsigned i = 1; i < CPUS; i++) {
        smp_start(i, i, call_often, smp_number(i));
    }
    for (unsigned i = 1; i < CPUS; i++) {
        await_call(i);
        EXPECT_EQ(helios_task_cancel(space_get(i)->task).status, HELIOS_OK);
        EXPECT_EQ(ending_of(i), HELIOS_ERROR_CANCELLED);
        space_end(i);
    }
    smp_drop(endpoint);
}

// Each round ends a caller while the server has its call, or just about: the server goes on with
// others.
TEST_CASE(caller_that_is_destroyed_leaves_a_server_of_another_cpu_alone) {
    make_endpoint();
    smp_start(0, 1, serve, NULL);
    for (unsigned round = 0; round < 20; round++) {
        smp_clear_counts();
        unsigned cpu = 2 + round % (CPUS - 2);
        smp_start(1, cpu, call_often, smp_number(1));
        smp_await(1, 1 + round);
        space_end(1);
    }
    smp_clear_counts();
    smp_start(1, 2, call_often, smp_number(1));
    EXPECT_EQ(ending_of(1), HELIOS_OK);
    space_end(1);
    space_end(0);
    smp_drop(endpoint);
}

// Whoever calls by it gets an answer to the last call, or learns that it is gone.
TEST_CASE(capability_that_is_revoked_is_used_no_more_by_other_cpus) {
    make_endpoint();
    smp_start(0, 1, serve, NULL);
    for (unsigned round = 0; round < 10; round++) {
        smp_clear_counts();
        struct helios_answer copy = helios_cspace_copy(
            HELIOS_INIT_CSPACE, service, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 1 + round);
        EXPECT_EQ(copy.status, HELIOS_OK);
        endpoint = copy.value;
        for (unsigned i = 1; i < CPUS; i++) {
            smp_start(i, i, call_often, smp_number(i));
        }
        smp_await(2, 1);
        EXPECT_EQ(helios_cspace_revoke(HELIOS_INIT_CSPACE, service).status, HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            uint64_t status = ending_of(i);
            EXPECT_TRUE(status == HELIOS_OK || is_end_of_endpoint(status));
            space_end(i);
        }
    }
    space_end(0);
    smp_drop(service);
}

// Signals. --------------------------------------------------------------------------------------

static uint64_t words[2];

static void pass_on(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        helios_wait(words[index], 0);
        smp_count_one(index);
        helios_signal(words[1 - index]);
    }
}

TEST_CASE(signals_go_to_and_fro_between_cpus) {
    smp_clear_counts();
    words[0] = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    words[1] = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    smp_start(0, 1, pass_on, smp_number(0));
    smp_start(1, 2, pass_on, smp_number(1));
    helios_signal(words[0]);
    smp_await(0, ROUNDS);
    smp_await(1, ROUNDS);
    space_end(0);
    space_end(1);
    smp_drop(words[0]);
    smp_drop(words[1]);
}

// A server that is bound to a notification: whether it waits or is just about to, no signal is
// lost.
static void serve_signals(void *argument) {
    (void)argument;
    struct helios_message message;
    helios_recv(service, 0, &message);
    for (;;) {
        if ((helios_tag_flags(message.tag) & HELIOS_FLAG_NOTIFIED) != 0) {
            smp_count_one(0);
            helios_signal(words[1]);
            helios_recv(service, 0, &message);
        } else {
            message =
                helios_message_of(helios_tag(0, 0, 2, 0), message.params[0], message.params[0] + 1);
            helios_reply_recv(service, &message);
        }
    }
}

static void signal_often(void *argument) {
    (void)argument;
    for (;;) {
        helios_signal(words[0]);
        helios_wait(words[1], 0);
    }
}

TEST_CASE(signals_to_a_bound_server_are_not_lost_beside_calls) {
    smp_clear_counts();
    make_endpoint();
    words[0] = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    words[1] = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    smp_start(0, 1, serve_signals, NULL);
    EXPECT_EQ(helios_task_bind(space_get(0)->task, words[0]).status, HELIOS_OK);
    smp_start(1, 1, call_often, smp_number(1));
    smp_start(2, 2, signal_often, NULL);
    smp_await(0, ROUNDS);
    smp_await(1, ROUNDS);
    for (unsigned i = 0; i < 3; i++) {
        space_end(i);
    }
    smp_drop(endpoint);
    smp_drop(words[0]);
    smp_drop(words[1]);
}
