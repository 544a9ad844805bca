// SPDX-License-Identifier: GPL-3.0-only
//
// The C headers. They are written as clang-format would, so that they are like any other file.
#include <string.h>

#include "build/tools/abigen/emit.h"

static const char note[] = "// SPDX-License-Identifier: MIT\n"
                           "//\n"
                           "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate`"
                           " makes it anew.\n";

static void begin(struct buffer *out, const char *doc, const char *guard,
                  const struct strings *includes) {
    buffer_format(out, "%s", note);
    if (*doc != '\0') {
        buffer_format(out, "//\n");
        emit_lines(out, "// ", doc, false);
    }
    buffer_format(out, "#ifndef %s\n#define %s\n\n", guard, guard);
    bool is_local = false;
    for (size_t i = 0; i < includes->count; i++) {
        bool was_local = is_local;
        is_local = strchr(includes->items[i], '/') != NULL;
        buffer_format(out, "%s#include %c%s%c\n", i > 0 && is_local && !was_local ? "\n" : "",
                      is_local ? '"' : '<', includes->items[i], is_local ? '"' : '>');
    }
    buffer_format(out, "%s#ifdef __cplusplus\nextern \"C\" {\n#endif\n",
                  includes->count > 0 ? "\n" : "");
}

static void end(struct buffer *out, const char *guard) {
    buffer_format(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif // %s\n", guard);
}

static void add_value(struct buffer *out, const struct abi_value *value, const char *prefix) {
    emit_lines(out, "    // ", value->doc, false);
    buffer_format(out, "    HELIOS_%s%s%s%s%s,\n", prefix, *prefix != '\0' ? "_" : "", value->name,
                  *value->value != '\0' ? " = " : "", value->value);
}

static void add_define(struct buffer *out, const struct abi_value *value, const char *prefix) {
    buffer_format(out, "\n");
    emit_lines(out, "// ", value->doc, false);
    buffer_format(out, "#define HELIOS_%s_%s (%s)\n", prefix, value->name, value->value);
}

static void add_enum(struct buffer *out, const struct abi_enum *list) {
    buffer_format(out, "\n");
    emit_lines(out, "// ", list->doc, false);
    for (size_t i = 0; list->is_defines && i < list->count; i++) {
        add_define(out, &list->values[i], list->prefix);
    }
    if (list->is_defines) {
        return;
    }
    buffer_format(out, "enum helios_%s {\n", list->name);
    for (size_t i = 0; i < list->count; i++) {
        add_value(out, &list->values[i], list->prefix);
    }
    buffer_format(out, "};\n");
}

// A line of a macro: what stands in it, and a backslash in the last column.
static void add_macro_line(struct buffer *out, const char *line, bool is_last) {
    buffer_format(out, is_last ? "%s\n" : "%-99s\\\n", line);
}

static void add_list_line(struct buffer *out, const char *name, const char *text, bool is_last) {
    struct buffer line = {0};
    buffer_format(&line, "    X(%s, \"%s\")", name, text);
    add_macro_line(out, line.data, is_last);
    buffer_free(&line);
}

static void add_errors(struct buffer *out, const struct abi_enum *list) {
    buffer_format(out, "\n// X(name, text)\n");
    add_macro_line(out, "#define HELIOS_ERRORS(X)", false);
    for (size_t i = 0; i < list->count; i++) {
        add_list_line(out, list->values[i].name, list->values[i].text, i + 1 == list->count);
    }
    buffer_format(out, "\n");
    emit_lines(out, "// ", list->doc, false);
    buffer_format(out, "enum helios_error {\n");
    for (size_t i = 0; i < list->count; i++) {
        add_value(out, &list->values[i], "");
    }
    buffer_format(out, "    HELIOS_ERROR_COUNT,\n};\n");
}

static void add_signature(struct buffer *out, const struct abi_call *call) {
    struct buffer line = {0};
    emit_signature(&line, call);
    if (*call->rights != '\0') {
        buffer_format(&line, "  [%s]", call->rights);
    }
    emit_wrapped(out, "    // ", line.data);
    buffer_free(&line);
}

static void add_object(struct buffer *out, const struct abi_object *object) {
    if (object->count == 0) {
        return;
    }
    buffer_format(out, "\n// %s.\n//\n", object->title);
    emit_lines(out, "// ", object->doc, true);
    buffer_format(out, "enum helios_%s_invocation {\n", object->name);
    for (size_t i = 0; i < object->count; i++) {
        const struct abi_call *call = &object->calls[i];
        add_signature(out, call);
        emit_lines(out, "    // ", call->doc, true);
        buffer_format(out, "    HELIOS_");
        emit_upper(out, object->name);
        buffer_format(out, "_");
        emit_upper(out, call->name);
        buffer_format(out, " = %s,\n", call->number);
    }
    buffer_format(out, "};\n");
}

static void add_syscalls(struct buffer *out, const struct abi_file *abi) {
    unsigned count = 0;
    buffer_format(out, "\nenum helios_syscall {\n");
    for (const struct abi_call *call = abi_next_syscall(abi, NULL); call != NULL;
         call = abi_next_syscall(abi, call)) {
        add_signature(out, call);
        emit_lines(out, "    // ", call->doc, true);
        buffer_format(out, "    HELIOS_SYS_");
        emit_upper(out, call->name);
        buffer_format(out, " = %s,\n", call->number);
        count++;
    }
    buffer_format(out, "    HELIOS_SYS_COUNT = %u,\n};\n", count);
}

static void add_item(struct buffer *out, const struct abi_file *abi, const struct abi_item *item) {
    switch (item->kind) {
    case ABI_ENUM:
        add_enum(out, &item->list);
        break;
    case ABI_ERRORS:
        add_errors(out, &item->list);
        break;
    case ABI_OBJECT:
        add_object(out, &item->object);
        break;
    case ABI_ARCH:
        if (&item->arch == abi_next_arch(abi, NULL)) {
            emit_registers(out, abi, false);
        }
        break;
    case ABI_SYSCALL:
        if (&item->call == abi_next_syscall(abi, NULL)) {
            add_syscalls(out, abi);
        }
        break;
    case ABI_CODE:
        buffer_format(out, "\n%s\n", item->code);
        break;
    }
}

void emit_headers(const struct abi_file *abi, struct emit_files *files) {
    for (size_t h = 0; h < abi->count; h++) {
        const struct abi_header *header = &abi->headers[h];
        struct buffer *out = emit_add(files, "uapi/%s.h", header->name);
        struct buffer guard = {0};
        buffer_format(&guard, "HELIOS_UAPI_");
        emit_upper(&guard, header->name);
        buffer_format(&guard, "_H");
        begin(out, header->doc, guard.data, &header->includes);
        for (size_t i = 0; i < header->count; i++) {
            add_item(out, abi, &header->items[i]);
        }
        end(out, guard.data);
        buffer_free(&guard);
    }
}

// Names. -------------------------------------------------------------------------------------

// Words as one string, however long: what looks like two literals makes linters suspicious.
static void add_words(struct buffer *out, const struct strings *words, const char *close,
                      bool is_last) {
    struct buffer line = {0};
    buffer_format(&line, "      \"");
    for (size_t i = 0; i < words->count; i++) {
        buffer_format(&line, "%s%s", words->items[i], i + 1 < words->count ? " " : "");
    }
    buffer_format(&line, "\"%s", close);
    add_macro_line(out, line.data, is_last);
    buffer_free(&line);
}

static void add_invocations(struct buffer *out, const struct abi_object *object, bool is_last) {
    struct buffer line = {0};
    struct strings words = {0};
    buffer_format(&line, "    X(");
    emit_upper(&line, object->name);
    buffer_format(&line, ",");
    add_macro_line(out, line.data, false);
    for (size_t i = 0; i < object->count; i++) {
        strings_add(&words, object->calls[i].name);
    }
    add_words(out, &words, ")", is_last);
    strings_free(&words);
    buffer_free(&line);
}

static const struct abi_object *next_with_calls(const struct abi_file *abi,
                                                const struct abi_object *object) {
    do {
        object = abi_next_object(abi, object);
    } while (object != NULL && object->count == 0);
    return object;
}

// Values of an enum that have texts.
static void add_argument_names(struct buffer *out, const struct abi_enum *list) {
    buffer_format(out, "\n// X(argument, its name): those from PARAM on have an index.\n");
    add_macro_line(out, "#define HELIOS_ARGUMENT_NAMES(X)", false);
    for (size_t i = 0; i < list->count; i++) {
        add_list_line(out, list->values[i].name, list->values[i].text, i + 1 == list->count);
    }
}

void emit_names(const struct abi_file *abi, struct emit_files *files) {
    struct buffer *out = emit_add(files, "uapi/names.h");
    const struct strings none = {0};
    begin(out, "The words of the interface, for messages.", "HELIOS_UAPI_NAMES_H", &none);
    buffer_format(out, "\n// X(object, names of its invocations from label 1 on, with blanks "
                       "between them)\n// clang-format off\n");
    add_macro_line(out, "#define HELIOS_INVOCATION_NAMES(X)", false);
    const struct abi_object *object = next_with_calls(abi, NULL);
    while (object != NULL) {
        const struct abi_object *next = next_with_calls(abi, object);
        add_invocations(out, object, next == NULL);
        object = next;
    }
    struct strings words = {0};
    for (const struct abi_call *call = abi_next_syscall(abi, NULL); call != NULL;
         call = abi_next_syscall(abi, call)) {
        strings_add(&words, call->name);
    }
    buffer_format(out, "\n// Names of the system calls from 0 on, with blanks between them.\n");
    add_macro_line(out, "#define HELIOS_SYSCALL_NAMES", false);
    add_words(out, &words, "", true);
    strings_free(&words);
    const struct abi_enum *arguments = abi_find_enum(abi, "argument");
    if (arguments != NULL) {
        add_argument_names(out, arguments);
    }
    buffer_format(out, "// clang-format on\n");
    end(out, "HELIOS_UAPI_NAMES_H");
}
