# SPDX-License-Identifier: GPL-3.0-only
"""A test program in a guest of every architecture."""

load("//build:defs.bzl", "ARCHITECTURES", "helios_image", "helios_qemu_test")

def helios_guest_tests(name, init, bootfs, suffix = "", cpus = 1):
    """Tests ARCH + suffix: a program of userland/test boots as root task, with a checked kernel.

    Args:
      name: of the images: NAME_ARCH.
      init: a helios_program.
      bootfs: a helios_bootfs.
      suffix: what the tests' names end in.
      cpus: number of CPUs.
    """
    for arch in ARCHITECTURES:
        helios_image(
            name = name + "_" + arch,
            testonly = True,
            arch = arch,
            bootfs = bootfs,
            checked = True,
            init = init,
        )
        helios_qemu_test(
            name = arch + suffix,
            arch = arch,
            cpus = cpus,
            image = name + "_" + arch,
        )
