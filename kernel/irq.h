// SPDX-License-Identifier: GPL-3.0-only
//
// IRQControl and IRQHandler. There is one handler object per interrupt source (line or message), in
// memory that the boot set aside; issuing makes the original capability to one that nobody has, and
// the source is free again when the last capability to it goes.
//
// The life of an interrupt: it comes, the handler is `pending` and its Notification is signalled;
// it can't come again until somebody acknowledges it. A source is off until the first
// acknowledgement, and is switched off (until the next one) if it comes while no Notification is
// bound.
#ifndef HELIOS_KERNEL_IRQ_H
#define HELIOS_KERNEL_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/object.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct irq_handler {
    struct object object; // type HELIOS_TYPE_IRQ_HANDLER
    struct lock lock;     // guards what follows. Taken before an object's lock.
    uint32_t irq;         // arch/include/interrupt.h
    uint32_t device;      // of a message: who sends it
    uint8_t trigger;      // of a line: enum irq_flags
    uint8_t is_enabled;   // by an acknowledgement
    uint8_t is_pending;   // came and was not acknowledged yet
    uint8_t reserved;
    struct reference notification; // REFERENCE_IRQ_NOTIFICATION; its badge is what is signalled
};

static inline struct irq_handler *irq_handler_of(struct object *object) {
    return (struct irq_handler *)object;
}

// Boot, after arch_interrupt_init. false: no memory. The control object, for init's capability.
bool irq_init(void);
struct object *irq_control(void);

// An interrupt came (never ARCH_IRQ_TIMER). Nobody's: it is switched off. Constant time; returns
// who waited for it, ready and in no queue; or NULL.
struct task *irq_raise(uint32_t irq);

// In the middle of what is longer than interrupts may stay off, and can't be left (a message with
// many capabilities): devices' interrupts are taken, and who waits for one becomes ready. Nobody
// else runs before it is finished, and what the timer and other CPUs want waits as long. So nothing
// changes but notifications, and who waits for those. No lock is held; somebody may be claimed
// (kernel/ipc_wait.h): a signal waits for nobody.
void irq_window(void);
// How many of its parts are done between two of these.
#define IRQ_WINDOW_PARTS 12u

struct task *irq_control_invoke(struct task *current, const struct slot_view *slot,
                                const struct syscall *call);
struct task *irq_handler_invoke(struct task *current, const struct slot_view *slot,
                                const struct syscall *call);
bool irq_handler_reap(struct object *object);
void irq_handler_release(struct object *object); // nobody looks at it any more: it can be issued
void irq_drop_reference(const struct reference_place *place);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IRQ_H
