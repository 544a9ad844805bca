# SPDX-License-Identifier: GPL-3.0-only
"""Somebody else who signs."""

_SIGN = """set -eu
bin=$1 efi=$2 cert=$3 signature=$4
key=$signature.key log=$signature.log
trap 'rm -f "$key" "$log"' EXIT
run() { "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }
run "$bin/openssl" req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=somebody else/" \\
    -config /dev/null -keyout "$key" -out "$cert"
run "$bin/sbsign" --key "$key" --cert "$cert" --detached --output "$signature" "$efi"
"""

def _sign_elsewhere_impl(ctx):
    ctx.actions.run_shell(
        outputs = [ctx.outputs.cert, ctx.outputs.signature],
        inputs = [ctx.file.efi, ctx.file._imagetools],
        command = _SIGN,
        arguments = [
            ctx.file._imagetools.path + "/bin",
            ctx.file.efi.path,
            ctx.outputs.cert.path,
            ctx.outputs.signature.path,
        ],
    )
    return [DefaultInfo(files = depset([ctx.outputs.cert, ctx.outputs.signature]))]

sign_elsewhere = rule(
    implementation = _sign_elsewhere_impl,
    doc = "A detached signature, made with a key that is thrown away at once; only `cert` is left.",
    attrs = {
        "cert": attr.output(mandatory = True, doc = "Who has signed."),
        "efi": attr.label(mandatory = True, allow_single_file = True, doc = "What is signed."),
        "signature": attr.output(mandatory = True, doc = "PKCS#7, DER."),
        "_imagetools": attr.label(
            default = "@helios_imagetools//:usr",
            allow_single_file = True,
        ),
    },
)
