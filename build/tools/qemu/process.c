// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu/process.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_EXTRA   4u
#define END_WAIT_MS 10000 // from the end of the console to the end of the process

// The other ends of the sockets, until QEMU has them.
struct child_fds {
    int console;
    int qmp;
    int gdb; // -1: none
    int net; // -1: none
};

static bool socket_pair(int type, int *ours, int *theirs, struct error *err) {
    int pair[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) != 0) {
        return error_set(err, "socketpair: %s", strerror(errno));
    }
    *ours = pair[0];
    *theirs = pair[1];
    return true;
}

// A listening socket on a free port of the loopback interface.
static bool listen_loopback(int *fd, uint64_t *port, struct error *err) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0 || bind(*fd, (struct sockaddr *)&address, length) != 0 || listen(*fd, 1) != 0 ||
        getsockname(*fd, (struct sockaddr *)&address, &length) != 0) {
        return error_set(err, "loopback socket: %s", strerror(errno));
    }
    *port = ntohs(address.sin_port);
    return true;
}

static void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static bool sockets_open(struct qemu *qemu, const struct qemu_options *options,
                         struct child_fds *child, struct error *err) {
    return socket_pair(SOCK_STREAM, &qemu->console, &child->console, err) &&
           socket_pair(SOCK_STREAM, &qemu->qmp, &child->qmp, err) &&
           (!options->net ||
            socket_pair(SOCK_DGRAM | SOCK_NONBLOCK, &qemu->net, &child->net, err)) &&
           (!options->gdb || listen_loopback(&child->gdb, &qemu->gdb_port, err));
}

