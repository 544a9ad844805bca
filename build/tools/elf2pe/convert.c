// SPDX-License-Identifier: GPL-3.0-only
//
// ELF to PE. The image keeps its layout: an address of the ELF file plus one constant (a page, for
// the PE headers) is its address in the PE image, so that relative addressing in the code stays
// right and only the words named by R_*_RELATIVE have to be written anew.
#include "build/tools/elf2pe/convert.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct machine {
    uint16_t elf;
    uint16_t pe;
    uint32_t relative; // the one relocation type that is understood
};

static const struct machine machines[] = {
    {EM_X86_64, PE_MACHINE_X86_64, R_X86_64_RELATIVE},
    {EM_AARCH64, PE_MACHINE_AARCH64, R_AARCH64_RELATIVE},
    {EM_RISCV, PE_MACHINE_RISCV64, R_RISCV_RELATIVE},
};

struct input {
    const char *path;
    const struct bytes *file;
    Elf64_Ehdr header;
    Elf64_Phdr *segments;
    const struct machine *machine;
    uint64_t shift; // PE address = ELF address + shift
};

struct dynamic {
    uint64_t rela;
    uint64_t rela_size;
};

static void check_header(struct input *in) {
    if (in->file->size < sizeof in->header) {
        pe_fail("%s: is shorter than an ELF header", in->path);
    }
    memcpy(&in->header, in->file->data, sizeof in->header);
    const Elf64_Ehdr *header = &in->header;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        pe_fail("%s: is neither ELF nor PE", in->path);
    }
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) {
        pe_fail("%s: is not a 64-bit little-endian ELF file", in->path);
    }
    if (header->e_type != ET_DYN) {
        pe_fail("%s: is not position independent (e_type %u, wanted ET_DYN: link with -pie)",
                in->path, header->e_type);
    }
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        if (machines[i].elf == header->e_machine) {
            in->machine = &machines[i];
        }
    }
    if (in->machine == NULL) {
        pe_fail("%s: is for an unknown machine (e_machine %u)", in->path, header->e_machine);
    }
}

static void read_segments(struct input *in) {
    const Elf64_Ehdr *header = &in->header;
    uint64_t size = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
        header->e_phoff > in->file->size || size > in->file->size - header->e_phoff) {
        pe_fail("%s: has no program headers inside the file", in->path);
    }
    in->segments = malloc(size);
    if (in->segments == NULL) {
        pe_fail("out of memory");
    }
    memcpy(in->segments, in->file->data + header->e_phoff, size);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *segment = &in->segments[i];
        if (segment->p_offset > in->file->size ||
            segment->p_filesz > in->file->size - segment->p_offset) {
            pe_fail("%s: segment %u ends beyond the file", in->path, i);
        }
        if (segment->p_vaddr > INT32_MAX || segment->p_memsz > INT32_MAX ||
            segment->p_filesz > segment->p_memsz) {
            if (segment->p_type == PT_LOAD) {
                pe_fail("%s: segment %u: address or size makes no sense", in->path, i);
            }
        }
        if (segment->p_type == PT_INTERP) {
            pe_fail("%s: wants a dynamic linker (link with -static -pie --no-dynamic-linker)",
                    in->path);
        }
        if (segment->p_type == PT_TLS) {
            pe_fail("%s: has thread-local storage", in->path);
        }
    }
}

// The section that holds [address, address + size) of the ELF file, or NULL.
static struct pe_section *find_section(const struct input *in, struct pe_image *image,
                                       uint64_t address, uint64_t size) {
    uint64_t at = address + in->shift;
    for (uint32_t i = 0; i < image->section_count; i++) {
        struct pe_section *section = &image->sections[i];
        if (at >= section->address && at - section->address <= section->memory_size &&
            size <= section->memory_size - (at - section->address)) {
            return section;
        }
    }
    return NULL;
}

static const char *section_name(const Elf64_Phdr *segment, uint32_t *flags) {
    switch (segment->p_flags & (PF_R | PF_W | PF_X)) {
    case PF_R | PF_X:
        *flags = PE_SECTION_CODE | PE_SECTION_READ | PE_SECTION_EXECUTE;
        return ".text";
    case PF_R:
        *flags = PE_SECTION_DATA | PE_SECTION_READ;
        return ".rodata";
    case PF_R | PF_W:
        *flags = PE_SECTION_DATA | PE_SECTION_READ | (uint32_t)PE_SECTION_WRITE;
        return ".data";
    default:
        return NULL;
    }
}

static void add_segment(struct input *in, struct pe_image *image, unsigned index) {
    const Elf64_Phdr *segment = &in->segments[index];
    uint32_t flags = 0;
    const char *name = section_name(segment, &flags);
    if (name == NULL) {
        pe_fail("%s: segment %u: permissions %u are not R, RW or RX", in->path, index,
                segment->p_flags);
    }
    uint64_t lead = segment->p_vaddr % PE_SECTION_ALIGNMENT;
    uint64_t start = segment->p_vaddr - lead;
    if (image->section_count == 0) {
        in->shift = PE_FIRST_ADDRESS - start;
    }
    struct bytes contents = {0};
    bytes_append_zeros(&contents, lead);
    bytes_append(&contents, in->file->data + segment->p_offset, segment->p_filesz);
    struct pe_section *section = pe_add_section(image, name, flags, contents);
    section->memory_size = (uint32_t)(lead + segment->p_memsz);
    if (start + in->shift != section->address) {
        pe_fail("%s: segment %u at 0x%" PRIx64
                " does not begin on the page after the one before (link with "
                "-z max-page-size=4096 -z norelro, and with at most one segment each of R, RX, RW)",
                in->path, index, (uint64_t)segment->p_vaddr);
    }
}

