// SPDX-License-Identifier: GPL-3.0-only
//
// The server's side: a function for each call that reads the request, has the server's own function
// do it, and writes the answer; and a switch over all calls.
#include <stdlib.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

static void add_result_caps(struct buffer *out, const struct ipc_caps *caps, struct buffer *count) {
    const struct ipc_cap *last = emit_last_cap(caps);
    size_t fixed = emit_fixed_caps(caps);
    for (size_t i = 0; i < fixed; i++) {
        buffer_format(out, "    helios_buffer->caps[%zu] = %s;\n", i, caps->items[i].name);
    }
    if (last == NULL) {
        buffer_format(count, "%zu", fixed);
    } else if (last->kind == IPC_CAP_OPTIONAL) {
        buffer_format(out, "    helios_buffer->caps[%zu] = %s;\n", fixed, last->name);
        buffer_format(count, "%zu + (%s != 0)", fixed, last->name);
    } else {
        buffer_format(out,
                      "    if (%s_count > HELIOS_MAX_CAPS - %zu) {\n"
                      "        helios_rpc_status(message_, HELIOS_ERROR_RANGE);\n        return;\n"
                      "    }\n"
                      "    for (uint32_t i_ = 0; i_ < %s_count; i_++) {\n"
                      "        helios_buffer->caps[%zu + i_] = %s[i_];\n    }\n",
                      last->name, fixed, last->name, fixed, last->name);
        buffer_format(count, "%zu + %s_count", fixed, last->name);
    }
}

// answer_X_: the answer of a call that went well.
static void add_answer(struct buffer *out, const struct ipc_decl *decl,
                       const struct ipc_call *call) {
    struct strings args = {0};
    struct buffer count = {0};
    char *head = mem_format("static void answer_%s_%s_(", decl->name, call->name);
    strings_add(&args, "struct helios_message *message_");
    emit_args_in(&args, &call->results, &call->result_caps);
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    codec_check(out, &call->results,
                "helios_rpc_status(message_, HELIOS_ERROR_RANGE);\n        return;");
    add_result_caps(out, &call->result_caps, &count);
    struct codec_tag tag = {.label = "HELIOS_OK", .caps = count.data, .flags = "0"};
    codec_write(out, &call->results, &tag, NULL);
    buffer_format(out, "}\n");
    buffer_free(&count);
    strings_free(&args);
    free(head);
}

// The request has the shape that it must have, as far as that can be said before words are read.
static void check_shape(struct buffer *out, const struct ipc_call *call, const char *label) {
    const struct ipc_cap *last = emit_last_cap(&call->caps);
    size_t fixed = emit_fixed_caps(&call->caps);
    char *params = codec_expected(out, &call->params);
    char *caps = last == NULL ? mem_format("%zu", fixed) : mem_format("caps_count_");
    struct strings parts = {0};
    if (last != NULL && fixed > 0) {
        strings_addf(&parts, "caps_count_ < %zu", fixed);
    }
    if (last != NULL && last->kind == IPC_CAP_OPTIONAL) {
        strings_addf(&parts, "caps_count_ > %zu", fixed + 1);
    }
    strings_addf(&parts, "!helios_rpc_asks(message_, %s, %s, %s)", label, caps, params);
    emit_joined(out, "    if (", &parts, " ||", ") {\n");
    strings_free(&parts);
    size_t most = last == NULL                 ? fixed
                  : last->kind == IPC_CAP_MANY ? (size_t)IPC_MAX_CAPS
                                               : fixed + 1;
    buffer_format(out, "        return helios_rpc_refuse_shape(message_, %zu, %zu, %s);\n    }\n",
                  fixed, most, params);
    free(params);
    free(caps);
}

// Which capabilities must be to the server's own endpoint, as a number; to free.
static char *own_mask(const struct ipc_caps *caps) {
    uint64_t mask = 0;
    for (size_t i = 0; i < caps->count; i++) {
        mask |= (uint64_t)caps->items[i].is_own << i;
    }
    return mem_format(mask == 0 ? "0" : "0x%llx", (unsigned long long)mask);
}

