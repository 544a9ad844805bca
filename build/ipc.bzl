# SPDX-License-Identifier: GPL-3.0-only
"""Libraries out of interface files, made by ipcgen (docs/reference/ipcgen.md)."""

load("@rules_cc//cc:defs.bzl", "cc_library")

_IpcInfo = provider(
    doc = "Interface files and what is made of them.",
    fields = {"files": "depset of (file, header)"},
)

def _header(file):
    """How generated code includes what is made of an interface file."""
    path = file.short_path
    if path.startswith("../"):
        path = path.split("/", 2)[2]  # of another repository
    return path[:-len(".ipc")] + ".h"

def _generate_one(ctx, source, uses):
    package = ctx.label.package + "/" if ctx.label.package else ""
    base = _header(source)[len(package):-len(".h")]
    outputs = [
        ctx.actions.declare_file(base + suffix)
        for suffix in [".h", ".c", "_client.c", "_server.c", ".md"]
    ]
    arguments = ctx.actions.args()
    for use in uses:
        arguments.add_all("--use", [use.file.path, use.header])
    arguments.add_all("--file", [source.path, _header(source)])
    arguments.add("--out", outputs[0].path[:-len(".h")])
    ctx.actions.run(
        outputs = outputs,
        inputs = [source] + [use.file for use in uses],
        executable = ctx.executable._ipcgen,
        arguments = [arguments],
        mnemonic = "IpcGen",
        progress_message = "Compiling interfaces of " + source.short_path,
    )
    return outputs

def _generate_impl(ctx):
    inherited = [dep[_IpcInfo].files for dep in ctx.attr.deps]
    own = [struct(file = source, header = _header(source)) for source in ctx.files.srcs]
    files = depset(own, transitive = inherited)
    outputs = []
    for source in ctx.files.srcs:
        uses = [use for use in files.to_list() if use.file != source]
        outputs += _generate_one(ctx, source, uses)
    return [
        DefaultInfo(files = depset(outputs)),
        OutputGroupInfo(
            headers = depset([file for file in outputs if file.extension == "h"]),
            sources = depset([file for file in outputs if file.extension == "c"]),
            pages = depset([file for file in outputs if file.extension == "md"]),
        ),
        _IpcInfo(files = files),
    ]

_ipc_generate = rule(
    implementation = _generate_impl,
    doc = "Runs ipcgen on interface files.",
    attrs = {
        "srcs": attr.label_list(allow_files = [".ipc"], mandatory = True),
        "deps": attr.label_list(providers = [_IpcInfo]),
        "_ipcgen": attr.label(
            default = Label("//build/tools/ipcgen"),
            executable = True,
            cfg = "host",
        ),
    },
)

def _generated(label):
    """The target behind a library that has what ipcgen made."""
    return label + "_ipc" if ":" in label else "%s:%s_ipc" % (label, label.rsplit("/", 1)[-1])

def ipc_library(name, srcs, deps = [], **kwargs):
    """A C library of clients and servers for interface files.

    FILE.ipc becomes the header FILE.h beside it, to be included by its path from the repository's
    root, and NAME.FILE.md, its reference.

    Args:
      name: target name, which `deps` of a program or library names.
      srcs: .ipc files, which may use each other.
      deps: ipc_library targets whose namespaces they use.
      **kwargs: as for cc_library.
    """
    generated = name + "_ipc"
    common = {key: kwargs[key] for key in ["tags", "testonly", "visibility"] if key in kwargs}
    _ipc_generate(
        name = generated,
        srcs = srcs,
        deps = [_generated(dep) for dep in deps],
        **common
    )
    for group in ["headers", "sources", "pages"]:
        native.filegroup(
            name = "%s_%s" % (name, group),
            srcs = [generated],
            output_group = group,
            **common
        )
    cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        deps = deps + [Label("//userland/helios:rpc")],
        **kwargs
    )
