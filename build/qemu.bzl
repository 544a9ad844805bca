# SPDX-License-Identifier: GPL-3.0-only
"""Running and testing images in QEMU."""

load("//build:images.bzl", "HeliosImageInfo")
load("//build:transitions.bzl", "ARCHITECTURES")

# Firmware by architecture and kind: configuration key (build/tools/qemu/config.h) -> label.
_FIRMWARE = {
    "x86_64": {
        "edk2": {
            "edk2_code": "@helios_edk2_x86_64//:OVMF/OVMF_CODE_4M.fd",
            "edk2_vars": "@helios_edk2_x86_64//:OVMF/OVMF_VARS_4M.fd",
        },
        "edk2_secure": {
            "edk2_code": "@helios_edk2_x86_64//:OVMF/OVMF_CODE_4M.secboot.fd",
            "edk2_vars": "//build:secure_variables_x86_64",
        },
        "multiboot": {},
        "bios": {},
    },
    "aarch64": {
        "edk2": {
            "edk2_code": "@helios_edk2_aarch64//:qemu-efi-aarch64/QEMU_EFI.fd",
        },
        "edk2_secure": {
            "edk2_code": "@helios_edk2_aarch64//:AAVMF/AAVMF_CODE.secboot.fd",
            "edk2_vars": "//build:secure_variables_aarch64",
        },
        "uboot": {
            "uboot": "@helios_uboot//:u-boot/qemu_arm64/u-boot.bin",
        },
    },
    "riscv64": {
        "edk2": {
            "edk2_code": "@helios_edk2_riscv64//:qemu-efi-riscv64/RISCV_VIRT_CODE.fd",
            "edk2_vars": "@helios_edk2_riscv64//:qemu-efi-riscv64/RISCV_VIRT_VARS.fd",
        },
        "uboot": {
            "uboot": "@helios_uboot//:u-boot/qemu-riscv64_smode/u-boot.bin",
        },
    },
}

# Variable stores without any key, for firmware that enforces Secure Boot.
_EMPTY_VARIABLES = {
    "x86_64": "@helios_edk2_x86_64//:OVMF/OVMF_VARS_4M.fd",
    "aarch64": "@helios_edk2_aarch64//:AAVMF/AAVMF_VARS.fd",
}

def _image_lines(image, suffix, secure):
    disk = image.signed_disk if secure and image.signed_disk else image.disk
    lines = ["image%s=%s" % (suffix, disk.short_path)]
    files = [disk]
    if image.kernel:
        lines.append("kernel_elf%s=%s" % (suffix, image.kernel.short_path))
        files.append(image.kernel)
    if image.multiboot:
        lines += [
            "multiboot_loader%s=%s" % (suffix, image.multiboot.short_path),
            "multiboot_kernel%s=%s" % (suffix, image.kernel.short_path),
            "multiboot_init%s=%s" % (suffix, image.init.short_path),
            "multiboot_bootfs%s=%s" % (suffix, image.bootfs.short_path),
        ]
        files += [image.multiboot, image.init, image.bootfs]
    return lines, files

def _config(ctx, image, checked_image, extra):
    """Writes the guest's configuration file; returns it with all files that it names."""
    lines = [
        "arch=" + image.arch,
        "qemu=%s/bin/qemu-system-%s" % (ctx.file.qemu.short_path, image.arch),
    ]
    files = [ctx.file.qemu]
    if ctx.attr.secure:
        lines.append("edk2_secure=yes")
    if ctx.attr.bios:
        lines.append("bios=yes")
    for target, key in ctx.attr.firmware_files.items():
        file = target.files.to_list()[0]
        lines.append("%s=%s" % (key, file.short_path))
        files.append(file)
    for info, suffix in [(image, ""), (checked_image, "_checked")]:
        if info:
            more_lines, more_files = _image_lines(info, suffix, ctx.attr.secure)
            lines += more_lines
            files += more_files
    if image.multiboot:
        lines.append("multiboot_cmdline=" + image.cmdline)
    config = ctx.actions.declare_file(ctx.label.name + ".guest")
    ctx.actions.write(config, "\n".join(lines + extra) + "\n")
    return config, files + [config]

def _launcher(ctx, words, files, tool):
    """An executable that starts `words` in the runfiles tree."""
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        """#!/bin/sh
: "${BUILD_WORKING_DIRECTORY:=$PWD}"
export BUILD_WORKING_DIRECTORY
cd "${RUNFILES_DIR:-${TEST_SRCDIR:-$0.runfiles}}/%s" || exit 2
exec %s "$@"
""" % (ctx.workspace_name, " ".join(["'%s'" % word for word in words])),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = files).merge(tool[DefaultInfo].default_runfiles),
    )]

