// SPDX-License-Identifier: GPL-3.0-only
//
// What generated code does: a client and a server of testdata/*.ipc, and messages that neither of
// them would send.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "build/tools/ipcgen/testdata/extra.h"
#include "build/tools/ipcgen/testdata/sample.h"
#include "build/tools/ipcgen/testing/loop.h"
#include "uapi/object.h"
#include "userland/helios/kept.h"

namespace {

constexpr uint64_t kServer = Loop::kEndpoint;

class RpcTest : public testing::Test {
  protected:
    RpcTest() {
        loop_.dispatch = [this](helios_message *message) {
            return sample_serial_dispatch(&ops_, this, message);
        };
    }

    sample_file_ops &file() {
        return ops_.sample_file;
    }

    Loop loop_;
    sample_serial_ops ops_{};
};

// A function of the server's that can look at its test.
#define OP(name, ...) helios_error name(void *context, const helios_request *request, ##__VA_ARGS__)

struct Seen {
    uint64_t page;
    uint64_t offset;
    uint32_t len;
    uint64_t badge;
    uint32_t label;
    uint64_t caps[HELIOS_MAX_CAPS];
    uint32_t caps_count;
    std::string text;
    sample_config config;
    helios_error status = HELIOS_OK;
    uint64_t reply;
} seen;

OP(Read, uint64_t page, uint64_t offset, uint32_t len, uint32_t *result) {
    (void)context;
    seen.page = page;
    seen.offset = offset;
    seen.len = len;
    seen.badge = request->badge;
    seen.label = request->label;
    *result = len / 2;
    return seen.status;
}

TEST_F(RpcTest, AClientsArgumentsReachTheServerAndItsResultComesBack) {
    seen = {};
    file().read = Read;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 0x123456789abc, 84, &result), HELIOS_OK);
    EXPECT_EQ(result, 42u);
    EXPECT_EQ(loop_.server.received, std::set<uint64_t>{seen.page});
    EXPECT_EQ(seen.offset, 0x123456789abcu);
    EXPECT_EQ(seen.len, 84u);
    EXPECT_EQ(seen.badge, Loop::kBadge);
    EXPECT_EQ(seen.label, SAMPLE_FILE_READ);
}

TEST_F(RpcTest, FewScalarsTravelInRegisters) {
    file().read = Read;
    uint32_t result = 0;
    loop_.client.buffer.deadline = 3;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_OK);
    EXPECT_FALSE(loop_.is_buffer_used);
    EXPECT_EQ(loop_.deadline, 0u);
    EXPECT_EQ(loop_.client.buffer.deadline, 3u);
}

TEST_F(RpcTest, UntilSetsADeadline) {
    file().read = Read;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read_until(kServer, 12345, 5, 1, 2, &result), HELIOS_OK);
    EXPECT_EQ(loop_.deadline, 12345u);
}

TEST_F(RpcTest, AServersErrorIsTheClientsStatusAndCapabilitiesAreDestroyed) {
    file().read = Read;
    seen.status = SAMPLE_FILE_ERROR_END;
    uint32_t result = 7;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), SAMPLE_FILE_ERROR_END);
    EXPECT_EQ(result, 7u);
    EXPECT_TRUE(loop_.server.received.empty());
    EXPECT_STREQ(sample_strerror(SAMPLE_FILE_ERROR_END), "nothing is left");
    seen.status = HELIOS_OK;
}

TEST_F(RpcTest, AFunctionThatTheServerHasNotIsUnsupported) {
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_UNSUPPORTED);
    EXPECT_TRUE(loop_.server.received.empty());
}

TEST_F(RpcTest, AnotherInterfacesCallIsUnknown) {
    uint32_t status = 0;
    uint32_t reply = 0;
    uint32_t deadline = 0;
    EXPECT_EQ(sample_extra_counter_add(kServer, 1, 2, 3, &status, &reply, &deadline),
              HELIOS_ERROR_INVOCATION);
}

