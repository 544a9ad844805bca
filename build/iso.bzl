# SPDX-License-Identifier: GPL-3.0-only
"""CD images that boot on anything x86_64."""

load("//build:images.bzl", "HeliosImageInfo")

# Everything that has a date gets this one: 2020-01-01, in UTC. What has an identity gets it from a
# hash of the contents. -f: a sandbox is made of symbolic links.
#
# An El Torito entry counts 65535 sectors of 512 bytes at most, so the file system for EFI is only
# as large as it has to be, and FAT12 or FAT16 by its size.
_ISO = """set -eu
imagetools=$1 grub=$2 out=$3 efi=$4 loader=$5 kernel=$6 init=$7 bootfs=$8 config=$9
export TZ=UTC SOURCE_DATE_EPOCH=1577836800 MTOOLSRC=/dev/null
work=$out.work
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
log=$work/log
run() { "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }

id=$(cat "$efi" "$loader" "$kernel" "$init" "$bootfs" "$config" | sha256sum | cut -c1-32)
esp=$work/esp.img
mtools() { run "$imagetools/bin/mtools" -c "$@"; }
cp "$efi" "$work/boot.efi"
touch -d @$SOURCE_DATE_EPOCH "$work/boot.efi"
sectors=$((($(stat -L -c %s "$efi") + 0x1fffff) / 0x100000 * 2048))
mtools mformat -C -i "$esp" -N "$(echo "$id" | cut -c1-8)" -v HELIOS -T $sectors -h 64 -s 32 ::
mtools mmd -i "$esp" ::/EFI ::/EFI/BOOT
mtools mcopy -m -i "$esp" "$work/boot.efi" ::/EFI/BOOT/BOOTX64.EFI

modules=$grub/lib/grub/i386-pc
run "$grub/bin/grub-mkimage" --format=i386-pc-eltorito --directory="$modules" --prefix= \\
    --config="$config" --output="$work/grub.img" biosdisk iso9660 part_msdos part_gpt multiboot

run "$imagetools/bin/xorriso" -as mkisofs -f -r -V HELIOS -o "$out" \\
    --set_all_file_dates 2020010100000000 --gpt_disk_guid "$id" -graft-points \\
    -b boot/grub.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \\
    --grub2-mbr "$modules/boot_hybrid.img" \\
    -append_partition 2 0xef "$esp" -appended_part_as_gpt \\
    -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot \\
    /boot/grub.img="$work/grub.img" /helios/loader="$loader" /helios/kernel="$kernel" \\
    /helios/init="$init" /helios/bootfs="$bootfs"
"""

# GRUB reads this without its shell, and finds the files on what it was started from. It leaves
# a module's file name out of its string; the loader goes by that.
_CONFIG = """multiboot /helios/loader {cmdline}
module /helios/kernel kernel
module /helios/init init
module /helios/bootfs bootfs
boot
"""

def _quote(cmdline):
    for special in ["\\", "$", "\"", "'", ";", "#"]:
        cmdline = cmdline.replace(special, "\\" + special)
    return cmdline

def _iso_impl(ctx):
    image = ctx.attr.image[HeliosImageInfo]
    if not image.multiboot:
        fail("%s: %s has no Multiboot loader; only a helios_image for x86_64 has" %
             (ctx.label, ctx.attr.image.label))
    config = ctx.actions.declare_file(ctx.label.name + ".grub.cfg")
    ctx.actions.write(config, _CONFIG.format(cmdline = _quote(image.cmdline)))
    out = ctx.outputs.out or ctx.actions.declare_file(ctx.label.name + ".iso")
    parts = [image.efi, image.multiboot, image.kernel, image.init, image.bootfs, config]
    ctx.actions.run_shell(
        outputs = [out],
        inputs = parts + [ctx.file._imagetools, ctx.file._grub],
        command = _ISO,
        arguments = [ctx.file._imagetools.path, ctx.file._grub.path, out.path] +
                    [part.path for part in parts],
        mnemonic = "HeliosIso",
        progress_message = "Writing CD image %s" % out.short_path,
    )
    return [
        DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out])),
        HeliosImageInfo(
            arch = image.arch,
            checked = image.checked,
            kernel = image.kernel,
            init = image.init,
            bootfs = image.bootfs,
            cmdline = image.cmdline,
            efi = image.efi,
            disk = out,
            signed_efi = None,
            signed_disk = None,
            multiboot = None,
        ),
    ]

helios_iso = rule(
    implementation = _iso_impl,
    doc = """A CD image, NAME.iso, that boots an x86_64 image.

It is hybrid: the same file boots from a CD and, copied to it, from a disk or a USB stick; with EFI
(the image's PE file) and with a BIOS (GRUB, which starts the Multiboot loader). helios_qemu_run and
helios_qemu_test take it as an image.""",
    attrs = {
        "image": attr.label(
            mandatory = True,
            providers = [HeliosImageInfo],
            doc = "A helios_image for x86_64.",
        ),
        "out": attr.output(doc = "The file's name, if not NAME.iso."),
        "_grub": attr.label(default = Label("@helios_grub//:usr"), allow_single_file = True),
        "_imagetools": attr.label(
            default = Label("@helios_imagetools//:usr"),
            allow_single_file = True,
        ),
    },
)
