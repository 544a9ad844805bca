# SPDX-License-Identifier: GPL-3.0-only
"""A test that a program, built for another platform, is an ELF file of the right sort."""

def _platform_transition_impl(_settings, attr):
    return {"//command_line_option:platforms": str(attr.platform)}

_platform_transition = transition(
    implementation = _platform_transition_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

def _elf_kind_test_impl(ctx):
    program = ctx.files.program[0]
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, """#!/bin/sh
header=$({readelf} --file-header --dynamic {program}) || exit 1
echo "$header"
echo "$header" | grep -q '^ *Machine: *{machine}$' || {{ echo "not for {machine}"; exit 1; }}
echo "$header" | grep -q '^ *Type: *{type} ' || {{ echo "not of type {type}"; exit 1; }}
echo "$header" | grep -q NEEDED && {{ echo "wants a shared library"; exit 1; }}
exit 0
""".format(
        machine = ctx.attr.machine,
        program = program.short_path,
        readelf = ctx.executable._readelf.short_path,
        type = ctx.attr.type,
    ), is_executable = True)
    files = [program] + ctx.files._readelf + ctx.files._llvm
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles(files = files))]

elf_kind_test = rule(
    implementation = _elf_kind_test_impl,
    attrs = {
        "machine": attr.string(mandatory = True, doc = "The ELF machine, as llvm-readelf names it."),
        "platform": attr.label(mandatory = True, doc = "What to build the program for."),
        "program": attr.label(mandatory = True, cfg = _platform_transition),
        "type": attr.string(mandatory = True, doc = "The ELF type."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_llvm": attr.label(default = "@helios_llvm//:usr", allow_single_file = True),
        "_readelf": attr.label(
            default = "@helios_llvm//:llvm-readelf",
            allow_single_file = True,
            cfg = "host",
            executable = True,
        ),
    },
    doc = "Builds `program` for `platform` and checks its ELF header.",
    test = True,
)
