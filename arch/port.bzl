# SPDX-License-Identifier: GPL-3.0-only
"""The targets that every port of the kernel to real hardware has."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("//build:lint.bzl", "helios_format_test")

def kernel_port(cpu, tested, header_deps = []):
    """Declares a port: `headers`, `port`, its unit tests and its format test.

    Args:
      cpu: constraint value of the architecture.
      tested: modules NAME.c (and NAME.h, if it has one) that need no privileged instruction, so
        that NAME_test.cc tests on the host what is in the kernel.
      header_deps: libraries that <helios_port.h> and the tested modules include from.
    """
    native.exports_files(["kernel.lds"], visibility = ["//kernel:__pkg__"])

    cc_library(
        name = "headers",
        hdrs = ["include/helios_port.h"],
        strip_include_prefix = "include",
        visibility = [
            "//arch:__subpackages__",
            "//kernel:__subpackages__",
        ],
        deps = header_deps + ["//boot/protocol"],
    )

    for name in tested:
        cc_library(
            name = name,
            srcs = [name + ".c"],
            hdrs = native.glob([name + ".h"]),
            deps = header_deps + [
                "//arch/include",
                "//boot/protocol",
            ],
        )
        cc_test(
            name = name + "_test",
            size = "small",
            srcs = [name + "_test.cc"],
            deps = [
                ":" + name,
                "@helios_googletest//:gtest_main",
            ],
        )

    cc_library(
        name = "port",
        srcs = native.glob(
            [
                "*.c",
                "*.S",
                "*.h",
            ],
            exclude = [name + suffix for name in tested for suffix in [".c", ".h"]],
        ),
        features = select({
            "//kernel:is_checked": ["frame_pointers"],
            "//conditions:default": [],
        }),
        target_compatible_with = [
            "//toolchains/platforms:kind_kernel",
            cpu,
        ],
        visibility = ["//kernel:__pkg__"],
        deps = [
            ":headers",
            "//arch/include",
            "//boot/protocol",
            "//kernel:headers",
        ] + [":" + name for name in tested],
        alwayslink = True,
    )

    helios_format_test(srcs = native.glob([
        "*.c",
        "*.h",
        "*.cc",
        "include/*.h",
    ]))
