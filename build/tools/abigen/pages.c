// SPDX-License-Identifier: GPL-3.0-only
//
// The reference manual: docs/reference, a page for each object, system call and header.
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/emit.h"

static const char note[] = "<!-- Made by abigen of uapi/helios.abi: change that, then run "
                           "`bazel run //uapi:generate`. -->\n\n";

// Text as one line: for a cell of a table, and for a list.
static void add_line(struct buffer *out, const char *text, bool is_short) {
    for (; *text != '\0'; text++) {
        if (is_short && text[0] == '\n' && text[1] == '\n') {
            return;
        }
        if (*text == '|') {
            buffer_format(out, "\\|");
        } else {
            buffer_format(out, "%c", *text == '\n' ? ' ' : *text);
        }
    }
}

static void add_doc(struct buffer *out, const char *doc) {
    if (*doc != '\0') {
        buffer_format(out, "%s\n\n", doc);
    }
}

// Fields. ------------------------------------------------------------------------------------

static bool has_text(const struct abi_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].doc[0] != '\0' || fields->items[i].rights[0] != '\0') {
            return true;
        }
    }
    return false;
}

// The header that has an enum; NULL: none.
static const char *header_of_enum(const struct abi_file *abi, const char *name, size_t length) {
    for (size_t h = 0; h < abi->count; h++) {
        for (size_t i = 0; i < abi->headers[h].count; i++) {
            const struct abi_item *item = &abi->headers[h].items[i];
            if (item->kind == ABI_ENUM && strlen(item->list.name) == length &&
                strncmp(item->list.name, name, length) == 0) {
                return abi->headers[h].name;
            }
        }
    }
    return NULL;
}

// Text as one line, in which an `enum helios_...` leads to its page.
static void add_linked(struct buffer *out, const struct abi_file *abi, const char *text) {
    static const char start[] = "`enum helios_";
    const char *mention = strstr(text, start);
    while (mention != NULL) {
        const char *name = mention + sizeof start - 1;
        size_t length = strcspn(name, "`");
        const char *header = header_of_enum(abi, name, length);
        char *before = mem_format("%.*s", (int)(mention - text), text);
        add_line(out, before, false);
        free(before);
        if (header != NULL) {
            buffer_format(out, "[`enum helios_%.*s`](%s.md#enum-helios_%.*s)", (int)length, name,
                          header, (int)length, name);
        } else {
            buffer_format(out, "`enum helios_%.*s`", (int)length, name);
        }
        text = name + length + (name[length] == '`');
        mention = strstr(text, start);
    }
    add_line(out, text, false);
}

static void add_field_rows(struct buffer *out, const struct abi_file *abi,
                           const struct abi_fields *fields, const char *kind) {
    for (size_t i = 0; has_text(fields) && i < fields->count; i++) {
        const struct abi_field *field = &fields->items[i];
        const struct abi_object *type = abi_find_object(abi, field->type);
        if (strcmp(field->name, "_") == 0) {
            continue;
        }
        buffer_format(out, "| %s `%s%s` | ", kind, field->name, field->is_many ? "..." : "");
        const char *separator = "";
        if (type != NULL) {
            buffer_format(out, "[%s](%s.md)", type->title, type->name);
            separator = ", ";
        } else if (strcmp(field->type, "any") == 0) {
            buffer_format(out, "of any type");
            separator = ", ";
        }
        if (field->rights[0] != '\0') {
            buffer_format(out, "%swith %s", separator, field->rights);
            separator = ", ";
        }
        if (field->is_optional) {
            buffer_format(out, "%smay be left out", separator);
            separator = ", ";
        }
        buffer_format(out, "%s", *separator != '\0' && field->doc[0] != '\0' ? ": " : "");
        add_linked(out, abi, field->doc);
        buffer_format(out, " |\n");
    }
}

static void add_fields(struct buffer *out, const struct abi_file *abi,
                       const struct abi_call *call) {
    if (!has_text(&call->caps) && !has_text(&call->params) && !has_text(&call->results) &&
        !has_text(&call->result_caps)) {
        return;
    }
    buffer_format(out, "| | |\n|---|---|\n");
    add_field_rows(out, abi, &call->caps, "capability");
    add_field_rows(out, abi, &call->params, "parameter");
    add_field_rows(out, abi, &call->results, "answer");
    add_field_rows(out, abi, &call->result_caps, "answer, capability");
    buffer_format(out, "\n");
}

// Refusals. ----------------------------------------------------------------------------------

