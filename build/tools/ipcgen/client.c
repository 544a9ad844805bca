// SPDX-License-Identifier: GPL-3.0-only
//
// The client's side: a function that sends a request and reads the answer.
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

// How many capabilities go out, as an expression; to free.
static char *cap_count(const struct ipc_caps *caps) {
    const struct ipc_cap *last = emit_last_cap(caps);
    size_t fixed = emit_fixed_caps(caps);
    if (last == NULL) {
        return mem_format("%zu", fixed);
    }
    char *start = fixed == 0 ? mem_format("%s", "") : mem_format("%zu + ", fixed);
    char *text = last->kind == IPC_CAP_MANY ? mem_format("%s%s_count", start, last->name)
                                            : mem_format("%s(%s != 0)", start, last->name);
    free(start);
    return text;
}

static void check_caps(struct buffer *out, const struct ipc_caps *caps, const char *fail) {
    const struct ipc_cap *last = emit_last_cap(caps);
    if (last != NULL && last->kind == IPC_CAP_MANY) {
        buffer_format(out, "    if (%s_count > HELIOS_MAX_CAPS - %zu) {\n        %s\n    }\n",
                      last->name, emit_fixed_caps(caps), fail);
    }
}

static void write_caps(struct buffer *out, const struct ipc_caps *caps) {
    for (size_t i = 0; i < caps->count; i++) {
        const struct ipc_cap *cap = &caps->items[i];
        if (cap->kind == IPC_CAP_MANY) {
            buffer_format(out,
                          "    for (uint32_t i_ = 0; i_ < %s_count; i_++) {\n"
                          "        helios_buffer->caps[%zu + i_] = %s[i_];\n    }\n",
                          cap->name, i, cap->name);
        } else {
            buffer_format(out, "    helios_buffer->caps[%zu] = %s;\n", i, cap->name);
        }
    }
}

// The answer has the shape that it must have.
static void check_answer(struct buffer *out, const struct ipc_call *call) {
    const struct ipc_caps *caps = &call->result_caps;
    const struct ipc_cap *last = emit_last_cap(caps);
    char *params = codec_expected(out, &call->results);
    size_t fixed = emit_fixed_caps(caps);
    char *count = mem_format(last == NULL ? "%zu" : "caps_", fixed);
    struct strings parts = {0};
    if (last != NULL) {
        buffer_format(out, "    const uint32_t caps_ = helios_tag_caps(message_.tag);\n");
        if (fixed > 0) {
            strings_addf(&parts, "caps_ < %zu", fixed);
        }
        strings_addf(&parts, fixed > 0 ? "caps_ - %zu > " : "caps_ > ", fixed);
        char *limit =
            last->kind == IPC_CAP_MANY ? mem_format("*%s_count", last->name) : mem_format("1");
        char *whole = mem_format("%s%s", parts.items[parts.count - 1], limit);
        free(parts.items[parts.count - 1]);
        parts.items[parts.count - 1] = whole;
        free(limit);
    }
    strings_addf(&parts, "!helios_rpc_is(&message_, HELIOS_OK, %s, %s)", count, params);
    emit_joined(out, "    if (", &parts, " ||", ") {\n");
    buffer_format(out, "        return helios_rpc_failed(message_.tag);\n    }\n");
    strings_free(&parts);
    free(params);
    free(count);
}

static void check_types(struct buffer *out, const struct ipc_caps *caps) {
    if (caps->count > 0) {
        emit_cap_types(out, caps);
        buffer_format(out,
                      "    if (!helios_rpc_fit(message_.tag, types_, %zu)) {\n"
                      "        return helios_rpc_failed(message_.tag);\n    }\n",
                      caps->count);
    }
}

static void read_caps(struct buffer *out, const struct ipc_caps *caps) {
    size_t fixed = emit_fixed_caps(caps);
    for (size_t i = 0; i < caps->count; i++) {
        const struct ipc_cap *cap = &caps->items[i];
        if (cap->kind == IPC_CAP_MANY) {
            char *start = i == 0 ? mem_format("%s", "") : mem_format("%zu + ", i);
            buffer_format(out, "    *%s_count = caps_%s%.0zu;\n", cap->name, fixed > 0 ? " - " : "",
                          fixed);
            buffer_format(out,
                          "    for (uint32_t i_ = 0; i_ < *%s_count; i_++) {\n"
                          "        %s[i_] = helios_buffer->caps[%si_];\n    }\n",
                          cap->name, cap->name, start);
            free(start);
        } else if (cap->kind == IPC_CAP_OPTIONAL) {
            buffer_format(out, "    *%s = caps_ > %zu ? helios_buffer->caps[%zu] : 0;\n", cap->name,
                          i, i);
        } else {
            buffer_format(out, "    *%s = helios_buffer->caps[%zu];\n", cap->name, i);
        }
    }
}

