#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing:size: code lines (without comments and blank lines) by part of the tree, and
# the size of the kernel's text and read-only data on each architecture.
set -eu

readelf=$1
shift
kernels=("$@")
source=${BUILD_WORKSPACE_DIRECTORY:?run this with bazel run}

# Code lines of C and assembly in the files named on standard input.
lines() {
    xargs -r cat | awk '
        {
            line = $0
            if (block) {
                if (!sub(/^.*\*\//, "", line)) { next }
                block = 0
            }
            gsub(/\/\*[^*]*\*\//, "", line)
            sub(/\/\/.*$/, "", line)
            if (sub(/\/\*.*$/, "", line)) { block = 1 }
            if (line ~ /[^ \t]/) { count++ }
        }
        END { print count + 0 }'
}

# What is in these folders; the pattern says which files. Folders named testing hold tests, whatever
# their files are called.
count() {
    local name=$1 goal=$2 pattern=$3
    shift 3
    local found
    found=$(cd "$source" && find "$@" -mindepth 1 -type d -name testing -prune -o -type f -regextype \
        posix-extended -regex "$pattern" -print | sort | lines)
    printf '%-28s %7d %s\n' "$name" "$found" "$goal"
}

code='.*\.(c|h|S|lds)'
tests='.*(_test\.cc|\.cc|_test\.c)'
echo "code lines"
count "portable kernel" "(at most 8500)" "$code" kernel
for arch in x86_64 aarch64 riscv64; do
    count "port to $arch" "(at most 3000)" "$code" "arch/$arch"
done
count "contract of the ports" "" "$code" arch/include
count "host port" "" "$code" arch/host
count "ABI" "" "$code" uapi
count "loaders" "" "$code" boot
count "userland" "" "$code" userland
count "build tools" "" "$code" build toolchains
count "tests beside the code" "" "$tests" kernel arch boot build toolchains userland uapi
count "tests" "" '.*\.(c|h|S|cc)' testing kernel/testing
echo
echo "kernel, release: bytes of text and read-only data"
for kernel in "${kernels[@]}"; do
    bytes=0
    while read -r kind _ _ _ _ size flags; do
        if [ "$kind" = LOAD ] && [[ $flags != *W* ]]; then
            bytes=$((bytes + size))
        fi
    done < <("$readelf" --program-headers --wide "$kernel")
    printf '%-28s %7d\n' "$(basename "$kernel" .elf)" "$bytes"
done
