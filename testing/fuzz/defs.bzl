# SPDX-License-Identifier: GPL-3.0-only
"""Binaries whose libraries tell libFuzzer what they run through."""

load("@rules_cc//cc:defs.bzl", "cc_binary")

_FEATURES = "//command_line_option:features"
_MODE = "//command_line_option:compilation_mode"

def _instrumented_impl(settings, attr):
    return {
        _FEATURES: settings[_FEATURES] + ["fuzzer_no_link"],
        _MODE: "opt",
    }

_instrumented = transition(
    implementation = _instrumented_impl,
    inputs = [_FEATURES],
    outputs = [_FEATURES, _MODE],
)

def _binary_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = ctx.attr.binary[0][DefaultInfo].files_to_run.executable,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = executable,
        runfiles = ctx.attr.binary[0][DefaultInfo].default_runfiles,
    )]

helios_fuzz_binary = rule(
    doc = "`binary` (a cc_binary with the feature `fuzzer`), optimised, with everything that it is " +
          "linked from instrumented for libFuzzer.",
    implementation = _binary_impl,
    executable = True,
    attrs = {
        "binary": attr.label(mandatory = True, cfg = _instrumented, executable = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

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
