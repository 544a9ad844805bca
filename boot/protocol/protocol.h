// SPDX-License-Identifier: GPL-3.0-only
//
// The Helios boot protocol, version 1: what every loader hands to the kernel.
//
// State at kernel entry (the ELF entry point of the kernel, boot CPU only):
//
//   - The MMU is on with page tables that the loader built: the kernel image at its linked
//     addresses with the permissions of its ELF segments (W^X, 4 KiB pages only, so that the kernel
//     can unmap guard pages), and all memory of a kind marked
//     "mapped" below at direct_map_base + physical address, writable, never executable. The
//     frames that hold the kernel image are absent from the direct map.
//   - The first argument register (rdi, x0, a0) holds the *virtual* address (in the direct map)
//     of a struct helios_boot. Everything it refers to by offset lies in the same block, which is
//     memory of kind HELIOS_MEM_BOOT_INFO.
//   - Interrupts are masked. The stack pointer is undefined: the kernel brings its own stack.
//   - x86_64: long mode, 4-level paging (never LA57), CR0.WP, EFER.NXE set; flat code segment; GDT
//     and IDT undefined. aarch64: EL1, 4 KiB granule, T1SZ = T0SZ = 16, MAIR as HELIOS_MAIR; caches
//     on, SCTLR.WXN off. riscv64: S-mode, satp mode Sv39 or Sv48 (paging_levels says which), stvec
//     undefined, sie = 0.
//   - The low half may still map the page or two of the loader's last instructions, one to one,
//     readable and executable: in the same root on x86_64 and riscv64, in TTBR0 on aarch64 (or
//     TCR.EPD0 is set, after a drop from EL2). Their memory is free; the kernel drops the mapping
//     before it gives that memory away.
//
// Every address is physical unless its name says otherwise; lengths are bytes. Numbers are in the
// machine's byte order. Unknown values of an enum must be ignored by the kernel. A field that does
// not apply is zero. The kernel trusts the loader (they are signed as one file) but checks the
// structure all the same and names what is wrong.
#ifndef HELIOS_BOOT_PROTOCOL_PROTOCOL_H
#define HELIOS_BOOT_PROTOCOL_PROTOCOL_H

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stdint.h>
#endif

#define HELIOS_BOOT_MAGIC   0x544f4f42534c4548ull // "HELSBOOT", little endian
#define HELIOS_BOOT_VERSION 1

// Fixed kernel virtual addresses that loaders and ports agree on.
#define HELIOS_KERNEL_BASE      0xffffffff80000000ull // where the kernel image is linked
#define HELIOS_DIRECT_MAP_BASE  0xffff800000000000ull // x86_64, aarch64, riscv64 with Sv48
#define HELIOS_DIRECT_MAP_SIZE  0x0000400000000000ull // 64 TiB
#define HELIOS_DIRECT_MAP_SV39  0xffffffc000000000ull // riscv64 with Sv39
#define HELIOS_DIRECT_SIZE_SV39 0x0000003000000000ull // 192 GiB

// aarch64: MAIR_EL1 attribute indices (Arm ARM D17.2.97).
#define HELIOS_MAIR_NORMAL        0 // 0xff write-back, allocate
#define HELIOS_MAIR_DEVICE        1 // 0x04 Device-nGnRE
#define HELIOS_MAIR_NONCACHEABLE  2 // 0x44 normal, not cached (framebuffer, write-combining)
#define HELIOS_MAIR_DEVICE_STRICT 3 // 0x00 Device-nGnRnE
#define HELIOS_MAIR               0x004404ffull

#ifndef __ASSEMBLER__

