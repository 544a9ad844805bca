# SPDX-License-Identifier: GPL-3.0-only
"""Every external repository of the build, and the toolchains made of them.

A repository is fetched when a target that is built needs it, not before.
"""

load("//toolchains:packages.bzl", "debian_packages")
load("//toolchains:stubs.bzl", "stub_repositories")

def _packages(name, lock, build_file = None, **kwargs):
    """A `debian_packages` of this project's lock and BUILD files, unless there is one yet."""
    if name in native.existing_rules():
        return
    debian_packages(
        name = name,
        build_file = "@helios//toolchains/repos:%s.BUILD" % build_file if build_file else None,
        lock = "@helios//toolchains:locks/%s.lock" % lock,
        **kwargs
    )

def _rules(name, directory, commands = []):
    """Bazel rules that the distribution packages, moved to the top of a repository."""
    _packages(
        name = name,
        commands = ["mv usr/share/bazel/%s/* . && rm -rf usr" % directory] + commands,
        keep = ["usr/share/bazel/" + directory],
        lock = "rules",
    )

# rules_cc asks for something that Bazel 4's @bazel_tools does not have.
_RULES_CC_FOR_BAZEL_4 = [
    "sed -i -e '/load(/s/, \"use_cpp_toolchain\"//'" +
    " -e 's/use_cpp_toolchain()/[\"@bazel_tools\\/\\/tools\\/cpp:toolchain_type\"]/'" +
    " cc/private/rules_impl/*.bzl",
    "sed -i 's/return \\[config_common.toolchain_type(.*/return [CC_TOOLCHAIN_TYPE]/'" +
    " cc/find_cc_toolchain.bzl",
]

# The largest of what LLVM's packages hold and nobody here uses.
_LLVM_UNUSED = [
    "etc",
    "usr/include",
    "usr/share",
    "usr/lib/llvm-19/lib/clang/19/lib/linux/*-i386*",
] + [
    "usr/lib/llvm-19/bin/%s%s" % (directory, tool)
    for directory in ["", ".real/"]
    for tool in [
        "llvm-exegesis",
        "llvm-jitlink*",
        "llvm-tblgen",
        "obj2yaml",
        "yaml2obj",
    ]
]

# libFuzzer was compiled against a newer C library than the sysroot's, whose strtol has
# another name (and differs in that it knows binary numbers).
_FUZZER_FOR_OLDER_GLIBC = """
for archive in usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer*-x86_64.a; do
    usr/lib/llvm-19/bin/llvm-objcopy --redefine-sym __isoc23_strtol=strtol \\
        --redefine-sym __isoc23_strtoul=strtoul "$archive"
done
"""

# What QEMU's packages hold for machines that nobody here emulates, the largest of it.
_QEMU_UNUSED = [
    "etc",
    "usr/share/applications",
    "usr/share/icons",
    "usr/share/qemu/hppa-firmware*",
    "usr/share/qemu/openbios-*",
    "usr/share/qemu/s390-ccw.img",
    "usr/share/qemu/skiboot.lid",
    "usr/share/qemu/slof.bin",
    "usr/share/qemu/u-boot*",
]

def _firmware(name, keep):
    """Firmware images; the flash images are mostly holes, and are stored so."""
    _packages(
        "helios_" + name,
        name,
        "firmware",
        commands = [
            "for d in %s; do mv usr/*/\"$d\" .; done; rm -rf usr" % " ".join({
                path.split("/")[2]: None
                for path in keep
            }),
            "find . -name '*.fd' -type f | while read f; do" +
            " cp --sparse=always \"$f\" \"$f.new\"; mv \"$f.new\" \"$f\"; done",
        ],
        keep = keep,
    )

# Newer Bazels declare platforms of architectures that the packaged @platforms lacks.
_PLATFORMS_FOR_NEWER = [
    "for cpu in loongarch64 riscv64; do" +
    " echo \"constraint_value(name = '$cpu', constraint_setting = ':cpu')\"; done >> cpu/BUILD",
]

# The slides' fonts and no others, wherever the repository lies.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

