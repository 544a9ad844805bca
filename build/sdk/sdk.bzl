# SPDX-License-Identifier: GPL-3.0-only
"""What //:sdk writes: everything to build on Helios with, without Bazel."""

load("@rules_cc//cc:defs.bzl", "CcInfo")
load(
    "//build:transitions.bzl",
    "TRANSITION_ATTRS",
    "kernel_transition",
    "multiboot_transition",
    "uefi_transition",
    "user_transition",
)

def _without_root(file):
    """A file's path below the root of its repository."""
    path = file.short_path
    return path.split("/", 2)[2] if path.startswith("../") else path

def _header_path(arch, context, header):
    """Where a header goes, so that it is included there as it is in the tree."""
    own = [
        path
        for path in context.includes.to_list() + context.system_includes.to_list() +
                    context.quote_includes.to_list()
        if header.path.startswith(path + "/") and not path.endswith("/bin") and
           not path.endswith("/genfiles")
    ]
    if own:
        longest = sorted([(-len(path), path) for path in own])[0][1]
        return "include/%s/%s" % (arch, header.path[len(longest) + 1:])
    return "include/" + _without_root(header)

def _archives(dep, is_alwayslink):
    """Archives that a library brings; those that are linked whole, or the others."""
    return [
        library.static_library or library.pic_static_library
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list()
        for library in linker_input.libraries
        if library.alwayslink == is_alwayslink and
           (library.static_library or library.pic_static_library)
    ]

def _join(ctx, name, archives):
    """One archive out of several."""
    out = ctx.actions.declare_file("%s/lib/%s/%s" % (ctx.label.name, ctx.attr.arch, name))
    script = "create %s\n%ssave\nend\n" % (
        out.path,
        "".join(["addlib %s\n" % archive.path for archive in archives]),
    )
    ctx.actions.run_shell(
        outputs = [out],
        inputs = archives + [ctx.file._llvm],
        command = "printf '%s' \"$2\" | \"$1\" -M",
        arguments = [ctx.file._llvm.path + "/lib/llvm-19/bin/llvm-ar", script],
        mnemonic = "HeliosSdkArchive",
    )
    return out

def _place(ctx, path, file):
    out = ctx.actions.declare_file("%s/%s" % (ctx.label.name, path))
    ctx.actions.symlink(output = out, target_file = file)
    return out

def _unique(files):
    return {file: True for file in files}.keys()

def _sdk_arch_impl(ctx):
    arch = ctx.attr.arch
    headers = {}
    for dep in ctx.attr.libraries + ctx.attr.root + ctx.attr.process:
        context = dep[CcInfo].compilation_context
        for header in context.headers.to_list():
            if not header.is_directory:
                headers[_header_path(arch, context, header)] = header
    common = _unique([file for dep in ctx.attr.libraries for file in _archives(dep, False)] +
                     [file for dep in ctx.attr.root for file in _archives(dep, False)] +
                     [file for dep in ctx.attr.process for file in _archives(dep, False)])
    outputs = [_place(ctx, path, file) for path, file in headers.items()] + [
        _join(ctx, "libhelios.a", common),
        _join(ctx, "root.a", _unique([file for dep in ctx.attr.root for file in _archives(dep, True)])),
        _join(ctx, "process.a", _unique([file for dep in ctx.attr.process for file in _archives(dep, True)])),
        _place(ctx, "lib/%s/program.lds" % arch, ctx.file._script),
        _place(ctx, "boot/%s/kernel.elf" % arch, ctx.file.kernel),
        _place(ctx, "boot/%s/kernel_checked.elf" % arch, ctx.file.checked_kernel),
        _place(ctx, "boot/%s/loader.elf" % arch, ctx.file.loader),
    ]
    for program, name in ctx.attr.programs.items():
        file = program[DefaultInfo].files_to_run.executable
        outputs.append(_place(ctx, "system/%s/%s" % (arch, name), file))
    if arch == "x86_64":
        outputs.append(_place(ctx, "boot/%s/multiboot.elf" % arch, ctx.file.multiboot))
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(files = outputs))]

sdk_arch = rule(
    implementation = _sdk_arch_impl,
    doc = "Headers, libraries, kernels and loaders of one architecture, below NAME/.",
    attrs = dict(
        TRANSITION_ATTRS,
        libraries = attr.label_list(providers = [CcInfo], cfg = user_transition),
        root = attr.label(providers = [CcInfo], cfg = user_transition),
        process = attr.label(providers = [CcInfo], cfg = user_transition),
        programs = attr.label_keyed_string_dict(
            cfg = user_transition,
            doc = "Programs of the system, and what they are called.",
        ),
        kernel = attr.label(allow_single_file = True, mandatory = True),
        checked_kernel = attr.label(allow_single_file = True, mandatory = True),
        loader = attr.label(
            default = Label("//boot/efi:loader"),
            allow_single_file = True,
            cfg = uefi_transition,
        ),
        multiboot = attr.label(allow_single_file = True, cfg = multiboot_transition),
        _script = attr.label(
            default = Label("//userland/helios:program.lds"),
            allow_single_file = True,
        ),
        _llvm = attr.label(default = Label("@helios_llvm//:usr"), allow_single_file = True),
    ),
)

def _sdk_tools_impl(ctx):
    outputs = []
    for tool, name in ctx.attr.tools.items():
        outputs.append(_place(ctx, "bin/" + name, tool[DefaultInfo].files_to_run.executable))
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(files = outputs))]

sdk_tools = rule(
    implementation = _sdk_tools_impl,
    doc = "Programs of the machine that builds, without the checks that tests have: NAME/bin/.",
    attrs = {"tools": attr.label_keyed_string_dict(cfg = "host", doc = "And what they are called.")},
)
