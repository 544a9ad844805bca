// SPDX-License-Identifier: MIT
//
// Made by ipcgen of sample.ipc.
#include "build/tools/ipcgen/testdata/sample.h"

#include <string.h>

bool sample_parity_is_valid(uint32_t value) {
    switch (value) {
    case SAMPLE_PARITY_NONE:
    case SAMPLE_PARITY_EVEN:
    case SAMPLE_PARITY_ODD:
        return true;
    default:
        return false;
    }
}

void sample_point_pack(uint64_t *words, const struct sample_point *value) {
    words[0] = (uint64_t)(uint16_t)value->x | (uint64_t)(uint16_t)value->y << 16 |
               (uint64_t)(uint8_t)value->parity << 32;
}

bool sample_point_unpack(const uint64_t *words, struct sample_point *value) {
    value->x = (int16_t)words[0];
    value->y = (int16_t)(words[0] >> 16);
    if (!sample_parity_is_valid((uint8_t)(words[0] >> 32))) {
        return false;
    }
    value->parity = (enum sample_parity)(uint8_t)(words[0] >> 32);
    return true;
}

void sample_config_pack(uint64_t *words, const struct sample_config *value) {
    memset(words, 0, 120);
    words[0] = (uint64_t)value->speed | (uint64_t)(uint8_t)value->parity << 32 |
               (uint64_t)value->stop << 40 | (uint64_t)(uint16_t)value->delta << 48;
    for (unsigned i_ = 0; i_ < 3; i_++) {
        words[1 + i_ / 2] |= (uint64_t)value->modes[i_] << i_ % 2 * 32;
    }
    sample_point_pack(words + 3, &value->origin);
    for (unsigned i_ = 0; i_ < 2; i_++) {
        sample_point_pack(words + 4 + (size_t)i_ * 1, &value->path[i_]);
    }
    helios_rpc_pack_text(words + 6, value->name, 20);
    helios_rpc_pack_bytes(words + 9, value->blob, value->blob_length, 12);
    for (unsigned i_ = 0; i_ < 2; i_++) {
        words[12 + i_] = value->big[i_];
    }
    for (unsigned i_ = 0; i_ < 5; i_++) {
        words[14 + i_ / 8] |= (uint64_t)value->bytes_of_it[i_] << i_ % 8 * 8;
    }
}

bool sample_config_unpack(const uint64_t *words, struct sample_config *value) {
    value->speed = (uint32_t)words[0];
    if (!sample_parity_is_valid((uint8_t)(words[0] >> 32))) {
        return false;
    }
    value->parity = (enum sample_parity)(uint8_t)(words[0] >> 32);
    if ((uint8_t)(words[0] >> 40) > 1) {
        return false;
    }
    value->stop = (uint8_t)(words[0] >> 40) != 0;
    value->delta = (int16_t)(words[0] >> 48);
    for (unsigned i_ = 0; i_ < 3; i_++) {
        if (((uint32_t)(words[1 + i_ / 2] >> i_ % 2 * 32) & ~SAMPLE_MODE_ALL) != 0) {
            return false;
        }
        value->modes[i_] = (uint32_t)(words[1 + i_ / 2] >> i_ % 2 * 32);
    }
    if (!sample_point_unpack(words + 3, &value->origin)) {
        return false;
    }
    for (unsigned i_ = 0; i_ < 2; i_++) {
        if (!sample_point_unpack(words + 4 + (size_t)i_ * 1, &value->path[i_])) {
            return false;
        }
    }
    helios_rpc_unpack_text(value->name, words + 6, 20);
    if (!helios_rpc_unpack_bytes(value->blob, &value->blob_length, words + 9, 12)) {
        return false;
    }
    for (unsigned i_ = 0; i_ < 2; i_++) {
        value->big[i_] = words[12 + i_];
    }
    for (unsigned i_ = 0; i_ < 5; i_++) {
        value->bytes_of_it[i_] = (uint8_t)(words[14 + i_ / 8] >> i_ % 8 * 8);
    }
    return true;
}

const char *sample_strerror(enum helios_error status) {
    switch ((uint32_t)status) {
    case (uint32_t)SAMPLE_ERROR_FULL:
        return "there is no room";
    case (uint32_t)SAMPLE_ERROR_ODD_ONE:
        return "this is odd";
    case (uint32_t)SAMPLE_FILE_ERROR_END:
        return "nothing is left";
    default:
        break;
    }
    return helios_rpc_strerror(status);
}
