// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/runner/terminal.h"

#include <string.h>
#include <unistd.h>

void terminal_enter(struct terminal *terminal) {
    *terminal = (struct terminal){.raw = false};
    // tcsetattr from the background would stop us (SIGTTOU).
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp() ||
        tcgetattr(STDIN_FILENO, &terminal->saved) != 0) {
        return;
    }
    struct termios raw = terminal->saved;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    terminal->raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void terminal_leave(struct terminal *terminal) {
    static const char reset[] = "\033[0m";
    if (!terminal->raw) {
        return;
    }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->saved);
    terminal->raw = false;
    if (isatty(STDOUT_FILENO) && write(STDOUT_FILENO, reset, strlen(reset)) < 0) {
        return; // a terminal that is gone needs no colours
    }
}
