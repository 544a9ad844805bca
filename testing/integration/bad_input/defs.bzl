# SPDX-License-Identifier: GPL-3.0-only
"""Tests of what the EFI loader says about an image with something wrong in it."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//build:defs.bzl", "HeliosImageInfo", "helios_disk", "helios_qemu_test")

def _damaged_modules_impl(ctx):
    good = ctx.attr.image[HeliosImageInfo]
    parts = {}
    for part in ["kernel", "init", "bootfs"]:
        parts[part] = ctx.actions.declare_file("%s.%s" % (ctx.label.name, part))
        ctx.actions.run(
            outputs = [parts[part]],
            inputs = [ctx.file.efi],
            executable = ctx.executable._damage,
            arguments = ["extract", "." + part, ctx.file.efi.path, parts[part].path],
        )
    return [HeliosImageInfo(
        arch = good.arch,
        checked = good.checked,
        kernel = parts["kernel"],
        init = parts["init"],
        bootfs = parts["bootfs"],
        cmdline = good.cmdline,
        efi = ctx.file.efi,
        disk = good.disk,
        signed_efi = None,
        signed_disk = None,
        multiboot = good.multiboot,
    )]

_damaged_modules = rule(
    implementation = _damaged_modules_impl,
    doc = "An image whose Multiboot modules are what stands in the sections of a damaged PE file.",
    attrs = {
        "efi": attr.label(mandatory = True, allow_single_file = True),
        "image": attr.label(mandatory = True, providers = [HeliosImageInfo]),
        "_damage": attr.label(
            default = "//testing/integration/damage",
            executable = True,
            cfg = "host",
        ),
    },
)

def bad_input_test(arch, section, damage, message):
    """Boots an image with one section damaged.

    Args:
      arch: architecture.
      section: name of the section, without the dot.
      damage: as in testing/integration/damage.
      message: what the loader says.
    """
    name = "%s_%s_%s" % (section, damage, arch)

    # Memory is what is wrong with one image: it wants more than the machine has.
    what = "memory" if damage == "grown" else "section ." + section
    native.genrule(
        name = name + "_efi",
        srcs = [":good_" + arch],
        outs = [name + ".efi"],
        cmd = "$(execpath //testing/integration/damage) %s .%s $< $@" % (damage, section),
        tools = ["//testing/integration/damage"],
    )
    helios_disk(
        name = name,
        arch = arch,
        efi = name + ".efi",
    )
    write_file(
        name = name + "_script",
        out = name + ".script",
        content = [
            "case the loader says what is wrong",
            "timeout 120",
            "reject init: up",
            "expect helios: %s: %s" % (what, message),
            "",
            "case it is one line, and firmware goes on",
            "reject helios:",
            "reject init: up",
            "expect failed to start Boot",
            "expect UEFI Interactive Shell" if arch == "riscv64" else "expect starting Boot",
            "",
        ],
    )
    helios_qemu_test(
        name = name + "_test",
        arch = arch,
        image = name,
        memory = 64 if damage == "grown" else 256,
        script = name + ".script",
    )

def bad_module_test(section, damage, message):
    """Starts the Multiboot loader with the module damaged that bad_input_test has in a section.

    Args:
      section: as in bad_input_test, of an x86_64 image.
      damage: as in bad_input_test.
      message: what the loader says.
    """
    name = "%s_%s_multiboot" % (section, damage)
    what = "memory" if damage == "grown" else section
    _damaged_modules(
        name = name,
        efi = "%s_%s_x86_64.efi" % (section, damage),
        image = "//testing/monitor:image_x86_64",
    )
    write_file(
        name = name + "_script",
        out = name + ".script",
        content = [
            "case the loader says what is wrong",
            "timeout 120",
            "reject init: up",
            "expect helios: %s: %s" % (what, message),
            "",
        ],
    )
    helios_qemu_test(
        name = name + "_test",
        arch = "x86_64",
        firmware = "multiboot",
        image = name,
        memory = 48 if damage == "grown" else 256,
        script = name + ".script",
    )
