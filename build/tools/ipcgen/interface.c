// SPDX-License-Identifier: GPL-3.0-only
//
// Interfaces and their calls.
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/parse.h"

// Objects of the kernel that a capability can lead to.
static const char *const objects[] = {
    "any",       "memory",  "device_memory", "cspace",       "vspace",      "table",
    "page",      "task",    "endpoint",      "notification", "reply",       "asid_control",
    "asid_pool", "io_port", "io_control",    "irq_control",  "irq_handler", "power",
};

static bool is_object(const char *name) {
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (strcmp(name, objects[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_cap_type(struct parser *p, struct ipc_cap *cap, struct ipc_place place) {
    cap->is_own = strcmp(cap->type, "own") == 0;
    cap->is_object = is_object(cap->type);
    if (cap->is_own || cap->is_object) {
        return true;
    }
    const struct ipc_decl *decl = parse_find(p, cap->type);
    if (decl != NULL && decl->kind == IPC_DECL_INTERFACE) {
        return true;
    }
    place.length = (unsigned)strlen(cap->type);
    ipc_problem(p->set, p->unit, place,
                "expected an object of the kernel (page, endpoint, ..., any), 'own', or an "
                "interface; found '%s'",
                cap->type);
    return false;
}

static bool has_cap(const struct ipc_caps *caps, const char *name) {
    for (size_t i = 0; i < caps->count; i++) {
        if (strcmp(caps->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// NAME ":" kind [ "?" | "..." ]
static bool cap(struct parser *p, struct ipc_caps *caps) {
    struct ipc_cap cap = {.place = p->lex.place};
    if (caps->count > 0 && caps->items[caps->count - 1].kind != IPC_CAP_ONE) {
        return lex_expected(&p->lex, "nothing behind '?' or '...'");
    }
    cap.name = parse_name(p, "the name of a capability or '}'");
    if (cap.name == NULL || !parse_expect(p, ":", "the name")) {
        free(cap.name);
        return false;
    }
    struct ipc_place place = p->lex.place;
    cap.type = parse_path(p, "what the capability leads to");
    bool is_good = cap.type != NULL && check_cap_type(p, &cap, place);
    if (is_good && has_cap(caps, cap.name)) {
        ipc_problem(p->set, p->unit, cap.place, "expected another name, found '%s' twice",
                    cap.name);
        is_good = false;
    }
    if (is_good && caps->count == IPC_MAX_CAPS) {
        ipc_problem(p->set, p->unit, cap.place, "expected at most %d capabilities", IPC_MAX_CAPS);
        is_good = false;
    }
    if (!is_good) {
        free(cap.name);
        free(cap.type);
        return false;
    }
    if (cap.is_own && (lex_is(&p->lex, "?") || lex_is(&p->lex, "..."))) {
        free(cap.name);
        free(cap.type);
        return lex_expected(&p->lex, "exactly one that is 'own'");
    }
    if (lex_accept(&p->lex, "?")) {
        cap.kind = IPC_CAP_OPTIONAL;
    } else if (lex_accept(&p->lex, "...")) {
        cap.kind = IPC_CAP_MANY;
    }
    caps->items = mem_resize(caps->items, (caps->count + 1) * sizeof *caps->items);
    caps->items[caps->count++] = cap;
    return true;
}

// Behind the list in which something was wrong, so that its "}" is not taken for another.
static bool leave_list(struct parser *p) {
    while (p->lex.kind != LEX_END && !lex_is(&p->lex, "}") && !lex_is(&p->lex, ";")) {
        lex_next(&p->lex);
    }
    lex_accept(&p->lex, "}");
    return false;
}

static bool cap_list(struct parser *p, struct ipc_caps *caps) {
    if (!lex_accept(&p->lex, "{")) {
        return true; // there are none
    }
    while (!lex_is(&p->lex, "}")) {
        if (!cap(p, caps)) {
            return leave_list(p);
        }
        if (!lex_is(&p->lex, "}") && !parse_expect(p, ",", "the capability")) {
            return leave_list(p);
        }
    }
    lex_next(&p->lex);
    return true;
}

// A server can't hand out what only it understands.
static void refuse_own(struct parser *p, const struct ipc_caps *caps) {
    for (size_t i = 0; i < caps->count; i++) {
        if (caps->items[i].is_own) {
            ipc_problem(p->set, p->unit, caps->items[i].place,
                        "expected no 'own' among what comes back");
        }
    }
}

static bool results(struct parser *p, struct ipc_fields *fields) {
    if (lex_accept(&p->lex, "void") || lex_accept(&p->lex, "error") || lex_is(&p->lex, ";") ||
        lex_is(&p->lex, "{")) {
        return true;
    }
    if (lex_is(&p->lex, "(")) {
        return parse_fields(p, fields);
    }
    struct ipc_field field = {.place = p->lex.place};
    if (!parse_type(p, &field.type)) {
        return false;
    }
    field.name = mem_format("result");
    fields->items = mem_alloc(sizeof *fields->items);
    fields->items[0] = field;
    fields->count = 1;
    return true;
}

static void set_label(struct parser *p, const struct ipc_decl *decl, struct ipc_call *call,
                      const struct parse_attributes *attributes) {
    if (attributes->has_id) {
        if (attributes->id >= IPC_LABEL_BIT) {
            ipc_problem(p->set, p->unit, attributes->id_place,
                        "expected an id of 31 bits for a call");
        }
        call->label = IPC_LABEL_BIT | (uint32_t)attributes->id;
        return;
    }
    char *name = mem_format("%s::%s.%s", p->unit->name, decl->name, call->name);
    uint64_t hash = ipc_hash(name);
    call->label = IPC_LABEL_BIT | (uint32_t)(hash ^ hash >> 32);
    free(name);
}

// "call" is behind us.
static bool call(struct parser *p, struct ipc_decl *decl, char *doc,
                 const struct parse_attributes *attributes) {
    decl->calls = mem_resize(decl->calls, (decl->call_count + 1) * sizeof *decl->calls);
    struct ipc_call *call = &decl->calls[decl->call_count];
    *call = (struct ipc_call){.doc = doc, .place = p->lex.place};
    call->name = parse_name(p, PARSE_CALL_NAME);
    if (call->name == NULL) {
        free(doc);
        return false;
    }
    decl->call_count++;
    if (attributes->has_version) {
        ipc_problem(p->set, p->unit, attributes->version_place,
                    "expected @version before an interface, found it before a call");
    }
    set_label(p, decl, call, attributes);
    bool is_good = cap_list(p, &call->caps) && parse_fields(p, &call->params) &&
                   results(p, &call->results) && cap_list(p, &call->result_caps) &&
                   parse_expect(p, ";", "the call");
    refuse_own(p, &call->result_caps);
    return is_good;
}

static bool base(struct parser *p, struct ipc_decl *decl) {
    struct ipc_place place = p->lex.place;
    char *path = parse_path(p, "an interface to inherit from");
    if (path == NULL) {
        return false;
    }
    const struct ipc_decl *found = parse_find(p, path);
    place.length = (unsigned)strlen(path);
    bool is_good = found != NULL && found->kind == IPC_DECL_INTERFACE && found != decl;
    if (is_good) {
        decl->bases = (const struct ipc_decl **)mem_resize((void *)decl->bases,
                                                           (decl->base_count + 1) * sizeof(void *));
        decl->bases[decl->base_count++] = found;
    } else {
        ipc_problem(p->set, p->unit, place,
                    "expected an interface that was declared before, found '%s'", path);
    }
    free(path);
    return is_good;
}

static bool member(struct parser *p, struct ipc_decl *decl) {
    char *doc = parse_doc(p);
    struct parse_attributes attributes = {0};
    if (!parse_attributes(p, &attributes)) {
        free(doc);
        return false;
    }
    if (lex_accept(&p->lex, "call")) {
        size_t before = decl->call_count;
        bool is_good = call(p, decl, doc, &attributes);
        if (is_good) {
            parse_late_doc(p, &decl->calls[before].doc);
        }
        return is_good;
    }
    free(doc);
    if (lex_accept(&p->lex, "errors")) {
        return parse_values(p, decl);
    }
    return lex_expected(&p->lex, "'call', 'errors' or '}'");
}

bool parse_interface(struct parser *p, struct ipc_decl *decl) {
    if (lex_accept(&p->lex, "::")) {
        do {
            if (!base(p, decl)) {
                return false;
            }
        } while (lex_accept(&p->lex, ","));
    }
    if (!parse_expect(p, "{", "the name")) {
        return false;
    }
    while (!lex_is(&p->lex, "}")) {
        if (p->lex.kind == LEX_END) {
            return lex_expected(&p->lex, "'call', 'errors' or '}'");
        }
        if (!member(p, decl)) {
            parse_recover(p);
        }
    }
    lex_next(&p->lex);
    return true;
}