def _run_impl(ctx):
    image = ctx.attr.image[HeliosImageInfo]
    checked = ctx.attr.checked_image[HeliosImageInfo] if ctx.attr.checked_image else None
    extra = ["ready=" + ctx.attr.ready, "gdb=./bazel run %s --" % ctx.attr.debugger]
    if ctx.attr.window:
        extra.append("window=sdl")
    if ctx.attr.window_target:
        extra.append("window_target=" + ctx.attr.window_target)
    extra += ["default=" + option for option in ctx.attr.options]
    for firmware, target in ctx.attr.other_firmware.items():
        extra.append("firmware_%s=%s" % (firmware, target))
    config, files = _config(ctx, image, checked, extra)
    words = [ctx.executable._runner.short_path, config.short_path]
    return _launcher(ctx, words, files + [ctx.executable._runner], ctx.attr._runner)

def _test_impl(ctx):
    image = ctx.attr.image[HeliosImageInfo]
    config, files = _config(ctx, image, None, ["media=cdrom"] if ctx.attr.cdrom else [])
    words = [ctx.executable._qemu_test.short_path, config.short_path]
    if ctx.file.script:
        words += ["--expect", ctx.file.script.short_path]
        files.append(ctx.file.script)
    for picture in ctx.files.pictures:
        words += ["--picture", picture.short_path]
    files += ctx.files.pictures + ctx.files.data
    words += ctx.attr.options
    return _launcher(ctx, words, files + [ctx.executable._qemu_test], ctx.attr._qemu_test)

_ATTRS = {
    "image": attr.label(mandatory = True, providers = [HeliosImageInfo]),
    "firmware_files": attr.label_keyed_string_dict(allow_files = True),
    "secure": attr.bool(),
    "bios": attr.bool(),
    "qemu": attr.label(default = Label("@helios_qemu//:usr"), allow_single_file = True),
}

_qemu_run = rule(
    implementation = _run_impl,
    executable = True,
    attrs = dict(
        _ATTRS,
        checked_image = attr.label(providers = [HeliosImageInfo]),
        options = attr.string_list(),
        ready = attr.string(),
        debugger = attr.string(),
        other_firmware = attr.string_dict(),
        window = attr.bool(),
        window_target = attr.string(),
        _runner = attr.label(
            default = Label("//build/tools/runner"),
            executable = True,
            cfg = "host",
        ),
    ),
)

_qemu_test = rule(
    implementation = _test_impl,
    test = True,
    attrs = dict(
        _ATTRS,
        script = attr.label(allow_single_file = True),
        pictures = attr.label_list(allow_files = [".png"]),
        data = attr.label_list(allow_files = True),
        options = attr.string_list(),
        cdrom = attr.bool(),
        _qemu_test = attr.label(
            default = Label("//build/tools/qemu_test"),
            executable = True,
            cfg = "host",
        ),
    ),
)

def _variables_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".fd")
    args = ctx.actions.args()
    args.add("--template", ctx.file.template)
    args.add("--pk", ctx.file.pk)
    args.add("--kek", ctx.file.kek)
    args.add_all(ctx.files.db, before_each = "--db")
    args.add(out)
    ctx.actions.run(
        outputs = [out],
        inputs = [ctx.file.template, ctx.file.pk, ctx.file.kek] + ctx.files.db,
        executable = ctx.executable._efivars,
        arguments = [args],
        mnemonic = "HeliosVariables",
        progress_message = "Enrolling Secure Boot keys in %s" % out.short_path,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out]))]

_secure_variables = rule(
    implementation = _variables_impl,
    attrs = {
        "template": attr.label(mandatory = True, allow_single_file = True),
        "pk": attr.label(mandatory = True, allow_single_file = True),
        "kek": attr.label(mandatory = True, allow_single_file = True),
        "db": attr.label_list(mandatory = True, allow_files = True),
        "_efivars": attr.label(
            default = Label("//build/tools/efivars"),
            executable = True,
            cfg = "host",
        ),
    },
)