static void add_row(struct buffer *out, const char *error, const char *argument, const char *found,
                    const char *wanted, const char *when) {
    buffer_format(out, "| `%s` | %s | %s | %s | ", error, argument, *found != '\0' ? found : "0",
                  *wanted != '\0' ? wanted : "0");
    add_line(out, when, false);
    buffer_format(out, " |\n");
}

// "parameters 1, 2, 3": those that are always 0.
static char *zeroes_text(const struct abi_fields *params) {
    char *text = mem_format("parameters");
    const char *separator = " ";
    for (size_t i = 0; i < params->count; i++) {
        if (strcmp(params->items[i].name, "_") == 0) {
            char *longer = mem_format("%s%s%zu", text, separator, i);
            free(text);
            text = longer;
            separator = ", ";
        }
    }
    return text;
}

// "parameter 1, `size`", or the words for what is no field.
static char *argument_text(const struct abi_call *call, const char *name) {
    if (strcmp(name, "_") == 0) {
        return zeroes_text(&call->params);
    }
    for (size_t i = 0; i < call->params.count; i++) {
        if (strcmp(call->params.items[i].name, name) == 0) {
            return call->params.items[i].is_many ? mem_format("parameter, one of `%s`", name)
                                                 : mem_format("parameter %zu, `%s`", i, name);
        }
    }
    for (size_t i = 0; i < call->caps.count; i++) {
        if (strcmp(call->caps.items[i].name, name) == 0) {
            return call->caps.items[i].is_many ? mem_format("capability, one of `%s`", name)
                                               : mem_format("capability %zu, `%s`", i, name);
        }
    }
    return mem_format("%s", abi_argument_text(name));
}

static void add_cap_rows(struct buffer *out, const struct abi_file *abi,
                         const struct abi_call *call) {
    for (size_t i = 0; i < call->caps.count; i++) {
        const struct abi_field *field = &call->caps.items[i];
        const struct abi_object *type = abi_find_object(abi, field->type);
        char *argument = argument_text(call, field->name);
        add_row(out, "CAPABILITY", argument, "the address", "slots of the caller's CSpace",
                "no capability there");
        if (type != NULL) {
            char *title = mem_format("%s", type->title);
            add_row(out, "TYPE", argument, "its type", title, "another type");
            free(title);
        }
        if (field->rights[0] != '\0') {
            add_row(out, "RIGHTS", argument, "its rights", field->rights, "a right is missing");
        }
        add_row(out, "GONE", argument, "", "", "the object is being destroyed");
        free(argument);
    }
}

// Who has no buffer to name receive slots in could not have named a capability argument either:
// that is what it is told.
static bool comes_too_late(const struct abi_call *call, const struct abi_refusal *refusal) {
    return call->caps.count > 0 && strcmp(refusal->error, "BUFFER") == 0 &&
           strcmp(refusal->argument, "receive") == 0;
}

static void add_own_rows(struct buffer *out, const struct abi_call *call,
                         const struct abi_refusals *refusals) {
    for (size_t i = 0; i < refusals->count; i++) {
        const struct abi_refusal *refusal = &refusals->items[i];
        if (comes_too_late(call, refusal)) {
            continue;
        }
        char *argument = argument_text(call, refusal->argument);
        add_row(out, refusal->error, argument, refusal->found, refusal->wanted, refusal->when);
        free(argument);
    }
}

static void add_refusals(struct buffer *out, const struct abi_file *abi,
                         const struct abi_call *call, bool is_syscall) {
    bool needs_slots = call->result_caps.count > 0 && !is_syscall;
    const struct abi_refusals *receive = needs_slots ? abi_find_set(abi, "receive") : NULL;
    size_t count = call->refusals.count + (is_syscall ? 0 : call->caps.count) +
                   (receive != NULL ? receive->count : 0);
    if (count == 0) {
        buffer_format(out, "Errors: only [those that every %s has](%s).\n\n",
                      is_syscall ? "system call" : "invocation",
                      is_syscall ? "error.md" : "index.md#what-every-invocation-refuses");
        return;
    }
    buffer_format(out,
                  "| error | which argument | found | wanted | when |\n|---|---|---|---|---|\n");
    if (!is_syscall) {
        add_cap_rows(out, abi, call);
    }
    add_own_rows(out, call, &call->refusals);
    if (receive != NULL) {
        add_own_rows(out, call, receive);
    }
    buffer_format(out, "\n");
}

// Objects. -----------------------------------------------------------------------------------

