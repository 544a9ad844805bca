// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/runner/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build/tools/qemu/process.h"
#include "build/tools/qemu/text.h"
#include "build/tools/runner/terminal.h"

#define CTRL_C        3
#define CONTROL_MS    10000 // for an answer of QEMU itself
#define TEXT_KEEP     65536u
#define NOT_ENDED     (-1)
#define DEFAULT_READY "helios: ready"

struct run {
    const struct qemu_config *config;
    const struct qemu_options *options;
    struct qemu qemu;
    struct terminal terminal;
    int signals;          // signalfd
    bool input_open;      // standard input may have more
    struct buffer input;  // read, not yet taken by QEMU
    struct buffer output; // raw console output, not yet written
    struct text_filter filter;
    struct buffer text;   // the console as text
    size_t line_position; // in text: the first line not looked at
    int guest_status;
    int64_t deadline;
};

// Writes all of it, or gives up on the stream.
static bool write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t wrote = write(fd, data, size);
        if (wrote < 0 && errno != EINTR && errno != EAGAIN) {
            return false;
        }
        if (wrote > 0) {
            data += wrote;
            size -= (size_t)wrote;
        }
    }
    return true;
}

// Copies new output to standard output and looks at its lines.
static bool output_pass(struct run *run) {
    bool ok = write_all(STDOUT_FILENO, run->output.data, run->output.size);
    text_filter_add(&run->filter, run->output.data, run->output.size, &run->text);
    run->output.size = 0;
    char *line;
    while ((line = text_next_line(&run->text, &run->line_position)) != NULL) {
        int status = text_exit_status(line);
        run->guest_status = status >= 0 ? status : run->guest_status;
        free(line);
    }
    return ok;
}

static bool ready_seen(struct run *run) {
    const char *ready = run->options->ready;
    ready = ready != NULL ? ready : qemu_config_get(run->config, "ready", false);
    ready = ready != NULL && ready[0] != '\0' ? ready : DEFAULT_READY;
    return run->text.size > 0 && strstr(run->text.data, ready) != NULL;
}

// A guest may run for days: only the end of its output is kept.
static void text_trim(struct run *run) {
    if (run->text.size > 2 * TEXT_KEEP) {
        size_t drop = run->text.size - TEXT_KEEP;
        memmove(run->text.data, run->text.data + drop, TEXT_KEEP + 1);
        run->text.size = TEXT_KEEP;
        run->line_position = run->line_position > drop ? run->line_position - drop : 0;
    }
}

static void input_flush(struct run *run) {
    size_t sent = qemu_send(&run->qemu, run->input.data, run->input.size);
    run->input.size -= sent;
    memmove(run->input.data, run->input.data + sent, run->input.size);
}

// Reads what was typed. At the end of standard input the guest just gets no more.
static int input_pass(struct run *run) {
    char keys[256];
    ssize_t got = read(STDIN_FILENO, keys, sizeof keys);
    if (got <= 0) {
        run->input_open = got < 0 && (errno == EINTR || errno == EAGAIN);
        return NOT_ENDED;
    }
    if (run->terminal.raw && memchr(keys, CTRL_C, (size_t)got) != NULL) {
        return RUN_INTERRUPTED;
    }
    buffer_append(&run->input, keys, (size_t)got);
    input_flush(run);
    return NOT_ENDED;
}

static bool report(const struct error *err) {
    fprintf(stderr, "\nrunner: %s\n", err->text);
    return false;
}

static bool screenshot_take(struct run *run) {
    struct error err = {0};
    char *file = mem_format("%s/screen.png", run->qemu.temp_dir);
    char *arguments = mem_format("{\"filename\":\"%s\",\"format\":\"png\"}", file);
    bool ok = qemu_qmp(&run->qemu, "screendump", arguments, clock_ms() + CONTROL_MS, &run->output,
                       NULL, &err) &&
              file_copy(file, run->options->screenshot, &err);
    free(arguments);
    free(file);
    if (ok) {
        fprintf(stderr, "\nrunner: wrote %s\n", run->options->screenshot);
    }
    return ok || report(&err);
}

static int end_status(struct run *run) {
    char how[128];
    qemu_describe_end(&run->qemu, how, sizeof how);
    bool clean = WIFEXITED(run->qemu.wait_status) && WEXITSTATUS(run->qemu.wait_status) == 0;
    if (run->options->screenshot != NULL) {
        fprintf(stderr, "\nrunner: no screenshot: %s before its ready line came\n", how);
        return RUN_FAILED;
    }
    if (!clean) {
        fprintf(stderr, "\nrunner: %s\n", how);
        return RUN_FAILED;
    }
    return run->guest_status;
}

static int signal_status(struct run *run) {
    struct signalfd_siginfo info;
    if (read(run->signals, &info, sizeof info) != (ssize_t)sizeof info) {
        return NOT_ENDED;
    }
    return 128 + (int)info.ssi_signo;
}

