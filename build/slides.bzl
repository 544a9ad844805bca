# SPDX-License-Identifier: GPL-3.0-only
"""Slides: texts that become PNG pictures at build time."""

# Draws $out.svg as $out, with the fonts that toolchains/ pins.
_DRAW = """
HOME=/nonexistent XDG_CACHE_HOME="$PWD/$out.cache" FONTCONFIG_FILE="$PWD/$drawing/fonts.conf" \\
    "$drawing/bin/rsvg-convert" --format png --output "$out" "$out.svg"
rm -rf "$out.svg" "$out.cache"
"""

_CONVERT = """set -eu
slides=$1 drawing=$2 number=$3 count=$4 in=$5 out=$6
"$slides" "$number" "$count" "$in" "$out.svg"
""" + _DRAW

_PICTURE = """set -eu
drawing=$1 in=$2 out=$3
cp "$in" "$out.svg"
""" + _DRAW

def _slides_impl(ctx):
    outputs = []
    for i, source in enumerate(ctx.files.srcs):
        stem = source.basename[:-len(".slide")]
        out = ctx.actions.declare_file("%s/%s.png" % (ctx.label.name, stem))
        ctx.actions.run_shell(
            outputs = [out],
            inputs = [source, ctx.file._drawing],
            tools = [ctx.executable._slides],
            command = _CONVERT,
            arguments = [
                ctx.executable._slides.path,
                ctx.file._drawing.path,
                str(i + 1),
                str(len(ctx.files.srcs)),
                source.path,
                out.path,
            ],
            mnemonic = "HeliosSlide",
            progress_message = "Drawing %s" % source.short_path,
        )
        outputs.append(out)
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(files = outputs))]

helios_slides = rule(
    implementation = _slides_impl,
    doc = """A talk: each .slide text (build/tools/slides/slide.h has the format) becomes
NAME/STEM.png of 1280 x 720 pixels, with the fonts that toolchains/ pins.""",
    attrs = {
        "srcs": attr.label_list(
            allow_files = [".slide"],
            doc = "The slides, in their order; the numbers on them count these.",
        ),
        "_slides": attr.label(
            default = Label("//build/tools/slides"),
            executable = True,
            cfg = "host",
        ),
        "_drawing": attr.label(
            default = Label("@helios_drawing//:usr"),
            allow_single_file = True,
        ),
    },
)

def _picture_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".png")
    ctx.actions.run_shell(
        outputs = [out],
        inputs = [ctx.file.src, ctx.file._drawing],
        command = _PICTURE,
        arguments = [ctx.file._drawing.path, ctx.file.src.path, out.path],
        mnemonic = "HeliosPicture",
        progress_message = "Drawing %s" % ctx.file.src.short_path,
    )
    return [DefaultInfo(files = depset([out]))]

helios_picture = rule(
    implementation = _picture_impl,
    doc = "An SVG file as a PNG file, NAME.png, with the fonts that toolchains/ pins.",
    attrs = {
        "src": attr.label(
            mandatory = True,
            allow_single_file = [".svg"],
        ),
        "_drawing": attr.label(
            default = Label("@helios_drawing//:usr"),
            allow_single_file = True,
        ),
    },
)
