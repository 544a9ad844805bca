# SPDX-License-Identifier: GPL-3.0-only
"""Binaries whose libraries tell libFuzzer what they run through."""

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
