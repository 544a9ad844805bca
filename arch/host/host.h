// SPDX-License-Identifier: GPL-3.0-only
//
// What a unit test sees of the host port: an arena that plays physical memory, the console's
// output, devices, and where the kernel went when it left.
#ifndef HELIOS_ARCH_HOST_HOST_H
#define HELIOS_ARCH_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

// The arena and what host_boot_create puts where (physical addresses).
#define HOST_ARENA_SIZE  0x4000000ull // 64 MiB
#define HOST_BOOT_INFO   0x100000ull
#define HOST_PAGE_TABLES 0x110000ull
#define HOST_MODULE      0x200000ull
#define HOST_MODULE_SIZE 0x100000ull
#define HOST_FREE        0x1000000ull

// Makes everything new: memory zero, kernel page tables with nothing but the guard page in them,
// no output, no current task.
void host_reset(void);

// A boot block that the kernel accepts: host_cpu_count CPUs, a 16550 at port 0x3f8, ACPI power
// registers at ports 0x604 and 0xcf9, `init` as the only module. For tests to spoil.
struct helios_boot *host_boot_create(const void *init, size_t length);

// Replaces the command line of that block (at most 255 characters).
void host_boot_command_line(struct helios_boot *boot, const char *text);

// Writes an ELF program for this port: read-only data "ro" at 0x400000, code at 0x401000 (where it
// is entered), 0x100 bytes of data 0xdd at 0x402f80 and zeroes up to 0x404000. Returns its length.
#define HOST_PROGRAM_SIZE  0x4000u
#define HOST_PROGRAM_ENTRY 0x401010ull
size_t host_program(uint8_t *to);

// How a run of kernel code ended.
enum host_exit {
    HOST_RETURNED, // the function came back
    HOST_RESUMED,  // arch_resume: host_resumed says which task
    HOST_HALTED,   // arch_halt
    HOST_IDLE,     // arch_wait_for_interrupt, and nothing is pending
};

// Calls function(context) until one of these happens.
enum host_exit host_run(void (*function)(void *context), void *context);
extern __thread struct arch_task *host_resumed;

// A system call of the current task: marks its registers as those of a system call and enters the
// kernel. HOST_RETURNED: *resumed is the task that goes on. HOST_IDLE: nobody can.
enum host_exit host_syscall(uint64_t number, uint64_t capability, uint64_t tag,
                            const uint64_t params[4], struct arch_task **resumed);

// Takes what is pending as if it had come in user mode; as above.
enum host_exit host_interrupt_deliver(struct arch_task **resumed);

// What has been written to the console since host_reset, NUL-terminated.
const char *host_output(void);

// A 16550 stands at port 0x3f8 and writes to host_output; every other port and all device memory
// remember the last value written. A test can take both functions over; NULL gives them back.
extern uint64_t (*host_device_read)(enum device_space space, uintptr_t address, unsigned width);
extern void (*host_device_write)(enum device_space space, uintptr_t address, unsigned width,
                                 uint64_t value);
struct host_access {
    enum device_space space;
    uintptr_t address;
    unsigned width;
    uint64_t value;
};
// The last write to something that is not the console.
extern struct host_access host_last_write;

// What one CPU did since host_reset.
struct host_events {
    unsigned power_off_calls;
    unsigned power_reset_calls;
    unsigned page_flushes;
    uintptr_t flushed_page; // the last one
    unsigned full_flushes;
    uint64_t active_root;
    unsigned identity_map_drops;
    unsigned instruction_syncs;
    unsigned instruction_fences;
    unsigned cache_operations;
    unsigned settled;
    uint32_t active_asid;
    unsigned asid_flushes;
    uint32_t flushed_asid;      // the last one
    unsigned stale_activations; // of an identifier of which a TLB may know another VSpace
    unsigned task_switches;
    unsigned task_leaves;
    unsigned ipis_sent;
    uint32_t ipi_target; // of the last one
    uint64_t timer;      // what arch_timer_set armed; 0: stopped
};

