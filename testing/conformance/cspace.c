// SPDX-License-Identifier: GPL-3.0-only
//
// CSpace.
#include <stddef.h>

#include "testing/conformance/actor.h"
#include "testing/conformance/world.h"

enum { SLOTS = 4 }; // of world_small_cspace

static struct helios_answer copy(uint64_t cspace, uint64_t slot) {
    return helios_cspace_copy(cspace, HELIOS_INIT_POWER, slot, HELIOS_RIGHT_ALL, 0);
}

static void fill(uint64_t cspace) {
    for (unsigned i = 0; i < SLOTS; i++) {
        EXPECT_OK(copy(cspace, HELIOS_CADDR_UNDEF));
    }
}

TEST_CASE(cspace_copy_uses_the_slot_that_is_named) {
    uint64_t cspace = world_small_cspace();
    EXPECT_EQ(copy(cspace, 2).value, 2);
    EXPECT_EQ(helios_cspace_identify(cspace, 2).value, HELIOS_TYPE_POWER);
    world_drop(cspace);
}

TEST_CASE(cspace_copy_gives_the_rights_that_both_name) {
    uint64_t cspace = world_small_cspace();
    uint64_t source = world_copy(HELIOS_INIT_POWER, HELIOS_RIGHT_READ | HELIOS_RIGHT_GRANT);
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        EXPECT_OK(helios_cspace_copy(cspace, source, 1, rights, 0));
        EXPECT_EQ(helios_cspace_identify(cspace, 1).found,
                  rights & (HELIOS_RIGHT_READ | HELIOS_RIGHT_GRANT));
        uint64_t slot = 1;
        EXPECT_OK(helios_cspace_destroy(cspace, &slot, 1));
    }
    world_drop(source);
    world_drop(cspace);
}

TEST_CASE(cspace_copy_refuses_more_than_all_rights) {
    EXPECT_REFUSED(helios_cspace_copy(HELIOS_INIT_CSPACE, HELIOS_INIT_POWER, HELIOS_CADDR_UNDEF,
                                      HELIOS_RIGHT_ALL + 1, 0),
                   HELIOS_ERROR_RANGE, PARAM(1), HELIOS_RIGHT_ALL + 1, HELIOS_RIGHT_ALL);
}

