# SPDX-License-Identifier: GPL-3.0-only
"""Binaries that are instrumented with everything that they are linked from."""

_FEATURES = "//command_line_option:features"
_MODE = "//command_line_option:compilation_mode"

# What each of them is in place of: ThreadSanitizer does not go together with others, and who is
# told of every access looks at other things.
_INSTEAD_OF = {
    "fuzzer_no_link": [],
    "tsan": ["asan", "ubsan"],
    "tsan_no_link": ["asan", "ubsan"],
}

def _instrumented_impl(settings, attr):
    others = _INSTEAD_OF[attr.feature]
    return {
        _FEATURES: [f for f in settings[_FEATURES] if f not in others] + [attr.feature],
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

helios_instrumented_binary = rule(
    doc = "`binary`, optimised, with everything that it is linked from compiled with `feature`: " +
          "it tells libFuzzer what it runs through (fuzzer_no_link; the binary has the feature " +
          "`fuzzer`), or ThreadSanitizer (tsan) or the binary itself (tsan_no_link) of every " +
          "access to memory.",
    implementation = _binary_impl,
    executable = True,
    attrs = {
        "binary": attr.label(mandatory = True, cfg = _instrumented, executable = True),
        "feature": attr.string(mandatory = True, values = _INSTEAD_OF.keys()),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
