// SPDX-License-Identifier: GPL-3.0-only
//
// What must be true of a file beside its grammar.
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/names.h"

struct checker {
    struct ipc_set *set;
    struct ipc_unit *unit;
};

#define COMPLAIN(c, place, ...) ipc_problem((c)->set, (c)->unit, (place), __VA_ARGS__)

static void check_enum(struct checker *c, const struct ipc_decl *decl) {
    const struct ipc_values *values = &decl->values;
    uint64_t largest = decl->type.size == 8 ? UINT64_MAX : (1ull << decl->type.size * 8) - 1;
    if (values->count == 0) {
        COMPLAIN(c, decl->place, "expected at least one value in '%s'", decl->name);
    }
    for (size_t i = 0; i < values->count; i++) {
        const struct ipc_value *value = &values->items[i];
        if (value->value > largest) {
            COMPLAIN(c, value->place, "expected a value that fits into u%u", decl->type.size * 8);
        }
        if (decl->kind == IPC_DECL_FLAGS && value->value == 0) {
            COMPLAIN(c, value->place, "expected a flag with a bit in it, found 0");
        }
        for (size_t k = 0; decl->kind == IPC_DECL_ENUM && k < i; k++) {
            if (values->items[k].value == value->value) {
                COMPLAIN(c, value->place, "expected a value of its own, found that of '%s'",
                         values->items[k].name);
                break;
            }
        }
    }
}

static void check_struct(struct checker *c, const struct ipc_decl *decl) {
    if (decl->fields.count == 0) {
        COMPLAIN(c, decl->place, "expected at least one member in '%s'", decl->name);
    }
    if (decl->fields.words > IPC_MAX_PARAMS) {
        COMPLAIN(c, decl->place, "expected at most %d words of 8 bytes in '%s', found %u",
                 IPC_MAX_PARAMS, decl->name, decl->fields.words);
    }
}

// Errors of one list against those of another, or against those before them in the same.
static void compare_errors(struct checker *c, const struct ipc_values *list,
                           const struct ipc_values *others) {
    for (size_t i = 0; i < list->count; i++) {
        const struct ipc_value *error = &list->items[i];
        for (size_t k = 0; k < (list == others ? i : others->count); k++) {
            if (others->items[k].value == error->value) {
                COMPLAIN(c, error->place,
                         "expected a number of its own (0x%llx is that of '%s' too); write one "
                         "behind '='",
                         (unsigned long long)error->value, others->items[k].name);
            }
        }
    }
}

static void check_errors(struct checker *c, const struct ipc_decl *decl) {
    for (size_t i = 0; i < decl->values.count; i++) {
        const struct ipc_value *error = &decl->values.items[i];
        if (error->value < IPC_FIRST_ERROR || error->value >= IPC_LABEL_BIT) {
            COMPLAIN(c, error->place, "expected a number of 0x%x to 0x%x for an error",
                     IPC_FIRST_ERROR, IPC_LABEL_BIT - 1);
        }
    }
    compare_errors(c, &decl->values, &decl->values);
    for (size_t i = 0; i < c->unit->decl_count && c->unit->decls[i] != decl; i++) {
        const struct ipc_decl *other = c->unit->decls[i];
        if (other->kind == IPC_DECL_ERRORS || other->kind == IPC_DECL_INTERFACE) {
            compare_errors(c, &decl->values, &other->values);
        }
    }
}

// All interfaces that one is: itself, and what it inherits from.
struct family {
    const struct ipc_decl **items;
    size_t count;
};

static bool add_member(struct family *family, const struct ipc_decl *decl) {
    for (size_t i = 0; i < family->count; i++) {
        if (family->items[i] == decl) {
            return false;
        }
    }
    family->items = (const struct ipc_decl **)mem_resize((void *)family->items,
                                                         (family->count + 1) * sizeof(void *));
    family->items[family->count++] = decl;
    return true;
}

static void find_family(struct checker *c, const struct ipc_decl *decl, struct family *family) {
    add_member(family, decl);
    for (size_t i = 0; i < family->count; i++) {
        const struct ipc_decl *member = family->items[i];
        for (size_t k = 0; k < member->base_count; k++) {
            if (!add_member(family, member->bases[k])) {
                COMPLAIN(c, decl->place,
                         "expected each interface once, found '%s::%s' twice "
                         "among those that '%s' inherits from",
                         member->bases[k]->unit->name, member->bases[k]->name, decl->name);
            }
        }
    }
}