static void read_caps(struct buffer *out, const struct ipc_caps *caps) {
    if (caps->count == 0) {
        return;
    }
    const struct ipc_cap *last = emit_last_cap(caps);
    size_t fixed = emit_fixed_caps(caps);
    size_t most = last == NULL                 ? fixed
                  : last->kind == IPC_CAP_MANY ? (size_t)IPC_MAX_CAPS
                                               : fixed + 1;
    char *own = own_mask(caps);
    emit_cap_types(out, caps);
    buffer_format(out,
                  "    uint64_t caps_[%zu]%s;\n"
                  "    if (!helios_rpc_take(message_, caps_, %s, types_, %zu)) {\n"
                  "        return true;\n    }\n",
                  most, last != NULL && last->kind == IPC_CAP_OPTIONAL ? " = {0}" : "", own,
                  caps->count);
    free(own);
}

static void out_locals(struct buffer *out, const struct ipc_call *call, struct strings *names,
                       struct strings *values) {
    for (size_t i = 0; i < call->results.count; i++) {
        const struct ipc_field *field = &call->results.items[i];
        char *type = emit_type(&field->type);
        unsigned long long bound = field->type.bound;
        bool is_array = ipc_is_text(&field->type) || field->type.count > 0;
        bool is_struct = field->type.kind == IPC_STRUCT && !is_array;
        if (field->type.kind == IPC_STRING) {
            buffer_format(out, "    char %s[%llu] = {0};\n", field->name, bound + 1);
        } else if (field->type.kind == IPC_BYTES) {
            buffer_format(out, "    uint8_t %s[%llu] = {0};\n    uint32_t %s_length = 0;\n",
                          field->name, bound, field->name);
        } else if (field->type.count > 0) {
            buffer_format(out, "    %s %s[%llu] = {0};\n", type, field->name,
                          (unsigned long long)field->type.count);
        } else if (field->type.kind == IPC_ENUM) {
            buffer_format(out, "    %s %s = (%s)0;\n", type, field->name, type);
        } else {
            buffer_format(out, "    %s %s = %s;\n", type, field->name,
                          is_struct                      ? "{0}"
                          : field->type.kind == IPC_BOOL ? "false"
                                                         : "0");
        }
        strings_addf(names, "%s%s", is_array ? "" : "&", field->name);
        strings_addf(values, "%s%s", is_struct ? "&" : "", field->name);
        if (field->type.kind == IPC_BYTES) {
            strings_addf(names, "&%s_length", field->name);
            strings_addf(values, "%s_length", field->name);
        }
        free(type);
    }
}

static void out_caps(struct buffer *out, const struct ipc_call *call, struct strings *names,
                     struct strings *values) {
    size_t fixed = emit_fixed_caps(&call->result_caps);
    for (size_t i = 0; i < call->result_caps.count; i++) {
        const struct ipc_cap *cap = &call->result_caps.items[i];
        if (cap->kind == IPC_CAP_MANY) {
            buffer_format(out,
                          "    uint64_t %s[HELIOS_MAX_CAPS - %zu] = {0};\n"
                          "    uint32_t %s_count = HELIOS_MAX_CAPS - %zu;\n",
                          cap->name, fixed, cap->name, fixed);
            strings_addf(names, "%s", cap->name);
            strings_addf(names, "&%s_count", cap->name);
            strings_addf(values, "%s_count", cap->name);
        } else {
            buffer_format(out, "    uint64_t %s = 0;\n", cap->name);
            strings_addf(names, "&%s", cap->name);
        }
    }
}

// What the server's function is handed of the request.
static void in_names(struct strings *names, const struct ipc_call *call) {
    size_t fixed = emit_fixed_caps(&call->caps);
    for (size_t i = 0; i < call->caps.count; i++) {
        if (call->caps.items[i].kind == IPC_CAP_MANY) {
            strings_addf(names, i == 0 ? "caps_" : "caps_ + %zu", i);
            strings_addf(names, fixed == 0 ? "caps_count_" : "caps_count_ - %zu", fixed);
        } else {
            strings_addf(names, "caps_[%zu]", i);
        }
    }
    for (size_t i = 0; i < call->params.count; i++) {
        const struct ipc_field *field = &call->params.items[i];
        bool is_struct = field->type.kind == IPC_STRUCT && field->type.count == 0;
        strings_addf(names, "%s%s", is_struct ? "&" : "", field->name);
        if (field->type.kind == IPC_BYTES) {
            strings_addf(names, "%s_length_", field->name);
        }
    }
}

