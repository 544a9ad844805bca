# SPDX-License-Identifier: GPL-3.0-only
"""Boot images: the bootfs archive, the single PE file, signatures, disks and CDs."""

load(
    "//build:transitions.bzl",
    "ARCHITECTURES",
    "TRANSITION_ATTRS",
    "kernel_transition",
    "multiboot_transition",
    "uefi_transition",
    "user_transition",
)

HeliosImageInfo = provider(
    doc = "A bootable system for one architecture.",
    fields = {
        "arch": "x86_64, aarch64 or riscv64",
        "checked": "whether the kernel has its checks on",
        "kernel": "File: kernel ELF with symbols",
        "init": "File: init ELF",
        "bootfs": "File: bootfs tar",
        "cmdline": "the kernel's command line",
        "efi": "File: loader, kernel, init and bootfs as one PE file, unsigned",
        "disk": "File: GPT disk with an EFI system partition that boots `efi`",
        "signed_efi": "File: `efi` with a signature; None if not asked for",
        "signed_disk": "File: a disk that boots `signed_efi`; None if not asked for",
        "multiboot": "File: Multiboot loader (x86_64; None elsewhere)",
    },
)

# The removable-media path that firmware boots without being told (UEFI 2.10 section 3.5.1.1).
_BOOT_PATH = {
    "x86_64": "EFI/BOOT/BOOTX64.EFI",
    "aarch64": "EFI/BOOT/BOOTAA64.EFI",
    "riscv64": "EFI/BOOT/BOOTRISCV64.EFI",
}

def _files(ctx, files):
    """What the target is, on the command line and in `data` of another."""
    return DefaultInfo(files = depset(files), runfiles = ctx.runfiles(files = files))

def _bootfs_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".tar")
    args = ctx.actions.args()
    args.add(out)
    inputs = []
    for target, path in ctx.attr.files.items():
        files = target.files.to_list()
        if len(files) != 1:
            fail("%s: %s gives %d files; an entry of a bootfs is one" %
                 (ctx.label, target.label, len(files)))
        args.add(path + "=" + files[0].path)
        inputs.append(files[0])
    for target, folder in ctx.attr.folders.items():
        for file in target.files.to_list():
            args.add("%s/%s=%s" % (folder, file.basename, file.path))
            inputs.append(file)
    ctx.actions.run(
        outputs = [out],
        inputs = inputs,
        executable = ctx.executable._mkbootfs,
        arguments = [args],
        mnemonic = "HeliosBootfs",
        progress_message = "Packing %s" % out.short_path,
    )
    return [_files(ctx, [out])]

helios_bootfs = rule(
    implementation = _bootfs_impl,
    doc = """A deterministic ustar archive of files, mounted by init as the boot file system.

Programs in it are built for the architecture of the image that the archive goes into: the
image's transition reaches them through this rule.""",
    attrs = {
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Label of one file -> its path in the archive, without a leading slash.",
        ),
        "folders": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Label of any number of files -> the folder for them, under their own names.",
        ),
        "_mkbootfs": attr.label(
            default = Label("//build/tools/mkbootfs"),
            executable = True,
            cfg = "host",
        ),
    },
)

_IMAGETOOLS_ATTRS = {
    # A directory: Bazel refuses a file inside of it as an input beside it.
    "_imagetools": attr.label(
        default = Label("@helios_imagetools//:usr"),
        allow_single_file = True,
    ),
}

_DISK_ATTRS = dict(
    _IMAGETOOLS_ATTRS,
    _mkimage = attr.label(
        default = Label("//build/tools/mkimage"),
        executable = True,
        cfg = "host",
    ),
)

def _efi_file(ctx, cmdline):
    """The single PE file: the loader with everything it starts in sections of its own."""
    out = ctx.actions.declare_file(ctx.label.name + ".efi")
    payload = [
        (".kernel", ctx.file.kernel),
        (".init", ctx.file.init),
        (".bootfs", ctx.file.bootfs),
        (".cmdline", cmdline),
    ]
    args = ctx.actions.args()
    args.add("--output", out)
    for section, file in payload:
        args.add("--section", section + "=" + file.path)
    args.add(ctx.file.loader)
    ctx.actions.run(
        outputs = [out],
        inputs = [ctx.file.loader] + [file for _, file in payload],
        executable = ctx.executable._elf2pe,
        arguments = [args],
        mnemonic = "HeliosEfi",
        progress_message = "Joining loader, kernel, init and bootfs into %s" % out.short_path,
    )
    return out

# sbsign stamps the signature with the time of signing; its wrapper preloads libfaketime, so here it
# runs under a clock that stands still. It is chatty about what it finds in every file.
_SIGN = """set -eu
sbsign=$1 key=$2 cert=$3 in=$4 out=$5
TZ=UTC FAKETIME="@2020-01-01 00:00:00" "$sbsign" --key "$key" --cert "$cert" \\
    --output "$out" "$in" >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
rm -f "$out.log"
"""