TEST_CASE(cspace_copy_refuses_a_null_source) {
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t empty = free_slot();
    EXPECT_REFUSED(helios_cspace_copy(HELIOS_INIT_CSPACE, empty, HELIOS_CADDR_UNDEF, 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, empty, slots);
}

TEST_CASE(cspace_copy_refuses_a_badge_for_a_type_without_badges) {
    EXPECT_REFUSED(
        helios_cspace_copy(HELIOS_INIT_CSPACE, HELIOS_INIT_POWER, HELIOS_CADDR_UNDEF, 15, 7),
        HELIOS_ERROR_BADGE, PARAM(2), 7, 0);
}

TEST_CASE(cspace_copy_refuses_another_badge) {
    uint64_t notification = world_notification();
    uint64_t badged = world_badged(notification, 5);
    EXPECT_REFUSED(helios_cspace_copy(HELIOS_INIT_CSPACE, badged, HELIOS_CADDR_UNDEF, 15, 7),
                   HELIOS_ERROR_BADGE, PARAM(2), 7, 5);
    world_drop(badged);
    world_drop(notification);
}

TEST_CASE(cspace_copy_sets_a_badge_of_64_bits) {
    uint64_t notification = world_notification();
    uint64_t badged = world_badged(notification, ~0ull);
    EXPECT_EQ(helios_cspace_identify(HELIOS_INIT_CSPACE, badged).wanted, ~0ull);
    world_drop(badged);
    world_drop(notification);
}

TEST_CASE(cspace_copy_keeps_a_badge) {
    uint64_t notification = world_notification();
    uint64_t badged = world_badged(notification, 5);
    uint64_t again = world_copy(badged, HELIOS_RIGHT_ALL);
    EXPECT_EQ(helios_cspace_identify(HELIOS_INIT_CSPACE, again).wanted, 5);
    world_drop(again);
    world_drop(badged);
    world_drop(notification);
}

TEST_CASE(cspace_copy_refuses_a_slot_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(copy(cspace, SLOTS), HELIOS_ERROR_RANGE, PARAM(0), SLOTS, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_copy_refuses_a_slot_in_use) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_REFUSED(copy(cspace, 1), HELIOS_ERROR_OCCUPIED, PARAM(0), 1, 0);
    world_drop(cspace);
}

TEST_CASE(cspace_copy_refuses_when_it_is_full) {
    uint64_t cspace = world_small_cspace();
    fill(cspace);
    EXPECT_REFUSED(copy(cspace, HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_SLOT, PARAM(0),
                   HELIOS_CADDR_UNDEF, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_move_moves) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_EQ(helios_cspace_move(cspace, 0, 1, 3).value, 3);
    EXPECT_EQ(helios_cspace_identify(cspace, 1).value, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_cspace_identify(cspace, 3).value, HELIOS_TYPE_POWER);
    world_drop(cspace);
}

TEST_CASE(cspace_move_moves_to_another_one) {
    uint64_t cspace = world_small_cspace();
    uint64_t other = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_EQ(helios_cspace_move(cspace, other, 1, 2).value, 2);
    EXPECT_EQ(helios_cspace_identify(cspace, 1).value, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_cspace_identify(other, 2).value, HELIOS_TYPE_POWER);
    world_drop(other);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_to_move_from_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_move(cspace, 0, SLOTS, 1), HELIOS_ERROR_RANGE, PARAM(0), SLOTS,
                   SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_to_move_nothing) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_move(cspace, 0, 2, 1), HELIOS_ERROR_CAPABILITY, PARAM(0), 2,
                   SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_to_move_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_REFUSED(helios_cspace_move(cspace, 0, 1, SLOTS), HELIOS_ERROR_RANGE, PARAM(1), SLOTS,
                   SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_a_slot_in_use) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_OK(copy(cspace, 2));
    EXPECT_REFUSED(helios_cspace_move(cspace, 0, 1, 2), HELIOS_ERROR_OCCUPIED, PARAM(1), 2, 0);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_when_the_other_one_is_full) {
    uint64_t cspace = world_small_cspace();
    uint64_t other = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    fill(other);
    EXPECT_REFUSED(helios_cspace_move(cspace, other, 1, HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_SLOT,
                   PARAM(1), HELIOS_CADDR_UNDEF, SLOTS);
    world_drop(other);
    world_drop(cspace);
}

TEST_CASE(cspace_move_refuses_a_destination_that_is_no_cspace) {
    EXPECT_REFUSED(helios_cspace_move(HELIOS_INIT_CSPACE, HELIOS_INIT_POWER, HELIOS_INIT_POWER,
                                      HELIOS_CADDR_UNDEF),
                   HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_CSPACE);
}

TEST_CASE(cspace_move_refuses_a_destination_without_write) {
    uint64_t cspace = world_small_cspace();
    uint64_t weak = world_copy(cspace, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(helios_cspace_move(HELIOS_INIT_CSPACE, weak, HELIOS_INIT_POWER, 1),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    world_drop(weak);
    world_drop(cspace);
}

TEST_CASE(cspace_destroy_counts_what_it_emptied) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_OK(copy(cspace, 3));
    static const uint64_t slots[] = {0, 1, 2, 3};
    EXPECT_EQ(helios_cspace_destroy(cspace, slots, SLOTS).value, 2);
    EXPECT_EQ(helios_cspace_query(cspace).found, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_destroy_counts_a_slot_once_that_is_named_twice) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    static const uint64_t slots[] = {1, 1};
    EXPECT_EQ(helios_cspace_destroy(cspace, slots, 2).value, 1);
    world_drop(cspace);
}

TEST_CASE(cspace_destroy_refuses_no_slots) {
    EXPECT_REFUSED(helios_cspace_destroy(HELIOS_INIT_CSPACE, NULL, 0), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 0, 1);
}

TEST_CASE(cspace_destroy_refuses_65_slots) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE,
                          helios_tag(HELIOS_CSPACE_DESTROY, 0, HELIOS_MAX_PARAMS + 1, 0), ~0ull, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, HELIOS_MAX_PARAMS + 1,
                   HELIOS_MAX_PARAMS);
}

TEST_CASE(cspace_destroy_with_one_slot_outside_destroys_nothing) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    static const uint64_t slots[] = {1, SLOTS};
    EXPECT_REFUSED(helios_cspace_destroy(cspace, slots, 2), HELIOS_ERROR_RANGE, PARAM(1), SLOTS,
                   SLOTS);
    EXPECT_EQ(helios_cspace_identify(cspace, 1).value, HELIOS_TYPE_POWER);
    world_drop(cspace);
}