static void add_work(struct buffer *out, const struct ipc_decl *decl, const struct ipc_call *call) {
    struct strings names = {0};
    struct strings values = {0};
    strings_add(&names, "context_");
    strings_add(&names, "&request_");
    in_names(&names, call);
    strings_add(&values, "message_");
    // Capabilities come before results in the answer's arguments.
    struct buffer locals = {0};
    struct strings rest = {0};
    struct strings cap_names = {0};
    struct strings cap_values = {0};
    out_locals(&locals, call, &names, &rest);
    out_caps(&locals, call, &cap_names, &cap_values);
    emit_names_in(&values, &(struct ipc_fields){0}, &call->result_caps);
    for (size_t i = 0; i < rest.count; i++) {
        strings_add(&values, rest.items[i]);
    }
    for (size_t i = 0; i < cap_names.count; i++) {
        strings_add(&names, cap_names.items[i]);
    }
    buffer_format(out, "%s", locals.size > 0 ? locals.data : "");
    char *op = name_of_op(call);
    char *function = mem_format("ops_->%s", op);
    emit_assigned(out, "    const enum helios_error status_", function, &names, ");\n");
    free(function);
    free(op);
    bool has_caps = call->caps.count > 0;
    const char *count = emit_last_cap(&call->caps) != NULL ? "caps_count_" : NULL;
    char *fixed = mem_format("%zu", call->caps.count);
    char *own = own_mask(&call->caps);
    buffer_format(out,
                  "    if (status_ != HELIOS_OK) {\n        return helios_rpc_end(message_, "
                  "status_, %s, %s, %s);\n    }\n",
                  has_caps ? "caps_" : "NULL", count != NULL ? count : fixed, own);
    free(own);
    char *head = mem_format("    answer_%s_%s_(", decl->name, call->name);
    emit_list(out, head, &values, ");\n    return true;\n}\n");
    free(head);
    free(fixed);
    buffer_free(&locals);
    strings_free(&names);
    strings_free(&values);
    strings_free(&rest);
    strings_free(&cap_names);
    strings_free(&cap_values);
}

// serve_X_: one call.
static void add_serve(struct buffer *out, const struct ipc_decl *decl,
                      const struct ipc_call *call) {
    struct strings args = {0};
    char *name = name_of(decl);
    char *label = emit_label_name(decl, call);
    char *head = mem_format("static bool serve_%s_%s_(", decl->name, call->name);
    strings_addf(&args, "const struct %s_ops *ops_", name);
    strings_add(&args, "void *context_");
    strings_add(&args, "struct helios_message *message_");
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    struct codec codec = {.fields = &call->params,
                          .message = "message_->",
                          .words = "words_",
                          .fail = "return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, "
                                  "HELIOS_ARGUMENT_PARAM + %u, 0);"};
    if (emit_last_cap(&call->caps) != NULL) {
        buffer_format(out, "    const uint32_t caps_count_ = helios_tag_caps(message_->tag);\n");
    }
    codec_load(out, &codec);
    check_shape(out, call, label);
    char *op = name_of_op(call);
    buffer_format(
        out,
        "    if (ops_->%s == NULL) {\n        return helios_rpc_unsupported(message_);\n    }\n",
        op);
    free(op);
    codec_read(out, &codec);
    read_caps(out, &call->caps);
    buffer_format(out,
                  "    const struct helios_request request_ = helios_rpc_request(message_);\n");
    add_work(out, decl, call);
    strings_free(&args);
    free(name);
    free(label);
    free(head);
}

// X_reply: the answer to a call whose Reply was stored.
static void add_reply(struct buffer *out, const struct ipc_decl *decl,
                      const struct ipc_call *call) {
    struct strings args = {0};
    char *name = emit_call_name(decl, call);
    char *reply = name_beside(call, "reply");
    char *status = name_beside(call, "status");
    char *head = mem_format("enum helios_error %s_reply(", name);
    emit_reply_args(&args, call);
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    strings_free(&args);
    free(head);
    buffer_format(out, "    struct helios_message message_;\n    if (%s == HELIOS_OK) {\n", status);
    head = mem_format("        answer_%s_%s_(", decl->name, call->name);
    strings_add(&args, "&message_");
    emit_names_in(&args, &call->results, &call->result_caps);
    emit_list(out, head, &args, ");\n");
    buffer_format(out,
                  "    } else {\n        helios_rpc_status(&message_, %s);\n    }\n"
                  "    return helios_rpc_reply(%s, &message_);\n}\n",
                  status, reply);
    strings_free(&args);
    free(head);
    free(name);
    free(reply);
    free(status);
}