#ifdef __cplusplus
extern "C" {
#endif

enum helios_arch {
    HELIOS_ARCH_HOST = 0, // the kernel as a process, in unit tests
    HELIOS_ARCH_X86_64 = 1,
    HELIOS_ARCH_AARCH64 = 2,
    HELIOS_ARCH_RISCV64 = 3,
};

// An array inside the boot block: `count` records of `stride` bytes at `offset` from the start of
// struct helios_boot. A later minor revision may lengthen records; readers step by `stride`.
struct helios_boot_array {
    uint32_t offset;
    uint32_t count;
    uint32_t stride;
    uint32_t reserved;
};

// Physical address range. length 0: absent.
struct helios_boot_range {
    uint64_t base;
    uint64_t length;
};

// Kinds of memory. The map is sorted by base, without overlaps; neighbours of one kind are merged;
// base and length are multiples of 4096. Holes are not memory.
enum helios_mem_kind {
    HELIOS_MEM_FREE = 1,       // mapped; the kernel's to give away
    HELIOS_MEM_KERNEL = 2,     // the kernel image; not in the direct map
    HELIOS_MEM_PAGE_TABLE = 3, // mapped; the loader's page tables, in use by the kernel
    HELIOS_MEM_BOOT_INFO = 4,  // mapped; the boot block (becomes free once the kernel is done)
    HELIOS_MEM_MODULE = 5,     // mapped; modules (page aligned, tail of last page zero)
    HELIOS_MEM_ACPI = 6,       // mapped; ACPI tables and NVS: readable by userspace drivers
    HELIOS_MEM_FIRMWARE = 7,   // mapped; kept by firmware at run time; hands off
    HELIOS_MEM_RESERVED = 8,   // not mapped; hands off
    HELIOS_MEM_MMIO = 9,       // not mapped; firmware says: device
    HELIOS_MEM_BAD = 10,       // not mapped; defective
    HELIOS_MEM_BEYOND = 11,    // not mapped; memory beyond the direct map's reach
};

struct helios_boot_memory {
    uint64_t base;
    uint64_t length;
    uint32_t kind; // enum helios_mem_kind
    uint32_t node; // NUMA node, 0 if unknown
};

// A module: [0] is the init ELF, [1] the bootfs tar. base is page aligned.
struct helios_boot_module {
    uint64_t base;
    uint64_t length;
    char name[32]; // NUL-terminated: "init", "bootfs"
};

enum helios_fb_format {
    HELIOS_FB_NONE = 0,
    HELIOS_FB_XRGB8888 = 1, // little-endian 0x00RRGGBB: bytes B G R x
    HELIOS_FB_XBGR8888 = 2, // bytes R G B x
    HELIOS_FB_OTHER = 3,    // see the masks
};

struct helios_boot_framebuffer {
    uint64_t base;
    uint64_t length;
    uint32_t width;  // pixels
    uint32_t height; // pixels
    uint32_t pitch;  // bytes per line
    uint32_t bits_per_pixel;
    uint32_t format; // enum helios_fb_format
    uint32_t red_mask, green_mask, blue_mask;
};

enum helios_console_kind {
    HELIOS_CONSOLE_NONE = 0,
    HELIOS_CONSOLE_16550_PORT = 1, // base: I/O port
    HELIOS_CONSOLE_16550_MMIO = 2,
    HELIOS_CONSOLE_PL011 = 3,
    HELIOS_CONSOLE_SBI = 4, // riscv64: SBI debug console (DBCN), no device found
};

struct helios_boot_console {
    uint64_t base;
    uint64_t length; // MMIO range
    uint32_t kind;   // enum helios_console_kind
    uint32_t irq;    // controller input (GSI, INTID, PLIC source); see irq_valid
    uint32_t irq_valid;
    uint32_t reg_shift; // register n stands at base + (n << reg_shift)
    uint32_t io_width;  // access size in bytes: 1, 4
    uint32_t clock_hz;  // 0: leave the baud rate as it is
};

enum helios_cpu_start {
    HELIOS_CPU_START_NONE = 0,
    HELIOS_CPU_START_INIT_SIPI = 1, // x86_64: hardware_id is the APIC id
    HELIOS_CPU_START_PSCI_HVC = 2,  // aarch64: hardware_id is MPIDR affinity
    HELIOS_CPU_START_PSCI_SMC = 3,
    HELIOS_CPU_START_SBI_HSM = 4, // riscv64: hardware_id is the hart id
};

enum helios_cpu_flags {
    HELIOS_CPU_BOOT = 1 << 0, // the CPU that enters the kernel; exactly one
};

struct helios_boot_cpu {
    uint64_t hardware_id;
    uint32_t flags;        // enum helios_cpu_flags
    uint32_t firmware_uid; // ACPI processor UID or device tree phandle
    uint64_t isa;          // riscv64: enum helios_riscv_isa of this hart
    uint32_t intc_id; // riscv64: phandle of its local interrupt controller, for PLIC/IMSIC maps
    uint32_t node;
};

enum helios_riscv_isa {
    HELIOS_RISCV_ISA_FD = 1 << 0,
    HELIOS_RISCV_ISA_V = 1 << 1,
    HELIOS_RISCV_ISA_SSTC = 1 << 2,
    HELIOS_RISCV_ISA_SVPBMT = 1 << 3,
    HELIOS_RISCV_ISA_SSAIA = 1 << 4,
    HELIOS_RISCV_ISA_ZICBOM = 1 << 5,
    HELIOS_RISCV_ISA_ZICBOZ = 1 << 6,
    HELIOS_RISCV_ISA_ZKR = 1 << 7,
    HELIOS_RISCV_ISA_SVADU = 1 << 8,
};

enum helios_intc_kind {
    HELIOS_INTC_LAPIC = 1,  // base; flags bit 0: x2APIC is on already
    HELIOS_INTC_IOAPIC = 2, // base; id; first: GSI base
    HELIOS_INTC_PIC = 3,    // legacy 8259 pair present (mask it)
    HELIOS_INTC_GICV2 = 4,  // base/length: distributor, base2/length2: CPU interface
    HELIOS_INTC_GICV3 = 5,  // base/length: distributor, base2/length2: first redistributor range
    HELIOS_INTC_GICV3_REDIST = 6, // base/length: one more redistributor range
    HELIOS_INTC_GIC_ITS = 7,      // base/length; id
    HELIOS_INTC_GICV2M = 8,       // base/length; first, count: SPI range
    HELIOS_INTC_PLIC = 9,         // base/length; count: sources
    HELIOS_INTC_APLIC = 10,       // base/length; count: sources; flags bit 0: delivers by MSI
    HELIOS_INTC_IMSIC = 11, // base/length: S-mode files; count: ids; see guest_bits, hart_bits
};

struct helios_boot_intc {
    uint32_t kind; // enum helios_intc_kind
    uint32_t id;   // ACPI id or phandle
    uint64_t base, length;
    uint64_t base2, length2;
    uint32_t first;
    uint32_t count;
    uint32_t flags;
    uint16_t guest_bits; // IMSIC: guest index bits
    uint16_t hart_bits;  // IMSIC: hart index bits
};

// PLIC: which context number belongs to S-mode of which CPU; IMSIC and APLIC: which hart index.
struct helios_boot_intc_context {
    uint32_t intc;    // index into the intc array
    uint32_t cpu;     // index into the cpu array
    uint32_t context; // PLIC context, APLIC IDC or IMSIC file index
    uint32_t reserved;
};

enum helios_irq_flags {
    HELIOS_IRQ_LEVEL = 1 << 0, // else edge
    HELIOS_IRQ_LOW = 1 << 1,   // active low, else high
};

// x86_64: ISA line that is not wired one to one (MADT interrupt source override).
struct helios_boot_irq_override {
    uint32_t source; // ISA IRQ
    uint32_t gsi;
    uint32_t flags; // enum helios_irq_flags
    uint32_t reserved;
};

struct helios_boot_timer {
    uint64_t
        frequency_hz; // x86_64: TSC (measured or from CPUID); aarch64: CNTFRQ; riscv64: time CSR
    uint32_t irq;     // aarch64: INTID of the virtual timer (EL1); riscv64: 0
    uint32_t irq_flags;
    uint64_t lapic_hz; // x86_64: LAPIC timer input clock (divider 1), 0 if not measured
};

enum helios_iommu_kind {
    HELIOS_IOMMU_VTD = 1,
    HELIOS_IOMMU_AMD = 2,
    HELIOS_IOMMU_SMMUV3 = 3,
    HELIOS_IOMMU_RISCV = 4,
    HELIOS_IOMMU_VIRTIO = 5,
};

struct helios_boot_iommu {
    uint32_t kind; // enum helios_iommu_kind
    uint32_t segment;
    uint64_t base, length;
};

struct helios_boot_pci {
    uint64_t ecam_base; // configuration of bus first_bus, ECAM layout
    uint32_t segment;
    uint16_t first_bus, last_bus;
};

enum helios_window_kind {
    HELIOS_WINDOW_PCI_MEM32 = 1, // address = CPU address, pci_base = bus address
    HELIOS_WINDOW_PCI_MEM64 = 2,
    HELIOS_WINDOW_PCI_IO = 3,
    HELIOS_WINDOW_DEVICE = 4, // other MMIO that the device tree or ACPI names
};

struct helios_boot_window {
    uint32_t kind; // enum helios_window_kind
    uint32_t segment;
    uint64_t base, length;
    uint64_t pci_base;
};

enum helios_power_kind {
    HELIOS_POWER_NONE = 0,
    HELIOS_POWER_ACPI = 1, // PM1 control and FADT reset register, below
    HELIOS_POWER_PSCI = 2, // conduit as in cpu_start
    HELIOS_POWER_SBI = 3,  // SRST extension
};

// A register as ACPI's Generic Address Structure names it (ACPI 6.5 section 5.2.3.2).
struct helios_boot_register {
    uint64_t address; // 0: absent
    uint8_t space;    // 0 memory, 1 I/O port
    uint8_t width;    // bits
    uint16_t value;   // what to write
    uint32_t reserved;
};

struct helios_boot_power {
    uint32_t kind; // enum helios_power_kind
    uint32_t reserved;
    struct helios_boot_register off; // ACPI: PM1a_CNT, value = SLP_TYPa | SLP_EN (or sleep control)
    struct helios_boot_register off_b; // ACPI: PM1b_CNT
    struct helios_boot_register reset; // ACPI: FADT RESET_REG
};

enum helios_loader {
    HELIOS_LOADER_EFI = 1,
    HELIOS_LOADER_MULTIBOOT = 2,
    HELIOS_LOADER_MULTIBOOT2 = 3,
    HELIOS_LOADER_TEST = 4,
};

enum helios_boot_flags {
    HELIOS_BOOT_SECURE = 1 << 0,    // firmware verified the image (Secure Boot is on)
    HELIOS_BOOT_EL2 = 1 << 1,       // aarch64: entered at EL2, dropped to EL1
    HELIOS_BOOT_SEED_WEAK = 1 << 2, // no entropy source: seed is from timers only
    HELIOS_BOOT_VERIFIED = 1 << 3,  // the loader itself checked a signature of all that it loaded
};

#define HELIOS_BOOT_SEED_SIZE 64

struct helios_boot {
    uint64_t magic;         // HELIOS_BOOT_MAGIC
    uint32_t version;       // HELIOS_BOOT_VERSION
    uint32_t size;          // of the whole block in bytes, arrays included
    uint32_t arch;          // enum helios_arch
    uint32_t loader;        // enum helios_loader
    uint32_t flags;         // enum helios_boot_flags
    uint32_t paging_levels; // x86_64 and aarch64: 4; riscv64: 3 (Sv39) or 4 (Sv48)

    uint64_t direct_map_base; // virtual
    uint64_t direct_map_size; // physical addresses below this can be in the direct map
    uint64_t page_table_root; // kernel half: CR3, TTBR1, or satp's PPN << 12
    uint64_t kernel_phys;     // where HELIOS_KERNEL_BASE lies; the image is contiguous
    uint64_t kernel_length;

    struct helios_boot_array memory;        // struct helios_boot_memory
    struct helios_boot_array modules;       // struct helios_boot_module
    struct helios_boot_array cpus;          // struct helios_boot_cpu
    struct helios_boot_array intcs;         // struct helios_boot_intc
    struct helios_boot_array intc_contexts; // struct helios_boot_intc_context
    struct helios_boot_array irq_overrides; // struct helios_boot_irq_override
    struct helios_boot_array iommus;        // struct helios_boot_iommu
    struct helios_boot_array pcis;          // struct helios_boot_pci
    struct helios_boot_array windows;       // struct helios_boot_window
    struct helios_boot_array command_line;  // char, NUL-terminated; count includes the NUL

    uint32_t cpu_start; // enum helios_cpu_start
    uint32_t boot_cpu;  // index into cpus
    struct helios_boot_timer timer;
    struct helios_boot_console console;
    struct helios_boot_framebuffer framebuffer;
    struct helios_boot_power power;

    uint64_t acpi_rsdp;
    uint64_t smbios;
    struct helios_boot_range device_tree; // page aligned copy of kind HELIOS_MEM_MODULE
    uint64_t efi_system_table;
    uint64_t start_page; // a free page below 1 MiB for secondary start-up on x86_64; 0 elsewhere
    uint8_t seed[HELIOS_BOOT_SEED_SIZE];
};

static_assert(sizeof(struct helios_boot_array) == 16, "boot protocol layout");
static_assert(sizeof(struct helios_boot_memory) == 24, "boot protocol layout");
static_assert(sizeof(struct helios_boot_module) == 48, "boot protocol layout");
static_assert(sizeof(struct helios_boot_framebuffer) == 48, "boot protocol layout");
static_assert(sizeof(struct helios_boot_console) == 40, "boot protocol layout");
static_assert(sizeof(struct helios_boot_cpu) == 32, "boot protocol layout");
static_assert(sizeof(struct helios_boot_intc) == 56, "boot protocol layout");
static_assert(sizeof(struct helios_boot_intc_context) == 16, "boot protocol layout");
static_assert(sizeof(struct helios_boot_irq_override) == 16, "boot protocol layout");
static_assert(sizeof(struct helios_boot_timer) == 24, "boot protocol layout");
static_assert(sizeof(struct helios_boot_iommu) == 24, "boot protocol layout");
static_assert(sizeof(struct helios_boot_pci) == 16, "boot protocol layout");
static_assert(sizeof(struct helios_boot_window) == 32, "boot protocol layout");
static_assert(sizeof(struct helios_boot_register) == 16, "boot protocol layout");
static_assert(sizeof(struct helios_boot_power) == 56, "boot protocol layout");
static_assert(sizeof(struct helios_boot) == 520, "boot protocol layout");

#ifdef __cplusplus
}
#endif

#endif // __ASSEMBLER__
#endif // HELIOS_BOOT_PROTOCOL_PROTOCOL_H
