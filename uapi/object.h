// SPDX-License-Identifier: MIT
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
    HELIOS_TYPE_NULL = 0,
    HELIOS_TYPE_MEMORY = 1,
    HELIOS_TYPE_DEVICE_MEMORY = 2,
    HELIOS_TYPE_CSPACE = 3,
    HELIOS_TYPE_VSPACE = 4,
    HELIOS_TYPE_TABLE_0 = 5, // maps 4 KiB pages: PT, L3PT
    HELIOS_TYPE_TABLE_1 = 6, // maps tables and 2 MiB pages: PD, L2PT
    HELIOS_TYPE_TABLE_2 = 7, // maps tables and 1 GiB pages: PDPT, L1PT
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
    HELIOS_RIGHT_READ = 1 << 0,    // Endpoint: receive; Notification: wait; Page: map readable
    HELIOS_RIGHT_WRITE = 1 << 1,   // Endpoint: send, call; Notification: signal; Page: map writable
    HELIOS_RIGHT_EXECUTE = 1 << 2, // Page: map executable
    HELIOS_RIGHT_GRANT = 1 << 3,   // Endpoint: messages may carry capabilities
    HELIOS_RIGHT_ALL = 15,
};

// "Any free slot": wherever a slot is named that is to receive a capability.
#define HELIOS_CADDR_UNDEF (~0ull)

// Memory.
enum helios_memory_invocation {
    // allocate(type, size, count) -> {capability * count}  [WRITE]
    // count: 1 .. HELIOS_MAX_CAPS, all or none. size: Page: level 0, 1, 2 (4 KiB, 2 MiB, 1 GiB);
    // CSpace: log2 of the number of slots, 2 .. 18; Memory (a split): log2 of its bytes, from 14;
    // 0 for everything else. Types: Memory, CSpace, VSpace, tables, Page, Task, Endpoint,
    // Notification. What is made is zeroed.
    HELIOS_MEMORY_ALLOCATE = 1,
    // query() -> (free bytes, log2 of the largest free run in bytes or 0, bytes in all)  [READ]
    HELIOS_MEMORY_QUERY = 2,
    // reset(): destroys everything that was made from it; it stays.  [WRITE]
    HELIOS_MEMORY_RESET = 3,
};

// DeviceMemory: a range of physical addresses that is not memory. The descriptor of what is made
// comes from the Memory that is handed in.
enum helios_device_memory_invocation {
    // allocate{memory}(physical address, level) -> {page}  [WRITE]
    HELIOS_DEVICE_MEMORY_ALLOCATE = 1,
    // split{memory}(physical address, bytes) -> {device memory}  [WRITE]  (multiples of 4 KiB)
    HELIOS_DEVICE_MEMORY_SPLIT = 2,
    // query() -> (physical address, bytes)  [READ]
    HELIOS_DEVICE_MEMORY_QUERY = 3,
};

// CSpace. `slot` may be HELIOS_CADDR_UNDEF where a capability goes to.
enum helios_cspace_invocation {
    // copy{source}(slot, rights, badge) -> (slot)  [WRITE]  The copy has the rights that are in
    // both. badge: 0 keeps the source's; another value needs an unbadged Endpoint or Notification.
    HELIOS_CSPACE_COPY = 1,
    // move(from, to) -> (to), move{cspace}(from, to in that one) -> (to)  [WRITE on both]
    HELIOS_CSPACE_MOVE = 2,
    // destroy(slot, ...) -> (slots emptied)  [WRITE]  Null slots are skipped.
    HELIOS_CSPACE_DESTROY = 3,
    // revoke(slot): destroys what was derived from the capability there, mappings and every other
    // use of it included; itself stays. That can be the original or a copy of it. What comes from a
    // copy of a copy belongs to that one too, so itself can't be revoked: ERROR_STATE.  [WRITE]
    HELIOS_CSPACE_REVOKE = 4,
    // identify(slot) -> (type, rights, badge, size as in Memory.allocate)  [READ]
    HELIOS_CSPACE_IDENTIFY = 5,
    // list(first) -> (next or HELIOS_CADDR_UNDEF, n, slot 0, type 0, ... slot n-1, type n-1) [READ]
    HELIOS_CSPACE_LIST = 6,
    // query() -> (slots, free slots)  [READ]
    HELIOS_CSPACE_QUERY = 7,
    // save_reply(slot) -> (slot)  [WRITE]  The right to answer the caller's pending call moves from
    // the caller into a Reply capability.
    HELIOS_CSPACE_SAVE_REPLY = 8,
};