def _imagetool(ctx, name):
    return "%s/bin/%s" % (ctx.file._imagetools.path, name)

def _sign(ctx, unsigned, out):
    ctx.actions.run_shell(
        outputs = [out],
        inputs = [unsigned, ctx.file.signing_key, ctx.file.signing_cert] + [ctx.file._imagetools],
        command = _SIGN,
        arguments = [
            _imagetool(ctx, "sbsign"),
            ctx.file.signing_key.path,
            ctx.file.signing_cert.path,
            unsigned.path,
            out.path,
        ],
        mnemonic = "HeliosSign",
        progress_message = "Signing %s" % out.short_path,
    )

# Where firmware checks nothing, the loader checks what it starts: it carries the public key
# (.pubkey) and the signature of its payload (.sig). See boot/sign.
_SEAL = """set -eu
elf2pe=$1 openssl=$2 key=$3 cert=$4 in=$5 out=$6
"$openssl" x509 -in "$cert" -noout -pubkey |
    "$openssl" pkey -pubin -outform DER -out "$out.pub"
"$elf2pe" --output "$out.keyed" --signed-data "$out.data" --section ".pubkey=$out.pub" "$in"
"$openssl" dgst -sha256 -sign "$key" -out "$out.sig" "$out.data"
"$elf2pe" --output "$out" --section ".sig=$out.sig" "$out.keyed"
rm -f "$out.pub" "$out.keyed" "$out.data" "$out.sig"
"""

def _seal(ctx, efi, out):
    ctx.actions.run_shell(
        outputs = [out],
        inputs = [efi, ctx.file.signing_key, ctx.file.signing_cert, ctx.file._imagetools],
        tools = [ctx.executable._elf2pe],
        command = _SEAL,
        arguments = [
            ctx.executable._elf2pe.path,
            _imagetool(ctx, "openssl"),
            ctx.file.signing_key.path,
            ctx.file.signing_cert.path,
            efi.path,
            out.path,
        ],
        mnemonic = "HeliosSeal",
        progress_message = "Signing the payload of %s" % out.short_path,
    )

def _disk(ctx, efi, out, others = {}):
    """Writes a disk that boots `efi`; `others`: further files -> their paths."""
    ctx.actions.run(
        outputs = [out],
        inputs = [efi, ctx.file._imagetools] + others.keys(),
        executable = ctx.executable._mkimage,
        arguments = [
            "--mtools",
            _imagetool(ctx, "mtools"),
            "--name",
            ctx.label.name,
            out.path,
            _BOOT_PATH[ctx.attr.arch] + "=" + efi.path,
        ] + [path + "=" + file.path for file, path in others.items()],
        mnemonic = "HeliosDisk",
        progress_message = "Writing disk image %s" % out.short_path,
    )

def _image_impl(ctx):
    cmdline = ctx.actions.declare_file(ctx.label.name + ".cmdline")
    ctx.actions.write(cmdline, ctx.attr.cmdline)

    # Under a name of its own: a checked and a release kernel may meet in one runfiles tree.
    kernel = ctx.actions.declare_file(ctx.label.name + "_kernel.elf")
    ctx.actions.symlink(output = kernel, target_file = ctx.file.kernel)
    efi = _efi_file(ctx, cmdline)
    disk = ctx.actions.declare_file(ctx.label.name + ".img")
    _disk(ctx, efi, disk)
    signed_efi = None
    signed_disk = None
    outputs = [efi, disk]
    if ctx.attr.signed:
        sealed = efi
        if ctx.attr.arch == "riscv64":
            sealed = ctx.actions.declare_file(ctx.label.name + "_sealed.efi")
            _seal(ctx, efi, sealed)
        signed_efi = ctx.actions.declare_file(ctx.label.name + "_signed.efi")
        _sign(ctx, sealed, signed_efi)
        signed_disk = ctx.actions.declare_file(ctx.label.name + "_signed.img")
        _disk(ctx, signed_efi, signed_disk)
        outputs += [signed_efi, signed_disk]
    return [
        _files(ctx, outputs),
        HeliosImageInfo(
            arch = ctx.attr.arch,
            checked = ctx.attr.checked,
            kernel = kernel,
            init = ctx.file.init,
            bootfs = ctx.file.bootfs,
            cmdline = ctx.attr.cmdline,
            efi = efi,
            disk = disk,
            signed_efi = signed_efi,
            signed_disk = signed_disk,
            multiboot = ctx.file.multiboot if ctx.attr.arch == "x86_64" else None,
        ),
        OutputGroupInfo(
            efi = depset([efi]),
            disk = depset([disk]),
            kernel = depset([kernel]),
            init = depset([ctx.file.init]),
            bootfs = depset([ctx.file.bootfs]),
            signed = depset([file for file in [signed_efi, signed_disk] if file]),
            signed_efi = depset([signed_efi] if signed_efi else []),
        ),
    ]