static void compare_calls(struct checker *c, const struct ipc_call *call,
                          const struct ipc_decl *other, size_t until) {
    for (size_t i = 0; i < until; i++) {
        if (strcmp(other->calls[i].name, call->name) == 0) {
            COMPLAIN(c, call->place, "expected another name, found that of a call of '%s::%s'",
                     other->unit->name, other->name);
        } else if (other->calls[i].label == call->label) {
            COMPLAIN(c, call->place,
                     "expected a label of its own (0x%x is that of '%s::%s.%s' too); write @id(N) "
                     "before it",
                     call->label, other->unit->name, other->name, other->calls[i].name);
        }
    }
}

static void check_call_names(struct checker *c, const struct ipc_call *call) {
    const struct ipc_fields *lists[] = {&call->params, &call->results};
    const struct ipc_caps *caps[] = {&call->caps, &call->result_caps};
    struct strings names = {0};
    for (unsigned i = 0; i < 2; i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            const struct ipc_field *field = &lists[i]->items[k];
            strings_add(&names, field->name);
            if (field->type.kind == IPC_BYTES) {
                strings_addf(&names, "%s_length", field->name);
            }
        }
        for (size_t k = 0; k < caps[i]->count; k++) {
            strings_add(&names, caps[i]->items[k].name);
            if (caps[i]->items[k].kind == IPC_CAP_MANY) {
                strings_addf(&names, "%s_count", caps[i]->items[k].name);
            }
        }
    }
    for (size_t i = 0; i < names.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names.items[i], names.items[k]) == 0) {
                COMPLAIN(c, call->place, "expected different names in the call, found '%s' twice",
                         names.items[i]);
            }
        }
    }
    strings_free(&names);
}

static void check_size(struct checker *c, const struct ipc_call *call, struct ipc_fields *fields,
                       const char *what) {
    ipc_lay_out(fields, true);
    if (fields->most > IPC_MAX_PARAMS) {
        COMPLAIN(c, call->place, "expected at most %d words of 8 bytes in the %s of '%s', found %u",
                 IPC_MAX_PARAMS, what, call->name, fields->most);
    }
}

static void check_interface(struct checker *c, const struct ipc_decl *decl) {
    struct family family = {0};
    find_family(c, decl, &family);
    for (size_t i = 0; i < decl->call_count; i++) {
        struct ipc_call *call = &decl->calls[i];
        check_size(c, call, &call->params, "parameters");
        check_size(c, call, &call->results, "results");
        check_call_names(c, call);
        compare_calls(c, call, decl, i);
        for (size_t k = 1; k < family.count; k++) {
            compare_calls(c, call, family.items[k], family.items[k]->call_count);
        }
    }
    for (size_t k = 1; k < family.count; k++) {
        compare_errors(c, &decl->values, &family.items[k]->values);
    }
    // Two bases that know nothing of each other.
    for (size_t i = 1; i < family.count; i++) {
        for (size_t k = 1; k < i; k++) {
            for (size_t m = 0; m < family.items[i]->call_count; m++) {
                for (size_t n = 0; n < family.items[k]->call_count; n++) {
                    if (family.items[i]->calls[m].label == family.items[k]->calls[n].label) {
                        COMPLAIN(c, decl->place,
                                 "expected bases whose calls have labels of their "
                                 "own, found '%s' and '%s' with the same",
                                 family.items[i]->calls[m].name, family.items[k]->calls[n].name);
                    }
                }
            }
        }
    }
    free((void *)family.items);
    check_errors(c, decl);
}

static void check_ids(struct checker *c, const struct ipc_decl *decl) {
    for (size_t i = 0; i < c->set->count; i++) {
        const struct ipc_unit *unit = c->set->units[i];
        for (size_t k = 0; k < unit->decl_count && unit->decls[k] != decl; k++) {
            const struct ipc_decl *other = unit->decls[k];
            if (other->kind == IPC_DECL_INTERFACE && other->id == decl->id) {
                COMPLAIN(c, decl->place,
                         "expected an id of its own (0x%llx is that of '%s::%s' too); write @id(N) "
                         "before it",
                         (unsigned long long)decl->id, unit->name, other->name);
            }
        }
    }
}

bool ipc_check(struct ipc_set *set, struct ipc_unit *unit) {
    struct checker c = {.set = set, .unit = unit};
    size_t before = set->problems.count;
    for (size_t i = 0; i < unit->decl_count; i++) {
        const struct ipc_decl *decl = unit->decls[i];
        switch (decl->kind) {
        case IPC_DECL_CONST:
            break;
        case IPC_DECL_ENUM:
        case IPC_DECL_FLAGS:
            check_enum(&c, decl);
            break;
        case IPC_DECL_STRUCT:
            check_struct(&c, decl);
            break;
        case IPC_DECL_ERRORS:
            check_errors(&c, decl);
            break;
        case IPC_DECL_INTERFACE:
            check_interface(&c, decl);
            check_ids(&c, decl);
            break;
        }
    }
    if (set->problems.count == before) {
        name_check(set, unit);
    }
    return set->problems.count == before;
}
