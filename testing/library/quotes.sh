#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Holds a page against what is compiled: `quotes.sh PAGE.md SOURCE... -- HEADER...`. Every block of C
# and of interfaces (`ipc`) in the page stands in one of the sources, line by line but for indentation,
# and every header of the library is named in the page.
set -u -o pipefail

page=$1
shift
sources=()
while [ "$1" != -- ]; do
    sources+=("$1")
    shift
done
shift

flat() { sed 's/^[[:space:]]*//; s/[[:space:]]*$//'; }

all=$(cat "${sources[@]}" | flat)
failures=0 blocks=0
block=
inside=
while IFS= read -r line; do
    if [ -z "$inside" ] && { [ "$line" = '```c' ] || [ "$line" = '```ipc' ]; }; then
        inside=yes block=
    elif [ -n "$inside" ] && [ "$line" = '```' ]; then
        inside= blocks=$((blocks + 1))
        if [[ $'\n'"$all"$'\n' != *$'\n'"$block"* ]]; then
            printf 'FAILED: %s: no source has this block:\n%s' "$page" "$block"
            failures=$((failures + 1))
        fi
    elif [ -n "$inside" ]; then
        block+=$(printf %s "$line" | flat)$'\n'
    fi
done <"$page"

for header in "$@"; do
    name=$(basename "$header")
    if ! grep -qF "\`$name\`" "$page"; then
        echo "FAILED: $page: $name is not named"
        failures=$((failures + 1))
    fi
done

echo "$blocks blocks, $# headers, $failures failures"
[ "$blocks" != 0 ] && [ "$failures" = 0 ]
