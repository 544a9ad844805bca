// SPDX-License-Identifier: GPL-3.0-only
#include "testing/integration/damage/elf.h"

#include <elf.h>
#include <string.h>

// Room that the segments before the last one may take of the 64 MiB.
#define GROWN_SIZE (60ull << 20)

static Elf64_Ehdr *header(struct pe_section *section, struct error *err) {
    Elf64_Ehdr *elf = (Elf64_Ehdr *)(void *)section->data;
    if (section->size < sizeof *elf || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 ||
        elf->e_phoff > section->size ||
        elf->e_phnum * sizeof(Elf64_Phdr) > section->size - elf->e_phoff) {
        error_set(err, "the section holds no good ELF file");
        return NULL;
    }
    return elf;
}

// The n-th segment that is loaded and has all the flags; n = -1: the last one.
static Elf64_Phdr *segment(struct pe_section *section, int n, uint32_t flags, struct error *err) {
    Elf64_Ehdr *elf = header(section, err);
    if (elf == NULL) {
        return NULL;
    }
    Elf64_Phdr *table = (Elf64_Phdr *)(void *)(section->data + elf->e_phoff);
    Elf64_Phdr *last = NULL;
    for (uint32_t i = 0; i < elf->e_phnum; i++) {
        if (table[i].p_type != PT_LOAD || (table[i].p_flags & flags) != flags) {
            continue;
        }
        last = &table[i];
        if (n-- == 0) {
            return last;
        }
    }
    if (last == NULL || n >= 0) {
        error_set(err, "the ELF file has no such segment");
        return NULL;
    }
    return last;
}

bool elf_truncate(struct pe_section *section, struct error *err) {
    uint64_t end = 0;
    Elf64_Phdr *last = NULL;
    for (int i = 0; (last = segment(section, i, 0, err)) != NULL; i++) {
        end = last->p_filesz > 0 ? last->p_offset + last->p_filesz / 2 : end;
    }
    err->text[0] = '\0';
    if (end == 0 || end >= section->size) {
        return error_set(err, "the ELF file has no segment to cut");
    }
    pe_section_shorten(section, (uint32_t)end);
    return true;
}

bool elf_machine(struct pe_section *section, struct error *err) {
    Elf64_Ehdr *elf = header(section, err);
    if (elf != NULL) {
        elf->e_machine = elf->e_machine == EM_X86_64 ? EM_AARCH64 : EM_X86_64;
    }
    return elf != NULL;
}

bool elf_write_exec(struct pe_section *section, struct error *err) {
    Elf64_Phdr *code = segment(section, 0, PF_X, err);
    if (code != NULL) {
        code->p_flags |= PF_W;
    }
    return code != NULL;
}

bool elf_overlap(struct pe_section *section, struct error *err) {
    Elf64_Phdr *first = segment(section, 0, 0, err);
    Elf64_Phdr *second = segment(section, 1, 0, err);
    if (first == NULL || second == NULL) {
        return false;
    }
    second->p_vaddr = first->p_vaddr + second->p_offset % second->p_align;
    return true;
}

bool elf_unalign(struct pe_section *section, struct error *err) {
    Elf64_Phdr *second = segment(section, 1, 0, err);
    if (second != NULL) {
        second->p_vaddr += 8;
    }
    return second != NULL;
}

bool elf_entry(struct pe_section *section, struct error *err) {
    Elf64_Ehdr *elf = header(section, err);
    if (elf != NULL) {
        elf->e_entry = 0x10;
    }
    return elf != NULL;
}

bool elf_grow(struct pe_section *section, struct error *err) {
    Elf64_Phdr *last = segment(section, -1, 0, err);
    if (last != NULL) {
        last->p_memsz = GROWN_SIZE;
    }
    return last != NULL;
}
