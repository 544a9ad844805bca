// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-net, with the test's own program on the host as its peer
// (build/tools/qemu_test/peer.h): it sends echoes back, and frames of any length on demand.
#include "userland/interfaces/net.h"

#include <string.h>

#include "userland/helios/clock.h"
#include "userland/helios/shared.h"
#include "userland/venus/testing/service.h"

enum {
    PEER_ECHO = 0x88b5,
    PEER_WISH = 0x88b6,
    ADDRESS = 6,
    HEADER = 14,
    SHORTEST = 60, // that Ethernet has
    LONGEST = 1514,
    PAGE = 4096,
    IN = PAGE, // where frames are received; they go out from the page before it
    MOST = 2048,
    TOGETHER = 32, // frames on their way at one time
};

static struct play_driver driver;
static uint64_t card;
static struct helios_shared shared;
static uint8_t *memory;
static uint64_t base;
static struct net_info info;
static const uint8_t peer[ADDRESS] = {0x02, 'p', 'e', 'e', 'r', 0};

static bool open_card(void) {
    if (card != 0) {
        return true;
    }
    card = service_for(&driver, "bin/net", VIRTIO_NETWORK, 0);
    bool is_open =
        card != 0 && EXPECT_EQ(helios_shared_begin(&shared, net_attach, card, 2), HELIOS_OK);
    memory = shared.address;
    base = shared.offset;
    return is_open && EXPECT_EQ(net_describe(card, &info), HELIOS_OK);
}

static uint8_t byte_of(uint32_t number, uint32_t index) {
    return (uint8_t)(number * 31 + index * 7 + (index >> 8));
}

static bool send_frame(uint16_t type, uint32_t number, uint32_t at, uint32_t length) {
    uint8_t *frame = memory + at;
    memcpy(frame, peer, ADDRESS);
    memcpy(frame + ADDRESS, info.mac, ADDRESS);
    frame[12] = (uint8_t)(type >> 8);
    frame[13] = (uint8_t)type;
    for (uint32_t i = HEADER; i < length; i++) {
        frame[i] = byte_of(number, i);
    }
    return EXPECT_EQ(net_send(card, base + at, length), HELIOS_OK);
}

// The next frame that comes has to be this echo.
static bool receive_echo(uint32_t number, uint32_t length) {
    uint32_t got = 0;
    const uint8_t *frame = memory + IN;
    memset(memory + IN, 0, MOST);
    bool is_same = EXPECT_EQ(net_receive(card, base + IN, MOST, &got), HELIOS_OK) &&
                   EXPECT_EQ(got, length) && EXPECT_TRUE(memcmp(frame, info.mac, ADDRESS) == 0) &&
                   EXPECT_TRUE(memcmp(frame + ADDRESS, peer, ADDRESS) == 0);
    for (uint32_t i = HEADER; i < length && is_same; i++) {
        is_same = EXPECT_EQ(frame[i], byte_of(number, i));
    }
    return is_same && EXPECT_EQ(frame[length], 0);
}

// Has the peer send a frame of that many bytes.
static bool wish(uint16_t length) {
    uint8_t *frame = memory;
    memset(frame, 0, SHORTEST);
    memcpy(frame, peer, ADDRESS);
    memcpy(frame + ADDRESS, info.mac, ADDRESS);
    frame[12] = PEER_WISH >> 8;
    frame[13] = PEER_WISH & 0xff;
    frame[14] = (uint8_t)(length >> 8);
    frame[15] = (uint8_t)length;
    return EXPECT_EQ(net_send(card, base, SHORTEST), HELIOS_OK);
}

TEST_CASE(card_has_its_address_and_a_link) {
    static const uint8_t mac[ADDRESS] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    if (open_card()) {
        EXPECT_TRUE(memcmp(info.mac, mac, ADDRESS) == 0);
        EXPECT_TRUE(info.link);
        EXPECT_EQ(info.mtu, LONGEST - HEADER);
    }
}

TEST_CASE(frames_of_all_sizes_come_back_as_they_went) {
    bool is_same = open_card();
    for (uint32_t length = SHORTEST; length <= LONGEST && is_same; length++) {
        uint32_t at = length * 37 % (PAGE - length + 1);
        is_same = send_frame(PEER_ECHO, length, at, length) && receive_echo(length, length);
    }
}

