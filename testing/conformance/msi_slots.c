// SPDX-License-Identifier: GPL-3.0-only
//
// Where message-signalled interrupts arrive, when there are some.
#include "testing/conformance/actor.h"
#include "testing/conformance/delivery.h"

enum { DEVICE = 8 };

static uint64_t device(void) {
    return DEVICE;
}

DELIVERS(irq_control_issue_msi, world_irq_control, HELIOS_IRQ_CONTROL_ISSUE_MSI, 0, 2, device, 0, 0)

TEST_CASE(irq_control_issue_msi_needs_a_buffer) {
    const struct helios_message message = {
        .capability = HELIOS_INIT_IRQ_CONTROL,
        .tag = helios_tag(HELIOS_IRQ_CONTROL_ISSUE_MSI, 0, 2, 0),
        .params = {DEVICE},
    };
    actor_make(0);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space_get(0)->buffer_page));
    actor_send(0, HELIOS_SYS_CALL, &message);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE, 0, 0);
    actor_end(0);
}
