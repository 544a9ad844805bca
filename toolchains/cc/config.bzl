# SPDX-License-Identifier: GPL-3.0-only
"""One configuration for all C and C++ toolchains: clang and lld, nothing of the host.

Kinds of program: `host` (Linux, against the Debian 12 sysroot), `kernel`, `user`, `uefi`
(a static PIE that boot/efi turns into a PE file) and `multiboot` (32 bits).

Features to switch on: `strict_warnings`, `frame_pointers` (`user` has it); on the host also `asan`,
`ubsan`, `tsan` (`tsan_no_link`: its calls, for functions of one's own), `fuzzer` (and `fuzzer_no_link`
for libraries), `coverage` (bazel coverage).
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "feature_set",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_BIN = "usr/lib/llvm-19/bin/"
_RESOURCES = "usr/lib/llvm-19/lib/clang/19"

_ASSEMBLE = [ACTION_NAMES.assemble, ACTION_NAMES.preprocess_assemble]
_C = [ACTION_NAMES.c_compile]
_CXX = [
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.cpp_module_compile,
    ACTION_NAMES.cpp_module_codegen,
    ACTION_NAMES.linkstamp_compile,
]
_COMPILE = _ASSEMBLE + _C + _CXX
_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

# The kernel is optimised as a whole when it is linked: what one file calls in another is a register
# here and a jump there on the ways that have to be short, and start-up is a tenth shorter.
_WHOLE = ["-flto"]

# What a clang triple begins with, and the flags that make the code right for the machine
# in each kind. The kernel and what runs beside firmware touch no FPU or vector register. Where
# nothing is known of an operating system clang keeps frame pointers even in optimised code (not on
# RISC-V); of a kernel only a checked one needs them, and that has the feature.
_MACHINES = {
    "aarch64": struct(
        triple = "aarch64-unknown",
        all = [],
        kernel = _WHOLE + ["-mgeneral-regs-only", "-fomit-frame-pointer"],
        uefi = ["-mgeneral-regs-only"],
        user = [],
    ),
    "riscv64": struct(
        triple = "riscv64-unknown",
        all = ["-mcmodel=medany"],
        kernel = _WHOLE + ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64"],
        uefi = ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64"],
        user = ["-march=rv64gc", "-mabi=lp64d"],
    ),
    "x86_32": struct(
        triple = "i386-unknown",
        all = ["-march=i686", "-mgeneral-regs-only"],
        multiboot = [],
    ),
    "x86_64": struct(
        triple = "x86_64-unknown",
        all = [],
        host = [],
        kernel = _WHOLE + ["-mcmodel=kernel", "-mno-red-zone", "-mgeneral-regs-only", "-fomit-frame-pointer"],
        uefi = ["-mno-red-zone", "-mgeneral-regs-only", "-DGNU_EFI_USE_MS_ABI"],
        user = [],
    ),
}

# Code that no operating system loads: only the compiler's own headers, no PIC, no tables
# that nobody reads.
_FREESTANDING = [
    "-ffreestanding",
    "-nostdlibinc",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-common",
    "-O2",
    "-g",
]
_FREESTANDING_CXX = ["-nostdinc++", "-fno-exceptions", "-fno-rtti"]
_FREESTANDING_LINK = [
    "-nostdlib",
    "-Wl,-z,norelro",
    "-Wl,-z,max-page-size=4096",
    "-Wl,-z,separate-code",
]

def _flags(actions, flags, with_features = []):
    """Returns a flag set: `flags` for `actions`."""
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = with_features,
    )

def _compile_flag_sets(kind, machine, resources, sysroot):
    """Returns what every compilation gets, in order."""
    common = [
        # Paths as they were given: relative ones, the same on every machine.
        "-no-canonical-prefixes",
        "-resource-dir",
        resources,
        "-fdebug-compilation-dir=.",
        "-fcoverage-compilation-dir=.",
        "-Werror=date-time",
        "-fdiagnostics-color",
    ]
    if kind == "host":
        sets = [
            _flags(_COMPILE, common + [
                "--target=" + machine.triple + "-linux-gnu",
                "--sysroot=" + sysroot,
                "-fno-omit-frame-pointer",
            ]),
            _flags(_COMPILE, ["-O1", "-g"], [with_feature_set(not_features = ["opt", "dbg"])]),
            _flags(_COMPILE, ["-O2", "-g"], [with_feature_set(features = ["opt"])]),
            _flags(_COMPILE, ["-O0", "-g"], [with_feature_set(features = ["dbg"])]),
        ]
    else:
        position = ["-fpie", "-fvisibility=hidden", "-fshort-wchar"] if kind == "uefi" else ["-fno-pic"]
        sets = [
            _flags(_COMPILE, common + ["--target=" + machine.triple + "-none-elf"] +
                             _FREESTANDING + position + machine.all + getattr(machine, kind)),
            _flags(_CXX, _FREESTANDING_CXX),
        ]
    return sets + [
        _flags(_ASSEMBLE, ["-Wno-unused-command-line-argument"]),
        _flags(_C, ["-std=gnu11"]),
        _flags(_CXX, ["-std=c++17"]),
    ]

def _link_flag_sets(kind, machine, resources, sysroot):
    """Returns what every link gets, in order."""
    flags = [
        "-no-canonical-prefixes",
        "-resource-dir",
        resources,
        "--target=" + machine.triple + "-linux-gnu",
        "-fuse-ld=lld",
        "-Wl,--build-id=none",
        "-Wl,-z,noexecstack",
    ]
    if kind == "host":
        flags += [
            "--sysroot=" + sysroot,
            "-static-libgcc",
            "-l:libstdc++.a",
            "-lm",
        ]
    elif kind == "uefi":
        flags += ["-static-pie", "-Wl,-Bsymbolic"] + _FREESTANDING_LINK
    else:
        flags += ["-static"] + _FREESTANDING_LINK
    return [_flags(_LINK, flags)]

# What applies to everything. Programs have frame pointers, so that the kernel can say who called
# whom when one of them faults.
def _common_features(kind):
    return [
        # Whole directories are inputs, so the headers in them are not listed one by one.
        feature(
            name = "dependency_file",
            enabled = True,
            flag_sets = [flag_set(
                actions = [a for a in _COMPILE if a != ACTION_NAMES.assemble],
                flag_groups = [flag_group(
                    expand_if_available = "dependency_file",
                    flags = ["-MMD", "-MF", "%{dependency_file}"],
                )],
            )],
        ),
        feature(name = "opt"),
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(
            name = "strict_warnings",
            flag_sets = [
                _flags(_C + _CXX, ["-Wall", "-Wextra", "-Wshadow", "-Werror"]),
                _flags(_C, ["-Wconversion", "-Wstrict-prototypes", "-Wmissing-prototypes"]),
            ],
        ),
        feature(
            name = "frame_pointers",
            enabled = kind == "user",
            flag_sets = [_flags(_C + _CXX, [
                "-fno-omit-frame-pointer",
                "-mno-omit-leaf-frame-pointer",
            ])],
        ),
    ]

def _sanitizer(name, flags, link = []):
    """Returns a feature that compiles and links with `flags`."""
    return feature(
        name = name,
        flag_sets = [
            _flags(_C + _CXX, flags),
            _flags(_LINK, flags + link),
        ],
    )

# What only the host's runtime libraries can do.
def _host_features():
    runtime = ["-fsanitize-link-c++-runtime"]
    coverage = ["-fprofile-instr-generate", "-fcoverage-mapping"]
    return [
        _sanitizer("asan", ["-fsanitize=address"], runtime),
        _sanitizer("ubsan", ["-fsanitize=undefined", "-fno-sanitize-recover=all"], runtime),
        _sanitizer("tsan", ["-fsanitize=thread"], runtime),
        feature(
            name = "tsan_no_link",
            flag_sets = [_flags(_C + _CXX, ["-fsanitize=thread"])],
        ),
        _sanitizer("fuzzer", ["-fsanitize=fuzzer"]),
        _sanitizer("fuzzer_no_link", ["-fsanitize=fuzzer-no-link"]),
        feature(name = "coverage"),
        feature(
            name = "llvm_coverage_map_format",
            enabled = True,
            flag_sets = [
                _flags(_C + _CXX, coverage),
                _flags(_LINK, coverage),
            ],
            requires = [feature_set(features = ["coverage"])],
        ),
    ]

def _impl(ctx):
    machine = _MACHINES[ctx.attr.cpu]
    kind = ctx.attr.kind
    resources = ctx.label.workspace_root + "/" + _RESOURCES
    sysroot = ctx.attr.sysroot.label.workspace_root if ctx.attr.sysroot else None
    features = [
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = _compile_flag_sets(kind, machine, resources, sysroot),
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = _link_flag_sets(kind, machine, resources, sysroot),
        ),
    ] + _common_features(kind) + (_host_features() if kind == "host" else [])
    tools = {
        "ar": "llvm-ar",
        "cpp": "clang-cpp",
        "dwp": "llvm-dwp",
        "gcc": "clang",
        "gcov": "llvm-profdata",
        "ld": "ld.lld",
        "nm": "llvm-nm",
        "objcopy": "llvm-objcopy",
        "objdump": "llvm-objdump",
        "strip": "llvm-strip",
    }
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "unknown",
        abi_version = "unknown",
        compiler = "clang",
        cxx_builtin_include_directories = [resources + "/include"] +
                                          ([sysroot + "/usr/include", sysroot + "/usr/lib/gcc"] if sysroot else []),
        features = features,
        host_system_name = "x86_64-linux",
        target_cpu = "k8" if kind == "host" else ctx.attr.cpu,
        target_libc = "glibc" if kind == "host" else "none",
        target_system_name = "%s-%s" % (ctx.attr.cpu, kind),
        tool_paths = [tool_path(name = n, path = _BIN + p) for n, p in tools.items()],
        toolchain_identifier = "helios_%s_%s" % (ctx.attr.cpu, kind),
    )

helios_cc_toolchain_config = rule(
    implementation = _impl,
    attrs = {
        "cpu": attr.string(
            mandatory = True,
            values = ["aarch64", "riscv64", "x86_32", "x86_64"],
        ),
        "kind": attr.string(
            mandatory = True,
            values = ["host", "kernel", "multiboot", "uefi", "user"],
        ),
        "sysroot": attr.label(
            doc = "Files of the sysroot, which stands at the top of their repository.",
        ),
    },
    doc = "The configuration of one clang toolchain in @helios_llvm.",
    provides = [CcToolchainConfigInfo],
)
