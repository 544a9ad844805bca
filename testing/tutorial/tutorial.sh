#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Does what tutorials say, and nothing else: `tutorial.sh DIRECTORY FILE.md ...` writes their files
# into DIRECTORY, runs their commands there, and looks for what they say that comes out. What counts
# is each block between fences, by the line before it and by what stands behind the fence:
#
#   a line that ends with `PATH`:            a file with this text
#   one that ends with `PATH`, continued:    more of it
#   ```sh                                    commands
#   ```text                                  lines of what the last commands said, in this order;
#                                            each may be a part of one, and others may stand between
#
# A block that is neither fails, so that a tutorial has none that nobody tried. Ends with the number
# of steps; whatever differs from the text ends it at once, with file and line.
set -u -o pipefail

patience=1800 # seconds for the commands of one block
page= number=0 steps=0
said=$(mktemp) || exit 1
trap 'rm -f -- "$said"' EXIT

fail() {
    echo "tutorial: $page:$number: $1" >&2
    exit 1
}

# A path in a tutorial is one below the directory.
is_path() { [[ $1 =~ ^[A-Za-z0-9._/-]+$ && $1 != /* && /$1/ != */../* ]]; }

write_file() { # path, text, whether there is some already
    is_path "$1" || fail "no path of a file: $1"
    if [ "$3" = more ]; then
        [ -f "$1" ] || fail "$1 is continued, but was not begun"
        printf %s "$2" >>"$1" || fail "$1 can't be written"
    else
        mkdir -p "$(dirname "./$1")" && printf %s "$2" >"$1" || fail "$1 can't be written"
    fi
}

run_commands() { # text
    printf %s "$1" | sed 's/^/$ /'
    timeout "$patience" bash -euo pipefail -c "$1" </dev/null >"$said" 2>&1
    local status=$?
    tr -d '\r' <"$said"
    [ $status = 0 ] || fail "the commands ended with $status"
}

find_lines() { # text
    local wanted line is_there
    exec 3<"$said"
    while IFS= read -r wanted; do
        is_there=
        while [ -z "$is_there" ] && IFS= read -r line <&3; do
            case $line in *"$wanted"*) is_there=yes ;; esac
        done
        [ -n "$is_there" ] || fail "the commands did not say \"$wanted\", or not there"
    done < <(printf %s "$1")
    exec 3<&-
}

do_block() { # kind, line before, text
    steps=$((steps + 1))
    if [[ $2 =~ \`([^\`]+)\`:$ ]]; then
        write_file "${BASH_REMATCH[1]}" "$3" new
    elif [[ $2 =~ \`([^\`]+)\`,\ continued:$ ]]; then
        write_file "${BASH_REMATCH[1]}" "$3" more
    elif [ "$1" = sh ]; then
        run_commands "$3"
    elif [ "$1" = text ]; then
        find_lines "$3"
    else
        fail "a block that is no file, no command and no output"
    fi
}

do_page() {
    local line before='' kind='' text='' is_block=
    while IFS= read -r line; do
        number=$((number + 1))
        if [[ $line == '```'* && -z $is_block ]]; then
            is_block=yes kind=${line#\`\`\`} text=
        elif [ "$line" = '```' ]; then
            do_block "$kind" "$before" "$text"
            is_block= before=
        elif [ -n "$is_block" ]; then
            text+=$line$'\n'
        elif [ -n "$line" ]; then
            before=$line
        fi
    done
    [ -z "$is_block" ] || fail "a block that does not end"
}

directory=${1:?usage: tutorial.sh DIRECTORY FILE.md ...}
shift
pages=()
for page in "$@"; do
    pages+=("$(realpath -e "$page")") || exit 1
done
mkdir -p "$directory" && cd "$directory" || exit 1
for page in "${pages[@]}"; do
    number=0
    do_page <"$page"
done
[ "$steps" -gt 0 ] || fail "there is nothing to do"
echo "tutorial: $steps steps done"
