// SPDX-License-Identifier: GPL-3.0-only
//
// Has the gateway inside QEMU (user networking) echo what it is sent. What met an error is sent
// again; what was sent without one, by a driver that lives on, has to come back. It ends when as
// many drivers as the argument says have crashed under it.
#include <stdlib.h>
#include <string.h>

#include "testing/integration/system/load_client.h"
#include "userland/helios/clock.h"
#include "userland/helios/shared.h"
#include "userland/interfaces/net.h"

enum {
    ETHERNET = 14,
    ARP_BYTES = 42,
    IP_BYTES = 20,
    ICMP_BYTES = 8,
    HEADERS = ETHERNET + IP_BYTES + ICMP_BYTES,
    PAYLOAD_LEAST = 18,
    PAYLOAD_MOST = 1400,
    TYPE_IP = 0x0800,
    TYPE_ARP = 0x0806,
    PAGE = 4096,
    SENT = 0, // in the pages
    RECEIVED = PAGE,
};

// The gateway answers within microseconds; the rest is for a machine with other things to do.
static const uint64_t PATIENCE_NS = 10 * HELIOS_SECOND;

static struct {
    struct helios_shared shared;
    bool is_shared;
    uint8_t *memory;
    uint8_t own[6];
    uint8_t peer[6];
    bool has_peer;
} card;

static const uint8_t own_address[4] = {10, 0, 2, 15};
static const uint8_t peer_address[4] = {10, 0, 2, 2};

static enum helios_error open_card(uint64_t service) {
    struct net_info info;
    if (card.is_shared) { // with the driver before this one
        helios_shared_end(&card.shared);
    }
    enum helios_error status = helios_shared_begin(&card.shared, net_attach, service, 2);
    card.is_shared = status == HELIOS_OK;
    card.memory = card.shared.address;
    status = status == HELIOS_OK ? net_describe(service, &info) : status;
    if (status == HELIOS_OK) {
        memcpy(card.own, info.mac, sizeof card.own);
    }
    return status;
}

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t get16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t checksum(const uint8_t *bytes, uint32_t length) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    }
    while (sum >> 16 != 0) {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    return ~sum & 0xffff;
}

static uint8_t *put_ethernet(const uint8_t *to, uint32_t type) {
    uint8_t *frame = card.memory + SENT;
    memcpy(frame, to, 6);
    memcpy(frame + 6, card.own, 6);
    put16(frame + 12, type);
    return frame + ETHERNET;
}

static uint32_t put_question(void) {
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t request[8] = {0, 1, 8, 0, 6, 4, 0, 1};
    uint8_t *arp = put_ethernet(everybody, TYPE_ARP);
    memset(arp, 0, ARP_BYTES - ETHERNET);
    memcpy(arp, request, sizeof request);
    memcpy(arp + 8, card.own, 6);
    memcpy(arp + 14, own_address, 4);
    memcpy(arp + 24, peer_address, 4);
    return ARP_BYTES;
}

static uint32_t put_echo(uint32_t sequence) {
    uint32_t payload = PAYLOAD_LEAST + sequence * 7 % (PAYLOAD_MOST - PAYLOAD_LEAST);
    uint8_t *ip = put_ethernet(card.peer, TYPE_IP);
    memset(ip, 0, IP_BYTES + ICMP_BYTES);
    ip[0] = 0x45;
    put16(ip + 2, IP_BYTES + ICMP_BYTES + payload);
    ip[8] = 64; // hops
    ip[9] = 1;  // ICMP
    memcpy(ip + 12, own_address, 4);
    memcpy(ip + 16, peer_address, 4);
    put16(ip + 10, checksum(ip, IP_BYTES));
    uint8_t *icmp = ip + IP_BYTES;
    icmp[0] = 8; // echo
    put16(icmp + 4, sequence >> 16);
    put16(icmp + 6, sequence);
    for (uint32_t i = 0; i < payload; i++) {
        icmp[ICMP_BYTES + i] = (uint8_t)(sequence * 31 + i);
    }
    put16(icmp + 2, checksum(icmp, ICMP_BYTES + payload));
    return HEADERS + payload;
}

// Whether the frame that has come is the answer to the one that was sent.
static bool is_answer(uint32_t length, uint32_t sent) {
    const uint8_t *in = card.memory + RECEIVED;
    const uint8_t *out = card.memory + SENT;
    uint32_t identity = ETHERNET + IP_BYTES + 4; // and the payload behind it
    if (!card.has_peer) {
        return length >= ARP_BYTES && get16(in + 12) == TYPE_ARP &&
               memcmp(in + ETHERNET + 14, peer_address, 4) == 0;
    }
    return length == sent && get16(in + 12) == TYPE_IP && in[ETHERNET + IP_BYTES] == 0 &&
           memcmp(in + identity, out + identity, sent - identity) == 0;
}

// What was read counts only if the driver was there until then.
static enum helios_error unless_gone(enum helios_error status) {
    return helios_shared_is_gone(&card.shared) ? HELIOS_ERROR_GONE : status;
}

// Sends what stands there, and receives until the answer comes.
static enum helios_error exchange(uint64_t service, uint32_t length) {
    enum helios_error status = net_send(service, card.shared.offset + SENT, length);
    uint64_t deadline = helios_after(PATIENCE_NS);
    while (status == HELIOS_OK) {
        uint32_t received = 0;
        status =
            net_receive_until(service, deadline, card.shared.offset + RECEIVED, PAGE, &received);
        bool is_it = status == HELIOS_OK && is_answer(received, length);
        status = unless_gone(status);
        if (is_it) {
            return status;
        }
    }
    return status == HELIOS_ERROR_DEADLINE ? LOAD_LOST : status;
}

static enum helios_error operate(uint64_t service, uint64_t number) {
    if (!card.has_peer) {
        enum helios_error status = exchange(service, put_question());
        memcpy(card.peer, card.memory + RECEIVED + ETHERNET + 8, sizeof card.peer);
        status = unless_gone(status);
        card.has_peer = status == HELIOS_OK;
        if (status != HELIOS_OK) {
            return status;
        }
    }
    return exchange(service, put_echo((uint32_t)number));
}

int main(int argc, char **argv) {
    const struct load_client client = {"card", "net", NET_ID, NET_VERSION, open_card, operate};
    uint64_t restarts = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    return load_client_run(&client, restarts) ? 0 : 1;
}
