// SPDX-License-Identifier: GPL-3.0-only
//
// Certificates as files: DER, or PEM (RFC 7468).
#include <string.h>

#include "build/tools/efivars/store.h"

#define DER_SEQUENCE 0x30

static int base64_value(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static bool base64_decode(const char *text, const char *end, struct buffer *out) {
    uint32_t bits = 0;
    unsigned int count = 0;
    for (; text < end && *text != '='; text++) {
        if (strchr(" \t\r\n", *text) != NULL) {
            continue;
        }
        int value = base64_value(*text);
        if (value < 0) {
            return false;
        }
        bits = (bits << 6) | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            char byte = (char)(bits >> count);
            buffer_append(out, &byte, 1);
        }
    }
    return true;
}

// Whether the bytes are one DER sequence with a length in two bytes, as a certificate is.
static bool is_der(const struct buffer *der) {
    const uint8_t *bytes = (const uint8_t *)der->data;
    return der->size > 4 && bytes[0] == DER_SEQUENCE && bytes[1] == 0x82 &&
           ((size_t)bytes[2] << 8 | bytes[3]) + 4 == der->size;
}

bool efi_certificate_read(const char *path, struct buffer *der, struct error *err) {
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    struct buffer file = {0};
    if (!file_read(path, &file, err)) {
        buffer_free(&file);
        return false;
    }
    const char *start = strstr(file.data, begin);
    const char *end = start != NULL ? strstr(start, "-----END CERTIFICATE-----") : NULL;
    bool ok = true;
    if (end != NULL) {
        ok = base64_decode(start + strlen(begin), end, der);
    } else {
        buffer_append(der, file.data, file.size);
    }
    buffer_free(&file);
    return (ok && is_der(der)) || error_set(err, "%s: not a certificate (PEM or DER)", path);
}
