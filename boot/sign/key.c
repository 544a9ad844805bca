// SPDX-License-Identifier: GPL-3.0-only
//
// A reader of just enough DER (X.690 section 10) for one kind of key.
#include "boot/sign/sign.h"

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_SEQUENCE = 0x30,
};

// What is left to read of a value.
struct der {
    const uint8_t *at;
    size_t left;
};

static bool der_length(struct der *in, size_t *length) {
    if (in->left == 0) {
        return false;
    }
    uint8_t first = *in->at;
    in->at++;
    in->left--;
    *length = first;
    if (first < 0x80) {
        return true;
    }
    size_t count = first & 0x7fu;
    if (count == 0 || count > 2 || count > in->left) {
        return false;
    }
    *length = 0;
    for (size_t i = 0; i < count; i++) {
        *length = *length << 8 | in->at[i];
    }
    in->at += count;
    in->left -= count;
    return *length >= (count == 1 ? 0x80u : 0x100u); // the shortest form is the only one
}

// Takes one value of a type from `in`.
static bool der_take(struct der *in, uint8_t tag, struct der *value) {
    size_t length = 0;
    if (in->left == 0 || *in->at != tag) {
        return false;
    }
    in->at++;
    in->left--;
    if (!der_length(in, &length) || length > in->left) {
        return false;
    }
    *value = (struct der){in->at, length};
    in->at += length;
    in->left -= length;
    return true;
}

// A positive INTEGER, without the zero that keeps its sign.
static bool der_take_positive(struct der *in, const uint8_t **bytes, size_t *size) {
    struct der value;
    if (!der_take(in, DER_INTEGER, &value) || value.left == 0 || (value.at[0] & 0x80) != 0) {
        return false;
    }
    if (value.at[0] == 0) {
        value.at++;
        value.left--;
    }
    *bytes = value.at;
    *size = value.left;
    return value.left > 0 && value.at[0] != 0;
}

// AlgorithmIdentifier of rsaEncryption, with its NULL (RFC 3279 section 2.3.1).
static const uint8_t der_rsa_encryption[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                             0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

static bool der_is_rsa(const struct der *algorithm) {
    if (algorithm->left != sizeof der_rsa_encryption) {
        return false;
    }
    for (size_t i = 0; i < sizeof der_rsa_encryption; i++) {
        if (algorithm->at[i] != der_rsa_encryption[i]) {
            return false;
        }
    }
    return true;
}

bool sign_read_key(const void *der, size_t size, struct sign_key *key) {
    struct der all = {der, size};
    struct der info;
    struct der algorithm;
    struct der bits;
    struct der numbers;
    if (!der_take(&all, DER_SEQUENCE, &info) || all.left != 0 ||
        !der_take(&info, DER_SEQUENCE, &algorithm) || !der_is_rsa(&algorithm) ||
        !der_take(&info, DER_BIT_STRING, &bits) || info.left != 0) {
        return false;
    }
    if (bits.left == 0 || bits.at[0] != 0) { // bits unused in the last byte
        return false;
    }
    bits.at++;
    bits.left--;
    if (!der_take(&bits, DER_SEQUENCE, &numbers) || bits.left != 0 ||
        !der_take_positive(&numbers, &key->modulus, &key->modulus_size) ||
        !der_take_positive(&numbers, &key->exponent, &key->exponent_size) || numbers.left != 0) {
        return false;
    }
    return key->modulus_size >= SIGN_LEAST_KEY_BITS / 8 &&
           key->modulus_size <= SIGN_MOST_KEY_BITS / 8;
}