// In the child: puts the sockets where the command line says they are. First out of the way of
// the numbers that are their targets, then to them; dup2 clears close-on-exec.
static bool child_fds_place(const struct child_fds *fds) {
    int console = fcntl(fds->console, F_DUPFD_CLOEXEC, 10);
    int qmp = fcntl(fds->qmp, F_DUPFD_CLOEXEC, 10);
    int gdb = fds->gdb >= 0 ? fcntl(fds->gdb, F_DUPFD_CLOEXEC, 10) : -1;
    int net = fds->net >= 0 ? fcntl(fds->net, F_DUPFD_CLOEXEC, 10) : -1;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return dup2(console, QEMU_FD_CONSOLE) >= 0 && dup2(qmp, QEMU_FD_QMP) >= 0 &&
           (gdb < 0 || dup2(gdb, QEMU_FD_GDB) >= 0) && (net < 0 || dup2(net, QEMU_FD_NET) >= 0) &&
           dup2(null, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

// In the child. A process group of its own keeps the terminal's Ctrl-C from it: the parent decides.
static _Noreturn void child_run(const struct child_fds *fds, char *const *argv, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && child_fds_place(fds)) {
        execv(argv[0], argv);
        fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    }
    _exit(127);
}

static bool launch(struct qemu *qemu, const struct qemu_config *config,
                   const struct qemu_options *options, const struct child_fds *child,
                   struct error *err) {
    const char *modules = qemu_config_get(config, "qemu_modules", false);
    if (modules != NULL) {
        setenv("QEMU_MODULE_DIR", modules, 1);
    }
    struct strings argv = {0};
    qemu_command_build(config, options, qemu->temp_dir, &argv);
    pid_t parent = getpid();
    qemu->pid = fork();
    if (qemu->pid == 0) {
        setenv("TMPDIR", qemu->temp_dir, 1); // where snapshot=on puts its file
        child_run(child, argv.items, parent);
    }
    strings_free(&argv);
    if (qemu->pid < 0) {
        qemu->pid = 0;
        return error_set(err, "fork: %s", strerror(errno));
    }
    return true;
}

bool qemu_start(struct qemu *qemu, const struct qemu_config *config,
                const struct qemu_options *options, struct error *err) {
    struct child_fds child = {-1, -1, -1, -1};
    *qemu = (struct qemu){.console = -1, .qmp = -1, .net = -1};
    bool ok = qemu_command_check(config, options, err) &&
              (qemu->temp_dir = temp_dir_create(err)) != NULL &&
              qemu_command_stage(config, options, qemu->temp_dir, err) &&
              sockets_open(qemu, options, &child, err) &&
              launch(qemu, config, options, &child, err);
    close_fd(&child.console);
    close_fd(&child.qmp);
    close_fd(&child.gdb);
    close_fd(&child.net);
    if (!ok) {
        qemu_stop(qemu);
        return false;
    }
    // QMP starts with this; events come from then on.
    static const char hello[] = "{\"execute\":\"qmp_capabilities\"}\n";
    send(qemu->qmp, hello, strlen(hello), MSG_NOSIGNAL);
    return true;
}

// Appends what can be read to *out. At the end of the stream closes *fd.
static bool drain(int *fd, struct buffer *out) {
    char chunk[4096];
    ssize_t got = recv(*fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got > 0) {
        buffer_append(out, chunk, (size_t)got);
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_fd(fd);
    }
    return false;
}

// Waits for the process, which is about to end or must: kills it if it has not done so in time.
static void reap(struct qemu *qemu, int64_t wait_ms) {
    int handle = (int)syscall(SYS_pidfd_open, qemu->pid, 0);
    struct pollfd ended = {.fd = handle, .events = POLLIN};
    int64_t deadline = clock_ms() + wait_ms;
    int64_t left = wait_ms;
    while (handle >= 0 && left > 0 && poll(&ended, 1, (int)left) < 0 && errno == EINTR) {
        left = deadline - clock_ms();
    }
    if (ended.revents == 0) {
        kill(qemu->pid, SIGKILL);
    }
    while (waitpid(qemu->pid, &qemu->wait_status, 0) < 0 && errno == EINTR) {
    }
    if (handle >= 0) {
        close(handle);
    }
    qemu->pid = 0;
}

static int poll_timeout(int64_t deadline) {
    if (deadline < 0) {
        return -1;
    }
    int64_t left = deadline - clock_ms();
    left = left < 0 ? 0 : left;
    return left > 60000 ? 60000 : (int)left;
}

// Takes what the sockets have, after poll has said so in fds[0] (console) and fds[1] (control).
static unsigned int collect(struct qemu *qemu, const struct pollfd *fds, struct buffer *console) {
    unsigned int events = 0;
    if (fds[1].revents != 0 && drain(&qemu->qmp, &qemu->qmp_text)) {
        events |= QEMU_CONTROL;
    }
    if (fds[0].revents != 0 && drain(&qemu->console, console)) {
        events |= QEMU_OUTPUT;
    }
    if (qemu->console < 0) {
        reap(qemu, END_WAIT_MS);
        while (qemu->qmp >= 0 && drain(&qemu->qmp, &qemu->qmp_text)) {
        }
        events |= QEMU_ENDED;
    }
    return events;
}

unsigned int qemu_poll(struct qemu *qemu, struct buffer *console, struct pollfd *extra,
                       size_t extra_count, int64_t deadline) {
    struct pollfd fds[2 + MAX_EXTRA];
    unsigned int events = 0;
    assert(extra_count <= MAX_EXTRA);
    do {
        fds[0] = (struct pollfd){.fd = qemu->console, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = qemu->qmp, .events = POLLIN};
        for (size_t i = 0; i < extra_count; i++) {
            fds[2 + i] = extra[i];
        }
        int ready = poll(fds, 2 + extra_count, poll_timeout(deadline));
        if (ready < 0 && errno != EINTR) {
            return QEMU_FAILED;
        }
        for (size_t i = 0; i < extra_count; i++) {
            extra[i].revents = ready > 0 ? fds[2 + i].revents : 0;
            events |= extra[i].revents != 0 ? QEMU_EXTRA : 0u;
        }
        if (ready > 0) {
            events |= collect(qemu, fds, console);
        }
    } while (events == 0 && (deadline < 0 || clock_ms() < deadline));
    return events;
}

size_t qemu_send(struct qemu *qemu, const void *data, size_t size) {
    if (qemu->console < 0) {
        return size; // nobody will read it any more; the end is reported by qemu_poll
    }
    ssize_t sent = send(qemu->console, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : size;
    }
    return (size_t)sent;
}

// The line of qmp_text, from `start` on, that answers the command with the given id; NULL if it is
// not there yet. The line is copied to *line.
static bool reply_find(const struct qemu *qemu, size_t start, const char *id, struct buffer *line) {
    if (qemu->qmp_text.size <= start) {
        return false;
    }
    char *tag = mem_format("\"id\": \"%s\"", id);
    const char *text = qemu->qmp_text.data + start;
    const char *end;
    bool found = false;
    while (!found && (end = strchr(text, '\n')) != NULL) {
        const char *match = strstr(text, tag);
        found = match != NULL && match < end;
        if (found) {
            buffer_append(line, text, (size_t)(end - text));
        }
        text = end + 1;
    }
    free(tag);
    return found;
}

bool qemu_qmp(struct qemu *qemu, const char *command, const char *arguments, int64_t deadline,
              struct buffer *console, struct buffer *reply, struct error *err) {
    struct buffer request = {0};
    struct buffer line = {0};
    size_t start = qemu->qmp_text.size;
    buffer_format(&request, "{\"execute\":\"%s\",\"id\":\"%s\"%s%s}\n", command, command,
                  arguments != NULL ? ",\"arguments\":" : "", arguments != NULL ? arguments : "");
    bool ok = send(qemu->qmp, request.data, request.size, MSG_NOSIGNAL) == (ssize_t)request.size ||
              error_set(err, "QEMU's control connection is closed");
    while (ok && !reply_find(qemu, start, command, &line)) {
        unsigned int events = qemu_poll(qemu, console, NULL, 0, deadline);
        if (events == QEMU_TIMEOUT || (events & (QEMU_ENDED | QEMU_FAILED)) != 0) {
            ok = error_set(err, "QEMU did not answer %s", command);
        }
    }
    if (ok && strstr(line.data, "\"error\"") != NULL) {
        ok = error_set(err, "QEMU refused %s: %s", command, line.data);
    }
    if (ok && reply != NULL) {
        buffer_append(reply, line.data, line.size);
    }
    buffer_free(&request);
    buffer_free(&line);
    return ok;
}

bool qemu_was_reset(const struct qemu *qemu) {
    return qemu->qmp_text.data != NULL && strstr(qemu->qmp_text.data, "\"guest-reset\"") != NULL;
}

void qemu_stop(struct qemu *qemu) {
    if (qemu->pid > 0) {
        reap(qemu, 0);
    }
    close_fd(&qemu->console);
    close_fd(&qemu->qmp);
    close_fd(&qemu->net);
    buffer_free(&qemu->qmp_text);
    if (qemu->temp_dir != NULL) {
        temp_dir_remove(qemu->temp_dir);
        free(qemu->temp_dir);
        qemu->temp_dir = NULL;
    }
}

void qemu_describe_end(const struct qemu *qemu, char *text, size_t size) {
    if (WIFSIGNALED(qemu->wait_status)) {
        snprintf(text, size, "QEMU was killed by signal %d", WTERMSIG(qemu->wait_status));
    } else if (WEXITSTATUS(qemu->wait_status) == 0 && qemu_was_reset(qemu)) {
        snprintf(text, size, "the guest reset the machine");
    } else if (WEXITSTATUS(qemu->wait_status) == 0) {
        snprintf(text, size, "the guest powered off");
    } else {
        snprintf(text, size, "QEMU ended with status %d", WEXITSTATUS(qemu->wait_status));
    }
}