OP(Turn, uint8_t a, int32_t b, sample_parity c, bool d, uint32_t e, int64_t f, uint8_t *a2,
   int32_t *b2, sample_parity *c2, bool *d2, uint32_t *e2, int64_t *f2) {
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

TEST_F(RpcTest, ScalarsOfEveryKindComeBackAsTheyWent) {
    file().turn = Turn;
    uint8_t a = 0;
    int32_t b = 0;
    sample_parity c = SAMPLE_PARITY_NONE;
    bool d = false;
    uint32_t e = 0;
    int64_t f = 0;
    EXPECT_EQ(sample_file_turn(kServer, 200, -7, SAMPLE_PARITY_ODD, true, SAMPLE_MODE_EXECUTE,
                               INT64_MIN, &a, &b, &c, &d, &e, &f),
              HELIOS_OK);
    EXPECT_EQ(a, 200);
    EXPECT_EQ(b, -7);
    EXPECT_EQ(c, SAMPLE_PARITY_ODD);
    EXPECT_TRUE(d);
    EXPECT_EQ(e, SAMPLE_MODE_EXECUTE);
    EXPECT_EQ(f, INT64_MIN);
}

// One word of the request is another on its way. Returns the refusal.
helios_answer Tampered(Loop *loop, uint32_t word, uint64_t value) {
    uint8_t a = 0;
    int32_t b = 0;
    sample_parity c = SAMPLE_PARITY_NONE;
    bool d = false;
    uint32_t e = 0;
    int64_t f = 0;
    helios_answer answer{};
    loop->tamper_request = [&](helios_message *message, helios_ipc_buffer *) {
        message->params[word] = value;
    };
    loop->tamper = [&](helios_message *message, helios_ipc_buffer *) {
        answer = helios_answer_of(message);
    };
    helios_error status =
        sample_file_turn(kServer, 1, 2, SAMPLE_PARITY_EVEN, true, 0, 6, &a, &b, &c, &d, &e, &f);
    EXPECT_EQ(status, answer.status);
    return answer;
}

TEST_F(RpcTest, ValuesThatTheirTypeHasNotAreRefused) {
    file().turn = Turn;
    EXPECT_EQ(Tampered(&loop_, 1, 2 | 1 << 8).status, HELIOS_ERROR_RANGE);     // parity 2
    EXPECT_EQ(Tampered(&loop_, 1, 1 | 2 << 8).status, HELIOS_ERROR_RANGE);     // bool 2
    EXPECT_EQ(Tampered(&loop_, 1, 1 | 1ull << 34).status, HELIOS_ERROR_RANGE); // mode 4
    EXPECT_EQ(Tampered(&loop_, 1, 2).value, HELIOS_ARGUMENT_PARAM + 1u);
    EXPECT_EQ(Tampered(&loop_, 1, 7 | 1 << 8 | 3ull << 32).status, HELIOS_OK);
}

OP(Write, const void *data, uint32_t data_length, uint64_t at, uint32_t *result) {
    (void)context;
    (void)request;
    seen.text.assign(static_cast<const char *>(data), data_length);
    seen.offset = at;
    *result = data_length;
    return HELIOS_OK;
}

TEST_F(RpcTest, BytesComeInTheLengthThatTheyWereSent) {
    file().write = Write;
    for (uint32_t length : {0u, 1u, 7u, 8u, 9u, 100u}) {
        std::string text(length, 'x');
        uint32_t result = 0;
        EXPECT_EQ(sample_file_write(kServer, text.data(), length, 9, &result), HELIOS_OK);
        EXPECT_EQ(result, length);
        EXPECT_EQ(seen.text, text);
        EXPECT_EQ(seen.offset, 9u);
    }
}

TEST_F(RpcTest, NothingElseOfTheSendersMemoryTravelsWithBytes) {
    file().write = Write;
    uint64_t last = 0;
    loop_.tamper_request = [&](helios_message *message, helios_ipc_buffer *) {
        last = message->params[2];
    };
    uint32_t result = 0;
    EXPECT_EQ(sample_file_write(kServer, "abc", 3, 0, &result), HELIOS_OK);
    EXPECT_EQ(last, 0x636261u);
}

TEST_F(RpcTest, TooManyBytesAreNotSent) {
    char data[101] = {0};
    uint32_t result = 0;
    EXPECT_EQ(sample_file_write(kServer, data, 101, 0, &result), HELIOS_ERROR_RANGE);
    EXPECT_EQ(loop_.calls, 0u);
}

TEST_F(RpcTest, ALengthThatTheMessageHasNotIsRefused) {
    file().write = Write;
    uint32_t result = 0;
    for (uint64_t length : {101ull, 17ull, 0ull, 0xffffffffull}) {
        loop_.tamper_request = [&](helios_message *message, helios_ipc_buffer *) {
            message->params[0] = length;
        };
        helios_error wanted = length > 100 ? HELIOS_ERROR_RANGE : HELIOS_ERROR_ARGUMENTS;
        EXPECT_EQ(sample_file_write(kServer, "12345678", 8, 0, &result), wanted);
    }
}

OP(Find, const char *path, const uint32_t weights[3], sample_point *at, char name[17],
   sample_point all[2]) {
    (void)context;
    (void)request;
    seen.text = path;
    *at = {-1, static_cast<int16_t>(weights[2]), SAMPLE_PARITY_EVEN};
    strcpy(name, "0123456789abcdef");
    all[0] = *at;
    all[1] = {5, 6, SAMPLE_PARITY_ODD};
    return HELIOS_OK;
}

TEST_F(RpcTest, StringsArraysAndStructsTravelBothWays) {
    file().find = Find;
    const uint32_t weights[3] = {1, 2, 3};
    sample_point at{};
    char name[17];
    sample_point all[2];
    EXPECT_EQ(sample_file_find(kServer, "etc/system", weights, &at, name, all), HELIOS_OK);
    EXPECT_EQ(seen.text, "etc/system");
    EXPECT_EQ(at.x, -1);
    EXPECT_EQ(at.y, 3);
    EXPECT_STREQ(name, "0123456789abcdef");
    EXPECT_EQ(all[0].parity, SAMPLE_PARITY_EVEN);
    EXPECT_EQ(all[1].x, 5);
    EXPECT_EQ(all[1].parity, SAMPLE_PARITY_ODD);
}

TEST_F(RpcTest, AStringWithANulInItIsRefused) {
    file().find = Find;
    const uint32_t weights[3] = {1, 2, 3};
    sample_point at{};
    char name[17];
    sample_point all[2];
    loop_.tamper_request = [](helios_message *message, helios_ipc_buffer *buffer) {
        (void)message;
        buffer->params[4] = 0; // part of the string, somewhere
        message->params[3] = 0;
    };
    EXPECT_EQ(sample_file_find(kServer, "a rather long path", weights, &at, name, all),
              HELIOS_ERROR_RANGE);
}

TEST_F(RpcTest, AStringThatIsTooLongIsNotSent) {
    const uint32_t weights[3] = {};
    sample_point at{};
    char name[17];
    sample_point all[2];
    std::string path(41, 'a');
    EXPECT_EQ(sample_file_find(kServer, path.c_str(), weights, &at, name, all), HELIOS_ERROR_RANGE);
    EXPECT_EQ(loop_.calls, 0u);
}

OP(Share, uint64_t own_one, const uint64_t *pages, uint32_t pages_count, const char *name,
   uint8_t *a, uint64_t *done) {
    (void)context;
    (void)request;
    seen.page = own_one;
    seen.caps_count = pages_count;
    for (uint32_t i = 0; i < pages_count; i++) {
        seen.caps[i] = pages[i];
    }
    seen.text = name;
    *a = 3;
    *done = pages_count % 2 == 0 ? 0 : 55;
    return seen.status;
}

TEST_F(RpcTest, ManyCapabilitiesArriveAndAnOptionalOneComesBackOrNot) {
    file().share = Share;
    loop_.unwrapped = 1;
    loop_.types[55] = HELIOS_TYPE_NOTIFICATION;
    const uint64_t pages[3] = {10, 11, 12};
    uint8_t a = 0;
    uint64_t done = 1;
    EXPECT_EQ(sample_file_share(kServer, 99, pages, 3, "name", &a, &done), HELIOS_OK);
    EXPECT_EQ(seen.page, 99u);
    EXPECT_EQ(seen.caps_count, 3u);
    EXPECT_EQ(loop_.client.received, std::set<uint64_t>{done});
    EXPECT_EQ(loop_.server.received.size(), 3u);
    EXPECT_EQ(sample_file_share(kServer, 99, pages, 0, "name", &a, &done), HELIOS_OK);
    EXPECT_EQ(done, 0u);
}

TEST_F(RpcTest, ACapabilityToSomethingElseIsNoOwnOne) {
    file().share = Share;
    loop_.unwrapped = 0;
    const uint64_t pages[1] = {10};
    uint8_t a = 0;
    uint64_t done = 0;
    EXPECT_EQ(sample_file_share(kServer, 99, pages, 1, "name", &a, &done), HELIOS_ERROR_TYPE);
    EXPECT_TRUE(loop_.server.received.empty());
}

TEST_F(RpcTest, AnOwnCapabilityIsTakenForNothingElse) {
    file().read = Read;
    loop_.unwrapped = 1;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_TYPE);
}