static void add_call(struct buffer *out, const struct abi_file *abi,
                     const struct abi_object *object, const struct abi_call *call) {
    buffer_format(out, "### %s\n\n```\n", call->name);
    emit_signature(out, call);
    buffer_format(out, "\n```\n\nLabel %s, `HELIOS_", call->number);
    emit_upper(out, object->name);
    buffer_format(out, "_");
    emit_upper(out, call->name);
    buffer_format(out, "`. Needs %s. In C: `helios_%s_%s`.\n\n", call->rights, object->name,
                  call->name);
    add_doc(out, call->doc);
    add_fields(out, abi, call);
    add_refusals(out, abi, call, false);
}

// The example without its licence line.
static void add_example(struct buffer *out, const char *root, const char *name) {
    char *relative = mem_format("docs/reference/examples/%s.c", name);
    char *path = path_absolute(root, relative);
    struct buffer text = {0};
    struct error err = {0};
    if (file_read(path, &text, &err)) {
        const char *start = strchr(text.data, '\n');
        buffer_format(out,
                      "## Example\n\n[%s.c](examples/%s.c) is compiled and run as a test on "
                      "every architecture.\n\n```c\n%s```\n",
                      name, name, start != NULL ? start + 1 : text.data);
    }
    buffer_free(&text);
    free(path);
    free(relative);
}

static void add_object(const struct abi_file *abi, const struct abi_object *object,
                       const char *root, struct emit_files *files) {
    struct buffer *out = emit_add(files, "docs/reference/%s.md", object->name);
    buffer_format(out, "%s# %s\n\n", note, object->title);
    add_doc(out, object->doc);
    if (object->count > 0) {
        buffer_format(out, "## Invocations\n\n| label | | rights |\n|---|---|---|\n");
    }
    for (size_t i = 0; i < object->count; i++) {
        const struct abi_call *call = &object->calls[i];
        buffer_format(out, "| %s | [`", call->number);
        emit_signature(out, call);
        buffer_format(out, "`](#%s) | %s |\n", call->name, call->rights);
    }
    if (object->count > 0) {
        buffer_format(out, "\nEach refuses [what every invocation refuses]"
                           "(index.md#what-every-invocation-refuses); the tables below have what "
                           "it refuses beside.\n\n");
    }
    for (size_t i = 0; i < object->count; i++) {
        add_call(out, abi, object, &object->calls[i]);
    }
    add_example(out, root, object->name);
}

static void add_syscall(const struct abi_file *abi, const struct abi_call *call,
                        struct emit_files *files) {
    struct buffer *out = emit_add(files, "docs/reference/sys_%s.md", call->name);
    buffer_format(out, "%s# System call %s: %s\n\n```\n", note, call->number, call->name);
    emit_signature(out, call);
    buffer_format(out, "\n```\n\n`HELIOS_SYS_");
    emit_upper(out, call->name);
    buffer_format(out, "`%s%s. Registers: [system calls](syscall.md).",
                  *call->rights != '\0' ? ". The capability needs " : "", call->rights);
    for (size_t i = 0; i < call->flags.count; i++) {
        buffer_format(out, "%s %s", i == 0 ? " Flags:" : ",", call->flags.items[i]);
    }
    buffer_format(out, "%s In C:\n\n```c\n", call->flags.count > 0 ? "." : "");
    emit_prototypes(out, call);
    buffer_format(out, "```\n\n");
    add_doc(out, call->doc);
    add_fields(out, abi, call);
    add_refusals(out, abi, call, true);
}

// Headers. -----------------------------------------------------------------------------------

static void add_list(struct buffer *out, const struct abi_enum *list, bool is_errors) {
    buffer_format(out, list->is_defines ? "## %s\n\n" : "## enum helios_%s\n\n", list->name);
    add_doc(out, list->doc);
    buffer_format(out, "| | value | |\n|---|---|---|\n");
    for (size_t i = 0; i < list->count; i++) {
        const struct abi_value *value = &list->values[i];
        buffer_format(out, "| `HELIOS_%s%s%s` | ", list->prefix, list->prefix[0] != '\0' ? "_" : "",
                      value->name);
        if (is_errors) {
            buffer_format(out, "%zu", i);
        } else {
            add_line(out, value->value[0] != '\0' ? value->value : "the next", false);
        }
        buffer_format(out, " | ");
        if (is_errors) {
            buffer_format(out, "\"%s\"%s", value->text, value->doc[0] != '\0' ? ": " : "");
        }
        add_line(out, value->doc, false);
        buffer_format(out, " |\n");
    }
    buffer_format(out, "\n");
}

