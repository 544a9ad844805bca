// SPDX-License-Identifier: GPL-3.0-only
//
// How a program enters the kernel: what stands in which register, and the instruction.
#include <stdlib.h>
#include <string.h>

#include "build/tools/abigen/emit.h"

// The table. ---------------------------------------------------------------------------------

enum { COLUMNS = 8 };

static const char *const titles[COLUMNS] = {
    "", "entered by", "number", "capability", "tag", "parameters", "kept", "lost",
};

static char *joined(const struct strings *names, size_t first, size_t end) {
    struct buffer all = {0};
    for (size_t i = first; i < end; i++) {
        buffer_format(&all, "%s%s", i > first ? " " : "", names->items[i]);
    }
    char *text = mem_format("%s", all.size > 0 ? all.data : "-");
    buffer_free(&all);
    return text;
}

static char *cell(const struct abi_arch *arch, size_t column) {
    const struct strings *operands = &arch->operands;
    switch (column) {
    case 0:
        return mem_format("%s", arch->name);
    case 1:
        return mem_format("%s", arch->trap);
    case 2: // number
    case 3:
    case 4:
        return mem_format("%s", operands->items[column - 2]);
    case 5:
        return joined(operands, ABI_PARAMS, operands->count);
    case 6:
        return joined(&arch->kept, 0, arch->kept.count);
    default:
        return joined(&arch->lost, 0, arch->lost.count);
    }
}

static void measure(const struct abi_file *abi, size_t widths[COLUMNS]) {
    for (size_t i = 0; i < COLUMNS; i++) {
        widths[i] = strlen(titles[i]);
        for (const struct abi_arch *arch = abi_next_arch(abi, NULL); arch != NULL;
             arch = abi_next_arch(abi, arch)) {
            char *text = cell(arch, i);
            widths[i] = strlen(text) > widths[i] ? strlen(text) : widths[i];
            free(text);
        }
    }
}

// A line of the table; `arch` NULL: its titles.
static void add_row(struct buffer *out, const struct abi_arch *arch, const size_t widths[COLUMNS],
                    bool is_page) {
    buffer_format(out, is_page ? "|" : "//");
    for (size_t i = 0; i < COLUMNS; i++) {
        char *text = arch != NULL ? cell(arch, i) : mem_format("%s", titles[i]);
        bool is_last = i + 1 == COLUMNS;
        if (is_page) {
            buffer_format(out, " %s%s|", text, *text != '\0' ? " " : "");
        } else {
            buffer_format(out, "  %-*s", is_last ? 0 : (int)widths[i], text);
        }
        free(text);
    }
    buffer_format(out, "\n");
}

void emit_registers(struct buffer *out, const struct abi_file *abi, bool is_page) {
    size_t widths[COLUMNS];
    measure(abi, widths);
    buffer_format(out, is_page ? "## Registers\n\n" : "\n");
    add_row(out, NULL, widths, is_page);
    buffer_format(out, is_page ? "|---|---|---|---|---|---|---|---|\n" : "");
    for (const struct abi_arch *arch = abi_next_arch(abi, NULL); arch != NULL;
         arch = abi_next_arch(abi, arch)) {
        add_row(out, arch, widths, is_page);
    }
    buffer_format(out, is_page ? "\n" : "//\n");
    for (const struct abi_arch *arch = abi_next_arch(abi, NULL); arch != NULL;
         arch = abi_next_arch(abi, arch)) {
        if (*arch->doc != '\0') {
            buffer_format(out, "%s%s: ", is_page ? "" : "// ", arch->name);
            emit_lines(out, "", arch->doc, false);
            buffer_format(out, is_page ? "\n" : "");
        }
    }
}

// The instruction. -----------------------------------------------------------------------------