TEST_F(RpcTest, ARefusalDestroysOnlyWhatIsACapability) {
    file().share = Share;
    seen.status = HELIOS_ERROR_BUSY;
    loop_.unwrapped = 1;
    const uint64_t pages[2] = {10, 11};
    uint8_t a = 0;
    uint64_t done = 0;
    EXPECT_EQ(sample_file_share(kServer, 99, pages, 2, "name", &a, &done), HELIOS_ERROR_BUSY);
    EXPECT_TRUE(loop_.server.received.empty());
    seen.status = HELIOS_OK;
}

TEST_F(RpcTest, ACapabilityToAnotherObjectIsRefusedAndDestroyed) {
    file().share = Share;
    seen = {};
    loop_.unwrapped = 1;
    loop_.types[12] = HELIOS_TYPE_ENDPOINT;
    helios_answer answer{};
    loop_.tamper = [&](helios_message *message, helios_ipc_buffer *) {
        answer = helios_answer_of(message);
    };
    const uint64_t pages[3] = {10, 11, 12};
    uint8_t a = 0;
    uint64_t done = 0;
    EXPECT_EQ(sample_file_share(kServer, 99, pages, 3, "name", &a, &done), HELIOS_ERROR_TYPE);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAP + 3u);
    EXPECT_EQ(answer.found, static_cast<uint64_t>(HELIOS_TYPE_ENDPOINT));
    EXPECT_EQ(answer.wanted, static_cast<uint64_t>(HELIOS_TYPE_PAGE));
    EXPECT_EQ(seen.caps_count, 0u) << "the server's function was called";
    EXPECT_TRUE(loop_.server.received.empty());
}

