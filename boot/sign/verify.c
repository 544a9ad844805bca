// SPDX-License-Identifier: GPL-3.0-only
#include "boot/sign/sign.h"

#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#include <string.h>

static void sign_hash(const struct sign_part *parts, unsigned count, uint8_t hash[br_sha256_SIZE]) {
    br_sha256_context context;
    br_sha256_init(&context);
    for (unsigned i = 0; i < count; i++) {
        uint8_t length[8];
        for (unsigned byte = 0; byte < sizeof length; byte++) {
            length[byte] = (uint8_t)(parts[i].size >> (8 * byte));
        }
        br_sha256_update(&context, parts[i].name, sizeof parts[i].name);
        br_sha256_update(&context, length, sizeof length);
        br_sha256_update(&context, parts[i].data, parts[i].size);
    }
    br_sha256_out(&context, hash);
}

enum sign_result sign_verify(const void *key_der, size_t key_size, const struct sign_part *parts,
                             unsigned count, const void *signature, size_t signature_size) {
    struct sign_key key;
    if (!sign_read_key(key_der, key_size, &key)) {
        return SIGN_BAD_KEY;
    }
    const br_rsa_public_key rsa = {
        .n = (uint8_t *)key.modulus,
        .nlen = key.modulus_size,
        .e = (uint8_t *)key.exponent,
        .elen = key.exponent_size,
    };
    uint8_t wanted[br_sha256_SIZE];
    uint8_t found[br_sha256_SIZE];
    if (signature_size != key.modulus_size ||
        br_rsa_i31_pkcs1_vrfy(signature, signature_size, BR_HASH_OID_SHA256, sizeof wanted, &rsa,
                              wanted) == 0) {
        return SIGN_BAD_SIGNATURE;
    }
    sign_hash(parts, count, found);
    return memcmp(found, wanted, sizeof found) == 0 ? SIGN_GOOD : SIGN_BAD_SIGNATURE;
}