static bool dynamic_tag_is_harmless(uint64_t tag) {
    switch (tag) {
    case DT_SYMTAB:
    case DT_SYMENT:
    case DT_STRTAB:
    case DT_STRSZ:
    case DT_HASH:
    case DT_GNU_HASH:
    case DT_RELAENT:
    case DT_RELACOUNT:
    case DT_FLAGS:
    case DT_FLAGS_1:
    case DT_DEBUG:
    case DT_BIND_NOW:
    case DT_SYMBOLIC:
        return true;
    default:
        return false;
    }
}

static struct dynamic read_dynamic(const struct input *in) {
    struct dynamic out = {0};
    for (unsigned i = 0; i < in->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &in->segments[i];
        if (segment->p_type != PT_DYNAMIC) {
            continue;
        }
        for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment->p_filesz;
             at += sizeof(Elf64_Dyn)) {
            uint64_t tag = pe_get(in->file->data + segment->p_offset + at, 8);
            uint64_t value = pe_get(in->file->data + segment->p_offset + at + 8, 8);
            if (tag == DT_NULL) {
                break;
            } else if (tag == DT_RELA) {
                out.rela = value;
            } else if (tag == DT_RELASZ) {
                out.rela_size = value;
            } else if (!dynamic_tag_is_harmless(tag)) {
                pe_fail("%s: dynamic tag 0x%" PRIx64 " would need a dynamic linker", in->path, tag);
            }
        }
    }
    return out;
}

static int compare_addresses(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// Writes the word that one relocation names; returns where it stands in the PE image.
static uint64_t apply_relocation(const struct input *in, struct pe_image *image,
                                 const uint8_t *entry) {
    uint64_t offset = pe_get(entry, 8);
    uint64_t info = pe_get(entry + 8, 8);
    uint64_t addend = pe_get(entry + 16, 8);
    if (ELF64_R_TYPE(info) != in->machine->relative || ELF64_R_SYM(info) != 0) {
        pe_fail("%s: relocation of type %u, symbol %u at 0x%" PRIx64
                ": only R_*_RELATIVE (%u) can be converted",
                in->path, (unsigned)ELF64_R_TYPE(info), (unsigned)ELF64_R_SYM(info), offset,
                in->machine->relative);
    }
    struct pe_section *section = find_section(in, image, offset, 8);
    if (section == NULL) {
        pe_fail("%s: relocation at 0x%" PRIx64 " lies outside of the image", in->path, offset);
    }
    uint64_t at = offset + in->shift - section->address;
    if (at + 8 > section->contents.size) {
        bytes_append_zeros(&section->contents, (size_t)(at + 8 - section->contents.size));
    }
    pe_put(section->contents.data + at, 8, addend + in->shift);
    return section->address + at;
}

// Base relocation blocks, one for each page, each padded to a multiple of four bytes. An image
// without any still gets a block: without a .reloc section it could not be moved.
static struct bytes write_blocks(uint64_t *addresses, size_t count) {
    struct bytes out = {0};
    qsort(addresses, count, sizeof addresses[0], compare_addresses);
    size_t i = 0;
    do {
        uint64_t page = count > 0 ? addresses[i] / 4096 * 4096 : PE_FIRST_ADDRESS;
        size_t start = out.size;
        bytes_append_zeros(&out, 8);
        for (; i < count && addresses[i] - page < 4096; i++) {
            uint8_t entry[2];
            pe_put(entry, 2, 10u << 12 | (addresses[i] - page)); // IMAGE_REL_BASED_DIR64
            bytes_append(&out, entry, sizeof entry);
        }
        bytes_append_zeros(&out, (4 - out.size % 4) % 4);
        pe_put(out.data + start, 4, page);
        pe_put(out.data + start + 4, 4, out.size - start);
    } while (i < count);
    return out;
}

static void convert_relocations(const struct input *in, struct pe_image *image) {
    struct dynamic dynamic = read_dynamic(in);
    size_t count = dynamic.rela_size / sizeof(Elf64_Rela);
    struct pe_section *table = find_section(in, image, dynamic.rela, dynamic.rela_size);
    uint64_t at = table == NULL ? 0 : dynamic.rela + in->shift - table->address;
    if (count > 0 && (table == NULL || at + dynamic.rela_size > table->contents.size)) {
        pe_fail("%s: the relocation table lies outside of the image", in->path);
    }
    uint64_t *addresses = calloc(count + 1, sizeof addresses[0]);
    if (addresses == NULL) {
        pe_fail("out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        addresses[i] =
            apply_relocation(in, image, table->contents.data + at + i * sizeof(Elf64_Rela));
    }
    struct bytes blocks = write_blocks(addresses, count);
    free(addresses);
    pe_add_section(image, ".reloc", PE_SECTION_DATA | PE_SECTION_READ | PE_SECTION_DISCARDABLE,
                   blocks);
    image->relocations = image->section_count;
}

void convert_elf(const struct bytes *file, const char *path, struct pe_image *image) {
    struct input in = {.path = path, .file = file};
    check_header(&in);
    read_segments(&in);
    image->machine = in.machine->pe;
    for (unsigned i = 0; i < in.header.e_phnum; i++) {
        if (in.segments[i].p_type == PT_LOAD && in.segments[i].p_memsz > 0) {
            add_segment(&in, image, i);
        }
    }
    const struct pe_section *entry = find_section(&in, image, in.header.e_entry, 1);
    if (entry == NULL || (entry->flags & PE_SECTION_EXECUTE) == 0) {
        pe_fail("%s: the entry point 0x%" PRIx64 " lies in no executable segment", path,
                (uint64_t)in.header.e_entry);
    }
    image->entry = (uint32_t)(in.header.e_entry + in.shift);
    convert_relocations(&in, image);
    free(in.segments);
}