TEST_F(RpcTest, ACapabilityThatLeadsNowhereAnyMoreFits) {
    file().read = Read;
    loop_.types[5] = HELIOS_TYPE_NULL;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_OK);
}

TEST_F(RpcTest, TheWrongNumberOfCapabilitiesIsRefused) {
    file().read = Read;
    uint32_t result = 0;
    for (uint32_t caps : {0u, 2u, 32u}) {
        helios_answer answer{};
        loop_.tamper_request = [&](helios_message *message, helios_ipc_buffer *) {
            message->tag = helios_tag(SAMPLE_FILE_READ, caps, 2, HELIOS_FLAG_CALL);
        };
        loop_.tamper = [&](helios_message *message, helios_ipc_buffer *) {
            answer = helios_answer_of(message);
        };
        EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_ARGUMENTS);
        EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAP_COUNT);
        EXPECT_EQ(answer.found, caps);
        EXPECT_EQ(answer.wanted, 1u);
        EXPECT_TRUE(loop_.server.received.empty());
    }
}

TEST_F(RpcTest, WhatIsNoCallIsNotAnswered) {
    file().read = Read;
    seen.offset = 0;
    uint32_t result = 0;
    for (uint32_t flags : {0u, HELIOS_FLAG_FAULT, HELIOS_FLAG_FAULT | HELIOS_FLAG_CALL}) {
        loop_.tamper_request = [&](helios_message *message, helios_ipc_buffer *) {
            message->tag = helios_tag(SAMPLE_FILE_READ, 1, 2, flags);
        };
        EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_ABANDONED);
        EXPECT_EQ(seen.offset, 0u);
        EXPECT_TRUE(loop_.server.received.empty());
    }
}

