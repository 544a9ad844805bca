// SPDX-License-Identifier: GPL-3.0-only
//
// The shell on the serial console.
#include <string.h>

#include "userland/apps/shell/commands.h"
#include "userland/apps/shell/line.h"
#include "userland/apps/shell/terminal.h"

int main(int argc, char **argv) {
    static struct line line;
    (void)argc;
    (void)argv;
    line.prompt = "ares> ";
    line.write = terminal_write;
    terminal_open();
    terminal_printf("Helios. Type help for the commands.\n");
    for (;;) {
        line_begin(&line);
        while (!line_key(&line, terminal_read())) {
        }
        command_run(line.text);
    }
}
