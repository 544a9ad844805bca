// SPDX-License-Identifier: GPL-3.0-only
//
// The port's inline part. A port provides <helios_port.h> (found through its cc_library's include
// path) with the definitions of everything declared here; the portable kernel includes this file
// and nothing of a particular architecture.
//
// The rest of the contract stands in the other headers of this folder, by subject:
//
//   boot.h     what happens between the loader's jump and kernel_main, and how a port sets up a CPU
//   mmu.h      the format of page table entries, TLB maintenance, address space switch
//   task.h     user register state, entry to and return from user mode
//   fpu.h      FP and SIMD registers
//   interrupt.h  interrupt controllers, the timer
//   smp.h      other CPUs: start, interrupts between them
//   fault.h    faults of the user and of the kernel, register dump, backtrace
//   device.h   access to device registers (memory or port)
//   power.h    power off, reboot, halt
//
// Every function says which CPU state it needs. "Kernel context" means: interrupts masked, on this
// CPU's kernel stack.
#ifndef HELIOS_ARCH_INCLUDE_PORT_H
#define HELIOS_ARCH_INCLUDE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct percpu; // kernel/percpu.h
struct task;   // kernel/task.h
struct arch_task;

// The current CPU's data, found through a register that user mode cannot change (GS base,
// TPIDR_EL1, tp with sscratch). Valid from arch_cpu_init on. Kernel context.
static inline struct percpu *arch_percpu(void);

// A hint to the CPU in a spin loop.
static inline void arch_relax(void);

// A free-running counter with the frequency that boot->timer.frequency_hz names.
static inline uint64_t arch_counter(void);

// The virtual address of `physical` in the direct map. `physical` must be memory of a mapped kind
// (boot/protocol). Constant time, no check.
static inline void *arch_direct(uint64_t physical);

// Inverse of arch_direct for addresses inside the direct map.
static inline uint64_t arch_direct_physical(const void *virtual_address);

// Sets the registers in which a task that is inside a system call (ARCH_FRAME_SYSCALL) finds its
// result when it is resumed. Must not be called otherwise.
static inline void arch_task_set_message(struct arch_task *task, uint64_t badge, uint64_t tag,
                                         uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3);

// Ends the kernel entry: the current task, which is inside a system call, goes on with this
// message, which need not go through memory. Returns what the caller has to return, or leaves the
// kernel right away.
static inline struct arch_task *arch_leave(struct arch_task *task, uint64_t badge, uint64_t tag,
                                           uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3);
// arch_leave to the task whose system call it is, and which has been current all the time, with a
// message of one parameter.
static inline struct arch_task *arch_return(struct arch_task *task, uint64_t badge, uint64_t tag,
                                            uint64_t p0);

// Carries over what entry and exit leave in the CPU: TLS base, hardware breakpoints. Called when
// another task than before is going to run on this CPU; `from` is NULL if there was none. Nothing
// is written that has not changed. The IPC path runs through here: keep it short.
static inline void arch_task_switch(struct arch_task *from, struct arch_task *to);

// The same, as long as percpu's `port_attention` is 0: a port sets that if there can be more to do
// than this does. Also adds arch_counter() to *from_time and takes the same off *to_time, which is
// cheap for the one in place and for the other together with what it loads and stores anyway.
static inline void arch_task_switch_plain(struct arch_task *from, struct arch_task *to,
                                          uint64_t *from_time, uint64_t *to_time);

// Copies `count` words, not 0, forward.
static inline void arch_copy_words(uint64_t *to, const uint64_t *from, uint64_t count);

// Zeroes a page of the direct map, if this machine has something better for that than stores.
// False: nothing has been done.
static inline bool arch_zero_page(void *page);

// The same for a task that leaves this CPU for another one: what the CPU still holds of it goes to
// its memory. It is the one that arch_task_switch was last called for.
static inline void arch_task_leave(struct arch_task *from);

// An address space as arch_root_load takes it: its root table and its address space identifier.
static inline uint64_t arch_root_word(uint64_t root_physical, uint32_t asid);

