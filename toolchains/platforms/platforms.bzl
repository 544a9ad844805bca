# SPDX-License-Identifier: GPL-3.0-only
"""The platforms: every architecture with every kind of program."""

# Architecture to its constraint value.
CPUS = {
    "aarch64": "@platforms//cpu:aarch64",
    "riscv64": "@helios//toolchains/platforms:riscv64",
    "x86_64": "@platforms//cpu:x86_64",
}

# Kinds of program that exist for every architecture.
KINDS = ["kernel", "user", "uefi"]

def helios_platforms():
    """Declares the platforms ARCH_KIND."""
    for cpu, constraint in CPUS.items():
        for kind in KINDS:
            native.platform(
                name = "%s_%s" % (cpu, kind),
                constraint_values = [
                    ":helios",
                    ":kind_" + kind,
                    constraint,
                ],
            )