// The machine's CPUs. host_reset leaves one of them; who wants more says how they come to life.
#define HOST_MAX_CPUS        8u
#define HOST_TRANSLATIONS    8u
#define HOST_TAGS            512u
#define HOST_ADDRESS_INVALID 1u

// What a CPU's TLB holds of a page (host_access).
struct host_translation {
    uint64_t virtual_address; // HOST_ADDRESS_INVALID: nothing
    uint32_t asid;
    uint64_t entry; // as it stood in the page table
};

struct host_cpu {
    struct host_events record;
    uint32_t has_ipi; // atomic
    bool fpu_is_open;
    uint64_t fpu_value; // the FP registers
    struct host_translation translations[HOST_TRANSLATIONS];
    // By identifier: the root that was active under it last, or 1 if another table lies there by
    // now. 0: nothing is remembered. Atomic.
    uint64_t tags[HOST_TAGS];
    void *leave; // jmp_buf of the innermost host_run
};
extern struct host_cpu host_cpus[HOST_MAX_CPUS];
extern __thread struct host_cpu *host_self; // the CPU that this thread plays
#define host_record (host_self->record)

// From now on this thread plays another CPU, which is in the kernel or is not, as it was left.
void host_become(unsigned index);

// How several CPUs run side by side; NULL: there is one.
struct host_side_by_side {
    // arch_cpu_start: lets something call kernel_secondary(cpu) in host_run, with host_become.
    void (*start)(struct percpu *cpu);
    void (*relax)(void); // arch_relax
    // arch_wait_for_interrupt: returns when there is something to take (host_has_pending), or
    // leaves the kernel (host_stop).
    void (*wait)(void);
    // Whether an interrupt for another CPU arrives; NULL: always.
    bool (*arrives)(void);
    // Between two steps of something long, when no interrupt is pending: it may be another CPU that
    // is waited for. NULL: nothing.
    void (*poll)(void);
};
extern const struct host_side_by_side *host_smp;

// Whether this CPU would take an interrupt: from another CPU, its timer, a device.
bool host_has_pending(void);

// Ends host_run on this CPU with HOST_IDLE.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void host_stop(void);

// An access of the program that runs on this CPU, through its TLB.
enum host_access_result {
    HOST_ACCESS_FAULT, // nothing is mapped there
    HOST_ACCESS_WALKED,
    HOST_ACCESS_REMEMBERED,
    HOST_ACCESS_STALE, // remembered, and the page tables say something else by now
};
enum host_access_result host_access_memory(uintptr_t address);

// Interrupts: 16 lines (0 is the kernel's own), 8 messages. A test makes one come; it is taken when
// the kernel asks for pending ones, or by host_interrupt_deliver as if in user mode. The timer
// comes by itself once arch_counter() has passed what it was set for.
#define HOST_IRQ_LINES    16u
#define HOST_IRQ_MESSAGES 8u
struct host_irq {
    bool is_configured;
    bool is_enabled;
    bool is_pending;
    bool is_taken; // and not done yet
    unsigned flags;
    uint32_t cpu;
    uint32_t device;
};
extern struct host_irq host_irqs[HOST_IRQ_LINES + HOST_IRQ_MESSAGES];
void host_irq_pend(uint32_t irq);
extern bool host_cpu_is_deaf; // no interrupt can be sent to it; host_reset: false

extern unsigned host_cpu_count;        // of the boot block, 1
extern uint64_t host_free_memory_size; // of the boot block, all that there is

// How the machine behaves; host_reset sets the defaults (false, NULL, 0, NULL).
extern bool host_has_firmware_power;     // arch_power_off and arch_power_reset claim success
extern const char *host_cpu_lacks;       // result of arch_cpu_init
extern uint64_t host_cpus_refused;       // those that arch_cpu_start refuses to start
extern const char *host_interrupts_lack; // result of arch_interrupt_init
extern uint32_t host_asids;              // result of arch_asid_count, 16
extern unsigned host_largest_leaf;       // result of arch_mmu_largest_leaf, 2
extern bool host_has_ports;              // result of arch_has_ports, true

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_HOST_HOST_H