// "case LABEL:" for all calls of an interface and its bases, which go to one of another's bases.
static void add_cases(struct buffer *out, const struct ipc_decl *first) {
    const struct ipc_decl *stack[64];
    size_t depth = 0;
    stack[depth++] = first;
    while (depth > 0) {
        const struct ipc_decl *decl = stack[--depth];
        for (size_t i = 0; i < decl->call_count; i++) {
            char *label = emit_label_name(decl, &decl->calls[i]);
            buffer_format(out, "    case %s:\n", label);
            free(label);
        }
        for (size_t i = 0; i < decl->base_count && depth < 64; i++) {
            stack[depth++] = decl->bases[i];
        }
    }
}

static void add_switch(struct buffer *out, const struct ipc_decl *decl) {
    buffer_format(out, "    switch (helios_tag_label(message->tag)) {\n");
    for (size_t i = 0; i < decl->call_count; i++) {
        char *label = emit_label_name(decl, &decl->calls[i]);
        buffer_format(out, "    case %s:\n        return serve_%s_%s_(ops, context, message);\n",
                      label, decl->name, decl->calls[i].name);
        free(label);
    }
    for (size_t i = 1; i < decl->base_count; i++) {
        char *base = name_of(decl->bases[i]);
        struct buffer cases = {0};
        add_cases(&cases, decl->bases[i]);
        if (cases.size > 0) {
            buffer_format(out, "%s        return %s_dispatch(&ops->%s, context, message);\n",
                          cases.data, base, base);
        }
        buffer_free(&cases);
        free(base);
    }
    buffer_format(out, "    default:\n");
    if (decl->base_count > 0) {
        char *base = name_of(decl->bases[0]);
        buffer_format(out, "        return %s_dispatch(&ops->%s, context, message);\n", base, base);
        free(base);
    } else {
        buffer_format(out, "        return helios_rpc_unknown(message);\n");
    }
    buffer_format(out, "    }\n}\n");
}

static void add_dispatch(struct buffer *out, const struct ipc_decl *decl) {
    struct strings args = {0};
    char *name = name_of(decl);
    char *head = mem_format("bool %s_dispatch(", name);
    strings_addf(&args, "const struct %s_ops *ops", name);
    strings_add(&args, "void *context");
    strings_add(&args, "struct helios_message *message");
    buffer_format(out, "\n");
    emit_list(out, head, &args, ") {\n");
    if (decl->call_count + decl->base_count == 0) {
        buffer_format(out, "    (void)ops;\n    (void)context;\n"
                           "    return helios_rpc_unknown(message);\n}\n");
    } else {
        add_switch(out, decl);
    }
    strings_free(&args);
    free(head);
    free(name);
}

static void add_loop(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    struct strings args = {0};
    char *head = mem_format("enum helios_error %s_serve(", name);
    buffer_format(out,
                  "\nstruct serve_%s_ {\n    const struct %s_ops *ops;\n    void *context;\n};\n"
                  "\nstatic bool dispatch_%s_(void *context, struct helios_message *message) {\n"
                  "    const struct serve_%s_ *serve = (const struct serve_%s_ *)context;\n"
                  "    return %s_dispatch(serve->ops, serve->context, message);\n}\n\n",
                  decl->name, name, decl->name, decl->name, decl->name, name);
    strings_add(&args, "uint64_t endpoint");
    strings_addf(&args, "const struct %s_ops *ops", name);
    strings_add(&args, "void *context");
    emit_list(out, head, &args, ") {\n");
    buffer_format(out,
                  "    struct serve_%s_ serve = {ops, context};\n"
                  "    const struct helios_server server = {\n"
                  "        .endpoint = endpoint,\n        .dispatch = dispatch_%s_,\n"
                  "        .context = &serve,\n    };\n    return helios_serve(&server);\n}\n",
                  decl->name, decl->name);
    strings_free(&args);
    free(head);
    free(name);
}

void emit_server(const struct ipc_unit *unit, struct buffer *out) {
    emit_top(unit, out);
    buffer_format(out, "#include <stddef.h>\n#include <string.h>\n\n#include \"%s\"\n",
                  unit->header);
    for (size_t i = 0; i < unit->decl_count; i++) {
        const struct ipc_decl *decl = unit->decls[i];
        if (decl->kind != IPC_DECL_INTERFACE) {
            continue;
        }
        for (size_t k = 0; k < decl->call_count; k++) {
            add_answer(out, decl, &decl->calls[k]);
            add_serve(out, decl, &decl->calls[k]);
            add_reply(out, decl, &decl->calls[k]);
        }
        add_dispatch(out, decl);
        add_loop(out, decl);
    }
}
