# SPDX-License-Identifier: GPL-3.0-only
"""Tests that Ares boots on a machine that differs from the usual one."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//build:defs.bzl", "helios_qemu_test")

def machine_test(
        name,
        arch,
        firmware = "edk2",
        cpus = 1,
        named = None,
        memory = 256,
        found = None,
        sparse = False,
        qemu = []):
    """Boots to init's prompt and off again.

    Args:
      name: what is different.
      arch: architecture.
      firmware: as in helios_qemu_test.
      cpus: number of CPUs, all of which init has to know of.
      named: one more, if the device tree ARCH_N_cpus names one that is not there: the kernel has
        to say so and to go on.
      memory: MiB of memory.
      found: how many MiB init has to know of, where that is the point.
      sparse: whether to let QEMU promise more memory than this machine has.
      qemu: further arguments of QEMU.
    """
    write_file(
        name = name + "_script",
        out = name + ".script",
        content = [
            "case init is up",
            "timeout 120",
        ] + ([
            "expect CPU %d does not start: " % cpus,
        ] if named else []) + [
            "expect init: up on ${arch} with %d CPUs, " % (named or cpus) +
            ("%d MiB" % found if found else ""),
            "expect init>",
            "",
            "case poweroff",
            "send poweroff 3",
            "exit 3",
            "",
        ],
    )
    if sparse:
        qemu = qemu + [
            "-object",
            "memory-backend-ram,id=ram,size=%dM,reserve=off" % memory,
            "-machine",
            "memory-backend=ram",
        ]
    tree = "%s_%d_cpus" % (arch, named) if named else None
    if tree:
        qemu = qemu + [
            "-dtb",
            "%s/%s.dtb" % (native.package_name(), tree),
        ]
    helios_qemu_test(
        name = name,
        arch = arch,
        cpus = cpus,
        data = [tree] if tree else [],
        firmware = firmware,
        image = "//testing/monitor:image_" + arch,
        memory = memory,
        options = ["--qemu-arg=" + argument for argument in qemu],
        script = name + ".script",
        # Many CPUs are as many threads.
        tags = ["cpu:2"] if cpus > 8 else [],
    )

def _device_tree_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".dtb")
    args = ctx.actions.args()
    args.add("-nodefaults")
    args.add_all("-display", ["none"])
    args.add_all("-smp", ["%d" % ctx.attr.cpus])
    args.add_all("-m", ["%d" % ctx.attr.memory])
    if ctx.attr.model:
        args.add_all("-cpu", [ctx.attr.model])
    args.add("-machine")
    args.add(out, format = "virt,dumpdtb=%s")
    ctx.actions.run(
        outputs = [out],
        inputs = [ctx.file._qemu],
        executable = "%s/bin/qemu-system-%s" % (ctx.file._qemu.path, ctx.attr.arch),
        arguments = [args],
        mnemonic = "HeliosDeviceTree",
        progress_message = "Asking QEMU for the device tree %s" % out.short_path,
    )
    return [DefaultInfo(files = depset([out]))]

device_tree = rule(
    implementation = _device_tree_impl,
    doc = "The device tree of QEMU's standard machine: NAME.dtb.",
    attrs = {
        "arch": attr.string(mandatory = True),
        "cpus": attr.int(mandatory = True, doc = "How many it names."),
        "memory": attr.int(default = 256, doc = "MiB."),
        "model": attr.string(doc = "Of the CPUs."),
        "_qemu": attr.label(default = "@helios_qemu//:usr", allow_single_file = True),
    },
)