TEST_CASE(cspace_destroys_its_capabilities_when_it_goes) {
    uint64_t before = world_free_bytes();
    uint64_t cspace = world_small_cspace();
    uint64_t page = world_page();
    EXPECT_OK(helios_cspace_move(HELIOS_INIT_CSPACE, cspace, page, 1));
    world_drop(cspace);
    EXPECT_EQ(world_free_bytes(), before);
}

TEST_CASE(cspace_revoke_of_the_original_destroys_all_others) {
    uint64_t original = world_notification();
    uint64_t minted = world_copy(original, HELIOS_RIGHT_ALL);
    uint64_t copied = world_copy(minted, HELIOS_RIGHT_ALL);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, original));
    EXPECT_TYPE(minted, HELIOS_TYPE_NULL);
    EXPECT_TYPE(copied, HELIOS_TYPE_NULL);
    EXPECT_TYPE(original, HELIOS_TYPE_NOTIFICATION);
    world_drop(original);
}

TEST_CASE(cspace_revoke_of_a_minted_one_destroys_its_group_only) {
    uint64_t original = world_notification();
    uint64_t minted = world_copy(original, HELIOS_RIGHT_ALL);
    uint64_t copied = world_copy(minted, HELIOS_RIGHT_ALL);
    uint64_t other = world_copy(original, HELIOS_RIGHT_ALL);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, minted));
    EXPECT_TYPE(copied, HELIOS_TYPE_NULL);
    EXPECT_TYPE(minted, HELIOS_TYPE_NOTIFICATION);
    EXPECT_TYPE(other, HELIOS_TYPE_NOTIFICATION);
    world_drop(other);
    world_drop(minted);
    world_drop(original);
}

TEST_CASE(cspace_revoke_refuses_a_copy_of_a_copy) {
    uint64_t original = world_notification();
    uint64_t minted = world_copy(original, HELIOS_RIGHT_ALL);
    uint64_t copied = world_copy(minted, HELIOS_RIGHT_ALL);
    EXPECT_REFUSED(helios_cspace_revoke(HELIOS_INIT_CSPACE, copied), HELIOS_ERROR_STATE, PARAM(0),
                   2, 1);
    world_drop(copied);
    world_drop(minted);
    world_drop(original);
}

TEST_CASE(cspace_copy_takes_the_place_of_the_head_of_its_group) {
    uint64_t original = world_notification();
    uint64_t minted = world_copy(original, HELIOS_RIGHT_ALL);
    uint64_t copied = world_copy(minted, HELIOS_RIGHT_ALL);
    world_drop(minted);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, copied));
    world_drop(copied);
    world_drop(original);
}

TEST_CASE(cspace_move_keeps_what_is_derived) {
    uint64_t original = world_notification();
    uint64_t minted = world_copy(original, HELIOS_RIGHT_ALL);
    uint64_t moved = helios_cspace_move(HELIOS_INIT_CSPACE, 0, original, HELIOS_CADDR_UNDEF).value;
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, moved));
    EXPECT_TYPE(minted, HELIOS_TYPE_NULL);
    world_drop(moved);
}