// One round: returns NOT_ENDED or the status to exit with.
static int step(struct run *run) {
    enum { SIGNALS, INPUT, WRITABLE, EXTRAS };
    struct pollfd extra[EXTRAS] = {
        [SIGNALS] = {.fd = run->signals, .events = POLLIN},
        [INPUT] = {.fd = run->input_open && run->input.size == 0 ? STDIN_FILENO : -1,
                   .events = POLLIN},
        [WRITABLE] = {.fd = run->input.size > 0 ? run->qemu.console : -1, .events = POLLOUT},
    };
    unsigned int events = qemu_poll(&run->qemu, &run->output, extra, EXTRAS, run->deadline);
    if (events == QEMU_TIMEOUT) {
        fprintf(stderr, "\nrunner: the guest still ran after %llu seconds (--timeout)\n",
                (unsigned long long)run->options->timeout);
        return RUN_TIMED_OUT;
    }
    if (!output_pass(run) || (events & QEMU_FAILED) != 0) {
        return RUN_FAILED;
    }
    if (run->options->screenshot != NULL && ready_seen(run) && (events & QEMU_ENDED) == 0) {
        return screenshot_take(run) ? 0 : RUN_FAILED;
    }
    text_trim(run);
    if ((events & QEMU_ENDED) != 0) {
        return end_status(run);
    }
    if (extra[SIGNALS].revents != 0) {
        return signal_status(run);
    }
    if (extra[WRITABLE].revents != 0) {
        input_flush(run);
    }
    return extra[INPUT].revents != 0 ? input_pass(run) : NOT_ENDED;
}

static bool vnc_announce(struct run *run) {
    static const char key[] = "\"service\": \"";
    struct error err = {0};
    struct buffer reply = {0};
    bool ok = qemu_qmp(&run->qemu, "query-vnc", NULL, clock_ms() + CONTROL_MS, &run->output, &reply,
                       &err);
    const char *port = ok ? strstr(reply.data, key) : NULL;
    if (port != NULL) {
        port += strlen(key);
        fprintf(stderr, "runner: the display is a VNC server at 127.0.0.1:%.*s\n",
                (int)strcspn(port, "\""), port);
    } else if (ok) {
        ok = error_set(&err, "QEMU has no VNC server: %s", reply.data);
    }
    buffer_free(&reply);
    return ok || report(&err);
}

static void gdb_announce(const struct run *run) {
    const char *gdb = qemu_config_get(run->config, "gdb", false);
    const char *elf = qemu_config_get(run->config, "kernel_elf", run->options->checked);
    fprintf(stderr,
            "runner: the guest waits for a debugger; in another terminal:\n"
            "  %s%s%s -ex 'target remote 127.0.0.1:%llu'\n",
            gdb != NULL ? gdb : "gdb", elf != NULL ? " " : "", elf != NULL ? elf : "",
            (unsigned long long)run->qemu.gdb_port);
}

static bool display_choose(const struct qemu_config *config, struct qemu_options *options,
                           struct error *err) {
    bool window = qemu_config_get(config, "window", false) != NULL &&
                  (getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL);
    if (options->display == QEMU_DISPLAY_WINDOW && !window) {
        return error_set(err, "--display=window: there is no display (DISPLAY, WAYLAND_DISPLAY), "
                              "or this QEMU comes without windows; try --display=vnc");
    }
    if (options->display == QEMU_DISPLAY_AUTO) {
        options->display = window ? QEMU_DISPLAY_WINDOW : QEMU_DISPLAY_VNC;
    }
    options->screen = options->display != QEMU_DISPLAY_NONE || options->screenshot != NULL;
    return true;
}

// Signals are read from a descriptor, so that nothing interrupts the clean-up.
static int signals_open(sigset_t *old) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, old);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int guest_loop(struct run *run) {
    if (run->options->display == QEMU_DISPLAY_VNC && !vnc_announce(run)) {
        return RUN_FAILED;
    }
    if (run->options->gdb) {
        gdb_announce(run);
    }
    terminal_enter(&run->terminal);
    int status;
    while ((status = step(run)) == NOT_ENDED) {
    }
    terminal_leave(&run->terminal);
    return status;
}

int run_guest(const struct qemu_config *config, struct qemu_options *options) {
    struct error err = {0};
    struct run run = {.config = config, .options = options, .input_open = true, .deadline = -1};
    sigset_t old;
    int status = RUN_BAD_USAGE;
    run.signals = signals_open(&old);
    if (!display_choose(config, options, &err) || !qemu_start(&run.qemu, config, options, &err)) {
        fprintf(stderr, "runner: %s\n", err.text);
    } else {
        if (options->timeout > 0) {
            run.deadline = clock_ms() + (int64_t)options->timeout * 1000;
        }
        status = guest_loop(&run);
        qemu_stop(&run.qemu);
    }
    close(run.signals);
    sigprocmask(SIG_SETMASK, &old, NULL);
    buffer_free(&run.input);
    buffer_free(&run.output);
    buffer_free(&run.text);
    return status;
}