OP(Pages, uint64_t first, uint64_t *result, uint64_t *first_page, uint64_t *pages,
   uint32_t *pages_count) {
    (void)context;
    (void)request;
    EXPECT_EQ(*pages_count, HELIOS_MAX_CAPS - 1u);
    *first_page = 20;
    *pages_count = static_cast<uint32_t>(first);
    for (uint32_t i = 0; i < first && i < HELIOS_MAX_CAPS - 1; i++) {
        pages[i] = 30 + i;
    }
    *result = 8;
    return HELIOS_OK;
}

TEST_F(RpcTest, ManyCapabilitiesComeBackUpToWhatTheClientHasRoomFor) {
    file().pages = Pages;
    uint64_t result = 0;
    uint64_t first = 0;
    uint64_t pages[4];
    uint32_t count = 4;
    EXPECT_EQ(sample_file_pages(kServer, 3, &result, &first, pages, &count), HELIOS_OK);
    EXPECT_EQ(count, 3u);
    EXPECT_EQ(loop_.client.received.size(), 4u);
    loop_.client.received.clear();
    count = 4;
    EXPECT_EQ(sample_file_pages(kServer, 5, &result, &first, pages, &count), HELIOS_RPC_BAD_REPLY);
    EXPECT_TRUE(loop_.client.received.empty());
}

TEST_F(RpcTest, AnAnswerWithACapabilityToAnotherObjectIsNone) {
    file().pages = Pages;
    loop_.types[31] = HELIOS_TYPE_NOTIFICATION;
    uint64_t result = 0;
    uint64_t first = 0;
    uint64_t pages[4];
    uint32_t count = 4;
    EXPECT_EQ(sample_file_pages(kServer, 3, &result, &first, pages, &count), HELIOS_RPC_BAD_REPLY);
    EXPECT_TRUE(loop_.client.received.empty());
}

TEST_F(RpcTest, MoreCapabilitiesThanAMessageHoldsAreNotAnswered) {
    file().pages = Pages;
    uint64_t result = 0;
    uint64_t first = 0;
    uint64_t pages[4];
    uint32_t count = 4;
    EXPECT_EQ(sample_file_pages(kServer, 32, &result, &first, pages, &count), HELIOS_ERROR_RANGE);
}

TEST_F(RpcTest, AnAnswerOfTheWrongShapeIsNone) {
    file().read = Read;
    uint32_t result = 7;
    for (uint64_t tag : {helios_tag(0, 0, 0, 0), helios_tag(0, 0, 2, 0), helios_tag(0, 0, 64, 0),
                         helios_tag(0, 32, 1, 0), helios_tag(HELIOS_RPC_LATER, 0, 1, 0)}) {
        loop_.tamper = [&](helios_message *message, helios_ipc_buffer *) { message->tag = tag; };
        EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_RPC_BAD_REPLY);
        EXPECT_EQ(result, 7u);
        EXPECT_TRUE(loop_.client.received.empty());
    }
}

