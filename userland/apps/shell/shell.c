// SPDX-License-Identifier: GPL-3.0-only
//
// The shell on the serial console. Its arguments are a command to begin with.
#include <string.h>

#include "toolchains/freestanding/format.h"
#include "userland/apps/shell/commands.h"
#include "userland/apps/shell/line.h"
#include "userland/apps/shell/terminal.h"

int main(int argc, char **argv) {
    static struct line line;
    char first[LINE_MOST + 1] = "";
    size_t length = 0;
    line.prompt = "ares> ";
    line.write = terminal_write;
    terminal_open();
    terminal_printf("Helios. Type help for the commands.\n");
    for (int i = 1; i < argc && length + strlen(argv[i]) + 2 <= sizeof first; i++) {
        length +=
            format_text(first + length, sizeof first - length, "%s%s", i > 1 ? " " : "", argv[i]);
    }
    command_run(first);
    for (;;) {
        line_begin(&line);
        while (!line_key(&line, terminal_read())) {
        }
        command_run(line.text);
    }
}
