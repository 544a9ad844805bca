# SPDX-License-Identifier: GPL-3.0-only
"""Tests that the sources are formatted and that clang-tidy has nothing to say about them."""

load("@rules_cc//cc:defs.bzl", "CcInfo")

_C_SOURCES = ["*.c", "*.h", "*.cc"]
_STYLE = Label("//:.clang-format")
_TIDY_CONFIG = Label("//:.clang-tidy")

def _tool(ctx, name):
    """Path below the runfiles directory of a program of the pinned LLVM."""
    return "%s/lib/llvm-19/bin/%s" % (ctx.file._llvm.short_path, name)

def _script(ctx, lines):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        "\n".join(["#!/bin/sh", "set -u"] + lines) + "\n",
        is_executable = True,
    )
    return script

def _runfiles(ctx, files, transitive = []):
    return ctx.runfiles(
        files = files + [ctx.file._llvm],
        transitive_files = depset(transitive = transitive),
    )

def _format_impl(ctx):
    sources = [file for file in ctx.files.srcs if file.is_source]
    script = _script(ctx, ["exec %s --dry-run -Werror --style=file:%s %s" % (
        _tool(ctx, "clang-format"),
        ctx.file._style.short_path,
        " ".join([file.short_path for file in sources]),
    )])
    return [DefaultInfo(
        executable = script,
        runfiles = _runfiles(ctx, sources + [ctx.file._style]),
    )]

_LLVM_ATTRS = {
    "_llvm": attr.label(default = Label("@helios_llvm//:usr"), allow_single_file = True),
}

_format_test = rule(
    implementation = _format_impl,
    test = True,
    attrs = dict(
        _LLVM_ATTRS,
        srcs = attr.label_list(allow_files = True),
        _style = attr.label(default = _STYLE, allow_single_file = True),
    ),
)

def _short(path):
    """The runfiles path of an include directory named as on a command line of an action."""
    if path.startswith("external/"):
        return "../" + path[len("external/"):]
    if path.startswith("bazel-out/"):
        return path.split("/bin/", 1)[1] if "/bin/" in path else None
    return path

def _tidy_impl(ctx):
    contexts = [dep[CcInfo].compilation_context for dep in ctx.attr.deps]
    flags = {}  # as a set that keeps its order
    for context in contexts:
        for flag, paths in [
            ("-iquote", context.quote_includes),
            ("-I", context.includes),
            ("-isystem", context.system_includes),
        ]:
            for path in paths.to_list():
                if _short(path) != None:
                    flags["%s %s" % (flag, _short(path) or ".")] = True
        for define in context.defines.to_list():
            flags["-D" + define] = True
    sources = [file.short_path for file in ctx.files.srcs if file.extension == "c"]
    script = _script(ctx, ["exec %s --quiet --warnings-as-errors='*' --config-file=%s %s -- %s %s" % (
        _tool(ctx, "clang-tidy"),
        ctx.file._config.short_path,
        " ".join(sources),
        "-xc -std=gnu11 -ffreestanding -target x86_64-unknown-linux-gnu " +
        "-resource-dir=%s/lib/llvm-19/lib/clang/19 --sysroot=%s/.." % (
            ctx.file._llvm.short_path,
            [file.short_path for file in ctx.files._sysroot if file.basename == "usr"][0],
        ),
        " ".join(flags.keys() + ctx.attr.copts),
    )])
    return [DefaultInfo(
        executable = script,
        runfiles = _runfiles(
            ctx,
            ctx.files.srcs + [ctx.file._config] + ctx.files._sysroot,
            [context.headers for context in contexts],
        ),
    )]

_tidy_test = rule(
    implementation = _tidy_impl,
    test = True,
    attrs = dict(
        _LLVM_ATTRS,
        srcs = attr.label_list(allow_files = True),
        deps = attr.label_list(providers = [CcInfo]),
        copts = attr.string_list(),
        _config = attr.label(default = _TIDY_CONFIG, allow_single_file = True),
        _sysroot = attr.label(default = Label("@helios_sysroot//:files")),
    ),
)

def helios_format_test(name = "clang_format_test", srcs = None):
    """A test that every C and C++ file of this package is as clang-format would write it.

    Args:
      name: test name.
      srcs: files to look at; by default all of this package.
    """
    _format_test(
        name = name,
        srcs = srcs or native.glob(_C_SOURCES),
        size = "small",
        tags = ["lint"],
    )

def helios_tidy_test(name, srcs, deps, copts = []):
    """A test that clang-tidy finds nothing in C sources (settings: .clang-tidy at the root).

    Args:
      name: test name.
      srcs: the .c files, and headers that no dependency exports.
      deps: cc_library targets whose headers they include.
      copts: further flags, such as -I or -D.
    """
    _tidy_test(
        name = name,
        srcs = srcs,
        deps = deps,
        copts = copts,
        size = "medium",
        tags = ["lint"],
        timeout = "long",  # two minutes for the kernel, if nobody else wants the machine
    )