// Makes this address space current. asid 0
// belongs to all address spaces that have none of their own: whoever activates one with asid 0
// first flushes what it left (the port does that here, as cheaply as the machine allows; where
// address spaces are not tagged at all, the switch of the root flushes). Kernel context.
static inline void arch_root_load(uint64_t word);

// The entry of an ordinary Page of 4 KiB (user, cached) at this address in the address space with
// this identifier: `flags` are 0, MMU_WRITE or MMU_EXECUTE. arch_page_enter does what
// arch_pte_store(entry, arch_pte_leaf(physical, 0, MMU_USER | flags)) does, for an entry that was
// 0; arch_page_leave what arch_pte_store(entry, 0) and arch_tlb_flush_page do (arch/include/mmu.h).
static inline void arch_page_enter(uint64_t *entry, uint64_t physical, unsigned flags,
                                   uintptr_t address, uint32_t asid);
static inline void arch_page_leave(uint64_t *entry, uintptr_t address, uint32_t asid);

// Lets the current task use FP and SIMD registers, or makes its first use trap to
// kernel_fpu_trap(). `task` is the task that is going to be resumed.
static inline void arch_fpu_enable(struct arch_task *task);
static inline void arch_fpu_disable(struct arch_task *task);

#ifdef __cplusplus
}
#endif

// Also defined by <helios_port.h>:
//
//   ARCH_NAME               "x86_64", "aarch64", "riscv64", "host"
//   ARCH_ID                 HELIOS_ARCH_* of boot/protocol
//   ARCH_ELF_MACHINE        e_machine of this architecture's programs
//   ARCH_PAGE_SHIFT         12
//   ARCH_USER_TOP           first address above user space; the last page below it is never mapped
//   ARCH_KERNEL_WINDOW      virtual base of a region, ARCH_KERNEL_WINDOW_SIZE bytes long, that the
//                           loader leaves unmapped and the kernel uses for device registers and
//                           guarded stacks
//   ARCH_STACK_SIZE         bytes of kernel stack per CPU, a multiple of the page size
//   ARCH_REGISTER_COUNT     words of arch_task_get_registers, at most 64
//   ARCH_REGISTER_FP        which of them is the frame pointer
//   ARCH_REGISTER_RETURN    which holds the return address when a function is entered;
//                           ARCH_REGISTER_COUNT: none, it stands on the stack
//   ARCH_FRAME_RECORD       where the caller's frame pointer and, behind it, the return address
//                           stand: bytes from where the frame pointer points
//   struct arch_percpu      the port's part of struct percpu
//   struct arch_fpu         FP and SIMD registers of a task (arch/include/fpu.h)
//   struct arch_task        user register state: the port's part of a Task
//   ARCH_WAY(name)          optional: declares one of the short ways of kernel/entry.h in another
//                           order of arguments, or with another convention, than is the default
//   ARCH_WAY_CURRENT        with ARCH_WAY: the current task, in the body of one
//   ARCH_WAY_CALL(name, capability, tag, p0, p1, p2, p3)  with ARCH_WAY: a call of one
#include <helios_port.h>

#ifndef ARCH_WAY
#define ARCH_WAY_ARGUMENT __attribute__((unused)) uint64_t
#define ARCH_WAY(name)                                                                             \
    struct arch_task *name(ARCH_WAY_ARGUMENT capability, ARCH_WAY_ARGUMENT tag,                    \
                           ARCH_WAY_ARGUMENT p0, ARCH_WAY_ARGUMENT p1, ARCH_WAY_ARGUMENT p2,       \
                           ARCH_WAY_ARGUMENT p3)
#define ARCH_WAY_CURRENT                                     arch_percpu()->current
#define ARCH_WAY_CALL(name, capability, tag, p0, p1, p2, p3) name(capability, tag, p0, p1, p2, p3)
#endif

#endif // HELIOS_ARCH_INCLUDE_PORT_H