// "\"+r\"(rax), ...": the constraint and what stands behind it for each name, filled to 100
// columns.
static void add_constraints(struct buffer *out, const struct strings *items) {
    static const char indent[] = "                       ";
    struct buffer line = {0};
    buffer_format(&line, "                     : ");
    for (size_t i = 0; i < items->count; i++) {
        bool is_last = i + 1 == items->count;
        if (i > 0 && line.size + strlen(items->items[i]) + 2 > 100) {
            buffer_format(out, "%s\n", line.data);
            line.size = 0;
            buffer_format(&line, "%s", indent);
        } else if (i > 0) {
            buffer_format(&line, " ");
        }
        buffer_format(&line, "%s%s", items->items[i], is_last ? "" : ",");
    }
    buffer_append(out, line.data, line.size);
    buffer_free(&line);
}

static void add_instruction(struct buffer *out, const struct abi_arch *arch) {
    struct strings operands = {0};
    struct strings clobbers = {0};
    for (size_t i = 0; i < arch->operands.count; i++) {
        strings_addf(&operands, "\"+r\"(%s)", arch->operands.items[i]);
    }
    for (size_t i = 0; i < arch->registers.count; i++) {
        const char *name = arch->registers.items[i];
        if (!abi_has_name(&arch->operands, name) && !abi_has_name(&arch->kept, name)) {
            strings_addf(&clobbers, "\"%s\"", name);
        }
    }
    strings_add(&clobbers, "\"cc\"");
    strings_add(&clobbers, "\"memory\"");
    buffer_format(out, "    __asm__ volatile(\"%s\"\n", arch->trap);
    add_constraints(out, &operands);
    buffer_format(out, "\n                     :\n");
    add_constraints(out, &clobbers);
    buffer_format(out, ");\n");
    strings_free(&operands);
    strings_free(&clobbers);
}

// Which word of the message an operand is.
static char *word_of(size_t operand) {
    if (operand == ABI_NUMBER) {
        return mem_format("number");
    }
    if (operand < ABI_PARAMS) {
        return mem_format("message->%s", operand == ABI_CAPABILITY ? "capability" : "tag");
    }
    return mem_format("message->params[%zu]", operand - ABI_PARAMS);
}

static void add_function(struct buffer *out, const struct abi_arch *arch) {
    buffer_format(out, "\nstatic inline void helios_syscall(uint64_t number, "
                       "struct helios_message *message) {\n");
    for (size_t i = 0; i < arch->operands.count; i++) {
        const char *name = arch->operands.items[i];
        char *word = word_of(i);
        buffer_format(out, "    register uint64_t %s __asm__(\"%s\") = %s;\n", name, name, word);
        free(word);
    }
    add_instruction(out, arch);
    for (size_t i = ABI_CAPABILITY; i < arch->operands.count; i++) {
        char *word = word_of(i);
        buffer_format(out, "    %s = %s;\n", word, arch->operands.items[i]);
        free(word);
    }
    buffer_format(out, "}\n");
}

// That the description has as many parameters as a message, and every register of a task but the
// two that can't stand in the list: the program counter and the flags.
static void add_asserts(struct buffer *out, const struct abi_arch *arch, const char *upper) {
    buffer_format(out, "\nHELIOS_ASSERT_LAYOUT(HELIOS_REGISTER_PARAMS == %zu);\n",
                  arch->operands.count - ABI_PARAMS);
    buffer_format(out, "HELIOS_ASSERT_LAYOUT(HELIOS_%s_REGISTERS == %zu + 2);\n", upper,
                  arch->registers.count);
}

