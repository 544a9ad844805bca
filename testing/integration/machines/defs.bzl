# SPDX-License-Identifier: GPL-3.0-only
"""Tests that Ares boots on a machine that differs from the usual one."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//build:defs.bzl", "helios_qemu_test")

def machine_test(
        name,
        arch,
        firmware = "edk2",
        cpus = 1,
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
            "expect init: up on ${arch} with ${cpus} CPUs, " + ("%d MiB" % found if found else ""),
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
    helios_qemu_test(
        name = name,
        arch = arch,
        cpus = cpus,
        firmware = firmware,
        image = "//testing/monitor:image_" + arch,
        memory = memory,
        options = ["--qemu-arg=" + argument for argument in qemu],
        script = name + ".script",
        # Many CPUs are as many threads.
        tags = ["cpu:2"] if cpus > 8 else [],
    )
