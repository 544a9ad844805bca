# SPDX-License-Identifier: GPL-3.0-only
"""Programs that end in a fault or a panic, on each architecture."""

load("//build:defs.bzl", "ARCHITECTURES", "helios_image", "helios_qemu_test")

# buildifier: disable=unnamed-macro
def faults_tests(init, script, prefix = "", cmdline = "panic=reboot", cpus = 1, **image):
    """A test for each architecture, called PREFIX and the architecture.

    Args:
      init: the program.
      script: what the console has to show.
      prefix: how their names begin.
      cmdline: of the kernel.
      cpus: how many the machine has.
      **image: further attributes of helios_image.
    """
    for arch in ARCHITECTURES:
        helios_image(
            name = "%simage_%s" % (prefix, arch),
            testonly = True,
            arch = arch,
            bootfs = "//testing/conformance:bootfs",
            cmdline = cmdline,
            init = init,
            **image
        )
        helios_qemu_test(
            name = prefix + arch,
            arch = arch,
            cpus = cpus,
            image = ":%simage_%s" % (prefix, arch),
            script = script,
        )
