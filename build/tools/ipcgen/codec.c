// SPDX-License-Identifier: GPL-3.0-only
//
// Values in words. A message's fields stand in words_, or, if they are few and small, in params of
// the message itself.
#include <stdlib.h>
#include <string.h>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/names.h"

bool codec_is_direct(const struct ipc_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        if (!ipc_is_scalar(&fields->items[i].type)) {
            return false;
        }
    }
    return fields->words <= IPC_REGISTERS;
}

// A string or bytes behind the fixed words of a message.
static bool is_tail(const struct ipc_field *field) {
    return ipc_is_text(&field->type);
}

// What a string's or bytes' length is called: that of bytes is an argument.
static char *length_of(const struct ipc_field *field, bool is_reading) {
    bool is_ours = is_reading || field->type.kind == IPC_STRING;
    return mem_format("%s_length%s", field->name, is_ours ? "_" : "");
}

// The value as a number that can be shifted into a word.
static char *as_word(const struct ipc_type *type, const char *value) {
    if (type->size == IPC_WORD) {
        return mem_format("%s%s", type->is_signed ? "(uint64_t)" : "", value);
    }
    if (type->kind == IPC_ENUM || type->is_signed) {
        return mem_format("(uint64_t)(uint%u_t)%s", type->size * 8, value);
    }
    return mem_format("(uint64_t)%s", value);
}

// "(uint64_t)a | (uint64_t)b << 32": what stands in one word of a list, "" if nothing does.
static char *word_value(const struct ipc_fields *fields, unsigned word, const char *prefix,
                        bool is_message) {
    struct buffer out = {0};
    buffer_format(&out, "%s", "");
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_field *field = &fields->items[i];
        bool has_length = is_message && is_tail(field);
        if (field->word != word || (!has_length && !ipc_is_scalar(&field->type))) {
            continue;
        }
        char *name = has_length ? length_of(field, false) : mem_format("%s%s", prefix, field->name);
        static const struct ipc_type length = {.kind = IPC_INTEGER, .size = 4};
        char *value = as_word(has_length ? &length : &field->type, name);
        buffer_format(&out, "%s%s", out.size == 0 ? "" : " | ", value);
        if (field->bit > 0) {
            buffer_format(&out, " << %u", field->bit);
        }
        free(name);
        free(value);
    }
    return out.data;
}

// One word, if anything stands in it; broken behind a "|" where the line ends.
static void assign(struct buffer *out, const char *words, unsigned word, const char *value) {
    if (value[0] == '\0') {
        return;
    }
    struct strings parts = {0};
    while (*value != '\0') {
        size_t length = strcspn(value, "|");
        length -= value[length] == '|'; // the blank before it
        strings_addf(&parts, "%.*s", (int)length, value);
        value += length + strspn(value + length, " |");
    }
    char *head = mem_format("    %s[%u] = ", words, word);
    emit_joined(out, head, &parts, " |", ";\n");
    strings_free(&parts);
    free(head);
}

// "(uint32_t)(word >> 32)", without the cast to an enum or bool.
static char *part_of(const struct ipc_type *type, const char *word, const char *shift) {
    bool is_shifted = strcmp(shift, "0") != 0;
    if (type->size == 8 && !type->is_signed) {
        return mem_format("%s", word);
    }
    return mem_format("(%sint%u_t)%s%s%s%s%s", type->is_signed ? "" : "u", type->size * 8,
                      is_shifted ? "(" : "", word, is_shifted ? " >> " : "",
                      is_shifted ? shift : "", is_shifted ? ")" : "");
}

// A condition under which a number is no value of its type; "" if every number is one. To free.
static char *wrong(const struct ipc_type *type, const char *part) {
    char *name = type->decl == NULL ? NULL : name_of(type->decl);
    char *upper = name == NULL ? NULL : name_upper(name);
    char *text = NULL;
    if (type->kind == IPC_BOOL) {
        text = mem_format("%s > 1", part);
    } else if (type->kind == IPC_ENUM) {
        text = mem_format("!%s_is_valid(%s)", name, part);
    } else if (type->kind == IPC_FLAGS) {
        text = mem_format("(%s & ~%s_ALL) != 0", part, upper);
    } else {
        text = mem_format("%s", "");
    }
    free(name);
    free(upper);
    return text;
}

