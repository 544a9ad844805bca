// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// A function for each invocation of each object. Capability arguments go through the thread's
// IPC buffer; capabilities that an answer brings arrive in the receive slots, and their addresses
// stand in helios_buffer->caps. What an answer has beyond its fourth word stands in
// helios_buffer->params from index 4 on.
#ifndef HELIOS_USERLAND_HELIOS_OBJECTS_H
#define HELIOS_USERLAND_HELIOS_OBJECTS_H

#include <stdint.h>

#include "uapi/object.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Memory.allocate(type, size, count) -> {objects...}
// Makes objects: all of them or, if one can't be had, none.
static inline struct helios_answer helios_memory_allocate(uint64_t memory, uint64_t type,
                                                          uint64_t size, uint64_t count) {
    const uint64_t first_[4] = {type, size, count, 0};
    return helios_invoke(memory, HELIOS_MEMORY_ALLOCATE, 0, 3, first_);
}

// Memory.query() -> (free, largest, total)
// Says how much is free.
static inline struct helios_answer helios_memory_query(uint64_t memory) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(memory, HELIOS_MEMORY_QUERY, 0, 0, first_);
}

// Memory.reset()
// Destroys everything that was made from it; it stays.
static inline struct helios_answer helios_memory_reset(uint64_t memory) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(memory, HELIOS_MEMORY_RESET, 0, 0, first_);
}

// DeviceMemory.allocate{memory}(address, level) -> {page}
// Makes a Page.
static inline struct helios_answer helios_device_memory_allocate(uint64_t device_memory,
                                                                 uint64_t memory, uint64_t address,
                                                                 uint64_t level) {
    helios_buffer->caps[0] = memory;
    const uint64_t first_[4] = {address, level, 0, 0};
    return helios_invoke(device_memory, HELIOS_DEVICE_MEMORY_ALLOCATE, 1, 2, first_);
}

// DeviceMemory.split{memory}(address, bytes) -> {part}
// Makes a DeviceMemory of a part.
static inline struct helios_answer helios_device_memory_split(uint64_t device_memory,
                                                              uint64_t memory, uint64_t address,
                                                              uint64_t bytes) {
    helios_buffer->caps[0] = memory;
    const uint64_t first_[4] = {address, bytes, 0, 0};
    return helios_invoke(device_memory, HELIOS_DEVICE_MEMORY_SPLIT, 1, 2, first_);
}

// DeviceMemory.query() -> (address, bytes)
// Says where it is.
static inline struct helios_answer helios_device_memory_query(uint64_t device_memory) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(device_memory, HELIOS_DEVICE_MEMORY_QUERY, 0, 0, first_);
}

// CSpace.copy{source}(slot, rights, badge) -> (slot)
// Copies a capability of the caller's into this CSpace.
static inline struct helios_answer helios_cspace_copy(uint64_t cspace, uint64_t source,
                                                      uint64_t slot, uint64_t rights,
                                                      uint64_t badge) {
    helios_buffer->caps[0] = source;
    const uint64_t first_[4] = {slot, rights, badge, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_COPY, 1, 3, first_);
}

// CSpace.move{destination?}(from, to) -> (slot)
// Moves a capability within this CSpace, or from it to another one.
static inline struct helios_answer helios_cspace_move(uint64_t cspace, uint64_t destination,
                                                      uint64_t from, uint64_t to) {
    helios_buffer->caps[0] = destination;
    const uint64_t first_[4] = {from, to, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_MOVE, destination != 0, 2, first_);
}

// CSpace.destroy(slots...) -> (emptied)
// Empties slots, up to HELIOS_MAX_PARAMS at once. Null ones are skipped.
static inline struct helios_answer helios_cspace_destroy(uint64_t cspace, const uint64_t *slots,
                                                         uint32_t slots_count) {
    uint64_t first_[4] = {0, 0, 0, 0};
    if (slots_count > HELIOS_MAX_PARAMS) {
        slots_count = HELIOS_MAX_PARAMS + 1;
    }
    for (uint32_t i_ = 0; i_ < slots_count && i_ < HELIOS_MAX_PARAMS; i_++) {
        uint64_t *words_ = i_ < 4 ? first_ : helios_buffer->params;
        words_[i_] = slots[i_];
    }
    return helios_invoke(cspace, HELIOS_CSPACE_DESTROY, 0, slots_count, first_);
}

