// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/abigen/abi.h"

#include <stdlib.h>
#include <string.h>

static void free_call(struct abi_call *call) {
    free(call->caps.items);
    free(call->params.items);
    free(call->results.items);
    free(call->result_caps.items);
    free(call->refusals.items);
    strings_free(&call->flags);
}

static void free_item(struct abi_item *item) {
    switch (item->kind) {
    case ABI_ENUM:
    case ABI_ERRORS:
        free(item->list.values);
        break;
    case ABI_OBJECT:
        for (size_t i = 0; i < item->object.count; i++) {
            free_call(&item->object.calls[i]);
        }
        free(item->object.calls);
        break;
    case ABI_ARCH:
        strings_free(&item->arch.registers);
        strings_free(&item->arch.operands);
        strings_free(&item->arch.kept);
        strings_free(&item->arch.lost);
        break;
    case ABI_SYSCALL:
        free_call(&item->call);
        break;
    case ABI_CODE:
        break;
    }
}

void abi_free(struct abi_file *abi) {
    for (size_t h = 0; h < abi->count; h++) {
        struct abi_header *header = &abi->headers[h];
        for (size_t i = 0; i < header->count; i++) {
            free_item(&header->items[i]);
        }
        free(header->items);
        strings_free(&header->includes);
    }
    free(abi->headers);
    for (size_t i = 0; i < abi->set_count; i++) {
        free(abi->sets[i].items);
    }
    free(abi->sets);
    strings_free(&abi->texts);
    *abi = (struct abi_file){0};
}

// The first item of this kind that stands behind the one that holds `previous`.
static const struct abi_item *next_item(const struct abi_file *abi, enum abi_kind kind,
                                        const void *previous) {
    bool is_behind = previous == NULL;
    for (size_t h = 0; h < abi->count; h++) {
        for (size_t i = 0; i < abi->headers[h].count; i++) {
            const struct abi_item *item = &abi->headers[h].items[i];
            if (item->kind == kind && is_behind) {
                return item;
            }
            is_behind = is_behind || previous == &item->object || previous == &item->arch ||
                        previous == &item->call;
        }
    }
    return NULL;
}

const struct abi_object *abi_next_object(const struct abi_file *abi,
                                         const struct abi_object *previous) {
    const struct abi_item *item = next_item(abi, ABI_OBJECT, previous);
    return item != NULL ? &item->object : NULL;
}

const struct abi_arch *abi_next_arch(const struct abi_file *abi, const struct abi_arch *previous) {
    const struct abi_item *item = next_item(abi, ABI_ARCH, previous);
    return item != NULL ? &item->arch : NULL;
}

const struct abi_call *abi_next_syscall(const struct abi_file *abi,
                                        const struct abi_call *previous) {
    const struct abi_item *item = next_item(abi, ABI_SYSCALL, previous);
    return item != NULL ? &item->call : NULL;
}

const struct abi_object *abi_find_object(const struct abi_file *abi, const char *name) {
    const struct abi_object *object = abi_next_object(abi, NULL);
    while (object != NULL && strcmp(object->name, name) != 0) {
        object = abi_next_object(abi, object);
    }
    return object;
}

const struct abi_refusals *abi_find_set(const struct abi_file *abi, const char *name) {
    for (size_t i = 0; i < abi->set_count; i++) {
        if (strcmp(abi->sets[i].name, name) == 0) {
            return &abi->sets[i];
        }
    }
    return NULL;
}

const struct abi_enum *abi_find_enum(const struct abi_file *abi, const char *name) {
    for (size_t h = 0; h < abi->count; h++) {
        for (size_t i = 0; i < abi->headers[h].count; i++) {
            const struct abi_item *item = &abi->headers[h].items[i];
            if (item->kind == ABI_ENUM && strcmp(item->list.name, name) == 0) {
                return &item->list;
            }
        }
    }
    return NULL;
}

bool abi_has_name(const struct strings *names, const char *name) {
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *abi_argument_text(const char *argument) {
    static const char *const texts[][2] = {
        {"none", "none"},
        {"number", "the system call's number"},
        {"capability", "the capability"},
        {"label", "label"},
        {"caps", "number of capabilities"},
        {"params", "number of parameters"},
        {"flags", "flags"},
        {"receive", "receive slots"},
        {"deadline", "deadline"},
        {"poll", "the poll entry"},
        {"cap", "the capability argument"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(argument, texts[i][0]) == 0) {
            return texts[i][1];
        }
    }
    return NULL;
}
