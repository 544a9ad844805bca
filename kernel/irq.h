// SPDX-License-Identifier: GPL-3.0-only
//
// IRQControl and IRQHandler. There is one handler object per interrupt source (line or message), in
// memory that the boot set aside; issuing makes the original capability to one that nobody has.
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
    struct object object; // type HELIOS_TYPE_IRQ_HANDLER; guards the rest
    uint32_t irq;         // arch/include/interrupt.h
    uint8_t is_issued;
    uint8_t is_enabled; // by the first ack
    uint8_t is_pending; // came and was not acknowledged yet
    uint8_t reserved;
    struct reference notification; // REFERENCE_IRQ_NOTIFICATION; its badge is what is signalled
};

// Boot, after arch_interrupt_init. false: no memory. The control object, for init's capability.
bool irq_init(void);
struct object *irq_control(void);

// An interrupt came (never ARCH_IRQ_TIMER). Nobody's: it is switched off.
void irq_raise(uint32_t irq);

struct task *irq_control_invoke(struct task *current, struct slot *slot,
                                const struct syscall *call);
struct task *irq_handler_invoke(struct task *current, struct slot *slot,
                                const struct syscall *call);
bool irq_handler_reap(struct object *object);
void irq_drop_reference(struct reference *reference);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IRQ_H
