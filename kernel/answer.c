// SPDX-License-Identifier: GPL-3.0-only
//
// What the kernel answers, and the line that a checked kernel prints when it refuses.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/latency.h"
#include "kernel/object_types.h"
#include "kernel/percpu.h"
#include "kernel/syscall.h"
#include "toolchains/freestanding/format.h"
#include "uapi/names.h"

// Names, for the checked kernel's line. -------------------------------------------------------

// Invocations from label 1 on, separated by blanks.
static const char *const invocation_names[HELIOS_TYPE_COUNT] = {
#define INVOCATION_NAMES(object, names) [HELIOS_TYPE_##object] = (names),
    HELIOS_INVOCATION_NAMES(INVOCATION_NAMES)
#undef INVOCATION_NAMES
};

static const char syscall_names[] = HELIOS_SYSCALL_NAMES;

enum { NAME_SIZE = 24 };

// Word `index` of `words`; false if there are not so many.
static bool copy_word(const char *words, uint64_t index, char *name) {
    while (words != NULL && *words != '\0' && index > 0) {
        index -= *words++ == ' ';
    }
    size_t length = 0;
    while (words != NULL && words[length] != '\0' && words[length] != ' ' &&
           length + 1 < NAME_SIZE) {
        name[length] = words[length];
        length++;
    }
    name[length] = '\0';
    return length > 0;
}

static const char *argument_name(unsigned argument, unsigned *index) {
    static const char *const names[] = {
#define ARGUMENT_NAME(name, text) [HELIOS_ARGUMENT_##name] = (text),
        HELIOS_ARGUMENT_NAMES(ARGUMENT_NAME)
#undef ARGUMENT_NAME
    };
    unsigned first = argument;
    if (argument >= HELIOS_ARGUMENT_CAP) {
        first = HELIOS_ARGUMENT_CAP;
    } else if (argument >= HELIOS_ARGUMENT_POLL) {
        first = HELIOS_ARGUMENT_POLL;
    } else if (argument >= HELIOS_ARGUMENT_PARAM) {
        first = HELIOS_ARGUMENT_PARAM;
    }
    if (first >= HELIOS_ARGUMENT_PARAM) {
        *index = argument - first;
    }
    return names[first] != NULL ? names[first] : "?";
}

static const char *error_text(enum helios_error error) {
    static const char *const texts[HELIOS_ERROR_COUNT] = {
#define ERROR_TEXT(name, text) text,
        HELIOS_ERRORS(ERROR_TEXT)
#undef ERROR_TEXT
    };
    return texts[error];
}

bool answer_subject(uint64_t number, unsigned type, uint32_t label, char *text, size_t size) {
    char name[NAME_SIZE];
    if (!copy_word(syscall_names, number, name)) {
        return false;
    }
    bool is_invocation =
        number == HELIOS_SYS_CALL || number == HELIOS_SYS_SEND || number == HELIOS_SYS_NBSEND;
    const char *object = object_types[type].name;
    if (!is_invocation || type == HELIOS_TYPE_NULL || type == HELIOS_TYPE_ENDPOINT) {
        format_text(text, size, "%s", name);
    } else if (label > 0 && copy_word(invocation_names[type], label - 1, name)) {
        format_text(text, size, "%s.%s", object, name);
    } else {
        format_text(text, size, "%s.%u", object, label);
    }
    return true;
}

static void print_subject(struct task *task) {
    const struct syscall *call = arch_percpu()->current == task ? arch_percpu()->call : NULL;
    if (call == NULL) {
        return;
    }
    struct slot_view slot;
    bool is_filled = syscall_lookup(task, call->capability, &slot);
    unsigned type = is_filled ? slot.type : HELIOS_TYPE_NULL;
    char text[2 * NAME_SIZE];
    if (answer_subject(call->number, type, helios_tag_label(call->tag), text, sizeof(text))) {
        console_printf("%s 0x%lx: ", text, (unsigned long)call->capability);
    }
}

// What a program may run into all day is not worth a line.
static bool is_worth_a_line(enum helios_error error) {
    return error != HELIOS_ERROR_WOULD_BLOCK && error != HELIOS_ERROR_DEADLINE &&
           error != HELIOS_ERROR_CANCELLED;
}

void answer_note(struct task *task, const struct refusal *refusal) {
    if (!KERNEL_CHECKED || !is_worth_a_line(refusal->error)) {
        return;
    }
    uint64_t began = latency_begin_wait();
    unsigned index = ~0u;
    const char *name = argument_name(refusal->argument, &index);
    console_printf("%s: refused ", task->name[0] != '\0' ? task->name : "task");
    print_subject(task);
    console_printf("%s", error_text(refusal->error));
    if (refusal->argument != HELIOS_ARGUMENT_NONE) {
        console_printf(index != ~0u ? ": %s %u" : ": %s", name, index);
    }
    console_printf(" (found 0x%lx, wanted 0x%lx)\n", (unsigned long)refusal->found,
                   (unsigned long)refusal->wanted);
    latency_end_print(began);
}

// Answers. -----------------------------------------------------------------------------------

struct task *answer(struct task *task, uint64_t value) {
    arch_task_set_message(&task->arch, 0, helios_tag(HELIOS_OK, 0, 1, 0), value, 0, 0, 0);
    return task;
}

struct task *answer_values(struct task *task, unsigned count, uint64_t v0, uint64_t v1, uint64_t v2,
                           uint64_t v3) {
    arch_task_set_message(&task->arch, 0, helios_tag(HELIOS_OK, 0, count, 0), v0, v1, v2, v3);
    return task;
}

struct task *answer_caps(struct task *task, unsigned caps, unsigned count, uint64_t v0,
                         uint64_t v1) {
    arch_task_set_message(&task->arch, 0, helios_tag(HELIOS_OK, caps, count, 0), v0, v1, 0, 0);
    return task;
}

struct task *answer_error(struct task *task, enum helios_error error, unsigned argument,
                          uint64_t found, uint64_t wanted) {
    if (KERNEL_CHECKED) {
        const struct refusal refusal = {error, argument, found, wanted};
        answer_note(task, &refusal);
    }
    arch_task_set_message(&task->arch, 0, helios_tag(error, 0, 3, 0), argument, found, wanted, 0);
    return task;
}

struct task *answer_refusal(struct task *task, const struct refusal *refusal) {
    return answer_error(task, refusal->error, refusal->argument, refusal->found, refusal->wanted);
}

struct task *answer_cap_result(struct task *task, enum cap_result result, unsigned argument) {
    static const uint8_t errors[] = {
        [CAP_GONE] = HELIOS_ERROR_GONE,
        [CAP_REVOKING] = HELIOS_ERROR_BUSY,
        [CAP_OCCUPIED] = HELIOS_ERROR_OCCUPIED,
    };
    return answer_error(task, (enum helios_error)errors[result], argument, 0, 0);
}

struct task *answer_count(struct task *task, const struct syscall *call, uint32_t caps,
                          uint32_t params) {
    if (helios_tag_caps(call->tag) != caps) {
        return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT,
                            helios_tag_caps(call->tag), caps);
    }
    if (helios_tag_params(call->tag) != params) {
        return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT,
                            helios_tag_params(call->tag), params);
    }
    return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS,
                        helios_tag_flags(call->tag), 0);
}

struct task *answer_invocation(struct task *task, const struct syscall *call) {
    return answer_error(task, HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL,
                        helios_tag_label(call->tag), 0);
}