TEST_CASE(frames_that_wait_come_in_their_order) {
    bool is_same = open_card();
    for (uint32_t i = 0; i < TOGETHER && is_same; i++) {
        is_same = send_frame(PEER_ECHO, i, 0, SHORTEST + i * 40);
    }
    for (uint32_t i = 0; i < TOGETHER && is_same; i++) {
        is_same = receive_echo(i, SHORTEST + i * 40);
    }
}

TEST_CASE(what_is_no_frame_of_the_clients_is_not_sent) {
    if (open_card()) {
        EXPECT_EQ(net_send(card, base, HEADER - 1), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base, LONGEST + 1), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base, ~0u), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base + 2 * PAGE - 20, SHORTEST), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base + 2 * PAGE, SHORTEST), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, ~0ull, SHORTEST), HELIOS_ERROR_RANGE);
    }
}

TEST_CASE(frames_that_are_too_long_do_not_come) {
    static const uint16_t lengths[] = {LONGEST + 1, 1518, 2036, 2037, 4096, 65535};
    bool is_same = open_card();
    for (uint32_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]) && is_same; i++) {
        is_same =
            wish(lengths[i]) && send_frame(PEER_ECHO, i, 0, SHORTEST) && receive_echo(i, SHORTEST);
    }
}

TEST_CASE(more_bad_frames_than_there_are_buffers_do_no_harm) {
    bool is_same = open_card();
    for (uint32_t i = 0; i < 200 && is_same; i++) {
        is_same = wish(LONGEST + 1);
    }
    EXPECT_TRUE(is_same && send_frame(PEER_ECHO, 1, 0, LONGEST) && receive_echo(1, LONGEST));
}

TEST_CASE(frame_is_cut_where_its_receiver_wants_no_more) {
    uint32_t got = 0;
    if (open_card() && send_frame(PEER_ECHO, 5, 0, LONGEST)) {
        memset(memory + IN, 0, MOST);
        EXPECT_EQ(net_receive(card, base + IN, 100, &got), HELIOS_OK);
        EXPECT_EQ(got, 100);
        EXPECT_EQ(memory[IN + 99], byte_of(5, 99));
        EXPECT_EQ(memory[IN + 100], 0);
    }
}

TEST_CASE(frame_may_lie_across_pages) {
    if (open_card()) {
        EXPECT_TRUE(send_frame(PEER_ECHO, 8, PAGE - 20, SHORTEST) && receive_echo(8, SHORTEST));
    }
}

TEST_CASE(frame_stays_until_it_is_received_to_where_it_may_go) {
    uint32_t got = 0;
    if (open_card() && send_frame(PEER_ECHO, 6, 0, SHORTEST)) {
        EXPECT_EQ(net_receive(card, base + 2 * PAGE, MOST, &got), HELIOS_ERROR_RANGE);
        receive_echo(6, SHORTEST);
    }
}

static void send_one(void *argument) {
    enum helios_error *status = argument;
    *status = net_send(card, base, LONGEST);
}

TEST_CASE(pages_stay_while_a_frame_is_on_its_way_out) {
    enum helios_error status = HELIOS_ERROR_STATE;
    if (!open_card() || !play_hold(driver.device, true)) {
        return; // it can't be known when a memory-mapped device is done
    }
    memset(memory, 0, PAGE); // nobody answers that
    struct helios_thread *thread = service_ask(send_one, &status);
    EXPECT_EQ(net_detach(card), HELIOS_ERROR_BUSY);
    play_hold(driver.device, false);
    EXPECT_EQ(helios_thread_join(thread, HELIOS_FOREVER), HELIOS_OK);
    EXPECT_EQ(status, HELIOS_OK);
    EXPECT_EQ(net_detach(card), HELIOS_OK);
    EXPECT_EQ(net_send(card, base, LONGEST), HELIOS_ERROR_RANGE);
    helios_shared_end(&shared);
    EXPECT_EQ(helios_shared_begin(&shared, net_attach, card, 2), HELIOS_OK);
    memory = shared.address;
    base = shared.offset;
    EXPECT_TRUE(send_frame(PEER_ECHO, 9, 0, SHORTEST) && receive_echo(9, SHORTEST));
}
