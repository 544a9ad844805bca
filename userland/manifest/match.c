// SPDX-License-Identifier: GPL-3.0-only
#include "userland/manifest/match.h"

#include <string.h>

// Scores. What names a device beats what names its kind; of the strings of `compatible` the first
// one beats the others.
enum {
    SCORE_CLASS = 10, // + 1 for each digit
    SCORE_DEVICE = 100,
    SCORE_TREE = 100, // - the index of the string
};

// If `span` begins with `prefix`, what follows it.
static bool strip(struct manifest_span *span, const char *prefix) {
    size_t length = strlen(prefix);
    if (span->length < length || memcmp(span->text, prefix, length) != 0) {
        return false;
    }
    span->text += length;
    span->length -= length;
    span->column += (uint32_t)length;
    return true;
}

static bool read_pci(struct manifest_span span, struct manifest_match *match) {
    struct manifest_span vendor = span;
    struct manifest_span device = span;
    match->kind = MANIFEST_MATCH_PCI;
    if (span.length != 9 || span.text[4] != ':') {
        return false;
    }
    vendor.length = 4;
    device.text += 5;
    device.length = 4;
    return manifest_hex(vendor, 4, &match->vendor) && manifest_hex(device, 4, &match->device);
}

static bool read_class(struct manifest_span span, struct manifest_match *match) {
    match->kind = MANIFEST_MATCH_PCI_CLASS;
    match->class_digits = (uint32_t)span.length;
    return (span.length == 2 || span.length == 4 || span.length == 6) &&
           manifest_hex(span, span.length, &match->class_code);
}

static bool read_virtio(struct manifest_span span, struct manifest_match *match) {
    uint64_t id = 0;
    match->kind = MANIFEST_MATCH_VIRTIO;
    if (!manifest_number(span, 0xffff, &id) || id == 0) {
        return false;
    }
    match->device = (uint32_t)id;
    return true;
}

static bool read_text(struct manifest_span span, enum manifest_match_kind kind,
                      struct manifest_match *match) {
    match->kind = kind;
    return span.length > 0 && manifest_copy(span, match->text, sizeof match->text);
}

bool manifest_read_match(struct manifest_span span, struct manifest_match *match,
                         const char **expected) {
    memset(match, 0, sizeof *match);
    if (strip(&span, "pci:")) {
        *expected = "pci:VENDOR:DEVICE, each of four hexadecimal digits";
        return read_pci(span, match);
    }
    if (strip(&span, "pci-class:")) {
        *expected = "pci-class: with 2, 4 or 6 hexadecimal digits";
        return read_class(span, match);
    }
    if (strip(&span, "virtio:")) {
        *expected = "virtio: with a device id from 1 to 65535";
        return read_virtio(span, match);
    }
    if (strip(&span, "dt:")) {
        *expected = "dt: with a string of `compatible`, at most 47 characters";
        return read_text(span, MANIFEST_MATCH_TREE, match);
    }
    if (strip(&span, "legacy:")) {
        *expected = "legacy: with a name of at most 47 characters";
        return read_text(span, MANIFEST_MATCH_LEGACY, match);
    }
    *expected = "pci:VENDOR:DEVICE, pci-class:CLASS, virtio:ID, dt:COMPATIBLE or legacy:NAME";
    return false;
}

static uint32_t tree_score(const char *text, const struct manifest_identity *identity) {
    size_t at = 0;
    for (uint32_t index = 0; index < SCORE_TREE && at < identity->compatible_length; index++) {
        const char *one = identity->compatible + at;
        size_t length = strnlen(one, identity->compatible_length - at);
        if (length == strlen(text) && memcmp(one, text, length) == 0) {
            return SCORE_TREE - index;
        }
        at += length + 1;
    }
    return 0;
}

uint32_t manifest_match_score(const struct manifest_match *match,
                              const struct manifest_identity *identity) {
    bool fits = false;
    switch (match->kind) {
    case MANIFEST_MATCH_PCI:
        fits = identity->is_pci && match->vendor == identity->vendor &&
               match->device == identity->device;
        break;
    case MANIFEST_MATCH_PCI_CLASS:
        fits = identity->is_pci &&
               identity->class_code >> (4 * (6 - match->class_digits)) == match->class_code;
        return fits ? SCORE_CLASS + match->class_digits : 0;
    case MANIFEST_MATCH_VIRTIO:
        fits = identity->is_virtio && match->device == identity->device;
        break;
    case MANIFEST_MATCH_TREE:
        return identity->compatible != NULL ? tree_score(match->text, identity) : 0;
    case MANIFEST_MATCH_LEGACY:
        fits = identity->legacy != NULL && strcmp(match->text, identity->legacy) == 0;
        break;
    }
    return fits ? SCORE_DEVICE : 0;
}
