// SPDX-License-Identifier: GPL-3.0-only
//
// Circular lists of struct ring_node without kinds: plain addresses, and a head that is a node
// itself.
#ifndef HELIOS_KERNEL_LIST_H
#define HELIOS_KERNEL_LIST_H

#include <stdbool.h>

#include "kernel/object.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline void list_init(struct ring_node *head) {
    head->next = (uintptr_t)head;
    head->prev = (uintptr_t)head;
}

static inline bool list_is_empty(const struct ring_node *head) {
    return head->next == (uintptr_t)head;
}

// There is one.
static inline struct ring_node *list_first(const struct ring_node *head) {
    return (struct ring_node *)head->next;
}

static inline void list_add_first(struct ring_node *head, struct ring_node *node) {
    node->next = head->next;
    node->prev = (uintptr_t)head;
    ((struct ring_node *)head->next)->prev = (uintptr_t)node;
    head->next = (uintptr_t)node;
}

static inline void list_remove(struct ring_node *node) {
    ((struct ring_node *)node->prev)->next = node->next;
    ((struct ring_node *)node->next)->prev = node->prev;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_LIST_H