// The number as a value of its type.
static char *as_value(const struct ipc_type *type, const char *part) {
    if (type->kind == IPC_BOOL) {
        return mem_format("%s != 0", part);
    }
    if (type->kind == IPC_ENUM) {
        char *name = emit_type(type);
        char *text = mem_format("(%s)%s", name, part);
        free(name);
        return text;
    }
    return mem_format("%s", part);
}

// Arrays and members ------------------------------------------------------------------------------

// "words + 3", or "words" alone.
static char *place_of(const char *words, unsigned word) {
    return word == 0 ? mem_format("%s", words) : mem_format("%s + %u", words, word);
}

// Which word an element is in, and how far up.
static void element(const struct ipc_field *field, char **word, char **shift) {
    unsigned per = IPC_WORD / field->type.size;
    char *start = field->word == 0 ? mem_format("%s", "") : mem_format("%u + ", field->word);
    if (per == 1) {
        *word = mem_format("%si_", start);
        *shift = mem_format("0");
    } else {
        *word = mem_format("%si_ / %u", start, per);
        *shift = mem_format("i_ %% %u * %u", per, field->type.size * 8);
    }
    free(start);
}

static void pack_array(struct buffer *out, const struct ipc_field *field, const char *words,
                       const char *value) {
    buffer_format(out, "    for (unsigned i_ = 0; i_ < %llu; i_++) {\n",
                  (unsigned long long)field->type.count);
    if (field->type.kind == IPC_STRUCT) {
        char *name = name_of(field->type.decl);
        char *place = place_of(words, field->word);
        buffer_format(out, "        %s_pack(%s + (size_t)i_ * %u, &%s[i_]);\n", name, place,
                      field->type.decl->fields.words, value);
        free(name);
        free(place);
    } else {
        char *word = NULL;
        char *shift = NULL;
        char *item = mem_format("%s[i_]", value);
        char *number = as_word(&field->type, item);
        element(field, &word, &shift);
        if (field->type.size == 8) {
            buffer_format(out, "        %s[%s] = %s;\n", words, word, number);
        } else {
            buffer_format(out, "        %s[%s] |= %s << %s;\n", words, word, number, shift);
        }
        free(word);
        free(shift);
        free(item);
        free(number);
    }
    buffer_format(out, "    }\n");
}

// Whatever is no scalar and stands at a fixed place. `prefix` is "value->" for a member.
static void pack_large(struct buffer *out, const struct ipc_field *field, const char *words,
                       const char *prefix) {
    unsigned long long bound = field->type.bound;
    bool is_member = prefix[0] != '\0';
    char *value = mem_format("%s%s", prefix, field->name);
    char *place = place_of(words, field->word);
    if (field->type.count > 0) {
        pack_array(out, field, words, value);
    } else if (field->type.kind == IPC_STRUCT) {
        char *name = name_of(field->type.decl);
        buffer_format(out, "    %s_pack(%s, %s%s);\n", name, place, is_member ? "&" : "", value);
        free(name);
    } else if (field->type.kind == IPC_STRING) {
        buffer_format(out, "    helios_rpc_pack_text(%s, %s, %llu);\n", place, value, bound);
    } else {
        buffer_format(out, "    helios_rpc_pack_bytes(%s, %s, %s_length, %llu);\n", place, value,
                      value, bound);
    }
    free(value);
    free(place);
}

static void unpack_array(struct buffer *out, const struct ipc_field *field, const char *words,
                         const char *value, const char *fail) {
    buffer_format(out, "    for (unsigned i_ = 0; i_ < %llu; i_++) {\n",
                  (unsigned long long)field->type.count);
    if (field->type.kind == IPC_STRUCT) {
        char *name = name_of(field->type.decl);
        char *place = place_of(words, field->word);
        buffer_format(out,
                      "        if (!%s_unpack(%s + (size_t)i_ * %u, &%s[i_])) {\n            %s\n"
                      "        }\n",
                      name, place, field->type.decl->fields.words, value, fail);
        free(name);
        free(place);
    } else {
        char *word = NULL;
        char *shift = NULL;
        element(field, &word, &shift);
        char *from = mem_format("%s[%s]", words, word);
        char *part = part_of(&field->type, from, shift);
        char *problem = wrong(&field->type, part);
        char *number = as_value(&field->type, part);
        if (problem[0] != '\0') {
            buffer_format(out, "        if (%s) {\n            %s\n        }\n", problem, fail);
        }
        buffer_format(out, "        %s[i_] = %s;\n", value, number);
        free(word);
        free(shift);
        free(from);
        free(part);
        free(problem);
        free(number);
    }
    buffer_format(out, "    }\n");
}

