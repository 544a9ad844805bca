#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# fuzz.sh FUZZER FOLDER --suffix=[_smp] [libFuzzer's options]: first what was found once, which must
# not be found again, then the corpus and whatever libFuzzer makes of it; with the suffix on machines
# with several CPUs. One option is ours: -runs=N ends after N system calls, of which an input holds
# dozens.
set -eu

fuzzer=$1
folder=$2
suffix=${3#--suffix=}
shift 3

if [ "$suffix" = _smp ]; then
    export HELIOS_FUZZ_SMP=1
fi

if [ -n "${HELIOS_FUZZ_DIR:-}" ]; then
    new=$HELIOS_FUZZ_DIR
    mkdir -p "$new"
else
    new=$(mktemp -d "${TEST_TMPDIR:-${TMPDIR:-/tmp}}/helios-fuzz.XXXXXX")
fi

for finding in "$folder/findings$suffix"/*; do
    if [ -e "$finding" ] && ! "$fuzzer" "$finding" >"$new/log" 2>&1; then
        cat "$new/log"
        echo "found again: $finding"
        exit 1
    fi
done

: "${HELIOS_FUZZ_CALLS:=0}"
for option in "$@"; do
    shift
    case $option in
    -runs=[1-9]*) HELIOS_FUZZ_CALLS=${option#-runs=} ;;
    *) set -- "$@" "$option" ;;
    esac
done
export HELIOS_FUZZ_CALLS

exec "$fuzzer" -max_len=2048 -len_control=0 -timeout=30 -rss_limit_mb=4096 \
    -artifact_prefix="$new/" -verbosity=0 -print_final_stats=1 "$@" "$new" "$folder/corpus$suffix"
