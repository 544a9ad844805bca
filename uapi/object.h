// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// Types of kernel objects, as identify answers them, and their invocations.
//
// An invocation is a message sent by `call` (or `send`, if the answer is of no interest) to a
// capability: the label says which, p0 .. are its parameters, {a, b} its capability arguments,
// whose addresses stand in the IPC buffer's `caps`. Capabilities that an answer brings arrive as
// those of any message do: through the caller's receive slots. An address in the *caller's* CSpace
// is always a capability argument; an address in the CSpace that is invoked is a parameter.
#ifndef HELIOS_UAPI_OBJECT_H
#define HELIOS_UAPI_OBJECT_H

#ifdef __cplusplus
extern "C" {
#endif

enum helios_type {
    // An empty slot.
    HELIOS_TYPE_NULL = 0,
    HELIOS_TYPE_MEMORY = 1,
    HELIOS_TYPE_DEVICE_MEMORY = 2,
    HELIOS_TYPE_CSPACE = 3,
    HELIOS_TYPE_VSPACE = 4,
    // Maps 4 KiB pages: PT, L3PT.
    HELIOS_TYPE_TABLE_0 = 5,
    // Maps tables and 2 MiB pages: PD, L2PT.
    HELIOS_TYPE_TABLE_1 = 6,
    // Maps tables and 1 GiB pages: PDPT, L1PT. Not with Sv39, whose root does that.
    HELIOS_TYPE_TABLE_2 = 7,
    HELIOS_TYPE_PAGE = 8,
    HELIOS_TYPE_TASK = 9,
    HELIOS_TYPE_ENDPOINT = 10,
    HELIOS_TYPE_NOTIFICATION = 11,
    HELIOS_TYPE_REPLY = 12,
    HELIOS_TYPE_ASID_CONTROL = 13,
    HELIOS_TYPE_ASID_POOL = 14,
    HELIOS_TYPE_IO_CONTROL = 15,
    HELIOS_TYPE_IO_PORT = 16,
    HELIOS_TYPE_IRQ_CONTROL = 17,
    HELIOS_TYPE_IRQ_HANDLER = 18,
    HELIOS_TYPE_POWER = 19,
    HELIOS_TYPE_COUNT = 20,
};

// What the holder of a capability may do. Every invocation needs READ (it only asks) or WRITE (it
// changes something), as its description says; capabilities to endpoints, notifications and pages
// mean more by it.
enum helios_rights {
    // Endpoint: receive; Notification: wait; Page: map readable.
    HELIOS_RIGHT_READ = 1 << 0,
    // Endpoint: send, call; Notification: signal; Page: map writable.
    HELIOS_RIGHT_WRITE = 1 << 1,
    // Page: map executable.
    HELIOS_RIGHT_EXECUTE = 1 << 2,
    // Endpoint: messages may carry capabilities.
    HELIOS_RIGHT_GRANT = 1 << 3,
    HELIOS_RIGHT_ALL = 15,
};

// "Any free slot": wherever a slot is named that is to receive a capability.
#define HELIOS_CADDR_UNDEF (~0ull)

// Memory.
//
// Memory that belongs to nobody yet: all other objects are made of it.
enum helios_memory_invocation {
    // allocate(type, size, count) -> {objects...}  [WRITE]
    // Makes objects: all of them or, if one can't be had, none.
    HELIOS_MEMORY_ALLOCATE = 1,
    // query() -> (free, largest, total)  [READ]
    // Says how much is free.
    HELIOS_MEMORY_QUERY = 2,
    // reset()  [WRITE]
    // Destroys everything that was made from it; it stays.
    HELIOS_MEMORY_RESET = 3,
};

// DeviceMemory.
//
// Physical addresses that are not memory: device registers, framebuffers, firmware tables.
enum helios_device_memory_invocation {
    // allocate{memory}(address, level) -> {page}  [WRITE]
    // Makes a Page.
    HELIOS_DEVICE_MEMORY_ALLOCATE = 1,
    // split{memory}(address, bytes) -> {part}  [WRITE]
    // Makes a DeviceMemory of a part.
    HELIOS_DEVICE_MEMORY_SPLIT = 2,
    // query() -> (address, bytes)  [READ]
    // Says where it is.
    HELIOS_DEVICE_MEMORY_QUERY = 3,
};

// CSpace.
//
// A table of capabilities: what a task may reach.
enum helios_cspace_invocation {
    // copy{source}(slot, rights, badge) -> (slot)  [WRITE]
    // Copies a capability of the caller's into this CSpace.
    HELIOS_CSPACE_COPY = 1,
    // move{destination?}(from, to) -> (slot)  [WRITE]
    // Moves a capability within this CSpace, or from it to another one.
    HELIOS_CSPACE_MOVE = 2,
    // destroy(slots...) -> (emptied)  [WRITE]
    // Empties slots, up to HELIOS_MAX_PARAMS at once. Null ones are skipped.
    HELIOS_CSPACE_DESTROY = 3,
    // revoke(slot)  [WRITE]
    // Destroys what was derived from a capability, every use of it included; itself stays.
    HELIOS_CSPACE_REVOKE = 4,
    // identify(slot) -> (type, rights, badge, size)  [READ]
    // Says what a slot holds.
    HELIOS_CSPACE_IDENTIFY = 5,
    // list(first) -> (next, n, slot_type...)  [READ]
    // Lists the slots that are in use, from `first` on.
    HELIOS_CSPACE_LIST = 6,
    // query() -> (slots, free)  [READ]
    // Says how large it is.
    HELIOS_CSPACE_QUERY = 7,
    // save_reply(slot) -> (slot)  [WRITE]
    // Stores the right to answer the call that the invoking task has received, as a Reply.
    HELIOS_CSPACE_SAVE_REPLY = 8,
};

// VSpace.
//
// An address space, with the page tables below it.
enum helios_vspace_invocation {
    // map{object}(address, flags)  [WRITE]
    // Maps a Page, or a table.
    HELIOS_VSPACE_MAP = 1,
    // unmap(address)  [WRITE]
    // Takes out the page that begins at this address. The Page itself stays.
    HELIOS_VSPACE_UNMAP = 2,
    // unmap_table(address, level)  [WRITE]
    // Takes out a table, if nothing is mapped through it.
    HELIOS_VSPACE_UNMAP_TABLE = 3,
    // query(address) -> (physical, flags, level)  [READ]
    // Says what is mapped at an address.
    HELIOS_VSPACE_QUERY = 4,
};

// How a page is mapped; all can be read.
enum helios_map_flags {
    HELIOS_MAP_WRITE = 1 << 0,
    // Alone.
    HELIOS_MAP_EXECUTE = 1 << 1,
    // Device registers: not cached, not reordered.
    HELIOS_MAP_DEVICE = 1 << 2,
    // Not cached, writes are gathered: framebuffers.
    HELIOS_MAP_WRITE_COMBINE = 1 << 3,
    HELIOS_MAP_ALL = 15,
};

// Page.
//
// Memory to map: 4 KiB, 2 MiB or 1 GiB, contiguous and aligned to its size.
enum helios_page_invocation {
    // query() -> (address, level, device)  [READ]
    // Says where it is.
    HELIOS_PAGE_QUERY = 1,
    // clean(offset, bytes)  [READ]
    // Memory gets what caches hold: before a device reads it.
    HELIOS_PAGE_CLEAN = 2,
    // invalidate(offset, bytes)  [WRITE]
    // Caches forget what they hold of it: after a device has written it.
    HELIOS_PAGE_INVALIDATE = 3,
    // sync_code(offset, bytes)  [WRITE]
    // Instruction fetch sees what was written: after loading code.
    HELIOS_PAGE_SYNC_CODE = 4,
};

// Task.
//
// A thread of execution: registers, and references to what it runs with.
enum helios_task_invocation {
    // configure{parts...}(mask)  [WRITE]
    // Gives it parts.
    HELIOS_TASK_CONFIGURE = 1,
    // read_registers() -> (mask, count, 0, 0, words...)  [READ]
    // Reads the registers. Words that are not valid inside a system call have a 0 in the mask.
    HELIOS_TASK_READ_REGISTERS = 2,
    // write_registers(mask, 0, 0, 0, words...)  [WRITE]
    // Writes registers.
    HELIOS_TASK_WRITE_REGISTERS = 3,
    // set_tls(base)  [WRITE]
    // Sets the TLS base: FS base, TPIDR_EL0, tp.
    HELIOS_TASK_SET_TLS = 4,
    // set_priority{authority}(priority, ceiling)  [WRITE]
    // Sets priority and ceiling.
    HELIOS_TASK_SET_PRIORITY = 5,
    // set_affinity{authority}(cpus)  [WRITE]
    // Sets the CPUs that it may run on: at most those of the authority.
    HELIOS_TASK_SET_AFFINITY = 6,
    // suspend()  [WRITE]
    // Stops it; what it is blocked in goes on.
    HELIOS_TASK_SUSPEND = 7,
    // resume()  [WRITE]
    // Lets it run.
    HELIOS_TASK_RESUME = 8,
    // cancel() -> (cancelled)  [WRITE]
    // Ends what it is blocked in, with CANCELLED.
    HELIOS_TASK_CANCEL = 9,
    // query() -> (time, state, priorities, cpus)  [READ]
    // Says how it is.
    HELIOS_TASK_QUERY = 10,
    // bind{notification}()  [WRITE]
    // Binds a Notification: a recv of this task also ends when that is signalled.
    HELIOS_TASK_BIND = 11,
    // unbind()  [WRITE]
    // Ends that.
    HELIOS_TASK_UNBIND = 12,
    // set_step(on)  [WRITE]
    // Makes it fault (STEP) after each instruction, or not any more.
    HELIOS_TASK_SET_STEP = 13,
    // set_breakpoint(index, kind, address, bytes)  [WRITE]
    // Sets or clears a hardware breakpoint: a BREAKPOINT or WATCHPOINT fault.
    HELIOS_TASK_SET_BREAKPOINT = 14,
    // set_name(text, more)  [WRITE]
    // Names it, for the kernel's messages.
    HELIOS_TASK_SET_NAME = 15,
    // list(first) -> (next, n, slot_type...)  [READ]
    // As CSpace.list, of its CSpace.
    HELIOS_TASK_LIST = 16,
    // dump()  [READ]
    // Prints its capabilities and mappings on the console.
    HELIOS_TASK_DUMP = 17,
    // get_tls() -> (base)  [READ]
    // Reads the TLS base.
    HELIOS_TASK_GET_TLS = 18,
};

// Parts of a task, with the rights that configure needs.
enum helios_task_part {
    // A CSpace. WRITE.
    HELIOS_TASK_CSPACE = 1 << 0,
    // A VSpace. WRITE.
    HELIOS_TASK_VSPACE = 1 << 1,
    // A 4 KiB page that is memory. READ and WRITE.
    HELIOS_TASK_BUFFER = 1 << 2,
    // WRITE and GRANT; its badge is in each message.
    HELIOS_TASK_FAULT_ENDPOINT = 1 << 3,
    HELIOS_TASK_PARTS = 15,
};

enum helios_task_state {
    // Never resumed, or it lost its VSpace.
    HELIOS_TASK_INACTIVE = 0,
    // Runs or could run.
    HELIOS_TASK_READY = 1,
    HELIOS_TASK_SENDING = 2,
    HELIOS_TASK_RECEIVING = 3,
    // Waits for an answer.
    HELIOS_TASK_CALLING = 4,
    // For a notification.
    HELIOS_TASK_WAITING = 5,
    HELIOS_TASK_POLLING = 6,
    // Waits for the answer to a fault message.
    HELIOS_TASK_FAULTED = 7,
};

enum helios_breakpoint_kind {
    HELIOS_BREAKPOINT_OFF = 0,
    HELIOS_BREAKPOINT_EXECUTE = 1,
    HELIOS_BREAKPOINT_WRITE = 2,
    HELIOS_BREAKPOINT_ACCESS = 3,
};

#define HELIOS_PRIORITIES 64 // 0 .. 63, the highest runs

// ASIDControl.
//
// Makes pools of address-space identifiers.
enum helios_asid_control_invocation {
    // make_pool{memory}() -> {pool}  [WRITE]
    // Makes a pool of 256 identifiers, as far as the machine has so many left.
    HELIOS_ASID_CONTROL_MAKE_POOL = 1,
};

// ASIDPool.
//
// Address-space identifiers to give away.
enum helios_asid_pool_invocation {
    // assign{vspace}()  [WRITE]
    // Gives a VSpace an identifier.
    HELIOS_ASID_POOL_ASSIGN = 1,
    // query() -> (identifiers, free)  [READ]
    // Says how many there are.
    HELIOS_ASID_POOL_QUERY = 2,
};

// IOControl.
//
// The I/O ports of an x86_64 machine.
enum helios_io_control_invocation {
    // issue(first, count) -> {ports}  [WRITE]
    // Issues a range of ports. Revoking the IOControl takes all of them back.
    HELIOS_IO_CONTROL_ISSUE = 1,
};

// IOPort.
//
// A range of I/O ports (x86_64).
enum helios_io_port_invocation {
    // in8(port) -> (value)  [READ]
    // Reads 8 bits.
    HELIOS_IO_PORT_IN8 = 1,
    // in16(port) -> (value)  [READ]
    // Reads 16 bits.
    HELIOS_IO_PORT_IN16 = 2,
    // in32(port) -> (value)  [READ]
    // Reads 32 bits.
    HELIOS_IO_PORT_IN32 = 3,
    // out8(port, value)  [WRITE]
    // Writes 8 bits.
    HELIOS_IO_PORT_OUT8 = 4,
    // out16(port, value)  [WRITE]
    // Writes 16 bits.
    HELIOS_IO_PORT_OUT16 = 5,
    // out32(port, value)  [WRITE]
    // Writes 32 bits.
    HELIOS_IO_PORT_OUT32 = 6,
};

// IRQControl.
//
// The interrupts of the machine.
enum helios_irq_control_invocation {
    // issue(line, trigger, cpu) -> {handler}  [WRITE]
    // Issues the handler of a line, which is masked until the first acknowledgement.
    HELIOS_IRQ_CONTROL_ISSUE = 1,
    // issue_msi(device, cpu) -> (address, data) {handler}  [WRITE]
    // Issues a message-signalled interrupt. Write address and data into the device.
    HELIOS_IRQ_CONTROL_ISSUE_MSI = 2,
    // query() -> (lines, messages)  [READ]
    // Says how many there are.
    HELIOS_IRQ_CONTROL_QUERY = 3,
};

// How a line interrupts; 0: edge, active high.
enum helios_irq_trigger {
    // Else edge.
    HELIOS_IRQ_TRIGGER_LEVEL = 1 << 0,
    // Active low, falling edge.
    HELIOS_IRQ_ACTIVE_LOW = 1 << 1,
};

// IRQHandler.
//
// One interrupt.
enum helios_irq_handler_invocation {
    // bind{notification}()  [WRITE]
    // The interrupt signals this Notification from now on.
    HELIOS_IRQ_HANDLER_BIND = 1,
    // ack()  [WRITE]
    // Dealt with: it may come again. The first one enables it.
    HELIOS_IRQ_HANDLER_ACK = 2,
    // unbind()  [WRITE]
    // Nothing is signalled any more.
    HELIOS_IRQ_HANDLER_UNBIND = 3,
    // route(cpu) -> (address, data)  [WRITE]
    // Sends it to another CPU. Answers what a message has to be from now on; 0, 0 for a line.
    HELIOS_IRQ_HANDLER_ROUTE = 4,
};

// Power.
//
// Turns the machine off.
enum helios_power_invocation {
    // off()  [WRITE]
    // Turns the machine off, by PSCI, SBI or ACPI's registers.
    HELIOS_POWER_OFF = 1,
    // reboot()  [WRITE]
    // Starts the machine anew.
    HELIOS_POWER_REBOOT = 2,
    // panic_test()  [WRITE]
    // Panics the kernel, to try what is printed then.
    HELIOS_POWER_PANIC_TEST = 3,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_OBJECT_H
