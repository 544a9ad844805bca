// SPDX-License-Identifier: GPL-3.0-only
//
// Functions for programs: one for each invocation.
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/emit.h"

static const char top[] =
    "// SPDX-License-Identifier: MIT\n"
    "//\n"
    "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.\n"
    "//\n"
    "// A function for each invocation of each object. Capability arguments go through the "
    "thread's\n"
    "// IPC buffer; capabilities that an answer brings arrive in the receive slots, and their "
    "addresses\n"
    "// stand in helios_buffer->caps. What an answer has beyond its fourth word stands in\n"
    "// helios_buffer->params from index 4 on.\n"
    "#ifndef HELIOS_USERLAND_HELIOS_OBJECTS_H\n"
    "#define HELIOS_USERLAND_HELIOS_OBJECTS_H\n\n"
    "#include <stdint.h>\n\n"
    "#include \"uapi/object.h\"\n"
    "#include \"userland/helios/syscall.h\"\n\n"
    "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";

static const char bottom[] = "\n#ifdef __cplusplus\n}\n#endif\n\n"
                             "#endif // HELIOS_USERLAND_HELIOS_OBJECTS_H\n";

static bool is_zero(const struct abi_field *field) {
    return strcmp(field->name, "_") == 0;
}

static void add_arguments(struct strings *list, const struct abi_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        const struct abi_field *field = &fields->items[i];
        if (field->is_many) {
            strings_addf(list, "const uint64_t *%s", field->name);
            strings_addf(list, "uint32_t %s_count", field->name);
        } else if (!is_zero(field)) {
            strings_addf(list, "uint64_t %s", field->name);
        }
    }
}

static void add_head(struct buffer *out, const struct abi_object *object,
                     const struct abi_call *call) {
    struct strings list = {0};
    strings_addf(&list, "uint64_t %s", object->name);
    add_arguments(&list, &call->caps);
    add_arguments(&list, &call->params);
    char *start =
        mem_format("static inline struct helios_answer helios_%s_%s", object->name, call->name);
    emit_head(out, start, &list, " {");
    free(start);
    strings_free(&list);
}

// How many arguments there are: the fixed ones, and as many as the last field says.
static void add_count(struct buffer *count, size_t fixed, const struct abi_field *last) {
    if (fixed > 0) {
        buffer_format(count, "%zu + ", fixed);
    }
    if (last->is_many) {
        buffer_format(count, "%s_count", last->name);
    } else {
        buffer_format(count, fixed > 0 ? "(%s != 0)" : "%s != 0", last->name);
    }
}

// The loop over the last field's words, as many as a message has room for behind the fixed ones. A
// number that the tag has no room for becomes one that the kernel refuses.
static void add_loop(struct buffer *out, const char *name, size_t fixed, const char *limit) {
    buffer_format(out, "    if (%s_count > %s) {\n        %s_count = %s + 1;\n    }\n", name, limit,
                  name, limit);
    buffer_format(out, "    for (uint32_t i_ = 0; i_ < %s_count && i_ < %s", name, limit);
    if (fixed > 0) {
        buffer_format(out, " - %zu", fixed);
    }
    buffer_format(out, "; i_++) {\n");
}

// "3 + i_"
static char *place_of(size_t fixed) {
    return fixed > 0 ? mem_format("%zu + i_", fixed) : mem_format("i_");
}

// Writes the capability arguments to the buffer, and their number to `count`.
static void add_caps(struct buffer *out, const struct abi_fields *caps, struct buffer *count) {
    if (caps->count == 0) {
        buffer_format(count, "0");
        return;
    }
    const struct abi_field *last = &caps->items[caps->count - 1];
    size_t fixed = caps->count - (last->is_many || last->is_optional);
    for (size_t i = 0; i < caps->count - last->is_many; i++) {
        buffer_format(out, "    helios_buffer->caps[%zu] = %s;\n", i, caps->items[i].name);
    }
    if (fixed == caps->count) {
        buffer_format(count, "%zu", fixed);
        return;
    }
    if (last->is_many) {
        char *place = place_of(fixed);
        add_loop(out, last->name, fixed, "HELIOS_MAX_CAPS");
        buffer_format(out, "        helios_buffer->caps[%s] = %s[i_];\n    }\n", place, last->name);
        free(place);
    }
    add_count(count, fixed, last);
}

// Words of the last parameter: what does not fit into registers goes to the buffer.
static void add_words(struct buffer *out, const char *name, size_t fixed) {
    char *place = place_of(fixed);
    add_loop(out, name, fixed, "HELIOS_MAX_PARAMS");
    if (fixed >= 4) {
        buffer_format(out, "        helios_buffer->params[%s] = %s[i_];\n    }\n", place, name);
    } else {
        buffer_format(out,
                      "        uint64_t *words_ = %s < 4 ? first_ : helios_buffer->params;\n"
                      "        words_[%s] = %s[i_];\n    }\n",
                      place, place, name);
    }
    free(place);
}

// The words that go in registers, and the others to the buffer.
static void add_params(struct buffer *out, const struct abi_fields *params, struct buffer *count) {
    size_t fixed = params->count;
    bool has_many = fixed > 0 && params->items[fixed - 1].is_many;
    fixed -= has_many;
    buffer_format(out, "    %suint64_t first_[4] = {", has_many ? "" : "const ");
    for (size_t i = 0; i < 4; i++) {
        bool is_set = i < fixed && !is_zero(&params->items[i]);
        buffer_format(out, "%s%s", i > 0 ? ", " : "", is_set ? params->items[i].name : "0");
    }
    buffer_format(out, "};\n");
    for (size_t i = 4; i < fixed; i++) {
        buffer_format(out, "    helios_buffer->params[%zu] = %s;\n", i,
                      is_zero(&params->items[i]) ? "0" : params->items[i].name);
    }
    if (!has_many) {
        buffer_format(count, "%zu", fixed);
        return;
    }
    add_words(out, params->items[fixed].name, fixed);
    add_count(count, fixed, &params->items[fixed]);
}

static void add_call(struct buffer *out, const struct abi_object *object,
                     const struct abi_call *call) {
    struct buffer caps = {0};
    struct buffer params = {0};
    struct buffer label = {0};
    struct buffer signature = {0};
    emit_signature(&signature, call);
    buffer_format(out, "\n// %s.", object->title);
    buffer_format(out, "%s\n", signature.data);
    emit_lines(out, "// ", call->doc, true);
    add_head(out, object, call);
    add_caps(out, &call->caps, &caps);
    add_params(out, &call->params, &params);
    buffer_format(&label, "HELIOS_");
    emit_upper(&label, object->name);
    buffer_format(&label, "_");
    emit_upper(&label, call->name);
    struct buffer line = {0};
    buffer_format(&line, "    return helios_invoke(%s, %s, %s, %s,", object->name, label.data,
                  caps.data, params.data);
    bool fits = line.size + strlen(" first_);") <= 100;
    buffer_format(out, "%s%sfirst_);\n}\n", line.data, fits ? " " : "\n                         ");
    buffer_free(&line);
    buffer_free(&caps);
    buffer_free(&params);
    buffer_free(&label);
    buffer_free(&signature);
}

void emit_wrappers(const struct abi_file *abi, struct emit_files *files) {
    struct buffer *out = emit_add(files, "userland/helios/objects.h");
    buffer_format(out, "%s", top);
    for (const struct abi_object *object = abi_next_object(abi, NULL); object != NULL;
         object = abi_next_object(abi, object)) {
        for (size_t i = 0; i < object->count; i++) {
            add_call(out, object, &object->calls[i]);
        }
    }
    buffer_format(out, "%s", bottom);
}