def helios_secure_variables(name, arch, pk, kek, db, **kwargs):
    """EDK II's variable store, NAME.fd, with Secure Boot on.

    Args:
      name: target name.
      arch: "x86_64" or "aarch64"; Debian's EDK II for riscv64 enforces nothing.
      pk: certificate (PEM or DER) that may change the keys.
      kek: certificate that may change the lists.
      db: certificates whose signatures boot.
      **kwargs: what every rule has.
    """
    if arch not in _EMPTY_VARIABLES:
        fail("%s has no firmware with Secure Boot; %s have" %
             (arch, ", ".join(_EMPTY_VARIABLES.keys())))
    _secure_variables(
        name = name,
        template = Label(_EMPTY_VARIABLES[arch]),
        pk = pk,
        kek = kek,
        db = db,
        **kwargs
    )

def _firmware_files(arch, firmware, variables):
    if arch not in ARCHITECTURES:
        fail("%s: no such architecture; there are %s" % (arch, ", ".join(ARCHITECTURES)))
    if firmware not in _FIRMWARE[arch]:
        fail("%s has no firmware \"%s\"; there are %s" %
             (arch, firmware, ", ".join(_FIRMWARE[arch].keys())))
    files = {Label(label): key for key, label in _FIRMWARE[arch][firmware].items()}
    if variables:
        if "edk2_vars" not in files.values():
            fail("%s has no variables with firmware \"%s\"" % (arch, firmware))
        files = {label: key for label, key in files.items() if key != "edk2_vars"}
        files[variables] = "edk2_vars"
    return files

def helios_qemu_run(
        name,
        image,
        arch,
        firmware = "edk2",
        variables = None,
        other_firmware = {},
        window = False,
        window_target = "",
        checked_image = None,
        ready = "",
        options = [],
        **kwargs):
    """A target for `bazel run` that boots an image in QEMU, console in the terminal.

    Args:
      name: target name.
      image: a helios_image, a helios_disk or a helios_iso.
      arch: its architecture.
      firmware: "edk2", "edk2_secure" (x86_64, aarch64: with Secure Boot; boots the signed disk of a
        helios_image that has one), "uboot" (aarch64, riscv64), "multiboot" (x86_64: the
        emulator loads loader and modules) or "bios" (x86_64: it boots the image, a helios_iso).
      variables: EDK II's variable store; for "edk2_secure" a helios_secure_variables (default: one
        that trusts --//boot:signing_cert).
      other_firmware: kind of firmware -> label of the helios_qemu_run to start instead when
        `-- --firmware KIND` asks for it, so that each is fetched only when asked for.
      window: whether `-- --display` can open a window; brings a QEMU with what that needs.
      window_target: label of the helios_qemu_run with `window` to start instead when `-- --display`
        is given where there is a screen.
      checked_image: what `-- --checked` boots instead.
      ready: text on the console that `-- --screenshot` waits for.
      options: to put before those of the command line (`-- --help` lists them).
      **kwargs: what every rule has.
    """
    _qemu_run(
        name = name,
        image = image,
        checked_image = checked_image,
        options = options,
        ready = ready,
        debugger = str(Label("//:gdb")),
        other_firmware = other_firmware,
        qemu = Label("@helios_qemu_gui//:usr") if window else Label("@helios_qemu//:usr"),
        window = window,
        window_target = window_target,
        firmware_files = _firmware_files(arch, firmware, variables),
        secure = firmware == "edk2_secure",
        bios = firmware == "bios",
        **kwargs
    )

def helios_qemu_test(
        name,
        image,
        arch,
        firmware = "edk2",
        variables = None,
        script = None,
        cdrom = False,
        cpus = 1,
        memory = 256,
        options = [],
        size = "medium",
        **kwargs):
    """A test that boots an image in QEMU and reports every case of the guest by name.

    The guest either speaks the protocol of userland/test (it prints a plan and runs what it is
    told), or `script` says what to expect of it and what to type (build/tools/qemu_test).

    Args:
      name: target name.
      image: a helios_image, a helios_disk or a helios_iso.
      arch: its architecture.
      firmware: as in helios_qemu_run.
      variables: as in helios_qemu_run.
      script: a file of expectations; without it, the guest is a test program.
      cdrom: whether the image is put into a CD drive (x86_64, a helios_iso) and is no disk.
      cpus: number of CPUs.
      memory: MiB of memory.
      options: further options of build/tools/qemu_test.
      size: as for every test.
      **kwargs: what every test rule has.
    """
    _qemu_test(
        name = name,
        image = image,
        firmware_files = _firmware_files(arch, firmware, variables),
        secure = firmware == "edk2_secure",
        bios = firmware == "bios",
        script = script,
        cdrom = cdrom,
        options = [
            "--firmware=" + ("edk2" if firmware == "edk2_secure" else firmware),
            "--cpus=%d" % cpus,
            "--memory=%d" % memory,
        ] + options,
        size = size,
        **kwargs
    )
