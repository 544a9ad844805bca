// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables as objects. They are mapped and unmapped through a VSpace (kernel/vspace.c).
#include "kernel/check.h"
#include "kernel/vspace.h"

void table_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    enum helios_type type = (enum helios_type)object->type;
    object_init(object, type, owner);
    table_of(object)->level = (uint16_t)(type - HELIOS_TYPE_TABLE_0);
}

// Its mapping was the last thing that referred to it, and that goes after the last entry. Another
// CPU that found it alive may have claimed it for an address space (kernel/map.c), and is about to
// find out and to give it back: its memory stays what it is until then.
bool table_reap(struct object *object) {
    CHECK(table_of(object)->used == 0);
    (void)object;
    return true;
}

struct task *table_invoke(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    (void)slot;
    return answer_invocation(current, call);
}
