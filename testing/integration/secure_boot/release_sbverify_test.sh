#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# An image whose signature was made elsewhere is that signer's, and nobody else's.
set -eu
sbverify=$1/bin/sbverify image=$2 cert=$3 other=$4

"$sbverify" --cert "$cert" "$image"
if "$sbverify" --cert "$other" "$image"; then
    echo "accepted with somebody else's certificate"
    exit 1
fi