// VSpace. Addresses are multiples of 4 KiB (query's need not be) below the last user page, which is
// never mapped.
enum helios_vspace_invocation {
    // map{page}(address, enum helios_map_flags)  [WRITE; on the page READ, and WRITE or EXECUTE if
    // the flags say so]  The address is a multiple of the page's size. A device's page is mapped
    // with DEVICE unless the flags say WRITE_COMBINE; a page of memory without caching has 4 KiB.
    // map{table}(address, 0)  [WRITE]  The address: any that the table is to serve.
    HELIOS_VSPACE_MAP = 1,
    HELIOS_VSPACE_UNMAP = 2,       // unmap(address): the page that begins there  [WRITE]
    HELIOS_VSPACE_UNMAP_TABLE = 3, // unmap_table(address, level): the table, if empty  [WRITE]
    // query(address) -> (physical address, flags, level of the page)  [READ]
    HELIOS_VSPACE_QUERY = 4,
};

enum helios_map_flags {
    HELIOS_MAP_WRITE = 1 << 0,
    HELIOS_MAP_EXECUTE = 1 << 1,       // alone
    HELIOS_MAP_DEVICE = 1 << 2,        // device registers: not cached, not reordered
    HELIOS_MAP_WRITE_COMBINE = 1 << 3, // not cached, writes are gathered: framebuffers
    HELIOS_MAP_ALL = 15,
};

// Page. offset and bytes lie inside the page; at most 64 KiB at once. Not for device pages.
enum helios_page_invocation {
    HELIOS_PAGE_QUERY = 1,      // query() -> (physical address, level, 1 if device)  [READ]
    HELIOS_PAGE_CLEAN = 2,      // clean(offset, bytes): memory has what caches hold  [READ]
    HELIOS_PAGE_INVALIDATE = 3, // invalidate(offset, bytes): after DMA into it  [WRITE]
    HELIOS_PAGE_SYNC_CODE = 4,  // sync_code(offset, bytes): instruction fetch sees it  [WRITE]
};

// Task.
enum helios_task_invocation {
    // configure{one capability for each bit, lowest first}(mask of enum helios_task_part)  [WRITE]
    // A new task is suspended. It runs once it has a VSpace and is resumed.
    HELIOS_TASK_CONFIGURE = 1,
    // read_registers() -> (mask of valid words, number of words, 0, 0, word 0, word 1 ...)  [READ]
    HELIOS_TASK_READ_REGISTERS = 2,
    // write_registers(mask, 0, 0, 0, word 0, word 1 ...)  [WRITE]  A word for each register, those
    // whose bit is 0 are ignored. Ends a blocking system call as cancel does.
    HELIOS_TASK_WRITE_REGISTERS = 3,
    HELIOS_TASK_SET_TLS = 4, // set_tls(base)  [WRITE]
    // set_priority{authority}(priority, ceiling)  [WRITE on both]  Both at most the ceiling of the
    // Task that is shown as authority.
    HELIOS_TASK_SET_PRIORITY = 5,
    // set_affinity{authority}(mask of CPUs): at most those of the authority.  [WRITE on both]
    HELIOS_TASK_SET_AFFINITY = 6,
    HELIOS_TASK_SUSPEND = 7, // stops it; what it is blocked in goes on  [WRITE]
    HELIOS_TASK_RESUME = 8,  // [WRITE]
    HELIOS_TASK_CANCEL = 9,  // ends what it is blocked in with HELIOS_ERROR_CANCELLED  [WRITE]
    // query() -> (CPU time in ns, enum helios_task_state | suspended << 8, priority | effective
    // << 8 | ceiling << 16, affinity)  [READ]
    HELIOS_TASK_QUERY = 10,
    // bind{notification}: a recv of this task also ends when that is signalled  [WRITE, READ on it]
    HELIOS_TASK_BIND = 11,
    HELIOS_TASK_UNBIND = 12,         // [WRITE]
    HELIOS_TASK_SET_STEP = 13,       // set_step(0 or 1)  [WRITE]
    HELIOS_TASK_SET_BREAKPOINT = 14, // set_breakpoint(index, kind, address, bytes)  [WRITE]
    HELIOS_TASK_SET_NAME = 15,       // set_name(8 characters, 8 more), for messages  [WRITE]
    HELIOS_TASK_LIST = 16,           // as CSpace.list, of its CSpace  [READ]
    HELIOS_TASK_DUMP = 17,           // prints capabilities and mappings on the console  [READ]
    HELIOS_TASK_GET_TLS = 18,        // get_tls() -> (base)  [READ]
};

