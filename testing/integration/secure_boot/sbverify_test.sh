#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# One bit flipped, in each of many places, is noticed; the untouched file is accepted.
set -eu
sbverify=$1/bin/sbverify damage=$2 cert=$3 image=$4
places=200
changed=$TEST_TMPDIR/changed.efi
log=$TEST_TMPDIR/log

"$sbverify" --cert "$cert" "$image" >"$log" 2>&1 || {
    cat "$log"
    echo "the untouched image is refused"
    exit 1
}
accepted=
i=0
while [ "$i" -lt "$places" ]; do
    "$damage" flip-nth "$i/$places" "$image" "$changed"
    if "$sbverify" --cert "$cert" "$changed" >"$log" 2>&1; then
        accepted="$accepted $i"
    fi
    i=$((i + 1))
done
[ -z "$accepted" ] || {
    echo "accepted although changed, of $places places:$accepted"
    exit 1
}