TEST_CASE(cspace_revoke_refuses_a_slot_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_revoke(cspace, SLOTS), HELIOS_ERROR_RANGE, PARAM(0), SLOTS, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_revoke_refuses_a_null_slot) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_revoke(cspace, 1), HELIOS_ERROR_CAPABILITY, PARAM(0), 1, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_identify_says_type_rights_badge_and_size) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(helios_cspace_copy(cspace, cspace, 0, HELIOS_RIGHT_READ, 0));
    struct helios_answer answer = helios_cspace_identify(cspace, 0);
    EXPECT_EQ(answer.value, HELIOS_TYPE_CSPACE);
    EXPECT_EQ(answer.more[0], HELIOS_RIGHT_READ);
    EXPECT_EQ(answer.more[1], 0);
    EXPECT_EQ(answer.more[2], 2);
    static const uint64_t slot = 0;
    EXPECT_OK(helios_cspace_destroy(cspace, &slot, 1));
    world_drop(cspace);
}

TEST_CASE(cspace_identify_refuses_a_slot_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_identify(cspace, SLOTS), HELIOS_ERROR_RANGE, PARAM(0), SLOTS,
                   SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_list_names_what_is_there) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_OK(copy(cspace, 3));
    struct helios_answer answer = helios_cspace_list(cspace, 0);
    EXPECT_EQ(answer.value, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(answer.more[0], 2);
    EXPECT_EQ(answer.more[1], 1);
    EXPECT_EQ(answer.more[2], HELIOS_TYPE_POWER);
    EXPECT_EQ(helios_buffer->params[4], 3);
    EXPECT_EQ(helios_buffer->params[5], HELIOS_TYPE_POWER);
    world_drop(cspace);
}

TEST_CASE(cspace_list_begins_where_it_is_told) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_OK(copy(cspace, 3));
    struct helios_answer answer = helios_cspace_list(cspace, 2);
    EXPECT_EQ(answer.more[0], 1);
    EXPECT_EQ(answer.more[1], 3);
    world_drop(cspace);
}

TEST_CASE(cspace_list_refuses_to_begin_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_list(cspace, SLOTS), HELIOS_ERROR_RANGE, PARAM(0), SLOTS, SLOTS);
    world_drop(cspace);
}

// Who has the address of what has been taken from him may not know yet.
TEST_CASE(cspace_slot_that_a_revocation_emptied_is_used_again_last) {
    uint64_t cspace = world_small_cspace();
    uint64_t endpoint = world_make(HELIOS_TYPE_ENDPOINT, 0);
    uint64_t taken =
        helios_cspace_copy(cspace, endpoint, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0).value;
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, endpoint));
    for (unsigned i = 0; i + 2 < SLOTS; i++) { // but for slot 0, which comes after all others
        EXPECT_TRUE(copy(cspace, HELIOS_CADDR_UNDEF).value != taken);
    }
    EXPECT_EQ(copy(cspace, HELIOS_CADDR_UNDEF).value, taken);
    world_drop(endpoint);
    world_drop(cspace);
}

TEST_CASE(cspace_query_says_slots_and_free) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    struct helios_answer answer = helios_cspace_query(cspace);
    EXPECT_EQ(answer.value, SLOTS);
    EXPECT_EQ(answer.found, SLOTS - 1);
    world_drop(cspace);
}

TEST_CASE(cspace_save_reply_refuses_a_slot_outside) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_save_reply(cspace, SLOTS), HELIOS_ERROR_RANGE, PARAM(0), SLOTS,
                   SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_save_reply_refuses_a_slot_in_use) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(copy(cspace, 1));
    EXPECT_REFUSED(helios_cspace_save_reply(cspace, 1), HELIOS_ERROR_OCCUPIED, PARAM(0), 1, 0);
    world_drop(cspace);
}

TEST_CASE(cspace_save_reply_refuses_when_it_is_full) {
    uint64_t cspace = world_small_cspace();
    fill(cspace);
    EXPECT_REFUSED(helios_cspace_save_reply(cspace, HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_SLOT,
                   PARAM(0), HELIOS_CADDR_UNDEF, SLOTS);
    world_drop(cspace);
}

TEST_CASE(cspace_save_reply_without_a_call_leaves_the_slot_free) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSED(helios_cspace_save_reply(cspace, 1), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_NONE,
                   0, 0);
    EXPECT_EQ(helios_cspace_query(cspace).found, SLOTS);
    world_drop(cspace);
}
