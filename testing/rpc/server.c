// SPDX-License-Identifier: GPL-3.0-only
//
// A server of sample::serial in a process of its own, and, with the argument "ask", a client of it.
#include <string.h>

#include "build/tools/ipcgen/testdata/sample.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/startup.h"

enum { MOST_PAGES = 8 };

// A call that waits for its answer.
static struct {
    uint64_t reply;
    enum helios_error last; // what became of the one before
} waiting;

// Pages that were handed out; ours go with the next call.
static struct {
    uint64_t slots[MOST_PAGES];
    uint32_t count;
} given;

// Fills the page.
static enum helios_error read(void *context, const struct helios_request *request, uint64_t page,
                              uint64_t offset, uint32_t len, uint32_t *result) {
    (void)context;
    (void)request;
    if (len > HELIOS_PAGE_BYTES) {
        return SAMPLE_ERROR_FULL;
    }
    struct helios_answer answer;
    uint8_t *bytes = helios_pages_map(&page, 1, HELIOS_MAP_WRITE, &answer);
    if (bytes == NULL) {
        return answer.status;
    }
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(offset + i);
    }
    helios_pages_free(bytes);
    helios_drop(page);
    *result = len;
    return HELIOS_OK;
}

static enum helios_error write(void *context, const struct helios_request *request,
                               const void *data, uint32_t data_length, uint64_t at,
                               uint32_t *result) {
    (void)context;
    (void)request;
    *result = (uint32_t)at;
    for (uint32_t i = 0; i < data_length; i++) {
        *result += ((const uint8_t *)data)[i];
    }
    return HELIOS_OK;
}

static enum helios_error turn(void *context, const struct helios_request *request, uint8_t a,
                              int32_t b, enum sample_parity c, bool d, uint32_t e, int64_t f,
                              uint8_t *a2, int32_t *b2, enum sample_parity *c2, bool *d2,
                              uint32_t *e2, int64_t *f2) {
    (void)context;
    (void)request;
    *a2 = a;
    *b2 = b;
    *c2 = c;
    *d2 = d;
    *e2 = e;
    *f2 = f;
    return HELIOS_OK;
}

static enum helios_error find(void *context, const struct helios_request *request, const char *path,
                              const uint32_t weights[3], struct sample_point *at, char name[17],
                              struct sample_point all[2]) {
    (void)context;
    (void)request;
    at->x = (int16_t)weights[0];
    at->y = (int16_t)weights[1];
    at->parity = SAMPLE_PARITY_ODD;
    memcpy(name, path, strnlen(path, 16));
    all[0] = *at;
    all[1] = *at;
    all[1].y = (int16_t)weights[2];
    return HELIOS_OK;
}

// Says the badge of a capability to its own endpoint, and gives back the last page, or nothing.
static enum helios_error share(void *context, const struct helios_request *request,
                               uint64_t own_one, const uint64_t *pages, uint32_t pages_count,
                               const char *name, uint8_t *a, uint64_t *done) {
    (void)context;
    (void)request;
    (void)name;
    for (uint32_t i = 0; i < pages_count; i++) {
        helios_drop(pages[i]);
    }
    *a = (uint8_t)own_one;
    *done = 0;
    return HELIOS_OK;
}

static enum helios_error pages(void *context, const struct helios_request *request, uint64_t first,
                               uint64_t *result, uint64_t *first_page, uint64_t *slots,
                               uint32_t *slots_count) {
    (void)context;
    (void)request;
    for (; given.count > 0; given.count--) {
        helios_drop(given.slots[given.count - 1]);
    }
    if (first == 0 || first > MOST_PAGES) {
        return SAMPLE_FILE_ERROR_END;
    }
    struct helios_answer answer = helios_make_several(HELIOS_TYPE_PAGE, 0, first);
    if (answer.status != HELIOS_OK) {
        return answer.status;
    }
    given.count = (uint32_t)first;
    memcpy(given.slots, helios_buffer->caps, first * sizeof(uint64_t));
    *first_page = given.slots[0];
    memcpy(slots, given.slots + 1, (first - 1) * sizeof(uint64_t));
    *slots_count = (uint32_t)first - 1;
    *result = first;
    return HELIOS_OK;
}

// Waits for close, and rings the bell to say so.
static enum helios_error wait(void *context, const struct helios_request *request, uint64_t bell,
                              uint8_t result[24], uint32_t *result_length) {
    (void)context;
    (void)result;
    (void)result_length;
    if (waiting.reply != 0) {
        return HELIOS_ERROR_BUSY;
    }
    enum helios_error status = helios_rpc_defer(request, &waiting.reply);
    if (status == HELIOS_RPC_LATER && bell != 0) {
        helios_signal(bell);
        helios_drop(bell);
    }
    return status;
}

// Answers who waits.
static enum helios_error close(void *context, const struct helios_request *request) {
    (void)context;
    (void)request;
    if (waiting.reply == 0) {
        return HELIOS_ERROR_STATE;
    }
    waiting.last = sample_file_signal_reply(waiting.reply, HELIOS_OK, "answer", 6);
    waiting.reply = 0;
    return waiting.last;
}

static int ask(uint64_t server) {
    uint8_t bytes[24];
    uint32_t length = 0;
    enum helios_error status = sample_file_signal(server, helios_cap("bell"), bytes, &length);
    return status == HELIOS_OK && memcmp(bytes, "answer", 6) == 0 ? (int)length : -1;
}

int main(int argc, char **argv) {
    uint64_t server = helios_cap("server");
    if (argc > 1 && strcmp(argv[1], "ask") == 0) {
        return ask(server);
    }
    static const struct sample_serial_ops ops = {
        .sample_file =
            {
                .read = read,
                .write = write,
                .close = close,
                .turn = turn,
                .find = find,
                .share = share,
                .pages = pages,
                .signal = wait,
            },
    };
    return (int)sample_serial_serve(server, &ops, NULL);
}
