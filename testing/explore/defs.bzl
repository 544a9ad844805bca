# SPDX-License-Identifier: GPL-3.0-only
"""Binaries whose kernel tells of every access to memory, and which others."""

_FEATURES = "//command_line_option:features"
_MODE = "//command_line_option:compilation_mode"

# Two sanitizers do not go together, and these two look at other things.
_OTHERS = ["asan", "ubsan"]

def _told_impl(settings, attr):
    return {
        _FEATURES: [f for f in settings[_FEATURES] if f not in _OTHERS] + [attr.feature],
        _MODE: "opt",
    }

_told = transition(
    implementation = _told_impl,
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

helios_told_binary = rule(
    doc = "`binary`, optimised, with everything that it is linked from compiled with `feature` " +
          "(tsan or tsan_no_link) in place of other sanitizers.",
    implementation = _binary_impl,
    executable = True,
    attrs = {
        "binary": attr.label(mandatory = True, cfg = _told, executable = True),
        "feature": attr.string(mandatory = True, values = ["tsan", "tsan_no_link"]),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
