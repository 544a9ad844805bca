// SPDX-License-Identifier: GPL-3.0-only
//
// Generated decoders and any message: a server sees only values that its functions' types have, a
// client fails or gets such values, and capabilities that nobody takes are destroyed.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "build/tools/ipcgen/testdata/extra.h"
#include "build/tools/ipcgen/testing/loop.h"
#include "uapi/object.h"

namespace {

void Must(bool condition) {
    if (!condition) {
        abort();
    }
}

Loop *running;

// Whether a capability that was let through is to an object of this type.
void MustBe(uint64_t type, const LoopSide &side, uint64_t slot) {
    auto found = running->types.find(side.sent.at(slot));
    Must((found == running->types.end() ? HELIOS_TYPE_PAGE : found->second) == type);
}

const uint8_t *input;
size_t input_left;

uint64_t Next(size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes && input_left > 0; i++, input_left--) {
        value |= static_cast<uint64_t>(*input++) << 8 * i;
    }
    return value;
}

// What the server's functions return.
helios_error status;

void CheckPoint(const sample_point &point) {
    Must(sample_parity_is_valid(point.parity));
}

void CheckConfig(const sample_config &config) {
    Must(sample_parity_is_valid(config.parity) && config.blob_length <= 12);
    Must(strnlen(config.name, 21) <= 20);
    for (uint32_t mode : config.modes) {
        Must((mode & ~SAMPLE_MODE_ALL) == 0);
    }
    CheckPoint(config.origin);
    CheckPoint(config.path[1]);
}

#define OP(name, ...) helios_error name(void *, const helios_request *, ##__VA_ARGS__)

OP(Read, uint64_t page, uint64_t, uint32_t len, uint32_t *result) {
    Must(page >= 1000);
    MustBe(HELIOS_TYPE_PAGE, running->server, page);
    *result = len;
    return status;
}

OP(Write, const void *data, uint32_t data_length, uint64_t, uint32_t *result) {
    Must(data_length <= 100);
    for (uint32_t i = 0; i < data_length; i++) {
        *result += static_cast<const uint8_t *>(data)[i];
    }
    return status;
}

OP(Close) {
    return status;
}

OP(Turn, uint8_t a, int32_t b, sample_parity c, bool d, uint32_t e, int64_t f, uint8_t *a2,
   int32_t *b2, sample_parity *c2, bool *d2, uint32_t *e2, int64_t *f2) {
    Must(sample_parity_is_valid(c) && (e & ~SAMPLE_MODE_ALL) == 0);
    *a2 = a;
    *b2 = b;
    *c2 = c;
    *d2 = d;
    *e2 = e;
    *f2 = f;
    return status;
}

OP(Find, const char *path, const uint32_t weights[3], sample_point *at, char name[17],
   sample_point all[2]) {
    Must(strlen(path) <= 40);
    *at = {static_cast<int16_t>(weights[0]), static_cast<int16_t>(weights[2]), SAMPLE_PARITY_EVEN};
    memcpy(name, path, strlen(path) < 16 ? strlen(path) : 16);
    all[0] = all[1] = *at;
    return status;
}

OP(Share, uint64_t own_one, const uint64_t *pages, uint32_t pages_count, const char *name,
   uint8_t *, uint64_t *done) {
    Must(own_one < 1000 && pages_count <= HELIOS_MAX_CAPS - 1 && strlen(name) <= 16);
    for (uint32_t i = 0; i < pages_count; i++) {
        Must(pages[i] >= 1000);
        MustBe(HELIOS_TYPE_PAGE, running->server, pages[i]);
        *done = pages[i];
    }
    return status;
}

OP(Pages, uint64_t first, uint64_t *, uint64_t *first_page, uint64_t *, uint32_t *pages_count) {
    *first_page = 1;
    *pages_count = static_cast<uint32_t>(first % 40);
    return status;
}

OP(Signal, uint64_t bell, uint8_t[24], uint32_t *result_length) {
    Must(bell == 0 || bell >= 1000);
    if (bell != 0) {
        MustBe(HELIOS_TYPE_NOTIFICATION, running->server, bell);
    }
    *result_length = bell % 30;
    return status;
}

OP(SetConfig, const sample_config *config) {
    CheckConfig(*config);
    return status;
}

OP(GetConfig, sample_config *config) {
    memset(config, 0, sizeof *config);
    return status;
}

sample_extra_both_ops MakeOps() {
    sample_extra_both_ops ops{};
    sample_file_ops &file = ops.sample_serial.sample_file;
    file.read = Read;
    file.write = Write;
    file.close = Close;
    file.turn = Turn;
    file.find = Find;
    file.share = Share;
    file.pages = Pages;
    file.signal = Signal;
    ops.sample_serial.set_config = SetConfig;
    ops.sample_serial.get_config = GetConfig;
    return ops;
}

