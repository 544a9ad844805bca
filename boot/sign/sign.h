// SPDX-License-Identifier: GPL-3.0-only
//
// The loader's own check of what it starts, for firmware that checks nothing.
//
// Signed is a string of bytes made of the parts of the payload, in order: for each, its name in 8
// bytes padded with NULs, its length in 8 bytes (little endian), its contents. A part that is
// absent has length 0. The signature is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2) over
// that string: what `openssl dgst -sha256 -sign` makes of it. elf2pe --signed-data writes the
// string.
#ifndef HELIOS_BOOT_SIGN_SIGN_H
#define HELIOS_BOOT_SIGN_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sign_limits {
    SIGN_NAME_SIZE = 8,
    SIGN_LEAST_KEY_BITS = 2048,
    SIGN_MOST_KEY_BITS = 4096,
};

struct sign_part {
    char name[SIGN_NAME_SIZE]; // padded with NULs
    const void *data;          // NULL if size is 0
    uint64_t size;
};

// Pointers into the bytes that the key was read from.
struct sign_key {
    const uint8_t *modulus; // big endian, without leading zeros
    size_t modulus_size;
    const uint8_t *exponent;
    size_t exponent_size;
};

enum sign_result {
    SIGN_GOOD = 0,
    SIGN_BAD_KEY,       // no RSA public key, or of a size that is not taken
    SIGN_BAD_SIGNATURE, // of another key, or of other data
};

/**
 * Reads an RSA public key in DER, as SubjectPublicKeyInfo (RFC 5280 section 4.1, RFC 3279 section
 * 2.3.1): the form of `openssl pkey -pubin -outform DER`. False for anything else, also for a key
 * shorter or longer than the limits.
 */
bool sign_read_key(const void *der, size_t size, struct sign_key *key);

/** Checks the signature of the parts with a public key in DER. */
enum sign_result sign_verify(const void *key_der, size_t key_size, const struct sign_part *parts,
                             unsigned count, const void *signature, size_t signature_size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_SIGN_SIGN_H
