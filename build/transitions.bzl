# SPDX-License-Identifier: GPL-3.0-only
"""Configurations of Helios' parts.

What a user names on the command line stays in the default (host) configuration, so that outputs and
test results are where Bazel puts them for everything else. The rules in this package reach their
kernel, programs and loader through the transitions below, which set everything that those need:
nothing depends on a .bazelrc, so the rules work from another workspace too.
"""

ARCHITECTURES = ["x86_64", "aarch64", "riscv64"]

_PLATFORMS = "//command_line_option:platforms"
_MODE = "//command_line_option:compilation_mode"
_CHECKED = str(Label("//kernel:checked"))

def _settings(arch, kind, checked):
    return {
        _PLATFORMS: str(Label("//toolchains/platforms:%s_%s" % (arch, kind))),
        _MODE: "opt",
        _CHECKED: checked,
    }

def _kernel_impl(settings, attr):
    return _settings(attr.arch, "kernel", attr.checked)

def _user_impl(settings, attr):
    return _settings(attr.arch, "user", False)

def _uefi_impl(settings, attr):
    return _settings(attr.arch, "uefi", False)

def _multiboot_impl(settings, attr):
    return _settings("x86_64", "kernel", False)

_OUTPUTS = [_PLATFORMS, _MODE, _CHECKED]

# Each of these reads the attribute `arch` of the rule it is used in; kernel_transition reads
# `checked` too.
kernel_transition = transition(implementation = _kernel_impl, inputs = [], outputs = _OUTPUTS)
user_transition = transition(implementation = _user_impl, inputs = [], outputs = _OUTPUTS)
uefi_transition = transition(implementation = _uefi_impl, inputs = [], outputs = _OUTPUTS)
multiboot_transition = transition(implementation = _multiboot_impl, inputs = [], outputs = _OUTPUTS)

# Every rule that uses a transition needs these attributes.
TRANSITION_ATTRS = {
    "arch": attr.string(
        mandatory = True,
        values = ARCHITECTURES,
        doc = "The architecture to build for.",
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}