// CSpace.revoke(slot)
// Destroys what was derived from a capability, every use of it included; itself stays.
static inline struct helios_answer helios_cspace_revoke(uint64_t cspace, uint64_t slot) {
    const uint64_t first_[4] = {slot, 0, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_REVOKE, 0, 1, first_);
}

// CSpace.identify(slot) -> (type, rights, badge, size)
// Says what a slot holds.
static inline struct helios_answer helios_cspace_identify(uint64_t cspace, uint64_t slot) {
    const uint64_t first_[4] = {slot, 0, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_IDENTIFY, 0, 1, first_);
}

// CSpace.list(first) -> (next, n, slot_type...)
// Lists the slots that are in use, from `first` on.
static inline struct helios_answer helios_cspace_list(uint64_t cspace, uint64_t first) {
    const uint64_t first_[4] = {first, 0, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_LIST, 0, 1, first_);
}

// CSpace.query() -> (slots, free)
// Says how large it is.
static inline struct helios_answer helios_cspace_query(uint64_t cspace) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_QUERY, 0, 0, first_);
}

// CSpace.save_reply(slot) -> (slot)
// Stores the right to answer the call that the invoking task has received, as a Reply.
static inline struct helios_answer helios_cspace_save_reply(uint64_t cspace, uint64_t slot) {
    const uint64_t first_[4] = {slot, 0, 0, 0};
    return helios_invoke(cspace, HELIOS_CSPACE_SAVE_REPLY, 0, 1, first_);
}

// VSpace.map{object}(address, flags)
// Maps a Page, or a table.
static inline struct helios_answer helios_vspace_map(uint64_t vspace, uint64_t object,
                                                     uint64_t address, uint64_t flags) {
    helios_buffer->caps[0] = object;
    const uint64_t first_[4] = {address, flags, 0, 0};
    return helios_invoke(vspace, HELIOS_VSPACE_MAP, 1, 2, first_);
}

// VSpace.unmap(address)
// Takes out the page that begins at this address. The Page itself stays.
static inline struct helios_answer helios_vspace_unmap(uint64_t vspace, uint64_t address) {
    const uint64_t first_[4] = {address, 0, 0, 0};
    return helios_invoke(vspace, HELIOS_VSPACE_UNMAP, 0, 1, first_);
}

// VSpace.unmap_table(address, level)
// Takes out a table, if nothing is mapped through it.
static inline struct helios_answer helios_vspace_unmap_table(uint64_t vspace, uint64_t address,
                                                             uint64_t level) {
    const uint64_t first_[4] = {address, level, 0, 0};
    return helios_invoke(vspace, HELIOS_VSPACE_UNMAP_TABLE, 0, 2, first_);
}

// VSpace.query(address) -> (physical, flags, level)
// Says what is mapped at an address.
static inline struct helios_answer helios_vspace_query(uint64_t vspace, uint64_t address) {
    const uint64_t first_[4] = {address, 0, 0, 0};
    return helios_invoke(vspace, HELIOS_VSPACE_QUERY, 0, 1, first_);
}

// Page.query() -> (address, level, device)
// Says where it is.
static inline struct helios_answer helios_page_query(uint64_t page) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(page, HELIOS_PAGE_QUERY, 0, 0, first_);
}

// Page.clean(offset, bytes)
// Memory gets what caches hold: before a device reads it.
static inline struct helios_answer helios_page_clean(uint64_t page, uint64_t offset,
                                                     uint64_t bytes) {
    const uint64_t first_[4] = {offset, bytes, 0, 0};
    return helios_invoke(page, HELIOS_PAGE_CLEAN, 0, 2, first_);
}

// Page.invalidate(offset, bytes)
// Caches forget what they hold of it: after a device has written it.
static inline struct helios_answer helios_page_invalidate(uint64_t page, uint64_t offset,
                                                          uint64_t bytes) {
    const uint64_t first_[4] = {offset, bytes, 0, 0};
    return helios_invoke(page, HELIOS_PAGE_INVALIDATE, 0, 2, first_);
}

