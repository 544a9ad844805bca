// SPDX-License-Identifier: GPL-3.0-only
//
// Brings one CPU from whatever state the loader or the start-up code left it in to the one that the
// kernel relies on. Every register that matters is written, none is assumed.
#include "arch/include/boot.h"
#include "arch/include/interrupt.h"
#include "arch/include/port.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/mmu_format.h"
#include "arch/x86_64/registers.h"
#include "kernel/percpu.h"

static_assert(offsetof(struct percpu, arch_current) == X86_PERCPU_CURRENT, "entry.S");
static_assert(offsetof(struct percpu, stack_top) == X86_PERCPU_STACK_TOP, "entry.S");
static_assert(offsetof(struct percpu, self) == X86_PERCPU_SELF, "helios_port.h");
static_assert((CR0_VALUE | CR0_TS) == X86_CR0_CLOSED, "helios_port.h, start.S");
static_assert(CR4_PAE == X86_CR4_PAE && (EFER_LME | EFER_NXE) == X86_EFER_LONG, "start.S");

// NULL, or what this CPU lacks and the kernel cannot do without.
static const char *missing_feature(void) {
    static const struct {
        uint32_t leaf;
        uint32_t edx;
        const char *text;
    } wanted[] = {
        {1, CPUID_1_EDX_TSC, "time stamp counter"},
        {1, CPUID_1_EDX_APIC, "local APIC"},
        {1, CPUID_1_EDX_PGE, "global pages"},
        {1, CPUID_1_EDX_PAT, "page attribute table"},
        {1, CPUID_1_EDX_FXSR | CPUID_1_EDX_SSE2, "SSE2"},
        {0x80000001, CPUID_EXT_EDX_SYSCALL, "SYSCALL"},
        {0x80000001, CPUID_EXT_EDX_NX, "no-execute pages"},
    };
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if ((cpuid(wanted[i].leaf, 0).edx & wanted[i].edx) != wanted[i].edx) {
            return wanted[i].text;
        }
    }
    return NULL;
}

// FSGSBASE stays off: the kernel then always knows a task's TLS base (it writes FS base itself) and
// nobody reads it back. PCE stays off, TSD too: users read the time stamp counter.
static void set_protection(void) {
    const struct cpuid leaf1 = cpuid(1, 0);
    const struct cpuid leaf7 = cpuid(7, 0);
    uint64_t cr4 = CR4_DE | CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;
    cr4 |= (leaf1.ecx & CPUID_1_ECX_XSAVE) ? CR4_OSXSAVE : 0;
    cr4 |= (leaf7.ebx & CPUID_7_EBX_SMEP) ? CR4_SMEP : 0;
    cr4 |= (leaf7.ebx & CPUID_7_EBX_SMAP) ? CR4_SMAP : 0;
    cr4 |= (leaf7.ecx & CPUID_7_ECX_UMIP) ? CR4_UMIP : 0;

    cr0_write(X86_CR0_CLOSED);
    msr_write(MSR_PAT, X86_PAT_VALUE);
    cr4_write(cr4);
    x86_pcid_init();
    x86_tlb_flush_global(); // translations made under the old PAT
    dr6_write(DR6_CLEAR);
    dr7_write(DR7_CLEAR);
}

void x86_set_stacks(struct percpu *cpu, const uintptr_t tops[X86_IST_COUNT]) {
    uint64_t ist[X86_IST_COUNT];
    for (unsigned i = 0; i < X86_IST_COUNT; i++) {
        ist[i] = tops[i] - X86_IST_RESERVE;
        *(struct percpu **)ist[i] = cpu; // for trap_paranoid
    }
    x86_tss_fill(&cpu->arch.tss, cpu->stack_top, ist);
}

static void set_boot_stacks(struct percpu *cpu) {
    uintptr_t tops[X86_IST_COUNT];
    for (unsigned i = 0; i < X86_IST_COUNT; i++) {
        tops[i] = (uintptr_t)(x86_boot_stacks + i + 2);
    }
    x86_set_stacks(cpu, tops);
}

static void load_gdt(const uint64_t gdt[X86_GDT_ENTRIES]) {
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } pointer = {X86_GDT_ENTRIES * sizeof gdt[0] - 1, (uint64_t)(uintptr_t)gdt};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl %2, %%ss\n\t"
                     "movl %3, %%ds\n\t"
                     "movl %3, %%es\n\t"
                     "movl %3, %%fs\n\t"
                     "movl %3, %%gs\n\t"
                     "lldt %w3"
                     :
                     : "m"(pointer), "i"(X86_SELECTOR_KERNEL_CODE), "r"(X86_SELECTOR_KERNEL_DATA),
                       "r"(0)
                     : "rax", "memory");
}

// Until arch_cpu_init there is no struct percpu to hold these. A fault is reported all the same, if
// it leaves the stack usable: no task state segment is loaded yet.
void x86_early_traps(void) {
    static uint64_t gdt[X86_GDT_ENTRIES];
    static struct x86_tss tss;
    x86_gdt_fill(gdt, &tss);
    load_gdt(gdt);
    x86_idt_fill();
    x86_idt_load();
}

static void load_segments(struct percpu *cpu) {
    x86_gdt_fill(cpu->arch.gdt, &cpu->arch.tss);
    load_gdt(cpu->arch.gdt);
    __asm__ volatile("ltr %w0" : : "r"(X86_SELECTOR_TSS) : "memory");
    msr_write(MSR_FS_BASE, 0);
    msr_write(MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
    msr_write(MSR_KERNEL_GS_BASE, 0);
}

static void set_syscall_entry(void) {
    msr_write(MSR_STAR, (uint64_t)X86_SELECTOR_USER_BASE << 48 | 3ull << 48 |
                            (uint64_t)X86_SELECTOR_KERNEL_CODE << 32);
    msr_write(MSR_LSTAR, (uint64_t)(uintptr_t)x86_syscall_entry);
    msr_write(MSR_FMASK, RFLAGS_ALL);
    msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE | EFER_NXE);
    msr_write(MSR_SYSENTER_CS, 0); // SYSENTER is refused
}

const char *arch_cpu_init(struct percpu *cpu) {
    const char *missing = missing_feature();
    if (missing != NULL) {
        return missing;
    }
    if (!percpu_ready) {
        set_boot_stacks(cpu); // the others have theirs from arch_cpu_start
    }
    load_segments(cpu);
    x86_idt_load();
    set_protection();
    set_syscall_entry();
    x86_fpu_init();
    cpu->arch.taken = ARCH_IRQ_NONE;
    return NULL;
}
