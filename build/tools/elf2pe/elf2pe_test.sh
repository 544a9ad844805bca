#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# The command line of elf2pe: what it refuses, and that nothing is left behind then.
set -u
elf2pe=$PWD/$1
cd "$TEST_TMPDIR" || exit 1
failed=0

# refuses MESSAGE ARGUMENTS...: elf2pe exits with 1, says MESSAGE and writes no output.
refuses() {
    wanted=$1
    shift
    rm -f out.efi
    message=$("$elf2pe" "$@" 2>&1)
    status=$?
    if [ "$status" -ne 1 ] || [ -e out.efi ]; then
        echo "FAILED: elf2pe $*: status $status, or an output was written"
        failed=1
    fi
    case $message in
    *"$wanted"*) ;;
    *)
        echo "FAILED: elf2pe $*: wanted '$wanted', got '$message'"
        failed=1
        ;;
    esac
}

echo "not an executable, but longer than its header would have to be, in any case" >text
refuses "an input and --output are needed" text
refuses "an input and --output are needed" --output out.efi
refuses "--output needs a value" text --output
refuses "unexpected argument second" --output out.efi text second
refuses "unexpected argument --frobnicate" --frobnicate
refuses "missing: can't be opened" --output out.efi missing
refuses "text: is neither ELF nor PE" --output out.efi text
printf 'MZ' >short
refuses "short: is shorter than a PE header" --output out.efi short

"$elf2pe" --help | grep -q usage || {
    echo "FAILED: elf2pe --help"
    failed=1
}
exit "$failed"