// `target` is the array, or the address of a struct.
static void unpack_large(struct buffer *out, const struct ipc_field *field, const char *words,
                         const char *value, bool is_pointer, const char *fail) {
    unsigned long long bound = field->type.bound;
    char *place = place_of(words, field->word);
    if (field->type.count > 0) {
        unpack_array(out, field, words, value, fail);
    } else if (field->type.kind == IPC_STRUCT) {
        char *name = name_of(field->type.decl);
        buffer_format(out, "    if (!%s_unpack(%s, %s%s)) {\n        %s\n    }\n", name, place,
                      is_pointer ? "" : "&", value, fail);
        free(name);
    } else if (field->type.kind == IPC_STRING) {
        buffer_format(out, "    helios_rpc_unpack_text(%s, %s, %llu);\n", value, place, bound);
    } else {
        buffer_format(out,
                      "    if (!helios_rpc_unpack_bytes(%s, &%s_length, %s, %llu)) {\n"
                      "        %s\n    }\n",
                      value, value, place, bound, fail);
    }
    free(place);
}

// Whether words have to be 0 before values are put into them: elements of an array are or-ed in.
static bool needs_zeros(const struct ipc_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_type *type = &fields->items[i].type;
        if (type->count > 0 && type->kind != IPC_STRUCT && type->size < IPC_WORD) {
            return true;
        }
    }
    return false;
}

// Structs -----------------------------------------------------------------------------------------

static void pack_struct(struct buffer *out, const struct ipc_decl *decl, const char *name) {
    const struct ipc_fields *fields = &decl->fields;
    buffer_format(out, "\nvoid %s_pack(uint64_t *words, const struct %s *value) {\n", name, name);
    if (needs_zeros(fields)) {
        buffer_format(out, "    memset(words, 0, %u);\n", fields->words * IPC_WORD);
    }
    for (unsigned word = 0; word < fields->words; word++) {
        char *value = word_value(fields, word, "value->", false);
        assign(out, "words", word, value);
        free(value);
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (!ipc_is_scalar(&fields->items[i].type)) {
            pack_large(out, &fields->items[i], "words", "value->");
        }
    }
    buffer_format(out, "}\n");
}

static void unpack_scalar(struct buffer *out, const struct ipc_field *field, const char *word,
                          const char *target, const char *fail) {
    char *shift = mem_format("%u", field->bit);
    char *part = part_of(&field->type, word, shift);
    char *problem = wrong(&field->type, part);
    char *value = as_value(&field->type, part);
    if (problem[0] != '\0') {
        buffer_format(out, "    if (%s) {\n        %s\n    }\n", problem, fail);
    }
    buffer_format(out, "    %s = %s;\n", target, value);
    free(shift);
    free(part);
    free(problem);
    free(value);
}

static void unpack_struct(struct buffer *out, const struct ipc_decl *decl, const char *name) {
    const struct ipc_fields *fields = &decl->fields;
    buffer_format(out, "\nbool %s_unpack(const uint64_t *words, struct %s *value) {\n", name, name);
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_field *field = &fields->items[i];
        char *target = mem_format("value->%s", field->name);
        if (ipc_is_scalar(&field->type)) {
            char *word = mem_format("words[%u]", field->word);
            unpack_scalar(out, field, word, target, "return false;");
            free(word);
        } else {
            unpack_large(out, field, "words", target, false, "return false;");
        }
        free(target);
    }
    buffer_format(out, "    return true;\n}\n");
}

void codec_struct(struct buffer *out, const struct ipc_decl *decl) {
    char *name = name_of(decl);
    pack_struct(out, decl, name);
    unpack_struct(out, decl, name);
    free(name);
}

// Messages ----------------------------------------------------------------------------------------

