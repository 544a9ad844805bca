// SPDX-License-Identifier: GPL-3.0-only
#include "boot/sign/sign.h"

#include "boot/sign/sign_test_vectors.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using Bytes = std::vector<uint8_t>;

const Bytes kGoodKey(std::begin(kKey), std::end(kKey));
const Bytes kGoodSignature(std::begin(kSignature), std::end(kSignature));

struct Payload {
    std::string kernel = "kernel bytes";
    std::string init = "init";
    std::string bootfs = "";
    std::string cmdline = "quiet";

    sign_result Verify(const Bytes &key = kGoodKey, const Bytes &signature = kGoodSignature) const {
        const sign_part parts[] = {
            {{'.', 'k', 'e', 'r', 'n', 'e', 'l'}, kernel.data(), kernel.size()},
            {{'.', 'i', 'n', 'i', 't'}, init.data(), init.size()},
            {{'.', 'b', 'o', 'o', 't', 'f', 's'}, nullptr, bootfs.size()},
            {{'.', 'c', 'm', 'd', 'l', 'i', 'n', 'e'}, cmdline.data(), cmdline.size()},
        };
        return sign_verify(key.data(), key.size(), parts, 4, signature.data(), signature.size());
    }
};

TEST(Sign, WhatOpensslSignedIsGood) {
    EXPECT_EQ(Payload().Verify(), SIGN_GOOD);
}

TEST(Sign, AChangedByteOfAnyPartIsNoticed) {
    for (std::string Payload::*part : {&Payload::kernel, &Payload::init, &Payload::cmdline}) {
        for (size_t i = 0; i < (Payload().*part).size(); i++) {
            Payload payload;
            (payload.*part)[i] ^= 1;
            EXPECT_EQ(payload.Verify(), SIGN_BAD_SIGNATURE);
        }
    }
}

TEST(Sign, BytesMovedFromOnePartToTheNextAreNoticed) {
    Payload payload;
    payload.kernel = "kernel byte";
    payload.init = "sinit";
    EXPECT_EQ(payload.Verify(), SIGN_BAD_SIGNATURE);
}

TEST(Sign, APartCutOffIsNoticed) {
    Payload payload;
    payload.cmdline = "";
    EXPECT_EQ(payload.Verify(), SIGN_BAD_SIGNATURE);
}

TEST(Sign, AChangedByteOfTheSignatureIsNoticed) {
    for (size_t i = 0; i < kGoodSignature.size(); i += 5) {
        Bytes signature = kGoodSignature;
        signature[i] ^= 0x10;
        EXPECT_EQ(Payload().Verify(kGoodKey, signature), SIGN_BAD_SIGNATURE) << i;
    }
}

TEST(Sign, ASignatureOfAnotherLengthIsRefused) {
    Bytes longer = kGoodSignature;
    longer.push_back(0);
    EXPECT_EQ(Payload().Verify(kGoodKey, longer), SIGN_BAD_SIGNATURE);
    EXPECT_EQ(Payload().Verify(kGoodKey, Bytes(longer.begin(), longer.begin() + 255)),
              SIGN_BAD_SIGNATURE);
    EXPECT_EQ(Payload().Verify(kGoodKey, {}), SIGN_BAD_SIGNATURE);
    EXPECT_EQ(Payload().Verify(kGoodKey, Bytes(256, 0)), SIGN_BAD_SIGNATURE);
    EXPECT_EQ(Payload().Verify(kGoodKey, Bytes(5000, 0)), SIGN_BAD_SIGNATURE);
}

TEST(Sign, AnotherHashIsRefused) {
    const Bytes signature(std::begin(kSha512Signature), std::end(kSha512Signature));
    EXPECT_EQ(Payload().Verify(kGoodKey, signature), SIGN_BAD_SIGNATURE);
}

TEST(Sign, AnotherKeyIsRefused) {
    Bytes key = kGoodKey;
    key[100] ^= 1; // of the modulus
    EXPECT_EQ(Payload().Verify(key), SIGN_BAD_SIGNATURE);
}

TEST(SignKey, TheNumbersAreFound) {
    sign_key key;
    ASSERT_TRUE(sign_read_key(kGoodKey.data(), kGoodKey.size(), &key));
    EXPECT_EQ(key.modulus_size, 256u);
    EXPECT_EQ(Bytes(key.exponent, key.exponent + key.exponent_size), (Bytes{1, 0, 1}));
}

TEST(SignKey, KeysOfOtherKindsAndSizesAreRefused) {
    sign_key key;
    EXPECT_FALSE(sign_read_key(kShortKey, sizeof kShortKey, &key));
    EXPECT_FALSE(sign_read_key(kEllipticKey, sizeof kEllipticKey, &key));
    EXPECT_EQ(Payload().Verify(Bytes(std::begin(kEllipticKey), std::end(kEllipticKey))),
              SIGN_BAD_KEY);
}

TEST(SignKey, AKeyCutOffAnywhereIsRefused) {
    for (size_t size = 0; size < kGoodKey.size(); size++) {
        Bytes part(kGoodKey.begin(), kGoodKey.begin() + static_cast<ptrdiff_t>(size));
        sign_key key;
        EXPECT_FALSE(sign_read_key(part.data(), part.size(), &key)) << size;
    }
}

TEST(SignKey, AKeyWithSomethingBehindItIsRefused) {
    Bytes longer = kGoodKey;
    longer.push_back(0);
    sign_key key;
    EXPECT_FALSE(sign_read_key(longer.data(), longer.size(), &key));
}

TEST(SignKey, NoStructuralByteMayDiffer) {
    // Everything but the numbers themselves: headers up to the modulus, and the exponent's.
    const size_t modulus = 32;
    const size_t exponent = modulus + 257;
    for (size_t i = 0; i < kGoodKey.size(); i++) {
        if ((i >= modulus && i < exponent) || i >= exponent + 2) {
            continue;
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            Bytes changed = kGoodKey;
            changed[i] = static_cast<uint8_t>(changed[i] ^ 1u << bit);
            sign_key key;
            EXPECT_FALSE(sign_read_key(changed.data(), changed.size(), &key)) << i;
        }
    }
}

} // namespace
