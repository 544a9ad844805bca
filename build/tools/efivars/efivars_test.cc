// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "build/tools/efivars/store.h"

namespace {

const size_t kVolume = 0x10000, kHeader = 0x48, kStore = 0x8000;

template <typename T> void Put(std::string *bytes, size_t offset, T value) {
    memcpy(&(*bytes)[offset], &value, sizeof value);
}

template <typename T> T Get(const std::string &bytes, size_t offset) {
    T value;
    memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

void Checksum(std::string *flash) {
    uint16_t sum = 0;
    Put<uint16_t>(flash, 50, 0);
    for (size_t i = 0; i < kHeader; i += 2) {
        sum = static_cast<uint16_t>(sum + Get<uint16_t>(*flash, i));
    }
    Put<uint16_t>(flash, 50, static_cast<uint16_t>(-sum));
}

// An empty store as EDK II formats it.
std::string Flash() {
    std::string flash(kVolume, '\xff');
    flash.replace(0, kHeader, std::string(kHeader, '\0'));
    flash.replace(16, 16, "\x8d\x2b\xf1\xff\x96\x76\x8b\x4c\xa9\x85\x27\x47\x07\x5b\x4f\x50", 16);
    Put<uint64_t>(&flash, 32, kVolume);
    flash.replace(40, 4, "_FVH");
    Put<uint16_t>(&flash, 48, kHeader);
    flash[55] = 2;
    Checksum(&flash);
    flash.replace(kHeader, 16, "\x78\x2c\xf3\xaa\x7b\x94\x9a\x43\xa1\x80\x2e\x14\x4e\xc3\x77\x92",
                  16);
    Put<uint32_t>(&flash, kHeader + 16, kStore);
    flash.replace(kHeader + 20, 8, std::string("\x5a\xfe\0\0\0\0\0\0", 8));
    return flash;
}

class Store : public testing::Test {
  protected:
    void TearDown() override {
        buffer_free(&flash_);
        buffer_free(&data_);
    }
    bool Open(const std::string &flash) {
        buffer_free(&flash_);
        buffer_append(&flash_, flash.data(), flash.size());
        return efi_store_open(&store_, &flash_, &err_);
    }
    bool Add(const char *name, const std::string &data, uint32_t attributes = 0x27) {
        buffer_free(&data_);
        buffer_append(&data_, data.data(), data.size());
        return efi_store_add(&store_, name, &efi_global_variable, attributes, &data_, &err_);
    }
    std::string Bytes() {
        return std::string(flash_.data, flash_.size);
    }
    struct buffer flash_ = {};
    struct buffer data_ = {};
    struct efi_store store_ = {};
    struct error err_ = {};
};

TEST_F(Store, VariablesStandWhereTheFirmwareReadsThem) {
    ASSERT_TRUE(Open(Flash())) << err_.text;
    ASSERT_TRUE(Add("PK", "12345")) << err_.text;
    ASSERT_TRUE(Add("X", "y", 3)) << err_.text;
    std::string flash = Bytes();
    size_t first = kHeader + 28;
    EXPECT_EQ(Get<uint16_t>(flash, first), 0x55aa);
    EXPECT_EQ(static_cast<uint8_t>(flash[first + 2]), 0x3f);
    EXPECT_EQ(Get<uint32_t>(flash, first + 4), 0x27u);
    EXPECT_EQ(Get<uint16_t>(flash, first + 16), 2000);
    EXPECT_EQ(Get<uint32_t>(flash, first + 36), 6u);
    EXPECT_EQ(Get<uint32_t>(flash, first + 40), 5u);
    EXPECT_EQ(flash.substr(first + 60, 11), std::string("P\0K\0\0\0"
                                                        "12345",
                                                        11));
    size_t second = first + 72; // 71 bytes, aligned to 4
    EXPECT_EQ(Get<uint16_t>(flash, second), 0x55aa);
    EXPECT_EQ(Get<uint16_t>(flash, second + 16), 0) << "only authenticated variables have a time";
    EXPECT_EQ(flash.size(), kVolume);
}

TEST_F(Store, NewVariablesGoBehindTheOldOnes) {
    ASSERT_TRUE(Open(Flash()));
    ASSERT_TRUE(Add("A", "1"));
    size_t next = store_.next;
    ASSERT_TRUE(Open(Bytes())) << err_.text;
    EXPECT_EQ(store_.next, next);
    EXPECT_FALSE(Add("A", "2"));
    EXPECT_STREQ(err_.text, "it has A already");
    EXPECT_TRUE(Add("B", "2"));
}

TEST_F(Store, DeletedVariablesMayComeAgain) {
    ASSERT_TRUE(Open(Flash()));
    ASSERT_TRUE(Add("A", "1"));
    flash_.data[kHeader + 28 + 2] = 0x3c;
    EXPECT_TRUE(Add("A", "2")) << err_.text;
}

TEST_F(Store, FullStoreIsAnError) {
    ASSERT_TRUE(Open(Flash()));
    EXPECT_FALSE(Add("A", std::string(kStore, 'x')));
    EXPECT_STREQ(err_.text, "no room for A");
    EXPECT_TRUE(Add("A", std::string(kStore - 28 - 64, 'x'))) << err_.text;
    EXPECT_FALSE(Add("B", ""));
}

TEST_F(Store, OtherFilesAreRefused) {
    EXPECT_FALSE(Open("short"));
    EXPECT_FALSE(Open(std::string(kVolume, '\0')));
    std::string flash = Flash();
    flash[56]++; // in the block map: the checksum is wrong now
    EXPECT_FALSE(Open(flash));
    flash = Flash();
    flash[kHeader + 21] = '\xff'; // state
    EXPECT_FALSE(Open(flash));
    flash = Flash();
    Put<uint32_t>(&flash, kHeader + 16, kVolume); // store larger than its volume
    EXPECT_FALSE(Open(flash));
    flash = Flash().substr(0, kVolume / 2); // cut off
    EXPECT_FALSE(Open(flash));
}

TEST_F(Store, VariableThatRunsOutOfTheStoreIsRefused) {
    ASSERT_TRUE(Open(Flash()));
    ASSERT_TRUE(Add("A", "1"));
    std::string flash = Bytes();
    Put<uint32_t>(&flash, kHeader + 28 + 40, kStore);
    EXPECT_FALSE(Open(flash));
    Put<uint32_t>(&flash, kHeader + 28 + 40, 0xffffffffu);
    EXPECT_FALSE(Open(flash));
}

TEST(Signature, ListHoldsOneCertificate) {
    struct buffer certificate = {}, out = {};
    buffer_append(&certificate, "CERT", 4);
    efi_signature_list(&certificate, &out);
    std::string list(out.data, out.size);
    ASSERT_EQ(list.size(), 28u + 16u + 4u);
    EXPECT_EQ(Get<uint32_t>(list, 16), 48u);
    EXPECT_EQ(Get<uint32_t>(list, 20), 0u);
    EXPECT_EQ(Get<uint32_t>(list, 24), 20u);
    EXPECT_EQ(list.substr(44), "CERT");
    buffer_free(&certificate);
    buffer_free(&out);
}

class Certificate : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
    }
    void TearDown() override {
        temp_dir_remove(dir_);
        free(dir_);
    }
    // The DER bytes, or the error.
    std::string Read(const std::string &contents) {
        std::string path = std::string(dir_) + "/cert";
        EXPECT_TRUE(file_write(path.c_str(), contents.data(), contents.size(), &err_));
        struct buffer der = {};
        bool ok = efi_certificate_read(path.c_str(), &der, &err_);
        std::string result = ok ? std::string(der.data, der.size) : err_.text;
        buffer_free(&der);
        return result;
    }
    char *dir_ = nullptr;
    struct error err_ = {};
};

const std::string kDer("\x30\x82\x00\x03\x02\x01\x07", 7);

TEST_F(Certificate, DerAndPem) {
    EXPECT_EQ(Read(kDer), kDer);
    EXPECT_EQ(Read("text\n-----BEGIN CERTIFICATE-----\r\nMIIA\nAwIBBw==\n"
                   "-----END CERTIFICATE-----\nmore\n"),
              kDer);
}

TEST_F(Certificate, EverythingElseIsRefused) {
    for (const std::string &text :
         {std::string(), kDer + "x", kDer.substr(0, 6),
          std::string("-----BEGIN CERTIFICATE-----\nMIIA\n"),
          std::string("-----BEGIN CERTIFICATE-----\nMI!A\n-----END CERTIFICATE-----\n")}) {
        EXPECT_NE(Read(text).find("not a certificate"), std::string::npos);
    }
}

} // namespace
