# SPDX-License-Identifier: GPL-3.0-only
"""A whole system in one rule."""

load(
    "//build:images.bzl",
    "helios_bootfs",
    "helios_image",
)
load("//build:programs.bzl", "helios_program")
load("//build:qemu.bzl", "helios_qemu_run", "helios_qemu_test")
load("//build:transitions.bzl", "ARCHITECTURES")

def helios_system(
        name,
        srcs = [],
        deps = [],
        files = {},
        script = None,
        init = None,
        options = [],
        firmware = {}):
    """A root task of your own, or Ares with programs of yours, to run on each architecture.

    Makes image_ARCH (a disk to boot from), run_ARCH (`bazel run` boots it in QEMU) and test_ARCH.

    Args:
      name: target name of the root task's program; one system in a package.
      srcs: its C sources.
      init: a root task that is there already, in place of `srcs`; `@helios//userland/init` starts
        what `etc/system` among the files says.
      deps: cc_library targets, besides the system-call library.
      files: further files of the boot file system: label -> path. Programs among them are built for
        the architecture of each image.
      script: what the test expects on the console; without one there are no tests.
      options: of QEMU and of who starts it (build/tools/qemu), such as `--qemu-arg=-device`.
      firmware: architecture -> firmware, where it is not to be "edk2" (helios_qemu_run).
    """
    if init == None:
        helios_program(name = name, srcs = srcs, deps = deps)
        init = ":" + name
    helios_bootfs(name = name + "_bootfs", files = files)
    for arch in ARCHITECTURES:
        helios_image(
            name = "image_" + arch,
            arch = arch,
            bootfs = ":%s_bootfs" % name,
            init = init,
        )
        helios_qemu_run(
            name = "run_" + arch,
            arch = arch,
            firmware = firmware.get(arch, "edk2"),
            image = ":image_" + arch,
            options = options,
        )
        if script:
            helios_qemu_test(
                name = "test_" + arch,
                arch = arch,
                firmware = firmware.get(arch, "edk2"),
                image = ":image_" + arch,
                options = options,
                script = script,
            )