// Page.sync_code(offset, bytes)
// Instruction fetch sees what was written: after loading code.
static inline struct helios_answer helios_page_sync_code(uint64_t page, uint64_t offset,
                                                         uint64_t bytes) {
    const uint64_t first_[4] = {offset, bytes, 0, 0};
    return helios_invoke(page, HELIOS_PAGE_SYNC_CODE, 0, 2, first_);
}

// Task.configure{parts...}(mask)
// Gives it parts.
static inline struct helios_answer helios_task_configure(uint64_t task, const uint64_t *parts,
                                                         uint32_t parts_count, uint64_t mask) {
    if (parts_count > HELIOS_MAX_CAPS) {
        parts_count = HELIOS_MAX_CAPS + 1;
    }
    for (uint32_t i_ = 0; i_ < parts_count && i_ < HELIOS_MAX_CAPS; i_++) {
        helios_buffer->caps[i_] = parts[i_];
    }
    const uint64_t first_[4] = {mask, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_CONFIGURE, parts_count, 1, first_);
}

// Task.read_registers() -> (mask, count, 0, 0, words...)
// Reads the registers. Words that are not valid inside a system call have a 0 in the mask.
static inline struct helios_answer helios_task_read_registers(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_READ_REGISTERS, 0, 0, first_);
}

// Task.write_registers(mask, 0, 0, 0, words...)
// Writes registers.
static inline struct helios_answer helios_task_write_registers(uint64_t task, uint64_t mask,
                                                               const uint64_t *words,
                                                               uint32_t words_count) {
    uint64_t first_[4] = {mask, 0, 0, 0};
    if (words_count > HELIOS_MAX_PARAMS) {
        words_count = HELIOS_MAX_PARAMS + 1;
    }
    for (uint32_t i_ = 0; i_ < words_count && i_ < HELIOS_MAX_PARAMS - 4; i_++) {
        helios_buffer->params[4 + i_] = words[i_];
    }
    return helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + words_count, first_);
}

// Task.set_tls(base)
// Sets the TLS base: FS base, TPIDR_EL0, tp.
static inline struct helios_answer helios_task_set_tls(uint64_t task, uint64_t base) {
    const uint64_t first_[4] = {base, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SET_TLS, 0, 1, first_);
}

// Task.set_priority{authority}(priority, ceiling)
// Sets priority and ceiling.
static inline struct helios_answer helios_task_set_priority(uint64_t task, uint64_t authority,
                                                            uint64_t priority, uint64_t ceiling) {
    helios_buffer->caps[0] = authority;
    const uint64_t first_[4] = {priority, ceiling, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SET_PRIORITY, 1, 2, first_);
}

// Task.set_affinity{authority}(cpus)
// Sets the CPUs that it may run on: at most those of the authority.
static inline struct helios_answer helios_task_set_affinity(uint64_t task, uint64_t authority,
                                                            uint64_t cpus) {
    helios_buffer->caps[0] = authority;
    const uint64_t first_[4] = {cpus, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SET_AFFINITY, 1, 1, first_);
}

// Task.suspend()
// Stops it; what it is blocked in goes on.
static inline struct helios_answer helios_task_suspend(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SUSPEND, 0, 0, first_);
}

// Task.resume()
// Lets it run.
static inline struct helios_answer helios_task_resume(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_RESUME, 0, 0, first_);
}

// Task.cancel() -> (cancelled)
// Ends what it is blocked in, with CANCELLED.
static inline struct helios_answer helios_task_cancel(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_CANCEL, 0, 0, first_);
}

// Task.query() -> (time, state, priorities, cpus)
// Says how it is.
static inline struct helios_answer helios_task_query(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_QUERY, 0, 0, first_);
}

// Task.bind{notification}()
// Binds a Notification: a recv of this task also ends when that is signalled.
static inline struct helios_answer helios_task_bind(uint64_t task, uint64_t notification) {
    helios_buffer->caps[0] = notification;
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_BIND, 1, 0, first_);
}