enum helios_task_part {
    HELIOS_TASK_CSPACE = 1 << 0,         // [WRITE]
    HELIOS_TASK_VSPACE = 1 << 1,         // [WRITE]
    HELIOS_TASK_BUFFER = 1 << 2,         // a 4 KiB page that is memory  [READ and WRITE]
    HELIOS_TASK_FAULT_ENDPOINT = 1 << 3, // [WRITE and GRANT]; its badge is in each message
    HELIOS_TASK_PARTS = 15,
};

enum helios_task_state {
    HELIOS_TASK_INACTIVE = 0, // never resumed, or it lost its VSpace
    HELIOS_TASK_READY = 1,    // runs or could run
    HELIOS_TASK_SENDING = 2,
    HELIOS_TASK_RECEIVING = 3,
    HELIOS_TASK_CALLING = 4, // waits for an answer
    HELIOS_TASK_WAITING = 5, // for a notification
    HELIOS_TASK_POLLING = 6,
    HELIOS_TASK_FAULTED = 7, // waits for the answer to a fault message
};

enum helios_breakpoint_kind {
    HELIOS_BREAKPOINT_OFF = 0,
    HELIOS_BREAKPOINT_EXECUTE = 1,
    HELIOS_BREAKPOINT_WRITE = 2,
    HELIOS_BREAKPOINT_ACCESS = 3,
};

#define HELIOS_PRIORITIES 64 // 0 .. 63, the highest runs

enum helios_asid_control_invocation {
    HELIOS_ASID_CONTROL_MAKE_POOL = 1, // make_pool{memory}() -> {pool}  [WRITE]
};

enum helios_asid_pool_invocation {
    HELIOS_ASID_POOL_ASSIGN = 1, // assign{vspace}()  [WRITE on both]
    HELIOS_ASID_POOL_QUERY = 2,  // query() -> (identifiers in all, free ones)  [READ]
};

enum helios_io_control_invocation {
    HELIOS_IO_CONTROL_ISSUE = 1, // issue(first port, count) -> {port range}  [WRITE]
};

// IOPort (x86_64). p0: port; the capability's range must hold the whole access. IN answers the
// value in p0; OUT takes it in p1.
enum helios_io_port_invocation {
    HELIOS_IO_PORT_IN8 = 1, // [READ]
    HELIOS_IO_PORT_IN16 = 2,
    HELIOS_IO_PORT_IN32 = 3,
    HELIOS_IO_PORT_OUT8 = 4, // [WRITE]
    HELIOS_IO_PORT_OUT16 = 5,
    HELIOS_IO_PORT_OUT32 = 6,
};

enum helios_irq_control_invocation {
    // issue(line, enum helios_irq_trigger, cpu) -> {handler}  [WRITE]  The line is masked until
    // ack.
    HELIOS_IRQ_CONTROL_ISSUE = 1,
    // issue_msi(device, cpu) -> (address, data) {handler}  [WRITE]  device: PCI requester id
    HELIOS_IRQ_CONTROL_ISSUE_MSI = 2,
    HELIOS_IRQ_CONTROL_QUERY = 3, // query() -> (lines, message-signalled interrupts)  [READ]
};

enum helios_irq_trigger {
    HELIOS_IRQ_TRIGGER_LEVEL = 1 << 0, // else edge
    HELIOS_IRQ_ACTIVE_LOW = 1 << 1,    // active low, falling edge
};

enum helios_irq_handler_invocation {
    // bind{notification}: the interrupt signals it, with the badge of that capability  [WRITE on
    // both]
    HELIOS_IRQ_HANDLER_BIND = 1,
    HELIOS_IRQ_HANDLER_ACK = 2,    // dealt with, it may come again (the first one enables)  [WRITE]
    HELIOS_IRQ_HANDLER_UNBIND = 3, // [WRITE]
    // route(cpu) -> (address, data): what a message has to be from now on; 0, 0 for a line. [WRITE]
    // Not between an interrupt and its acknowledgement.
    HELIOS_IRQ_HANDLER_ROUTE = 4,
};

// Power: no parameters. An answer comes only if the request fails.  [WRITE]
enum helios_power_invocation {
    HELIOS_POWER_OFF = 1,
    HELIOS_POWER_REBOOT = 2,
    // Panics the kernel, to try what is printed then. Only in a checked kernel that was booted with
    // panic-test=1; HELIOS_ERROR_DISABLED otherwise.
    HELIOS_POWER_PANIC_TEST = 3,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_OBJECT_H
