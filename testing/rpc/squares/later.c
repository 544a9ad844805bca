// SPDX-License-Identifier: GPL-3.0-only
//
// The other server that docs/reference/ipcgen.md shows: one that answers later.
#include "squares/square.h"
#include "userland/helios/startup.h"

struct waiting {
    uint64_t reply;
    uint64_t x;
};

static enum helios_error later(void *context, const struct helios_request *request, uint64_t x,
                               uint64_t *result) {
    struct waiting *waiting = context;
    (void)result;
    waiting->x = x;
    return helios_rpc_defer(request, &waiting->reply); // HELIOS_RPC_LATER
}

// Later is when the function has returned.
static bool dispatch(void *context, struct helios_message *message) {
    static const struct math_square_ops ops = {.of = later};
    struct waiting *waiting = context;
    waiting->reply = 0;
    bool is_answer = math_square_dispatch(&ops, waiting, message);
    if (waiting->reply != 0) {
        math_square_of_reply(waiting->reply, HELIOS_OK, waiting->x * waiting->x);
    }
    return is_answer;
}

int main(void) {
    struct waiting waiting = {0};
    const struct helios_server server = {
        .endpoint = helios_cap("square"),
        .dispatch = dispatch,
        .context = &waiting,
    };
    return (int)helios_serve(&server);
}
