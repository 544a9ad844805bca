// SPDX-License-Identifier: GPL-3.0-only
//
// The other end of the guest's network: it answers Ethernet frames of two of the types that IEEE
// 802 leaves to experiments, and no others.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_PEER_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Comes back as it is, source and destination exchanged.
#define PEER_ECHO 0x88b5
// Answered by as many bytes as the two behind the type say (big endian), no matter whether a frame
// may be that short or long: addresses and type as far as they fit, then zeroes.
#define PEER_WISH 0x88b6

#define PEER_MOST 65535 // bytes of an answer

struct peer {
    uint8_t answer[PEER_MOST];
    size_t length; // of an answer that did not fit into the socket yet; 0: none
};

// Makes the answer to a frame. Returns its length; 0: there is none.
size_t peer_answer(const uint8_t *frame, size_t length, uint8_t answer[PEER_MOST]);

// What to poll the socket for.
short peer_events(const struct peer *peer);

// Answers what the socket (of datagrams, non-blocking) has, as far as it takes answers.
void peer_serve(struct peer *peer, int fd);

#ifdef __cplusplus
}
#endif

#endif