// The number of parameters as an expression, to free.
static char *count_of(const struct ipc_fields *fields) {
    struct buffer out = {0};
    buffer_format(&out, "%u", fields->words);
    for (size_t i = 0; i < fields->count; i++) {
        if (is_tail(&fields->items[i])) {
            char *length = length_of(&fields->items[i], false);
            buffer_format(&out, " + HELIOS_RPC_WORDS(%s)", length);
            free(length);
        }
    }
    return out.data;
}

char *codec_expected(struct buffer *out, const struct ipc_fields *fields) {
    struct strings parts = {0};
    strings_addf(&parts, "%u", fields->words);
    for (size_t i = 0; i < fields->count; i++) {
        if (is_tail(&fields->items[i])) {
            char *length = length_of(&fields->items[i], true);
            strings_addf(&parts, "HELIOS_RPC_WORDS(%s)", length);
            free(length);
        }
    }
    bool is_fixed = parts.count == 1;
    if (!is_fixed) {
        emit_joined(out, "    const uint32_t params_ = ", &parts, " +", ";\n");
    }
    char *text = mem_format("%s", is_fixed ? parts.items[0] : "params_");
    strings_free(&parts);
    return text;
}

void codec_check(struct buffer *out, const struct ipc_fields *fields, const char *fail) {
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_field *field = &fields->items[i];
        if (!is_tail(field)) {
            continue;
        }
        unsigned long long bound = field->type.bound;
        char *length = length_of(field, false);
        if (field->type.kind == IPC_STRING) {
            buffer_format(out, "    const uint32_t %s = helios_rpc_text_length(%s, %llu);\n",
                          length, field->name, bound);
        }
        buffer_format(out, "    if (%s > %llu) {\n        %s\n    }\n", length, bound, fail);
        free(length);
    }
}

static void write_words(struct buffer *out, const struct ipc_fields *fields) {
    buffer_format(out, "    uint64_t words_[%u]%s;\n", fields->most,
                  needs_zeros(fields) ? " = {0}" : "");
    for (unsigned word = 0; word < fields->words; word++) {
        char *value = word_value(fields, word, "", true);
        assign(out, "words_", word, value);
        free(value);
    }
    struct buffer behind = {0};
    buffer_format(&behind, "%u", fields->words);
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_field *field = &fields->items[i];
        if (is_tail(field)) {
            char *length = length_of(field, false);
            buffer_format(out, "    helios_rpc_put_bytes(words_ + %s, %s, %s);\n", behind.data,
                          field->name, length);
            buffer_format(&behind, " + HELIOS_RPC_WORDS(%s)", length);
            free(length);
        } else if (!ipc_is_scalar(&field->type)) {
            pack_large(out, field, "words_", "");
        }
    }
    buffer_free(&behind);
}

// ".params = {a, b}," of a message whose words are few.
static void write_direct(struct buffer *out, const struct ipc_fields *fields) {
    struct strings values = {0};
    for (unsigned word = 0; word < fields->words; word++) {
        char *value = word_value(fields, word, "", true);
        strings_add(&values, value[0] == '\0' ? "0" : value);
        free(value);
    }
    if (values.count > 0) {
        emit_list(out, "        .params = {", &values, "},\n");
    }
    strings_free(&values);
}

static void write_tag(struct buffer *out, const struct ipc_fields *fields,
                      const struct codec_tag *tag) {
    struct strings args = {0};
    char *count = count_of(fields);
    strings_add(&args, tag->label);
    strings_add(&args, tag->caps);
    strings_add(&args, count);
    strings_add(&args, tag->flags);
    emit_assigned(out, "        .tag", "helios_tag", &args, "),\n");
    strings_free(&args);
    free(count);
}

void codec_write(struct buffer *out, const struct ipc_fields *fields, const struct codec_tag *tag,
                 const char *capability) {
    bool is_direct = codec_is_direct(fields);
    if (!is_direct) {
        write_words(out, fields);
    }
    if (capability != NULL) {
        buffer_format(out, "    struct helios_message message_ = {\n        .capability = %s,\n",
                      capability);
    } else {
        buffer_format(out, "    *message_ = (struct helios_message){\n");
    }
    write_tag(out, fields, tag);
    if (is_direct) {
        write_direct(out, fields);
    }
    buffer_format(out, "    };\n");
    if (!is_direct) {
        buffer_format(out, "    helios_rpc_put(%smessage_, words_);\n",
                      capability != NULL ? "&" : "");
    }
}