OP(Signal, uint64_t bell, uint8_t result[24], uint32_t *result_length) {
    (void)context;
    (void)request;
    seen.page = bell;
    memset(result, 'r', 24);
    *result_length = seen.len;
    return HELIOS_OK;
}

TEST_F(RpcTest, AnAnswerWhoseLengthIsALieIsNone) {
    file().signal = Signal;
    seen.len = 24;
    uint8_t result[24];
    uint32_t length = 0;
    EXPECT_EQ(sample_file_signal(kServer, 0, result, &length), HELIOS_OK);
    EXPECT_EQ(length, 24u);
    EXPECT_EQ(seen.page, 0u);
    loop_.types[4] = HELIOS_TYPE_NOTIFICATION;
    for (uint64_t lie : {25ull, 16ull, 1ull << 31}) {
        loop_.tamper = [&](helios_message *message, helios_ipc_buffer *) {
            message->params[0] = lie;
        };
        EXPECT_EQ(sample_file_signal(kServer, 4, result, &length), HELIOS_RPC_BAD_REPLY);
    }
}

TEST_F(RpcTest, AServerThatReturnsTooManyBytesAnswersAnError) {
    file().signal = Signal;
    seen.len = 25;
    uint8_t result[24];
    uint32_t length = 0;
    EXPECT_EQ(sample_file_signal(kServer, 0, result, &length), HELIOS_ERROR_RANGE);
}

OP(SetConfig, const sample_config *config) {
    (void)context;
    (void)request;
    seen.config = *config;
    return HELIOS_OK;
}

OP(GetConfig, sample_config *config) {
    (void)context;
    (void)request;
    *config = seen.config;
    return HELIOS_OK;
}

sample_config AConfig() {
    sample_config config{};
    config.speed = 115200;
    config.parity = SAMPLE_PARITY_ODD;
    config.stop = true;
    config.delta = -3;
    config.modes[1] = SAMPLE_MODE_WRITE;
    config.origin = {1, -2, SAMPLE_PARITY_EVEN};
    config.path[1] = {3, 4, SAMPLE_PARITY_NONE};
    strcpy(config.name, "twenty characters...");
    config.blob_length = 3;
    memcpy(config.blob, "abc", 3);
    config.big[1] = UINT64_MAX;
    config.bytes_of_it[4] = 9;
    return config;
}

TEST_F(RpcTest, AStructWithEverythingInItTravelsBothWays) {
    ops_.set_config = SetConfig;
    ops_.get_config = GetConfig;
    sample_config config = AConfig();
    sample_config back{};
    EXPECT_EQ(sample_serial_set_config(kServer, &config), HELIOS_OK);
    EXPECT_EQ(sample_serial_get_config(kServer, &back), HELIOS_OK);
    EXPECT_EQ(memcmp(&config, &back, sizeof config), 0);
    EXPECT_TRUE(loop_.is_buffer_used == false); // the question is small, the answer is not
}

TEST_F(RpcTest, AStructWithAWrongMemberIsRefused) {
    ops_.set_config = SetConfig;
    uint64_t words[SAMPLE_CONFIG_WORDS];
    sample_config config = AConfig();
    sample_config_pack(words, &config);
    EXPECT_TRUE(sample_config_unpack(words, &config));
    words[0] |= 0xffull << 32; // parity
    EXPECT_FALSE(sample_config_unpack(words, &config));
    sample_config_pack(words, &config);
    loop_.tamper_request = [](helios_message *message, helios_ipc_buffer *) {
        message->params[1] = 1 << 30; // a mode that there is not
    };
    EXPECT_EQ(sample_serial_set_config(kServer, &config), HELIOS_ERROR_RANGE);
}

