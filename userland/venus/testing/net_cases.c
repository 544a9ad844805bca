// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-net, with the gateway inside QEMU (user networking) as its peer: it answers
// ARP and echoes.
#include "userland/interfaces/net.h"

#include <string.h>

#include "userland/helios/memory.h"
#include "userland/venus/testing/service.h"

enum {
    ECHOES = 200,
    ETHERNET = 14,
    ARP_BYTES = 42,
    IP_BYTES = 20,
    ICMP_BYTES = 8,
    PAYLOAD_MOST = 1400,
    OUT = 0,
    IN = 4096,
    MOST_STRANGERS = 16, // frames of others in between
};

static struct play_driver driver;
static uint64_t card;
static uint64_t pages[2];
static uint8_t *memory;
static uint64_t base;
static struct net_info info;
static uint8_t peer[6];
static const uint8_t own_address[4] = {10, 0, 2, 15};
static const uint8_t peer_address[4] = {10, 0, 2, 2};

static bool open_card(void) {
    if (card != 0) {
        return true;
    }
    card = service_for(&driver, "bin/net", 0x1041, 0x1000, 0);
    memory = shared_memory(pages, 2);
    return card != 0 && EXPECT_TRUE(memory != NULL) &&
           EXPECT_EQ(net_attach(card, pages, 2, &base), HELIOS_OK) &&
           EXPECT_EQ(net_describe(card, &info), HELIOS_OK);
}

static void put_ethernet(const uint8_t *to, uint16_t type) {
    memcpy(memory + OUT, to, 6);
    memcpy(memory + OUT + 6, info.mac, 6);
    memory[OUT + 12] = (uint8_t)(type >> 8);
    memory[OUT + 13] = (uint8_t)type;
}

static uint16_t checksum(const uint8_t *bytes, uint32_t length) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    }
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~(sum + (sum >> 16));
}

static void put16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

// Receives until a frame of this type comes; its length, 0 if it does not.
static uint32_t receive(uint16_t type) {
    for (unsigned i = 0; i < MOST_STRANGERS; i++) {
        uint32_t length = 0;
        if (!EXPECT_EQ(net_receive(card, base + IN, 2048, &length), HELIOS_OK)) {
            return 0;
        }
        if (length > ETHERNET && memory[IN + 12] == type >> 8 && memory[IN + 13] == (type & 0xff)) {
            return length;
        }
    }
    return 0;
}

static bool find_peer(void) {
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t request[8] = {0, 1, 8, 0, 6, 4, 0, 1};
    if (peer[0] != 0) {
        return true;
    }
    put_ethernet(everybody, 0x0806);
    uint8_t *arp = memory + OUT + ETHERNET;
    memset(arp, 0, ARP_BYTES - ETHERNET);
    memcpy(arp, request, 8);
    memcpy(arp + 8, info.mac, 6);
    memcpy(arp + 14, own_address, 4);
    memcpy(arp + 24, peer_address, 4);
    if (!EXPECT_EQ(net_send(card, base + OUT, ARP_BYTES), HELIOS_OK) ||
        !EXPECT_TRUE(receive(0x0806) >= ARP_BYTES)) {
        return false;
    }
    memcpy(peer, memory + IN + ETHERNET + 8, 6);
    return EXPECT_TRUE(memcmp(memory + IN + ETHERNET + 14, peer_address, 4) == 0);
}

static uint32_t put_echo(uint16_t sequence, uint32_t payload) {
    put_ethernet(peer, 0x0800);
    uint8_t *ip = memory + OUT + ETHERNET;
    memset(ip, 0, IP_BYTES + ICMP_BYTES);
    ip[0] = 0x45;
    put16(ip + 2, (uint16_t)(IP_BYTES + ICMP_BYTES + payload));
    ip[8] = 64;
    ip[9] = 1;
    memcpy(ip + 12, own_address, 4);
    memcpy(ip + 16, peer_address, 4);
    put16(ip + 10, checksum(ip, IP_BYTES));
    uint8_t *icmp = ip + IP_BYTES;
    icmp[0] = 8; // echo
    put16(icmp + 6, sequence);
    for (uint32_t i = 0; i < payload; i++) {
        icmp[ICMP_BYTES + i] = (uint8_t)(sequence * 31 + i);
    }
    put16(icmp + 2, checksum(icmp, ICMP_BYTES + payload));
    return ETHERNET + IP_BYTES + ICMP_BYTES + payload;
}

TEST_CASE(card_has_its_address_and_a_link) {
    static const uint8_t mac[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    if (open_card()) {
        EXPECT_TRUE(memcmp(info.mac, mac, 6) == 0);
        EXPECT_TRUE(info.link);
        EXPECT_EQ(info.mtu, 1500);
    }
}

TEST_CASE(echoes_of_all_sizes_come_back_as_they_went) {
    bool is_same = open_card() && find_peer();
    for (uint16_t i = 0; i < ECHOES && is_same; i++) {
        uint32_t payload = i * 7u % PAYLOAD_MOST + 18;
        uint32_t length = put_echo(i, payload);
        is_same = EXPECT_EQ(net_send(card, base + OUT, length), HELIOS_OK) &&
                  EXPECT_EQ(receive(0x0800), length);
        uint32_t data = ETHERNET + IP_BYTES + ICMP_BYTES;
        is_same = is_same && EXPECT_EQ(memory[IN + ETHERNET + IP_BYTES], 0) && // an echo's answer
                  EXPECT_TRUE(memcmp(memory + IN + data, memory + OUT + data, payload) == 0);
    }
}

TEST_CASE(what_is_no_frame_of_the_clients_is_not_sent) {
    if (open_card()) {
        EXPECT_EQ(net_send(card, base, 13), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base, 1515), HELIOS_ERROR_RANGE);
        EXPECT_EQ(net_send(card, base + 4096 - 20, 60), HELIOS_ERROR_RANGE); // across pages
        EXPECT_EQ(net_send(card, base + 2 * 4096, 60), HELIOS_ERROR_RANGE);
    }
}