const uint32_t kLabels[] = {
    SAMPLE_FILE_READ,         SAMPLE_FILE_WRITE,        SAMPLE_FILE_CLOSE,
    SAMPLE_FILE_TURN,         SAMPLE_FILE_FIND,         SAMPLE_FILE_SHARE,
    SAMPLE_FILE_PAGES,        SAMPLE_FILE_MANY,         SAMPLE_FILE_SIGNAL,
    SAMPLE_SERIAL_SET_CONFIG, SAMPLE_SERIAL_GET_CONFIG, SAMPLE_EXTRA_COUNTER_ADD,
    SAMPLE_EXTRA_BOTH_WHERE,
};

// Any tag, words and capabilities; often such that something of them could be right.
void FillMessage(helios_message *message, helios_ipc_buffer *buffer, uint32_t label,
                 uint32_t flags) {
    uint32_t caps = static_cast<uint32_t>(Next(1)) % (HELIOS_MAX_CAPS + 1);
    uint32_t params = static_cast<uint32_t>(Next(1)) % (HELIOS_MAX_PARAMS + 1);
    message->tag = helios_tag(label, caps, params, flags);
    for (uint32_t i = 0; i < HELIOS_MAX_PARAMS; i++) {
        (i < HELIOS_REGISTER_PARAMS ? message->params : buffer->params)[i] = Next(8);
    }
    uint64_t others = Next(4) & Next(4);
    for (uint32_t i = 0; i < HELIOS_MAX_CAPS; i++) {
        buffer->caps[i] = i;
        if ((others >> i & 1) != 0) {
            running->types[i] = HELIOS_TYPE_NOTIFICATION;
        }
    }
}

void Serve(Loop *loop) {
    const sample_extra_both_ops ops = MakeOps();
    uint32_t label = kLabels[Next(1) % (sizeof kLabels / sizeof *kLabels)];
    loop->unwrapped = Next(1) & Next(1);
    status = Next(1) % 2 == 0 ? HELIOS_OK : HELIOS_ERROR_BUSY;
    uint32_t flags = Next(1) % 16 == 0 ? HELIOS_FLAG_FAULT : HELIOS_FLAG_CALL;
    helios_error answer = HELIOS_OK;
    loop->dispatch = [&](helios_message *message) {
        bool is_answered = sample_extra_both_dispatch(&ops, nullptr, message);
        answer = static_cast<helios_error>(helios_tag_label(message->tag));
        return is_answered;
    };
    loop->tamper_request = [&](helios_message *message, helios_ipc_buffer *buffer) {
        FillMessage(message, buffer, label, flags);
    };
    sample_file_close(Loop::kEndpoint);
    // What its functions have not accepted, it has not kept: a result that can't be sent leaves the
    // request's capabilities with a function that said it took them.
    Must(status == HELIOS_OK || loop->server.received.empty());
    Must(answer != HELIOS_RPC_LATER);
}

void Ask(Loop *loop) {
    uint64_t word = 0;
    uint64_t caps[HELIOS_MAX_CAPS];
    uint32_t count = Next(1) % (HELIOS_MAX_CAPS + 1);
    uint32_t room = count;
    uint32_t length = 0;
    uint8_t bytes[24];
    uint8_t small = 0;
    char name[17];
    const uint32_t weights[3] = {};
    sample_point point{};
    sample_point points[2];
    sample_config config{};
    helios_error answer = HELIOS_ERROR_BUSY;
    loop->dispatch = [](helios_message *) { return true; };
    uint8_t which = Next(1) % 6;
    uint32_t label = Next(1) % 4 == 0 ? static_cast<uint32_t>(Next(4)) : HELIOS_OK;
    loop->tamper = [&](helios_message *message, helios_ipc_buffer *buffer) {
        FillMessage(message, buffer, label, 0);
    };
    size_t taken = 0;
    switch (which) {
    case 0:
        answer = sample_file_signal(Loop::kEndpoint, 0, bytes, &length);
        Must(answer != HELIOS_OK || length <= 24);
        break;
    case 1:
        answer = sample_file_pages(Loop::kEndpoint, 0, &word, caps, caps, &count);
        Must(answer != HELIOS_OK || count <= room);
        taken = 1 + count;
        break;
    case 2:
        answer = sample_file_find(Loop::kEndpoint, "", weights, &point, name, points);
        Must(answer != HELIOS_OK || strlen(name) <= 16);
        break;
    case 3:
        answer = sample_serial_get_config(Loop::kEndpoint, &config);
        if (answer == HELIOS_OK) {
            CheckConfig(config);
        }
        break;
    case 4:
        answer = sample_file_share(Loop::kEndpoint, 0, nullptr, 0, "", &small, &word);
        taken = word != 0;
        break;
    default:
        answer = sample_extra_both_where(Loop::kEndpoint, &point, &point);
        break;
    }
    Must(loop->client.received.size() == (answer == HELIOS_OK ? taken : 0));
    Must(answer != HELIOS_RPC_LATER);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = data;
    input_left = size;
    Loop loop;
    running = &loop;
    if (Next(1) % 2 == 0) {
        Serve(&loop);
    } else {
        Ask(&loop);
    }
    return 0;
}
