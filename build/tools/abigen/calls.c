// SPDX-License-Identifier: GPL-3.0-only
//
// Functions for programs: one for each system call, and one more for each that can answer first.
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/emit.h"

static const char top[] =
    "// SPDX-License-Identifier: MIT\n"
    "//\n"
    "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.\n"
    "//\n"
    "// A function for each system call.\n"
    "//\n"
    "// A struct helios_message is what stands in registers. Going out, its tag (helios_tag) says "
    "how\n"
    "// many parameters and capabilities there are; parameters from the fourth on stand in\n"
    "// helios_buffer->params, capabilities in helios_buffer->caps. Its `capability` is set here. "
    "Coming\n"
    "// in, that is the badge, and capabilities have arrived where helios_buffer->caps says. With\n"
    "// HELIOS_FLAG_DEADLINE among its flags a call that waits ends at helios_buffer->deadline.\n"
    "//\n"
    "// Who receives is told the flags of what came: ERROR says that there is no message and why\n"
    "// (helios_answer_of), NOTIFIED that the bound Notification was signalled, CALL that the "
    "sender\n"
    "// waits for an answer.\n"
    "#ifndef HELIOS_USERLAND_HELIOS_CALLS_H\n"
    "#define HELIOS_USERLAND_HELIOS_CALLS_H\n\n"
    "#include <stdint.h>\n\n"
    "#include \"userland/helios/answer.h\"\n\n"
    "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";

static const char bottom[] = "\n#ifdef __cplusplus\n}\n#endif\n\n"
                             "#endif // HELIOS_USERLAND_HELIOS_CALLS_H\n";

// What crosses the interface says what the function is like.
enum shape {
    WORDS,    // takes words
    SEND,     // takes a message
    EXCHANGE, // takes a message, in whose place the answer is
    RECEIVE,  // fills in a message
    ANSWER,   // takes a message, in whose place the next one is
};

static bool has_many(const struct abi_fields *fields) {
    return fields->count > 0 && fields->items[fields->count - 1].is_many;
}

static bool can_answer(const struct abi_call *call) {
    return abi_has_name(&call->flags, "REPLY");
}

static enum shape shape_of(const struct abi_call *call) {
    if (can_answer(call)) {
        return RECEIVE;
    }
    if (!has_many(&call->params)) {
        return WORDS;
    }
    return has_many(&call->results) ? EXCHANGE : SEND;
}

// A message has its flags in its tag; what takes none is given them, REPLY excepted.
static bool takes_flags(const struct abi_call *call, enum shape shape) {
    return (shape == WORDS || shape == RECEIVE) && call->flags.count > can_answer(call);
}

static bool never_fails(const struct abi_call *call) {
    return call->refusals.count == 0;
}

static void add_head(struct buffer *out, const struct abi_call *call, enum shape shape,
                     const char *before, const char *end) {
    struct strings list = {0};
    if (*call->capability != '\0') {
        strings_addf(&list, "uint64_t %s", call->capability);
    }
    for (size_t i = 0; shape == WORDS && i < call->params.count; i++) {
        strings_addf(&list, "uint64_t %s", call->params.items[i].name);
    }
    if (takes_flags(call, shape)) {
        strings_add(&list, "uint32_t flags");
    }
    if (shape != WORDS) {
        strings_addf(&list, "struct helios_message %smessage", shape == SEND ? "" : "*");
    }
    bool is_receive = shape == RECEIVE || shape == ANSWER;
    const char *type = is_receive ? "uint32_t" : "struct helios_answer";
    char *start = mem_format("%s%s helios_%s%s", before, never_fails(call) ? "void" : type,
                             shape == ANSWER ? "reply_" : "", call->function);
    emit_head(out, start, &list, end);
    free(start);
    strings_free(&list);
}

