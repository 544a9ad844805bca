# SPDX-License-Identifier: GPL-3.0-only
"""The list of C toolchains: declared here, defined in @helios_llvm, fetched when used."""

load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load("//toolchains/cc:config.bzl", "helios_cc_toolchain_config")
load("//toolchains/platforms:platforms.bzl", "CPUS", "KINDS")

def _all():
    """Returns the toolchains as (name, cpu, kind, constraint values of the target)."""
    platforms = "@helios//toolchains/platforms:"
    result = [
        ("host", "x86_64", "host", [
            "@platforms//cpu:x86_64",
            "@platforms//os:linux",
            platforms + "kind_host",
        ]),
        ("x86_32_multiboot", "x86_32", "multiboot", [
            "@platforms//cpu:x86_32",
            platforms + "kind_multiboot",
        ]),
    ]
    for cpu, constraint in CPUS.items():
        for kind in KINDS:
            result.append(("%s_%s" % (cpu, kind), cpu, kind, [
                constraint,
                platforms + "kind_" + kind,
            ]))
    return result

def declare_toolchains():
    """Declares a `toolchain` for each; asking for one of them fetches LLVM, not before."""
    for name, _cpu, _kind, constraints in _all():
        native.toolchain(
            name = name,
            exec_compatible_with = [
                "@platforms//cpu:x86_64",
                "@platforms//os:linux",
            ],
            target_compatible_with = constraints,
            toolchain = "@helios_llvm//:cc_" + name,
            toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
        )

def define_toolchains():
    """Defines the toolchains; for the BUILD file of @helios_llvm."""
    for name, cpu, kind, _constraints in _all():
        sysroot = "@helios_sysroot//:files" if kind == "host" else None
        files = name + "_files"
        native.filegroup(
            name = files,
            srcs = ["usr"] + ([sysroot] if sysroot else []),
        )
        helios_cc_toolchain_config(
            name = name + "_config",
            cpu = cpu,
            kind = kind,
            sysroot = sysroot,
        )
        cc_toolchain(
            name = "cc_" + name,
            all_files = files,
            ar_files = files,
            as_files = files,
            compiler_files = files,
            dwp_files = files,
            linker_files = files,
            objcopy_files = files,
            strip_files = files,
            supports_param_files = True,
            toolchain_config = name + "_config",
            toolchain_identifier = "helios_" + name,
            visibility = ["//visibility:public"],
        )
