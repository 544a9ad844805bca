# SPDX-License-Identifier: GPL-3.0-only
"""What the folder of a driver is made of."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("//build:defs.bzl", "helios_process")
load("//build:lint.bzl", "helios_tidy_test")

def venus_logic(name, parts, deps, tests = None):
    """What a driver knows of its device: a library that runs on the host, too, and its tests.

    Args:
      name: of the library.
      parts: names of its sources, without their ends: each is a .c and a .h.
      deps: libraries.
      tests: names of its tests, without .cc; default: PART_test for each part.
    """
    cc_library(
        name = name,
        srcs = [part + ".c" for part in parts],
        hdrs = [part + ".h" for part in parts],
        visibility = ["//userland:__subpackages__"],
        deps = deps,
    )
    for test in [part + "_test" for part in parts] if tests == None else tests:
        cc_test(
            name = test,
            size = "small",
            srcs = [test + ".cc"],
            deps = [
                ":" + name,
                "//userland/venus/testing:fake_virtio",
                "@helios_googletest//:gtest_main",
            ],
        )
    helios_tidy_test(
        name = "tidy_test",
        srcs = [part + ".c" for part in parts],
        deps = [":" + name],
    )

def venus_driver(name, srcs, manifest, deps):
    """The program.

    Args:
      name: of the target.
      srcs: main program, and headers that are only its own.
      manifest: what devices it is for, what it offers, what it needs.
      deps: the logic and the interfaces.
    """
    helios_process(
        name = name,
        srcs = srcs,
        manifest = manifest,
        visibility = ["//visibility:public"],
        deps = deps + ["//userland/venus/driver"],
    )