// The description's words about arguments and results, a line each.
static void add_docs(struct buffer *out, const struct abi_call *call, enum shape shape) {
    static const char *const places[] = {"value", "more[0]", "more[1]", "more[2]"};
    for (size_t i = 0; shape == WORDS && i < call->params.count; i++) {
        const struct abi_field *field = &call->params.items[i];
        char *text = mem_format("%s: %s", field->name, field->doc);
        emit_wrapped(out, "//   ", *field->doc != '\0' ? text : "");
        free(text);
    }
    for (size_t i = 0; takes_flags(call, shape) && i < call->flags.count; i++) {
        if (strcmp(call->flags.items[i], "REPLY") != 0) {
            buffer_format(out, "//   flags: 0, HELIOS_FLAG_%s\n", call->flags.items[i]);
        }
    }
    for (size_t i = 0; shape == WORDS && i < call->results.count && i < 4; i++) {
        const struct abi_field *field = &call->results.items[i];
        const char *separator = *field->doc != '\0' ? ", " : "";
        char *text = mem_format("%s: %s%s%s", places[i], field->name, separator, field->doc);
        emit_wrapped(out, "//   ", text);
        free(text);
    }
}

// The message: words and their number, or nothing yet.
static void add_message(struct buffer *out, const struct abi_call *call, enum shape shape,
                        const char *name) {
    size_t count = shape == WORDS ? call->params.count : 0;
    bool is_set = shape == WORDS && *call->capability != '\0';
    buffer_format(out, "    struct helios_message %s = {%s, helios_tag(0, 0, %zu, %s), {", name,
                  is_set ? call->capability : "0", count, takes_flags(call, shape) ? "flags" : "0");
    for (size_t i = 0; i < 4; i++) {
        buffer_format(out, "%s%s", i > 0 ? ", " : "", i < count ? call->params.items[i].name : "0");
    }
    buffer_format(out, "}};\n");
}

// The capability is set last: that order takes the fewest instructions where it is all zeroes.
static void add_body(struct buffer *out, const struct abi_call *call, enum shape shape) {
    if (shape == WORDS) {
        add_message(out, call, shape, "message");
    } else if (shape == RECEIVE) {
        add_message(out, call, shape, "none");
        buffer_format(out, "    *message = none;\n");
    } else if (shape == ANSWER) {
        buffer_format(out, "    message->tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);\n");
    }
    if (shape != WORDS) {
        buffer_format(out, "    message%scapability = %s;\n", shape == SEND ? "." : "->",
                      call->capability);
    }
    bool is_local = shape == WORDS || shape == SEND;
    buffer_format(out, "    helios_syscall(HELIOS_SYS_");
    emit_upper(out, call->name);
    buffer_format(out, ", %smessage);\n", is_local ? "&" : "");
    if (shape == RECEIVE || shape == ANSWER) {
        buffer_format(out, "    return helios_tag_flags(message->tag);\n");
    } else if (!never_fails(call)) {
        buffer_format(out, "    return helios_answer_of(%smessage);\n", is_local ? "&" : "");
    }
}

static void add_function(struct buffer *out, const struct abi_call *call, enum shape shape) {
    buffer_format(out, "\n");
    if (shape == ANSWER) {
        buffer_format(out,
                      "// Answers the call that was received last with *message, then does what "
                      "helios_%s does: the\n// next one is in *message.\n",
                      call->function);
    } else {
        struct buffer line = {0};
        emit_signature(&line, call);
        buffer_format(&line, "%s%s%s", *call->rights != '\0' ? "  [" : "", call->rights,
                      *call->rights != '\0' ? "]" : "");
        emit_wrapped(out, "// ", line.data);
        buffer_free(&line);
        emit_lines(out, "// ", call->doc, true);
        add_docs(out, call, shape);
    }
    add_head(out, call, shape, "static inline ", " {");
    add_body(out, call, shape);
    buffer_format(out, "}\n");
}

void emit_prototypes(struct buffer *out, const struct abi_call *call) {
    add_head(out, call, shape_of(call), "", ";");
    if (can_answer(call)) {
        add_head(out, call, ANSWER, "", ";");
    }
}

void emit_calls(const struct abi_file *abi, struct emit_files *files) {
    struct buffer *out = emit_add(files, "userland/helios/calls.h");
    buffer_format(out, "%s", top);
    for (const struct abi_call *call = abi_next_syscall(abi, NULL); call != NULL;
         call = abi_next_syscall(abi, call)) {
        add_function(out, call, shape_of(call));
        if (can_answer(call)) {
            add_function(out, call, ANSWER);
        }
    }
    buffer_format(out, "%s", bottom);
}