_helios_image = rule(
    implementation = _image_impl,
    attrs = dict(
        TRANSITION_ATTRS,
        init = attr.label(
            mandatory = True,
            allow_single_file = True,
            cfg = user_transition,
        ),
        bootfs = attr.label(
            mandatory = True,
            allow_single_file = [".tar"],
            cfg = user_transition,
        ),
        kernel = attr.label(
            default = Label("//kernel:helios"),
            allow_single_file = True,
            cfg = kernel_transition,
        ),
        loader = attr.label(
            default = Label("//boot/efi:loader"),
            allow_single_file = True,
            cfg = uefi_transition,
        ),
        multiboot = attr.label(
            allow_single_file = True,
            cfg = multiboot_transition,
        ),
        checked = attr.bool(),
        cmdline = attr.string(),
        signed = attr.bool(),
        signing_key = attr.label(
            default = Label("//boot:signing_key"),
            allow_single_file = True,
        ),
        signing_cert = attr.label(
            default = Label("//boot:signing_cert"),
            allow_single_file = True,
        ),
        _elf2pe = attr.label(
            default = Label("//build/tools/elf2pe"),
            executable = True,
            cfg = "host",
        ),
        **_DISK_ATTRS
    ),
)

def helios_image(name, arch, init, bootfs, **kwargs):
    """A bootable image: NAME.efi (one PE file) and NAME.img (GPT disk with an EFI system partition).

    Args:
      name: target name, and stem of the outputs.
      arch: "x86_64", "aarch64" or "riscv64".
      init: the root task: a cc_binary for the user platform (see helios_program).
      bootfs: a helios_bootfs.
      **kwargs: `checked` (bool, default False): the kernel with its checks on. `cmdline`: the
        kernel's command line. `signed` (bool): also NAME_signed.efi and NAME_signed.img, signed
        with --//boot:signing_key and --//boot:signing_cert. `signing_key`, `signing_cert`: labels
        of other PEM files for this image alone. `kernel`, `loader`: labels to use in place of
        Helios' own. And what every rule has (visibility, tags ...).
    """
    if arch == "x86_64" and "multiboot" not in kwargs:
        kwargs["multiboot"] = Label("//boot/multiboot:loader")
    _helios_image(name = name, arch = arch, init = init, bootfs = bootfs, **kwargs)

def _disk_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".img")
    others = {}
    for target, path in ctx.attr.files.items():
        files = target.files.to_list()
        if len(files) != 1:
            fail("%s: %s gives %d files, not one" % (ctx.label, target.label, len(files)))
        others[files[0]] = path
    _disk(ctx, ctx.file.efi, out, others)
    return [
        _files(ctx, [out]),
        HeliosImageInfo(
            arch = ctx.attr.arch,
            checked = False,
            kernel = None,
            init = None,
            bootfs = None,
            cmdline = None,
            efi = ctx.file.efi,
            disk = out,
            signed_efi = None,
            signed_disk = None,
            multiboot = None,
        ),
    ]

helios_disk = rule(
    implementation = _disk_impl,
    doc = """A GPT disk image, NAME.img, whose EFI system partition boots a given PE file.

helios_qemu_run and helios_qemu_test take it as an image.""",
    attrs = dict(
        _DISK_ATTRS,
        arch = attr.string(
            mandatory = True,
            values = ARCHITECTURES,
            doc = "Decides the name that firmware looks for.",
        ),
        efi = attr.label(
            mandatory = True,
            allow_single_file = [".efi"],
            doc = "The PE file, signed or not.",
        ),
        files = attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Further files -> their paths in the partition, without a leading slash.",
        ),
    ),
)

_ATTACH = """set -eu
sbattach=$1 efi=$2 signature=$3 out=$4
cp "$efi" "$out"
chmod u+w "$out"
"$sbattach" --attach "$signature" "$out" >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
rm -f "$out.log"
"""

def _attach_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".efi")
    ctx.actions.run_shell(
        outputs = [out],
        inputs = [ctx.file.efi, ctx.file.signature] + [ctx.file._imagetools],
        command = _ATTACH,
        arguments = [
            _imagetool(ctx, "sbattach"),
            ctx.file.efi.path,
            ctx.file.signature.path,
            out.path,
        ],
        mnemonic = "HeliosAttach",
        progress_message = "Attaching a signature to %s" % out.short_path,
    )
    return [_files(ctx, [out])]

helios_attach_signature = rule(
    implementation = _attach_impl,
    doc = "NAME.efi: an unsigned PE file with a signature that was made elsewhere (docs/signing.md).",
    attrs = dict(
        _IMAGETOOLS_ATTRS,
        efi = attr.label(mandatory = True, allow_single_file = [".efi"], doc = "The unsigned file."),
        signature = attr.label(
            mandatory = True,
            allow_single_file = True,
            doc = "Authenticode signature (PKCS#7, DER) of exactly that file.",
        ),
    ),
)
