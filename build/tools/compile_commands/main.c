// SPDX-License-Identifier: GPL-3.0-only
//
// compile_commands: writes compile_commands.json for the workspace. Run by Bazel; asks Bazel.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build/tools/compile_commands/commands.h"

// Runs `argv` and appends what it prints.
static bool output_of(char *const *argv, struct buffer *out, struct error *err) {
    int pipe_fds[2];
    if (pipe(pipe_fds) != 0) {
        return error_set(err, "pipe: %s", strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipe_fds[1], STDOUT_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        execvp(argv[0], argv);
        fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    close(pipe_fds[1]);
    char chunk[65536];
    ssize_t got;
    while ((got = read(pipe_fds[0], chunk, sizeof chunk)) > 0) {
        buffer_append(out, chunk, (size_t)got);
    }
    close(pipe_fds[0]);
    int status = -1;
    if (pid > 0) {
        waitpid(pid, &status, 0);
    }
    buffer_append(out, "", 0);
    return status == 0 || error_set(err, "%s %s failed", argv[0], argv[1]);
}

// The workspace's own script if there is one, else what the caller has.
static const char *bazel(void) {
    return access("./bazel", X_OK) == 0 ? "./bazel" : "bazel";
}

static bool execution_root(struct buffer *path, struct error *err) {
    struct strings argv = {0};
    strings_add(&argv, bazel());
    strings_add(&argv, "info");
    strings_add(&argv, "execution_root");
    bool ok = output_of(argv.items, path, err);
    strings_free(&argv);
    if (ok) {
        path->data[strcspn(path->data, "\n")] = '\0';
    }
    return ok;
}

static bool action_graph(const char *targets, struct buffer *graph, struct error *err) {
    struct strings argv = {0};
    strings_add(&argv, bazel());
    strings_add(&argv, "aquery");
    strings_add(&argv, "--output=jsonproto");
    strings_addf(&argv, "mnemonic(\"CppCompile\", deps(%s))", targets);
    bool ok = output_of(argv.items, graph, err);
    strings_free(&argv);
    return ok;
}

int main(int argc, char **argv) {
    static const char name[] = "compile_commands.json";
    const char *workspace = getenv("BUILD_WORKSPACE_DIRECTORY");
    if (workspace == NULL || argc > 2 || chdir(workspace) != 0) {
        fputs("usage: bazel run //:compile_commands [-- TARGETS]\n", stderr);
        return 2;
    }
    struct error err = {0};
    struct buffer root = {0};
    struct buffer graph = {0};
    struct buffer database = {0};
    bool ok = execution_root(&root, &err) &&
              action_graph(argc == 2 ? argv[1] : "//...", &graph, &err) &&
              commands_convert(graph.data, workspace, root.data, &database, &err) &&
              file_write(name, database.data, database.size, &err);
    if (ok) {
        printf("wrote %s/%s\n", workspace, name);
    } else {
        fprintf(stderr, "compile_commands: %s\n", err.text);
    }
    buffer_free(&root);
    buffer_free(&graph);
    buffer_free(&database);
    return ok ? 0 : 1;
}
