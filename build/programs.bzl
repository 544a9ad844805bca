# SPDX-License-Identifier: GPL-3.0-only
"""Programs, kernels and EFI applications as targets of their own."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//build:transitions.bzl", "TRANSITION_ATTRS", "kernel_transition", "uefi_transition")

def helios_program(name, srcs, deps = [], linkopts = [], **kwargs):
    """A user program: a static ELF executable that the kernel (as init) or a server loads.

    It is built for whatever architecture the image that it goes into has; on the command line and
    in `//...` of a host build it is skipped.

    Args:
      name: target name.
      srcs: C sources and private headers.
      deps: cc_library targets, besides the system-call library and its start-up code.
      linkopts: further linker flags.
      **kwargs: as for cc_binary.
    """
    cc_binary(
        name = name,
        srcs = srcs,
        deps = deps + [Label("//userland/helios:start"), Label("//userland/helios")],
        linkopts = linkopts,
        linkstatic = True,
        target_compatible_with = [Label("//toolchains/platforms:kind_user")],
        **kwargs
    )

_EMBED = str(Label("//userland/manifest:embed"))

def helios_process(name, srcs, deps = [], linkopts = [], manifest = None, **kwargs):
    """An ordinary process: a program with `int main(int argc, char **argv)`, for helios_spawn.

    It gets its capabilities, arguments and memory from who starts it
    (userland/helios/startup.h). It is built for whatever architecture the image that it goes into
    has.

    Args:
      name: target name.
      srcs: C sources and private headers.
      deps: cc_library targets, besides the system-call library, its start-up code and the C library.
      linkopts: further linker flags.
      manifest: of a driver: a text file that says what it serves, wants and offers
        (docs/reference/manifests.md). It is checked and becomes the section `.helios.manifest` of
        the ELF file.
      **kwargs: as for cc_binary.
    """
    if manifest:
        # The tool is checked by AddressSanitizer, which is not for use under what a caller preloads.
        native.genrule(
            name = name + "_manifest",
            srcs = [manifest],
            outs = [name + "_manifest.c"],
            cmd = "unset LD_PRELOAD; $(execpath %s) %s $< $@" % (_EMBED, manifest.split(":")[-1]),
            tools = [_EMBED],
        )
        srcs = srcs + [name + "_manifest.c"]
    cc_binary(
        name = name,
        srcs = srcs,
        deps = deps + [
            Label("//userland/helios/libc"),
            Label("//userland/helios:process"),
            Label("//userland/helios"),
        ],
        linkopts = linkopts,
        linkstatic = True,
        target_compatible_with = [Label("//toolchains/platforms:kind_user")],
        **kwargs
    )

def _kernel_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".elf")
    ctx.actions.symlink(output = out, target_file = ctx.file.kernel)
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out]))]

helios_kernel = rule(
    implementation = _kernel_impl,
    doc = "The kernel ELF of one architecture, with symbols: NAME.elf.",
    attrs = dict(
        TRANSITION_ATTRS,
        checked = attr.bool(doc = "Whether its checks are on."),
        kernel = attr.label(
            default = Label("//kernel:helios"),
            allow_single_file = True,
            cfg = kernel_transition,
        ),
    ),
)

def _efi_application_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".efi")
    ctx.actions.run(
        outputs = [out],
        inputs = [ctx.file.binary],
        executable = ctx.executable._elf2pe,
        arguments = ["--output", out.path, ctx.file.binary.path],
        mnemonic = "HeliosEfi",
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out]))]

helios_efi_application = rule(
    implementation = _efi_application_impl,
    doc = """An EFI application, NAME.efi, from a cc_binary for the UEFI platform.

The cc_binary is a static position-independent ELF whose entry point is efi_main(handle, table); the
toolchain for that platform links it so.""",
    attrs = dict(
        TRANSITION_ATTRS,
        binary = attr.label(
            mandatory = True,
            allow_single_file = True,
            cfg = uefi_transition,
        ),
        _elf2pe = attr.label(
            default = Label("//build/tools/elf2pe"),
            executable = True,
            cfg = "host",
        ),
    ),
)