OP(Later, uint64_t page, uint64_t offset, uint32_t len, uint32_t *result) {
    (void)context;
    (void)offset;
    (void)len;
    (void)result;
    seen.page = page;
    return helios_rpc_defer(request, &seen.reply);
}

TEST_F(RpcTest, AServerMayAnswerLater) {
    file().read = Later;
    helios_error again = HELIOS_OK;
    loop_.later = [&] {
        EXPECT_EQ(sample_file_read_reply(seen.reply, HELIOS_OK, 77), HELIOS_OK);
        again = sample_file_read_reply(seen.reply, HELIOS_OK, 78);
    };
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_OK);
    EXPECT_EQ(result, 77u);
    EXPECT_EQ(again, HELIOS_ERROR_NO_CALL);
    EXPECT_EQ(loop_.server.received.size(), 1u); // it keeps what it was given
}

TEST_F(RpcTest, AServerMayRefuseLater) {
    file().read = Later;
    loop_.later = [&] { sample_file_read_reply(seen.reply, SAMPLE_ERROR_FULL, 0); };
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), SAMPLE_ERROR_FULL);
}

OP(PagesLater, uint64_t first, uint64_t *result, uint64_t *first_page, uint64_t *pages,
   uint32_t *pages_count) {
    (void)context;
    (void)first;
    (void)result;
    (void)first_page;
    (void)pages;
    (void)pages_count;
    return helios_rpc_defer(request, &seen.reply);
}

TEST_F(RpcTest, AnAnswerThatComesLaterBringsItsCapabilities) {
    file().pages = PagesLater;
    loop_.later = [&] {
        const uint64_t more[] = {21, 22};
        EXPECT_EQ(sample_file_pages_reply(seen.reply, HELIOS_OK, 20, more, 2, 9), HELIOS_OK);
    };
    uint64_t result = 0;
    uint64_t first = 0;
    uint64_t pages[HELIOS_MAX_CAPS - 1] = {0};
    uint32_t count = HELIOS_MAX_CAPS - 1;
    EXPECT_EQ(sample_file_pages(kServer, 3, &result, &first, pages, &count), HELIOS_OK);
    EXPECT_EQ(result, 9u);
    ASSERT_EQ(count, 2u);
    EXPECT_EQ(loop_.client.sent[first], 20u);
    EXPECT_EQ(loop_.client.sent[pages[0]], 21u);
    EXPECT_EQ(loop_.client.sent[pages[1]], 22u);
}

// The next call's Reply comes to the lowest free slot.
TEST_F(RpcTest, AnAnswerForWhoIsGoneDoesNotReachTheNextOne) {
    file().read = Later;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_ABANDONED);
    const uint64_t first = seen.reply;
    loop_.Die(loop_.call);
    loop_.later = [&] {
        EXPECT_EQ(sample_file_read_reply(first, HELIOS_OK, 66), HELIOS_ERROR_NO_CALL);
        EXPECT_EQ(sample_file_read_reply(seen.reply, HELIOS_OK, 77), HELIOS_OK);
    };
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_OK);
    EXPECT_EQ(result, 77u);
}

TEST_F(RpcTest, AnAnswerForWhoIsGoneDestroysNothingElse) {
    file().read = Later;
    uint32_t result = 0;
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_ERROR_ABANDONED);
    loop_.Die(loop_.call);
    const uint64_t other = loop_.Take(42);
    EXPECT_EQ(sample_file_read_reply(seen.reply, HELIOS_OK, 66), HELIOS_ERROR_NO_CALL);
    EXPECT_EQ(loop_.own.count(other), 1u);
}

