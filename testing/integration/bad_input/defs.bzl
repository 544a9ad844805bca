# SPDX-License-Identifier: GPL-3.0-only
"""Tests of what the EFI loader says about an image with something wrong in it."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//build:defs.bzl", "helios_disk", "helios_qemu_test")

def bad_input_test(arch, section, damage, message):
    """Boots an image with one section damaged.

    Args:
      arch: architecture.
      section: name of the section, without the dot.
      damage: as in testing/integration/damage.
      message: what the loader says.
    """
    name = "%s_%s_%s" % (section, damage, arch)

    # Memory is what is wrong with one image: it wants more than the machine has.
    what = "memory" if damage == "grown" else "section ." + section
    native.genrule(
        name = name + "_efi",
        srcs = [":good_" + arch],
        outs = [name + ".efi"],
        cmd = "$(execpath //testing/integration/damage) %s .%s $< $@" % (damage, section),
        tools = ["//testing/integration/damage"],
    )
    helios_disk(
        name = name,
        arch = arch,
        efi = name + ".efi",
    )
    write_file(
        name = name + "_script",
        out = name + ".script",
        content = [
            "case the loader says what is wrong",
            "timeout 120",
            "reject init: up",
            "expect helios: %s: %s" % (what, message),
            "",
            "case it is one line, and firmware goes on",
            "reject helios:",
            "reject init: up",
            "expect failed to start Boot",
            "expect UEFI Interactive Shell" if arch == "riscv64" else "expect starting Boot",
            "",
        ],
    )
    helios_qemu_test(
        name = name + "_test",
        arch = arch,
        image = name,
        memory = 64 if damage == "grown" else 256,
        script = name + ".script",
    )
