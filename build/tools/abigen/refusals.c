// SPDX-License-Identifier: GPL-3.0-only
//
// What every invocation and system call refuses, as the manual has it, for a test that compares it
// with what is refused.
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/emit.h"

// One row and its like: what it is about, and what has been written about it.
struct subject {
    struct buffer *out;
    struct buffer start; // of each of its rows
    struct strings rows;
};

static void add_row(struct subject *subject, const char *error, const char *argument,
                    bool is_many) {
    struct buffer line = {0};
    buffer_format(&line, "    X(%s, %s, %s, %d)", subject->start.data, error, argument, is_many);
    bool is_known = false;
    for (size_t i = 0; i < subject->rows.count; i++) {
        is_known = is_known || strcmp(subject->rows.items[i], line.data) == 0;
    }
    if (!is_known) {
        strings_add(&subject->rows, line.data);
        buffer_format(subject->out, "%-99s\\\n", line.data);
    }
    buffer_free(&line);
}

// Of a field: the index, and whether it is one of many.
static void add_indexed(struct subject *subject, const char *error, const char *first, size_t index,
                        bool is_many) {
    char *argument = mem_format("%s + %zu", first, index);
    add_row(subject, error, argument, is_many);
    free(argument);
}

// Words that are no field's, in the order of enum helios_argument.
static const struct {
    const char *word;
    const char *argument;
    bool is_many;
} words[] = {
    {"none", "NONE", false},   {"number", "NUMBER", false},   {"capability", "CAPABILITY", false},
    {"label", "LABEL", false}, {"caps", "CAP_COUNT", false},  {"params", "PARAM_COUNT", false},
    {"flags", "FLAGS", false}, {"receive", "RECEIVE", false}, {"deadline", "DEADLINE", false},
    {"poll", "POLL", true},    {"cap", "CAP", true},
};

static void add_refusal(struct subject *subject, const struct abi_call *call,
                        const struct abi_refusal *refusal) {
    bool is_field = false;
    for (size_t i = 0; i < call->params.count; i++) {
        if (strcmp(call->params.items[i].name, refusal->argument) == 0) {
            add_indexed(subject, refusal->error, "PARAM", i, call->params.items[i].is_many);
            is_field = true; // there may be several that are always zero
        }
    }
    for (size_t i = 0; i < call->caps.count; i++) {
        if (strcmp(call->caps.items[i].name, refusal->argument) == 0) {
            add_indexed(subject, refusal->error, "CAP", i, call->caps.items[i].is_many);
            is_field = true;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0] && !is_field; i++) {
        if (strcmp(words[i].word, refusal->argument) == 0) {
            add_row(subject, refusal->error, words[i].argument, words[i].is_many);
        }
    }
}

static void add_set(struct subject *subject, const struct abi_call *call,
                    const struct abi_refusals *set) {
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        add_refusal(subject, call, &set->items[i]);
    }
}

// Who has no buffer to name receive slots in could not have named a capability argument either.
static void add_receive(struct subject *subject, const struct abi_call *call,
                        const struct abi_refusals *set) {
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        if (call->caps.count == 0 || strcmp(set->items[i].error, "BUFFER") != 0) {
            add_refusal(subject, call, &set->items[i]);
        }
    }
}

static bool has_many(const struct abi_fields *fields) {
    return fields->count > 0 && fields->items[fields->count - 1].is_many;
}

// "What every invocation refuses", as the manual's first page has it, and what follows from the
// kinds of its arguments.
static void add_common(struct subject *subject, const struct abi_file *abi,
                       const struct abi_call *call) {
    enum { REGISTER_PARAMS = 4 };
    add_row(subject, "RIGHTS", "CAPABILITY", false);
    add_row(subject, "ARGUMENTS", "CAP_COUNT", false);
    add_row(subject, "ARGUMENTS", "PARAM_COUNT", false);
    add_row(subject, "ARGUMENTS", "FLAGS", false);
    if (call->caps.count > 0 || call->params.count > REGISTER_PARAMS || has_many(&call->params)) {
        add_row(subject, "BUFFER", "NONE", false);
    }
    for (size_t i = 0; i < call->caps.count; i++) {
        const struct abi_field *field = &call->caps.items[i];
        add_indexed(subject, "CAPABILITY", "CAP", i, field->is_many);
        if (abi_find_object(abi, field->type) != NULL) {
            add_indexed(subject, "TYPE", "CAP", i, field->is_many);
        }
        if (field->rights[0] != '\0') {
            add_indexed(subject, "RIGHTS", "CAP", i, field->is_many);
        }
        add_indexed(subject, "GONE", "CAP", i, field->is_many);
    }
    if (call->result_caps.count > 0) {
        add_receive(subject, call, abi_find_set(abi, "receive"));
    }
}

static void add_call(struct buffer *out, const struct abi_file *abi,
                     const struct abi_object *object, const struct abi_call *call) {
    struct subject subject = {.out = out};
    struct buffer *start = &subject.start;
    if (object != NULL) {
        buffer_format(start, "HELIOS_TYPE_");
        emit_upper(start, object->name);
        buffer_format(start, ", HELIOS_");
        emit_upper(start, object->name);
        buffer_format(start, "_");
        emit_upper(start, call->name);
        buffer_format(start, ", \"%s.%s\"", object->title, call->name);
        add_common(&subject, abi, call);
    } else {
        buffer_format(start, "REFUSALS_OF_SYSCALLS, HELIOS_SYS_");
        emit_upper(start, call->name);
        buffer_format(start, ", \"%s\"", call->name);
    }
    add_set(&subject, call, &call->refusals);
    strings_free(&subject.rows);
    buffer_free(start);
}

static const char intro[] =
    "// SPDX-License-Identifier: GPL-3.0-only\n"
    "//\n"
    "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.\n"
    "//\n"
    "// Everything that the manual says is refused.\n"
    "#ifndef HELIOS_TESTING_CONFORMANCE_REFUSALS_TABLE_H\n"
    "#define HELIOS_TESTING_CONFORMANCE_REFUSALS_TABLE_H\n\n"
    "// Stands for a type in the rows of system calls.\n"
    "#define REFUSALS_OF_SYSCALLS 0xff\n\n"
    "// X(type, number of the invocation or system call, name, error, argument, whether it is one "
    "of\n"
    "// several)\n"
    "// clang-format off\n";

void emit_refusals(const struct abi_file *abi, struct emit_files *files) {
    struct buffer *out = emit_add(files, "testing/conformance/refusals_table.h");
    buffer_format(out, "%s%-99s\\\n", intro, "#define REFUSALS(X)");
    for (const struct abi_object *object = abi_next_object(abi, NULL); object != NULL;
         object = abi_next_object(abi, object)) {
        for (size_t i = 0; i < object->count; i++) {
            add_call(out, abi, object, &object->calls[i]);
        }
    }
    for (const struct abi_call *call = abi_next_syscall(abi, NULL); call != NULL;
         call = abi_next_syscall(abi, call)) {
        add_call(out, abi, NULL, call);
    }
    // The last row goes on nowhere.
    while (strchr(" \\\n", out->data[out->size - 1]) != NULL) {
        out->data[--out->size] = '\0';
    }
    buffer_format(
        out, "\n// clang-format on\n\n#endif // HELIOS_TESTING_CONFORMANCE_REFUSALS_TABLE_H\n");
}
