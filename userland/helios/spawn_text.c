// SPDX-License-Identifier: MIT
#include "toolchains/freestanding/format.h"
#include "userland/helios/error.h"
#include "userland/helios/spawn.h"

static const char *const stages[] = {
    "done",  "configuration", "ELF file",      "objects",    "segment",
    "stack", "IPC buffer",    "startup block", "capability", "task",
};

size_t helios_spawn_describe(char *text, size_t size, const struct helios_process *process) {
    const struct helios_answer *answer = &process->answer;
    if (process->stage == HELIOS_SPAWN_ELF && answer->status == HELIOS_ERROR_UNSUPPORTED) {
        const struct elf_error *elf = &process->elf;
        if (elf_problem_has_segment(elf->problem)) {
            return format_text(text, size, "ELF file: segment %u %s (0x%lx)", elf->segment,
                               elf_problem_text(elf->problem), (unsigned long)elf->value);
        }
        return format_text(text, size, "ELF file: %s (0x%lx)", elf_problem_text(elf->problem),
                           (unsigned long)elf->value);
    }
    return format_text(text, size, "%s %u: %s (found 0x%lx, wanted 0x%lx)", stages[process->stage],
                       process->index, helios_strerror(answer->status),
                       (unsigned long)answer->found, (unsigned long)answer->wanted);
}
