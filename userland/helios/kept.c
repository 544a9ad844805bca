// SPDX-License-Identifier: MIT
#include "userland/helios/kept.h"

#include <stddef.h>

#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

enum { TABLE_BITS = 6, TABLE_SLOTS = 1 << TABLE_BITS, TABLES = HELIOS_KEPT_MOST / TABLE_SLOTS };

// This program's own table of capabilities: the same slot in every process.
#define OWN_CSPACE HELIOS_INIT_CSPACE

// No slot has such an address.
#define MARK (1ull << 32)

struct table {
    uint64_t cspace; // 0: not made yet
    uint64_t used;   // a bit for each slot
};

static struct table tables[TABLES];

static enum helios_error make(struct table *table) {
    if (__atomic_load_n(&table->cspace, __ATOMIC_ACQUIRE) != 0) {
        return HELIOS_OK;
    }
    struct helios_answer made = helios_make(HELIOS_TYPE_CSPACE, TABLE_BITS);
    if (made.status != HELIOS_OK) {
        return made.status;
    }
    uint64_t none = 0;
    if (!__atomic_compare_exchange_n(&table->cspace, &none, made.value, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) { // another thread was faster
        helios_cspace_destroy(OWN_CSPACE, &made.value, 1);
    }
    return HELIOS_OK;
}

// A slot that nobody has; TABLE_SLOTS: there is none.
static uint32_t claim_slot(struct table *table) {
    uint64_t used = __atomic_load_n(&table->used, __ATOMIC_RELAXED);
    uint32_t slot = 0;
    while (slot < TABLE_SLOTS) {
        if ((used >> slot & 1) != 0) {
            slot++;
        } else if (__atomic_compare_exchange_n(&table->used, &used, used | 1ull << slot, false,
                                               __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            break;
        }
    }
    return slot;
}

static enum helios_error claim(struct table **table, uint32_t *slot, uint64_t *kept) {
    *kept = 0;
    for (uint32_t i = 0; i < TABLES; i++) {
        enum helios_error made = make(&tables[i]);
        if (made != HELIOS_OK) {
            return made;
        }
        *slot = claim_slot(&tables[i]);
        if (*slot < TABLE_SLOTS) {
            *table = &tables[i];
            *kept = MARK | i << TABLE_BITS | *slot;
            return HELIOS_OK;
        }
    }
    return HELIOS_ERROR_NO_SLOT;
}

// Its slot is empty.
static void release(struct table *table, uint32_t slot) {
    __atomic_fetch_and(&table->used, ~(1ull << slot), __ATOMIC_RELEASE);
}

static enum helios_error claimed(enum helios_error status, struct table *table, uint32_t slot,
                                 uint64_t *kept) {
    if (status != HELIOS_OK) {
        release(table, slot);
        *kept = 0;
    }
    return status;
}

enum helios_error helios_keep_reply(uint64_t *kept) {
    struct table *table;
    uint32_t slot;
    enum helios_error status = claim(&table, &slot, kept);
    if (status != HELIOS_OK) {
        return status;
    }
    return claimed(helios_cspace_save_reply(table->cspace, slot).status, table, slot, kept);
}

enum helios_error helios_keep(uint64_t *kept, uint64_t capability) {
    struct table *table;
    uint32_t slot;
    helios_kept_drop(*kept);
    *kept = 0;
    if (capability == 0) {
        return HELIOS_OK;
    }
    enum helios_error status = claim(&table, &slot, kept);
    if (status != HELIOS_OK) {
        return status;
    }
    struct helios_answer moved = helios_cspace_move(OWN_CSPACE, table->cspace, capability, slot);
    return claimed(moved.status, table, slot, kept);
}

// The table of a place that is somebody's; NULL: it is not.
static struct table *table_of(uint64_t kept, uint32_t *slot) {
    const uint64_t place = kept - MARK;
    if (!helios_is_kept(kept) || place >= HELIOS_KEPT_MOST) {
        return NULL;
    }
    struct table *table = &tables[place >> TABLE_BITS];
    *slot = (uint32_t)(place % TABLE_SLOTS);
    bool is_used = (__atomic_load_n(&table->used, __ATOMIC_RELAXED) >> *slot & 1) != 0;
    return is_used ? table : NULL;
}

static void destroy(struct table *table, uint32_t slot) {
    const uint64_t address = slot;
    helios_cspace_destroy(table->cspace, &address, 1);
}

// To a slot of this process's own.
static struct helios_answer move_out(const struct table *table, uint32_t slot) {
    const uint64_t first = helios_buffer->caps[0]; // of an answer that is to go through it
    struct helios_answer moved =
        helios_cspace_move(table->cspace, OWN_CSPACE, slot, HELIOS_CADDR_UNDEF);
    helios_buffer->caps[0] = first;
    return moved;
}

uint64_t helios_kept_take(uint64_t kept) {
    uint32_t slot;
    struct table *table = table_of(kept, &slot);
    if (table == NULL) {
        return 0;
    }
    struct helios_answer moved = move_out(table, slot);
    if (moved.status == HELIOS_ERROR_NO_SLOT) {
        destroy(table, slot);
    }
    release(table, slot);
    return moved.status == HELIOS_OK ? moved.value : 0;
}

void helios_kept_signal(uint64_t kept) {
    uint32_t slot;
    const struct table *table = table_of(kept, &slot);
    struct helios_answer moved = {.status = HELIOS_ERROR_CAPABILITY};
    if (table != NULL) {
        moved = move_out(table, slot);
    }
    if (moved.status == HELIOS_OK) {
        helios_signal(moved.value);
        helios_cspace_move(OWN_CSPACE, table->cspace, moved.value, slot);
    }
}

struct helios_answer helios_kept_copy(uint64_t kept, uint64_t badge) {
    uint32_t slot;
    const struct table *table = table_of(kept, &slot);
    const struct helios_answer gone = {.status = HELIOS_ERROR_GONE};
    if (table == NULL) {
        return gone;
    }
    const bool has_badge = helios_cspace_identify(table->cspace, slot).more[1] != 0;
    const struct helios_answer moved = move_out(table, slot);
    if (moved.status != HELIOS_OK) {
        return moved.status == HELIOS_ERROR_NO_SLOT ? moved : gone;
    }
    const struct helios_answer copy = helios_cspace_copy(
        OWN_CSPACE, moved.value, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, has_badge ? 0 : badge);
    helios_cspace_move(OWN_CSPACE, table->cspace, moved.value, slot);
    return copy;
}

void helios_kept_drop(uint64_t kept) {
    uint32_t slot;
    struct table *table = table_of(kept, &slot);
    if (table != NULL) {
        destroy(table, slot);
        release(table, slot);
    }
}
