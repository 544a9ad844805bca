#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# ipcgen_test.sh IPCGEN: the program itself, which finds the order of files and says what it can't
# read.
set -u
here=$PWD
cd "$TEST_TMPDIR" || exit 1
ipcgen=$here/$1
status=0

# Whether it fails and says this.
says() { # text, arguments ...
    text=$1
    shift
    if "$ipcgen" "$@" 2>log; then
        echo "should have failed: $*"
        status=1
    elif ! grep -qF -- "$text" log; then
        echo "expected: $text"
        cat log
        status=1
    fi
}

echo 'namespace a; use b; interface f :: b::f {}' >a.ipc
echo 'namespace b; use c; interface f :: c::f {}' >b.ipc
echo 'namespace c; interface f { call x() void; }' >c.ipc
echo 'namespace c; use a;' >circle.ipc
printf 'namespace n;\0' >nul.ipc
: >empty.ipc

# In whatever order they are named.
"$ipcgen" --use b.ipc b.h --use c.ipc c.h --file a.ipc a.h --out a || status=1
"$ipcgen" --use c.ipc c.h --use b.ipc b.h --file a.ipc a.h --out a2 || status=1
cmp a.h a2.h || status=1
# What nobody uses is not looked at.
"$ipcgen" --use nonsense.h nonsense.h --file c.ipc c.h --out c 2>/dev/null && status=1
"$ipcgen" --use a.ipc a.h --file c.ipc c.h --out c || status=1

says "usage: ipcgen" --file a.ipc
says "usage: ipcgen"
says "nowhere/c.h: No such file" --file c.ipc c.h --out nowhere/c
says "missing.ipc" --file missing.ipc m.h --out m
says "nul.ipc: expected text, found a NUL character" --file nul.ipc n.h --out n
says "empty.ipc:1:1: expected 'namespace', found the end of the file" --file empty.ipc e.h --out e
says "a.ipc: expected files that don't use each other in a circle" \
    --use b.ipc b.h --use circle.ipc c.h --file a.ipc a.h --out x
says "a.ipc:1:18: expected the namespace of a file among the dependencies, found 'b'" \
    --file a.ipc a.h --out x
exit $status
