# SPDX-License-Identifier: GPL-3.0-only
"""What is measured on each architecture, and the scripts that print it."""

load("//build:defs.bzl", "ARCHITECTURES", "helios_image", "helios_qemu_run")

def bench_runs(name, init, ready, **image):
    """A program on each architecture: NAME_ARCH runs it.

    Args:
      name: how their names begin.
      init: the program.
      ready: what it prints last.
      **image: further attributes of helios_image.
    """
    for arch in ARCHITECTURES:
        helios_image(
            name = "%s_image_%s" % (name, arch),
            arch = arch,
            bootfs = ":bootfs",
            init = init,
            **image
        )
        helios_qemu_run(
            name = "%s_%s" % (name, arch),
            arch = arch,
            image = ":%s_image_%s" % (name, arch),
            ready = ready,
        )

def bench(name, runs, **kwargs):
    """NAME.sh, which is given what each of `runs` is called on each architecture.

    Args:
      name: of the script, without .sh.
      runs: names of bench_runs, or what else is there for each architecture.
      **kwargs: further attributes of sh_binary.
    """
    runners = [":%s_%s" % (run, arch) for run in runs for arch in ARCHITECTURES]
    native.sh_binary(
        name = name,
        srcs = [name + ".sh"],
        args = ["$(rootpath %s)" % runner for runner in runners],
        data = ["common.sh"] + runners,
        **kwargs
    )