// Task.unbind()
// Ends that.
static inline struct helios_answer helios_task_unbind(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_UNBIND, 0, 0, first_);
}

// Task.set_step(on)
// Makes it fault (STEP) after each instruction, or not any more.
static inline struct helios_answer helios_task_set_step(uint64_t task, uint64_t on) {
    const uint64_t first_[4] = {on, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SET_STEP, 0, 1, first_);
}

// Task.set_breakpoint(index, kind, address, bytes)
// Sets or clears a hardware breakpoint: a BREAKPOINT or WATCHPOINT fault.
static inline struct helios_answer helios_task_set_breakpoint(uint64_t task, uint64_t index,
                                                              uint64_t kind, uint64_t address,
                                                              uint64_t bytes) {
    const uint64_t first_[4] = {index, kind, address, bytes};
    return helios_invoke(task, HELIOS_TASK_SET_BREAKPOINT, 0, 4, first_);
}

// Task.set_name(text, more)
// Names it, for the kernel's messages.
static inline struct helios_answer helios_task_set_name(uint64_t task, uint64_t text,
                                                        uint64_t more) {
    const uint64_t first_[4] = {text, more, 0, 0};
    return helios_invoke(task, HELIOS_TASK_SET_NAME, 0, 2, first_);
}

// Task.list(first) -> (next, n, slot_type...)
// As CSpace.list, of its CSpace.
static inline struct helios_answer helios_task_list(uint64_t task, uint64_t first) {
    const uint64_t first_[4] = {first, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_LIST, 0, 1, first_);
}

// Task.dump()
// Prints its capabilities and mappings on the console.
static inline struct helios_answer helios_task_dump(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_DUMP, 0, 0, first_);
}

// Task.get_tls() -> (base)
// Reads the TLS base.
static inline struct helios_answer helios_task_get_tls(uint64_t task) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(task, HELIOS_TASK_GET_TLS, 0, 0, first_);
}

// ASIDControl.make_pool{memory}() -> {pool}
// Makes a pool of 256 identifiers, as far as the machine has so many left.
static inline struct helios_answer helios_asid_control_make_pool(uint64_t asid_control,
                                                                 uint64_t memory) {
    helios_buffer->caps[0] = memory;
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(asid_control, HELIOS_ASID_CONTROL_MAKE_POOL, 1, 0, first_);
}

// ASIDPool.assign{vspace}()
// Gives a VSpace an identifier.
static inline struct helios_answer helios_asid_pool_assign(uint64_t asid_pool, uint64_t vspace) {
    helios_buffer->caps[0] = vspace;
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(asid_pool, HELIOS_ASID_POOL_ASSIGN, 1, 0, first_);
}

// ASIDPool.query() -> (identifiers, free)
// Says how many there are.
static inline struct helios_answer helios_asid_pool_query(uint64_t asid_pool) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(asid_pool, HELIOS_ASID_POOL_QUERY, 0, 0, first_);
}

// IOControl.issue(first, count) -> {ports}
// Issues a range of ports. Revoking the IOControl takes all of them back.
static inline struct helios_answer helios_io_control_issue(uint64_t io_control, uint64_t first,
                                                           uint64_t count) {
    const uint64_t first_[4] = {first, count, 0, 0};
    return helios_invoke(io_control, HELIOS_IO_CONTROL_ISSUE, 0, 2, first_);
}

// IOPort.in8(port) -> (value)
// Reads 8 bits.
static inline struct helios_answer helios_io_port_in8(uint64_t io_port, uint64_t port) {
    const uint64_t first_[4] = {port, 0, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_IN8, 0, 1, first_);
}

// IOPort.in16(port) -> (value)
// Reads 16 bits.
static inline struct helios_answer helios_io_port_in16(uint64_t io_port, uint64_t port) {
    const uint64_t first_[4] = {port, 0, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_IN16, 0, 1, first_);
}

// IOPort.in32(port) -> (value)
// Reads 32 bits.
static inline struct helios_answer helios_io_port_in32(uint64_t io_port, uint64_t port) {
    const uint64_t first_[4] = {port, 0, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_IN32, 0, 1, first_);
}