TEST_F(RpcTest, WhatIsKeptIsThatOrNothing) {
    uint64_t kept = 0;
    const uint64_t slot = loop_.Take(41);
    loop_.RunServer();
    EXPECT_EQ(helios_keep(&kept, slot), HELIOS_OK);
    EXPECT_EQ(loop_.own.count(slot), 0u);
    EXPECT_EQ(loop_.own[helios_kept_take(kept)], 41u);
    EXPECT_EQ(helios_kept_take(kept), 0u);

    kept = 0;
    EXPECT_EQ(helios_keep(&kept, slot), HELIOS_OK);
    loop_.Die(41);
    const uint64_t other = loop_.Take(42);
    ASSERT_EQ(other, slot);
    EXPECT_EQ(helios_kept_take(kept), 0u);
    EXPECT_EQ(loop_.own.count(other), 1u);
}

TEST_F(RpcTest, ACopyOfWhatIsKeptLeavesItInItsPlace) {
    uint64_t kept = 0;
    loop_.RunServer();
    EXPECT_EQ(helios_keep(&kept, loop_.Take(41)), HELIOS_OK);
    const helios_answer copy = helios_kept_copy(kept, 7);
    ASSERT_EQ(copy.status, HELIOS_OK);
    EXPECT_EQ(loop_.own[copy.value], 41u);
    EXPECT_EQ(loop_.own.size(), 1u);
    EXPECT_EQ(loop_.kept.size(), 1u);
    loop_.Die(41);
    EXPECT_EQ(helios_kept_copy(kept, 7).status, HELIOS_ERROR_GONE);
    EXPECT_TRUE(loop_.own.empty());
    helios_kept_drop(kept);
}

TEST_F(RpcTest, WhatIsKeptNextTakesThePlaceOfTheLast) {
    uint64_t kept = 0;
    loop_.RunServer();
    EXPECT_EQ(helios_keep(&kept, loop_.Take(41)), HELIOS_OK);
    EXPECT_EQ(helios_keep(&kept, loop_.Take(42)), HELIOS_OK);
    EXPECT_EQ(loop_.kept.size(), 1u);
    EXPECT_EQ(helios_keep(&kept, 3), HELIOS_ERROR_CAPABILITY); // nothing is there
    EXPECT_EQ(kept, 0u);
    EXPECT_TRUE(loop_.kept.empty());
}

OP(Add, uint32_t a, uint32_t b, uint32_t c, uint32_t *status, uint32_t *reply, uint32_t *deadline) {
    (void)context;
    (void)request;
    *status = a;
    *reply = b;
    *deadline = c;
    return HELIOS_OK;
}

TEST_F(RpcTest, AnInterfaceOfManyBasesAnswersForAll) {
    sample_extra_both_ops ops{};
    ops.sample_extra_counter.add = Add;
    ops.sample_serial.sample_file.read = Read;
    loop_.dispatch = [&](helios_message *message) {
        return sample_extra_both_dispatch(&ops, nullptr, message);
    };
    uint32_t status = 0;
    uint32_t reply = 0;
    uint32_t deadline = 0;
    uint32_t result = 0;
    sample_point point{};
    EXPECT_EQ(sample_extra_counter_add(kServer, 1, 2, 3, &status, &reply, &deadline), HELIOS_OK);
    EXPECT_EQ(deadline, 3u);
    EXPECT_EQ(sample_file_read(kServer, 5, 1, 2, &result), HELIOS_OK);
    EXPECT_EQ(sample_extra_both_where(kServer, &point, &point), HELIOS_ERROR_UNSUPPORTED);
}

TEST_F(RpcTest, ErrorsHaveTexts) {
    EXPECT_STREQ(sample_strerror(SAMPLE_ERROR_ODD_ONE), "this is odd");
    EXPECT_STREQ(sample_strerror(HELIOS_ERROR_RIGHTS), "the capability lacks a right");
    EXPECT_STREQ(sample_strerror(HELIOS_RPC_BAD_REPLY), "the server's answer makes no sense");
    EXPECT_NE(sample_strerror(static_cast<helios_error>(0x7777)), nullptr);
}

} // namespace