static void add_trap(struct buffer *out, const struct abi_arch *arch) {
    struct buffer upper = {0};
    emit_upper(&upper, arch->name);
    struct buffer guard = {0};
    buffer_format(&guard, "HELIOS_USERLAND_HELIOS_ARCH_%s_INCLUDE_HELIOS_TRAP_H", upper.data);
    buffer_format(
        out,
        "// SPDX-License-Identifier: MIT\n//\n"
        "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it "
        "anew.\n//\n"
        "// The instruction by which programs of %s enter the kernel. uapi/syscall.h says "
        "what\n// becomes of the registers.\n",
        arch->name);
    buffer_format(out,
                  "#ifndef %s\n#define %s\n\n#include <stdint.h>\n\n#include \"uapi/layout.h\"\n"
                  "#include \"uapi/registers.h\"\n#include \"uapi/syscall.h\"\n",
                  guard.data, guard.data);
    add_asserts(out, arch, upper.data);
    add_function(out, arch);
    buffer_format(out, "\n#endif // %s\n", guard.data);
    buffer_free(&guard);
    buffer_free(&upper);
}

void emit_traps(const struct abi_file *abi, struct emit_files *files) {
    for (const struct abi_arch *arch = abi_next_arch(abi, NULL); arch != NULL;
         arch = abi_next_arch(abi, arch)) {
        add_trap(emit_add(files, "userland/helios/arch/%s/include/helios_trap.h", arch->name),
                 arch);
    }
}

// For tests. -----------------------------------------------------------------------------------

static const char *fate_of(const struct abi_arch *arch, const char *name) {
    if (strcmp(arch->operands.items[ABI_NUMBER], name) == 0) {
        return "ZERO";
    }
    if (abi_has_name(&arch->operands, name)) {
        return "RESULT";
    }
    if (abi_has_name(&arch->kept, name)) {
        return "PRESERVED";
    }
    return abi_has_name(&arch->lost, name) ? "HARDWARE" : "ZERO";
}

// "#define UPPER_NAME(X) X(item) ...", a line for each.
static void add_macro(struct buffer *out, const char *head, const struct strings *items) {
    buffer_format(out, "%-99s\\\n", head);
    for (size_t i = 0; i < items->count; i++) {
        char *line = mem_format("    X(%s)", items->items[i]);
        buffer_format(out, i + 1 == items->count ? "%s\n" : "%-99s\\\n", line);
        free(line);
    }
}

static void add_fates(struct buffer *out, const struct abi_arch *arch) {
    struct strings fates = {0};
    struct strings message = {0};
    for (size_t i = 0; i < arch->registers.count; i++) {
        const char *name = arch->registers.items[i];
        strings_addf(&fates, "%s, %s", name, fate_of(arch, name));
    }
    for (size_t i = ABI_CAPABILITY; i < arch->operands.count; i++) {
        strings_add(&message, arch->operands.items[i]);
    }
    struct buffer upper = {0};
    emit_upper(&upper, arch->name);
    char *registers = mem_format("#define %s_REGISTERS(X)", upper.data);
    char *words = mem_format("#define %s_MESSAGE(X)", upper.data);
    buffer_format(out, "\n");
    add_macro(out, registers, &fates);
    add_macro(out, words, &message);
    buffer_format(out, "#define %s_NUMBER(X) X(%s)\n", upper.data,
                  arch->operands.items[ABI_NUMBER]);
    free(words);
    free(registers);
    buffer_free(&upper);
    strings_free(&message);
    strings_free(&fates);
}

void emit_fates(const struct abi_file *abi, struct emit_files *files) {
    struct buffer *out = emit_add(files, "testing/conformance/registers_table.h");
    buffer_format(out,
                  "// SPDX-License-Identifier: GPL-3.0-only\n//\n"
                  "// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it "
                  "anew.\n//\n"
                  "// What the manual says becomes of each register in a system call: X(register, "
                  "its fate) as the\n// machine numbers them, those of a message's words, and that "
                  "of the number.\n"
                  "#ifndef HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H\n"
                  "#define HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H\n\n// clang-format off\n");
    for (const struct abi_arch *arch = abi_next_arch(abi, NULL); arch != NULL;
         arch = abi_next_arch(abi, arch)) {
        add_fates(out, arch);
    }
    buffer_format(out, "// clang-format on\n\n"
                       "#endif // HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H\n");
}
