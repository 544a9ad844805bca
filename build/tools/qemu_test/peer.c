// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/peer.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum {
    ADDRESS = 6,
    TYPE_AT = 2 * ADDRESS,
    HEADER = TYPE_AT + 2,
};

static size_t number_at(const uint8_t *bytes) {
    return (size_t)bytes[0] << 8 | bytes[1];
}

size_t peer_answer(const uint8_t *frame, size_t length, uint8_t answer[PEER_MOST]) {
    if (length < HEADER + 2 || length > PEER_MOST) {
        return 0;
    }
    size_t type = number_at(frame + TYPE_AT);
    if (type != PEER_ECHO && type != PEER_WISH) {
        return 0;
    }
    if (type == PEER_WISH) {
        memset(answer, 0, PEER_MOST);
        memcpy(answer, frame, HEADER);
        length = number_at(frame + HEADER);
    } else {
        memcpy(answer, frame, length);
    }
    memcpy(answer, frame + ADDRESS, ADDRESS);
    memcpy(answer + ADDRESS, frame, ADDRESS);
    return length;
}

short peer_events(const struct peer *peer) {
    return peer->length > 0 ? POLLOUT : POLLIN;
}

// False: it has to wait until there is room.
static bool answer_send(struct peer *peer, int fd) {
    if (peer->length > 0 && send(fd, peer->answer, peer->length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
        (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)) {
        return false;
    }
    peer->length = 0;
    return true;
}

void peer_serve(struct peer *peer, int fd) {
    uint8_t frame[PEER_MOST];
    while (answer_send(peer, fd)) {
        ssize_t got = recv(fd, frame, sizeof frame, MSG_DONTWAIT);
        if (got < 0) {
            break;
        }
        peer->length = peer_answer(frame, (size_t)got, peer->answer);
    }
}
