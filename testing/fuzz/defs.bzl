# SPDX-License-Identifier: GPL-3.0-only
"""Binaries whose libraries tell libFuzzer what they run through."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//build:instrumented.bzl", "helios_instrumented_binary")
load("//build:transitions.bzl", "TRANSITION_ATTRS", "user_transition")

def helios_fuzz_binary(**kwargs):
    """`binary` (a cc_binary with the feature `fuzzer`), instrumented for libFuzzer.

    Args:
      **kwargs: of helios_instrumented_binary.
    """
    helios_instrumented_binary(feature = "fuzzer_no_link", **kwargs)

def helios_parser_fuzz_test(name, srcs, deps, copts = [], seeds = [], seconds = 10):
    """A parser that libFuzzer feeds any bytes, for a while: NAME_test. `bazel run NAME` goes on.

    Args:
      name: of the fuzzer.
      srcs: C++ sources with LLVMFuzzerTestOneInput.
      deps: cc_library targets.
      copts: further flags for the sources.
      seeds: files, or groups of files, to begin with.
      seconds: how long the test lasts.
    """
    cc_binary(
        name = name + "_binary",
        testonly = True,
        srcs = srcs,
        copts = copts,
        features = ["fuzzer"],
        tags = ["manual"],  # built through the fuzzer below, with its transition
        target_compatible_with = ["//toolchains/platforms:kind_host"],
        deps = deps,
    )
    helios_fuzz_binary(
        name = name,
        testonly = True,
        binary = name + "_binary",
        tags = ["manual"],  # the test below builds it; `bazel run` goes on for ever
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["//testing/fuzz:parser.sh"],
        args = ["$(rootpath %s)" % name, str(seconds)] + ["$(rootpaths %s)" % seed for seed in seeds],
        data = [name] + seeds,
    )

def _programs_impl(ctx):
    files = [program[DefaultInfo].files_to_run.executable for program in ctx.attr.programs]
    return [DefaultInfo(files = depset(files), runfiles = ctx.runfiles(files = files))]

helios_program_files = rule(
    implementation = _programs_impl,
    doc = "Programs of Helios as files, to begin with.",
    attrs = dict(
        TRANSITION_ATTRS,
        programs = attr.label_list(cfg = user_transition),
    ),
)