static void add_header(const struct abi_file *abi, const struct abi_header *header,
                       struct emit_files *files) {
    struct buffer *out = emit_add(files, "docs/reference/%s.md", header->name);
    buffer_format(out, "%s# uapi/%s.h\n\n", note, header->name);
    add_doc(out, header->doc);
    for (size_t i = 0; i < header->count; i++) {
        const struct abi_item *item = &header->items[i];
        if (item->kind == ABI_ENUM || item->kind == ABI_ERRORS) {
            add_list(out, &item->list, item->kind == ABI_ERRORS);
        } else if (item->kind == ABI_ARCH && &item->arch == abi_next_arch(abi, NULL)) {
            emit_registers(out, abi, true);
        } else if (item->kind == ABI_CODE) {
            buffer_format(out, "```c\n%s\n```\n\n", item->code);
        }
    }
}

// The first page. ------------------------------------------------------------------------------

static const char introduction[] =
    "# Reference\n\n"
    "What a program can say to the kernel, complete. It is made of `uapi/helios.abi`, of which "
    "the\n"
    "C headers (`uapi/`), the functions of `userland/helios` (`objects.h`, `calls.h`), the "
    "instructions that\n"
    "enter the kernel (`helios_trap.h`) and the names in the kernel's messages are made too. What "
    "a root task finds when it starts is the\n"
    "[bootinfo](bootinfo.md). Errors are written without their "
    "HELIOS_ERROR_. Begin with the [first steps](first-steps.md).\n\n";

static const char common[] =
    "## What every invocation refuses\n\n"
    "An invocation is a message that [call](sys_call.md), [send](sys_send.md) or\n"
    "[nbsend](sys_nbsend.md) sends to a capability that is no Endpoint's. The kernel looks at the\n"
    "tag first, then at the rights, then at parameters and capability arguments; it changes "
    "nothing\n"
    "before everything is found to be right.\n\n"
    "| error | which argument | found | wanted | when |\n"
    "|---|---|---|---|---|\n"
    "| `CAPABILITY` | the capability | its address | slots of the CSpace | nothing is there |\n"
    "| `GONE` | the capability | 0 | 0 | the object is being destroyed |\n"
    "| `INVOCATION` | label | the label | 0 | the object has no such invocation |\n"
    "| `ARGUMENTS` | number of capabilities, number of parameters | the number | the one that is "
    "right | exactly the described number is taken |\n"
    "| `ARGUMENTS` | flags | the flags | 0 | no flags but DEADLINE, which does nothing here |\n"
    "| `BUFFER` | none | 0 | 0 | capability arguments or more than four parameters, and the caller "
    "has no IPC buffer |\n"
    "| `RIGHTS` | the capability | its rights | the rights needed | a right is missing |\n"
    "| `CANCELLED` | none | 0 | 0 | Task.cancel while one that takes long was under way; what it "
    "destroys goes all the same |\n\n"
    "A refusal is a message of three parameters: which argument (`enum helios_argument`), found,\n"
    "wanted. A checked kernel prints a line for each, but for WOULD_BLOCK, DEADLINE and "
    "CANCELLED,\n"
    "which are nobody's mistakes. The last two columns of the tables in this manual are those two\n"
    "words; 0 where they say nothing.\n";

void emit_pages(const struct abi_file *abi, const char *root, struct emit_files *files) {
    struct buffer index = {0};
    buffer_format(&index, "%s%s## Objects\n\n| | |\n|---|---|\n", note, introduction);
    for (const struct abi_object *object = abi_next_object(abi, NULL); object != NULL;
         object = abi_next_object(abi, object)) {
        add_object(abi, object, root, files);
        buffer_format(&index, "| [%s](%s.md) | ", object->title, object->name);
        add_line(&index, object->doc, true);
        buffer_format(&index, " |\n");
    }
    buffer_format(&index, "\n## System calls\n\n| number | | |\n|---|---|---|\n");
    for (const struct abi_call *call = abi_next_syscall(abi, NULL); call != NULL;
         call = abi_next_syscall(abi, call)) {
        add_syscall(abi, call, files);
        buffer_format(&index, "| %s | [%s](sys_%s.md) | ", call->number, call->name, call->name);
        add_line(&index, call->doc, true);
        buffer_format(&index, " |\n");
    }
    buffer_format(&index, "\n## Numbers and layouts\n\n| | |\n|---|---|\n");
    for (size_t h = 0; h < abi->count; h++) {
        add_header(abi, &abi->headers[h], files);
        buffer_format(&index, "| [uapi/%s.h](%s.md) | ", abi->headers[h].name,
                      abi->headers[h].name);
        add_line(&index, abi->headers[h].doc, true);
        buffer_format(&index, " |\n");
    }
    buffer_format(&index, "\n%s", common);
    struct buffer *out = emit_add(files, "docs/reference/index.md");
    buffer_append(out, index.data, index.size);
    buffer_free(&index);
}