// IOPort.out8(port, value)
// Writes 8 bits.
static inline struct helios_answer helios_io_port_out8(uint64_t io_port, uint64_t port,
                                                       uint64_t value) {
    const uint64_t first_[4] = {port, value, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_OUT8, 0, 2, first_);
}

// IOPort.out16(port, value)
// Writes 16 bits.
static inline struct helios_answer helios_io_port_out16(uint64_t io_port, uint64_t port,
                                                        uint64_t value) {
    const uint64_t first_[4] = {port, value, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_OUT16, 0, 2, first_);
}

// IOPort.out32(port, value)
// Writes 32 bits.
static inline struct helios_answer helios_io_port_out32(uint64_t io_port, uint64_t port,
                                                        uint64_t value) {
    const uint64_t first_[4] = {port, value, 0, 0};
    return helios_invoke(io_port, HELIOS_IO_PORT_OUT32, 0, 2, first_);
}

// IRQControl.issue(line, trigger, cpu) -> {handler}
// Issues the handler of a line, which is masked until the first acknowledgement.
static inline struct helios_answer helios_irq_control_issue(uint64_t irq_control, uint64_t line,
                                                            uint64_t trigger, uint64_t cpu) {
    const uint64_t first_[4] = {line, trigger, cpu, 0};
    return helios_invoke(irq_control, HELIOS_IRQ_CONTROL_ISSUE, 0, 3, first_);
}

// IRQControl.issue_msi(device, cpu) -> (address, data) {handler}
// Issues a message-signalled interrupt. Write address and data into the device.
static inline struct helios_answer helios_irq_control_issue_msi(uint64_t irq_control,
                                                                uint64_t device, uint64_t cpu) {
    const uint64_t first_[4] = {device, cpu, 0, 0};
    return helios_invoke(irq_control, HELIOS_IRQ_CONTROL_ISSUE_MSI, 0, 2, first_);
}

// IRQControl.query() -> (lines, messages)
// Says how many there are.
static inline struct helios_answer helios_irq_control_query(uint64_t irq_control) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(irq_control, HELIOS_IRQ_CONTROL_QUERY, 0, 0, first_);
}

// IRQHandler.bind{notification}()
// The interrupt signals this Notification from now on.
static inline struct helios_answer helios_irq_handler_bind(uint64_t irq_handler,
                                                           uint64_t notification) {
    helios_buffer->caps[0] = notification;
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(irq_handler, HELIOS_IRQ_HANDLER_BIND, 1, 0, first_);
}

// IRQHandler.ack()
// Dealt with: it may come again. The first one enables it.
static inline struct helios_answer helios_irq_handler_ack(uint64_t irq_handler) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(irq_handler, HELIOS_IRQ_HANDLER_ACK, 0, 0, first_);
}

// IRQHandler.unbind()
// Nothing is signalled any more.
static inline struct helios_answer helios_irq_handler_unbind(uint64_t irq_handler) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(irq_handler, HELIOS_IRQ_HANDLER_UNBIND, 0, 0, first_);
}

// IRQHandler.route(cpu) -> (address, data)
// Sends it to another CPU. Answers what a message has to be from now on; 0, 0 for a line.
static inline struct helios_answer helios_irq_handler_route(uint64_t irq_handler, uint64_t cpu) {
    const uint64_t first_[4] = {cpu, 0, 0, 0};
    return helios_invoke(irq_handler, HELIOS_IRQ_HANDLER_ROUTE, 0, 1, first_);
}

// Power.off()
// Turns the machine off, by PSCI, SBI or ACPI's registers.
static inline struct helios_answer helios_power_off(uint64_t power) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(power, HELIOS_POWER_OFF, 0, 0, first_);
}

// Power.reboot()
// Starts the machine anew.
static inline struct helios_answer helios_power_reboot(uint64_t power) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(power, HELIOS_POWER_REBOOT, 0, 0, first_);
}

// Power.panic_test()
// Panics the kernel, to try what is printed then.
static inline struct helios_answer helios_power_panic_test(uint64_t power) {
    const uint64_t first_[4] = {0, 0, 0, 0};
    return helios_invoke(power, HELIOS_POWER_PANIC_TEST, 0, 0, first_);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_OBJECTS_H
