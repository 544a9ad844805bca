// SPDX-License-Identifier: GPL-3.0-only
//
// Which drivers serve which devices.
#ifndef HELIOS_USERLAND_MANIFEST_MATCH_H
#define HELIOS_USERLAND_MANIFEST_MATCH_H

#include "userland/manifest/reader.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MANIFEST_MATCH_TEXT 48u

enum manifest_match_kind {
    MANIFEST_MATCH_PCI,       // pci:VVVV:DDDD
    MANIFEST_MATCH_PCI_CLASS, // pci-class:CC, :CCSS, :CCSSPP
    MANIFEST_MATCH_VIRTIO,    // virtio:ID, a device behind a virtio-mmio transport
    MANIFEST_MATCH_TREE,      // dt:COMPATIBLE
    MANIFEST_MATCH_LEGACY,    // legacy:NAME
};

struct manifest_match {
    enum manifest_match_kind kind;
    uint32_t vendor;
    uint32_t device;     // of virtio: the device id
    uint32_t class_code; // with class_digits hexadecimal digits
    uint32_t class_digits;
    char text[MANIFEST_MATCH_TEXT];
};

// What a device is known as. Fields that do not belong to its kind are not looked at.
struct manifest_identity {
    bool is_pci;
    bool is_virtio;
    uint32_t vendor;
    uint32_t device;
    uint32_t class_code;    // 24 bits
    const char *compatible; // strings, each ending in NUL, the best one first; NULL: none
    size_t compatible_length;
    const char *legacy; // NULL: none
};

// Reads "pci:1af4:1042" and its like. On an error returns false and says what was expected.
bool manifest_read_match(struct manifest_span span, struct manifest_match *match,
                         const char **expected);

// How well a match fits a device: 0 not at all, the more the better.
uint32_t manifest_match_score(const struct manifest_match *match,
                              const struct manifest_identity *identity);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MANIFEST_MATCH_H