void codec_load(struct buffer *out, const struct codec *codec) {
    const struct ipc_fields *fields = codec->fields;
    if (codec_is_direct(fields)) {
        return;
    }
    bool is_arrow = codec->message[strlen(codec->message) - 1] == '>';
    buffer_format(out, "    uint64_t %s[%u];\n    helios_rpc_get(%smessage_, %s, %u);\n",
                  codec->words, fields->most, is_arrow ? "" : "&", codec->words, fields->most);
    for (size_t i = 0; i < fields->count; i++) {
        const struct ipc_field *field = &fields->items[i];
        if (is_tail(field)) {
            static const struct ipc_type number = {.kind = IPC_INTEGER, .size = 4};
            char *length = length_of(field, true);
            char *word = mem_format("%s[%u]", codec->words, field->word);
            char *shift = mem_format("%u", field->bit);
            char *part = part_of(&number, word, shift);
            char *fail = mem_format(codec->fail, field->word);
            buffer_format(out,
                          "    const uint32_t %s = %s;\n    if (%s > %llu) {\n        %s\n    }\n",
                          length, part, length, (unsigned long long)field->type.bound, fail);
            free(length);
            free(word);
            free(shift);
            free(part);
            free(fail);
        }
    }
}

static void read_tail(struct buffer *out, const struct codec *codec, const struct ipc_field *field,
                      struct buffer *behind, const char *fail) {
    char *length = length_of(field, true);
    if (field->type.kind == IPC_STRING) {
        if (!codec->is_pointer) {
            buffer_format(out, "    char %s[%llu];\n", field->name,
                          (unsigned long long)field->type.bound + 1);
        }
        buffer_format(out, "    if (!helios_rpc_get_text(%s, %s + %s, %s)) {\n        %s\n    }\n",
                      field->name, codec->words, behind->data, length, fail);
    } else {
        if (!codec->is_pointer) {
            buffer_format(out, "    uint8_t %s[%llu];\n", field->name,
                          (unsigned long long)field->type.bound);
        }
        buffer_format(out, "    helios_rpc_get_bytes(%s, %s + %s, %s);\n", field->name,
                      codec->words, behind->data, length);
        if (codec->is_pointer) {
            buffer_format(out, "    *%s_length = %s;\n", field->name, length);
        }
    }
    buffer_format(behind, " + HELIOS_RPC_WORDS(%s)", length);
    free(length);
}

static void read_field(struct buffer *out, const struct codec *codec, const struct ipc_field *field,
                       const char *fail) {
    bool is_direct = codec_is_direct(codec->fields);
    char *type = emit_type(&field->type);
    if (ipc_is_scalar(&field->type)) {
        char *word = is_direct ? mem_format("%sparams[%u]", codec->message, field->word)
                               : mem_format("%s[%u]", codec->words, field->word);
        char *target = codec->is_pointer ? mem_format("*%s", field->name)
                                         : mem_format("const %s %s", type, field->name);
        unpack_scalar(out, field, word, target, fail);
        free(word);
        free(target);
    } else {
        if (!codec->is_pointer && field->type.count > 0) {
            buffer_format(out, "    %s %s[%llu];\n", type, field->name,
                          (unsigned long long)field->type.count);
        } else if (!codec->is_pointer) {
            buffer_format(out, "    %s %s;\n", type, field->name);
        }
        unpack_large(out, field, codec->words, field->name, codec->is_pointer, fail);
    }
    free(type);
}

void codec_read(struct buffer *out, const struct codec *codec) {
    struct buffer behind = {0};
    buffer_format(&behind, "%u", codec->fields->words);
    for (size_t i = 0; i < codec->fields->count; i++) {
        const struct ipc_field *field = &codec->fields->items[i];
        char *fail = mem_format(codec->fail, field->word);
        if (is_tail(field)) {
            read_tail(out, codec, field, &behind, fail);
        } else {
            read_field(out, codec, field, fail);
        }
        free(fail);
    }
    buffer_free(&behind);
}