static void add_body(struct buffer *out, const struct ipc_call *call, const char *label,
                     const char *self) {
    char *caps = cap_count(&call->caps);
    struct codec answer = {.fields = &call->results,
                           .message = "message_.",
                           .words = "answer_",
                           .fail = "return helios_rpc_failed(message_.tag);",
                           .is_pointer = true};
    struct codec_tag tag = {.label = label, .caps = caps, .flags = "flags_"};
    codec_check(out, &call->params, "return HELIOS_ERROR_RANGE;");
    check_caps(out, &call->caps, "return HELIOS_ERROR_RANGE;");
    codec_write(out, &call->params, &tag, self);
    write_caps(out, &call->caps);
    buffer_format(out, "    helios_syscall(HELIOS_SYS_CALL, &message_);\n");
    codec_load(out, &answer);
    check_answer(out, call);
    check_types(out, &call->result_caps);
    codec_read(out, &answer);
    read_caps(out, &call->result_caps);
    buffer_format(out, "    return HELIOS_OK;\n}\n");
    free(caps);
}

// The function that both forms are made of.
static void add_inner(struct buffer *out, const struct ipc_decl *decl, const struct ipc_call *call,
                      const char *self) {
    struct strings args = {0};
    char *label = emit_label_name(decl, call);
    char *head = mem_format("static inline enum helios_error call_%s_%s_(", decl->name, call->name);
    strings_addf(&args, "uint64_t %s", self);
    strings_add(&args, "uint32_t flags_");
    emit_client_args(&args, call);
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    add_body(out, call, label, self);
    strings_free(&args);
    free(head);
    free(label);
}

// Arguments as they are handed on.
static void pass_args(struct strings *args, const struct ipc_call *call) {
    emit_names_in(args, &call->params, &call->caps);
    emit_names_in(args, &call->results, &(struct ipc_caps){0});
    emit_names_in(args, &(struct ipc_fields){0}, &call->result_caps);
}

static void add_outer(struct buffer *out, const struct ipc_decl *decl, const struct ipc_call *call,
                      const char *self, bool has_deadline) {
    struct strings args = {0};
    char *name = emit_call_name(decl, call);
    char *deadline = name_beside(call, "deadline");
    char *head = mem_format("enum helios_error %s%s(", name, has_deadline ? "_until" : "");
    strings_addf(&args, "uint64_t %s", self);
    if (has_deadline) {
        strings_addf(&args, "uint64_t %s", deadline);
    }
    emit_client_args(&args, call);
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    strings_free(&args);
    free(head);
    if (has_deadline) {
        buffer_format(out, "    helios_buffer->deadline = %s;\n", deadline);
    }
    head = mem_format("    return call_%s_%s_(", decl->name, call->name);
    strings_add(&args, self);
    strings_add(&args, has_deadline ? "HELIOS_FLAG_DEADLINE" : "0");
    pass_args(&args, call);
    emit_list(out, head, &args, ");\n");
    buffer_format(out, "}\n");
    strings_free(&args);
    free(head);
    free(name);
    free(deadline);
}

void emit_client(const struct ipc_unit *unit, struct buffer *out) {
    emit_top(unit, out);
    buffer_format(out, "#include <string.h>\n\n#include \"%s\"\n", unit->header);
    for (size_t i = 0; i < unit->decl_count; i++) {
        const struct ipc_decl *decl = unit->decls[i];
        for (size_t k = 0; k < decl->call_count; k++) {
            const struct ipc_call *call = &decl->calls[k];
            char *self = name_beside(call, decl->name);
            add_inner(out, decl, call, self);
            add_outer(out, decl, call, self, false);
            add_outer(out, decl, call, self, true);
            free(self);
        }
    }
}
