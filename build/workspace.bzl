# SPDX-License-Identifier: GPL-3.0-only
"""What a WORKSPACE file needs to use Helios."""

load("//toolchains:repositories.bzl", "helios_toolchains")

def helios_workspace():
    """Declares Helios' external repositories and registers its toolchains.

    Each repository is fetched when something that is built needs it. In the .bazelrc beside the
    WORKSPACE file, Bazel 4 needs `build --incompatible_enable_cc_toolchain_resolution`, and every
    Bazel `build --host_platform=@helios//toolchains/platforms:host` and
    `build --platforms=@helios//toolchains/platforms:host`; examples/.bazelrc is one to copy.
    """
    helios_toolchains()