# As musl's Makefile makes them; one numbering of system calls serves all architectures.
_MUSL_HEADERS = [
    "mkdir -p generated/{0}/bits".format(arch) +
    " && sed -f tools/mkalltypes.sed arch/{0}/bits/alltypes.h.in include/alltypes.h.in".format(arch) +
    " >generated/{0}/bits/alltypes.h".format(arch) +
    " && cp arch/riscv64/bits/syscall.h.in generated/{0}/bits/syscall.h".format(arch) +
    " && sed -n s/__NR_/SYS_/p <arch/riscv64/bits/syscall.h.in" +
    " >>generated/{0}/bits/syscall.h".format(arch)
    for arch in ["aarch64", "riscv64", "x86_64"]
]

def _is_bazel_4():
    """Tells Bazel 4 from newer ones by what they know; the distributions' do not say."""
    return not hasattr(native, "module_name")

def helios_toolchains():
    """Declares the repositories and registers the toolchains; for a WORKSPACE file."""
    if _is_bazel_4():
        stub_repositories(["remote_coverage_tools", "rules_java"])
    else:
        stub_repositories(["remote_coverage_tools", "rules_python"])
    _rules("platforms", "tools/platforms", [] if _is_bazel_4() else _PLATFORMS_FOR_NEWER)
    _rules("bazel_skylib", "tools/skylib")
    _rules(
        "rules_cc",
        "rules/cc",
        _RULES_CC_FOR_BAZEL_4 if _is_bazel_4() else [],
    )
    _packages(
        "helios_llvm",
        "llvm",
        "llvm",
        commands = [_FUZZER_FOR_OLDER_GLIBC],
        remove = _LLVM_UNUSED,
    )
    _packages("helios_sysroot", "sysroot", "sysroot", remove = ["etc", "usr/share"])
    _packages("helios_googletest", "googletest", "googletest")
    _packages("helios_gnu_efi", "gnu_efi", "gnu_efi", keep = ["inc"])
    _packages(
        "helios_libfdt",
        "libfdt",
        "libfdt",
        commands = ["mv scripts/dtc/libfdt/* . && rm -rf scripts"],
        # libfdt includes it and, without overlays, uses nothing of it.
        files = {"freestanding/stdlib.h": "#include <stddef.h>\n"},
        keep = ["scripts/dtc/libfdt"],
    )
    _packages("helios_bearssl", "bearssl", "bearssl", keep = [
        "LICENSE.txt",
        "inc",
        "src",
    ])
    _packages("helios_musl", "musl", "musl", commands = _MUSL_HEADERS, keep = [
        "COPYRIGHT",
        "arch",
        "include",
        "src",
        "tools",
    ])
    for arch in ["aarch64", "riscv64"]:
        _packages(
            "helios_builtins_" + arch,
            "builtins_" + arch,
            "builtins",
            keep = ["usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.builtins-%s.a" % arch],
        )
    _packages("helios_qemu", "qemu", "qemu", remove = _QEMU_UNUSED)
    _packages("helios_qemu_gui", "qemu_gui", "qemu", remove = _QEMU_UNUSED)
    _firmware("edk2_x86_64", ["usr/share/OVMF"])
    _firmware("edk2_aarch64", [
        "usr/share/qemu-efi-aarch64",
        "usr/share/AAVMF/AAVMF_CODE.secboot.fd",
        "usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
        "usr/share/AAVMF/AAVMF_VARS.fd",
        "usr/share/AAVMF/AAVMF_VARS.snakeoil.fd",
    ])
    _firmware("edk2_riscv64", ["usr/share/qemu-efi-riscv64"])
    _firmware("uboot", [
        "usr/lib/u-boot/qemu-riscv64_smode",
        "usr/lib/u-boot/qemu_arm64",
    ])
    _packages("helios_imagetools", "imagetools", "imagetools", remove = ["etc"])
    _packages("helios_grub", "grub", "grub", remove = ["etc"])
    _packages("helios_debugger", "debugger", "debugger", remove = ["etc"])
    _packages("helios_clock", "clock", "clock")
    _packages(
        "helios_drawing",
        "drawing",
        "drawing",
        files = {"usr/fonts.conf": _FONTS},
        remove = ["etc"],
    )
    _packages("helios_lodepng", "lodepng", "lodepng", keep = [
        "LICENSE",
        "lodepng.cpp",
        "lodepng.h",
    ])
    native.register_toolchains("@helios//toolchains/cc:all")
