#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# For the shell tests here: expectations, and packages made up on the spot.

set -uo pipefail

work=${TEST_TMPDIR:-$(mktemp -d)}
failures=0

# expect NAME PATTERN TEXT: the text matches the shell pattern.
expect() {
    # shellcheck disable=SC2053  # a pattern on purpose
    if [[ $3 == $2 ]]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}

# ar_member NAME FILE: one member of an ar archive.
ar_member() {
    printf '%-16s%-12d%-6d%-6d%-8s%-10d`\n' "$1" 0 0 0 100644 "$(stat -c %s "$2")"
    cat "$2"
    [ $(($(stat -c %s "$2") % 2)) = 0 ] || echo
}

# make_package FILE TREE: a .deb whose payload is the tree.
make_package() {
    echo 2.0 >"$work/version"
    printf 'Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n' >"$work/control"
    tar -czf "$work/control.tar.gz" -C "$work" ./control
    tar -czf "$work/data.tar.gz" -C "$2" .
    {
        printf '!<arch>\n'
        ar_member debian-binary "$work/version"
        ar_member control.tar.gz "$work/control.tar.gz"
        ar_member data.tar.gz "$work/data.tar.gz"
    } >"$1"
}

# finish: the test's verdict.
finish() {
    echo "$failures failed"
    [ "$failures" -eq 0 ]
}
