# SPDX-License-Identifier: GPL-3.0-only
# shellcheck shell=bash
#
# What bench.sh, latency.sh, scale.sh and servers.sh have in common: arguments, runners, figures. They are started
# in the runfiles of this workspace (`bazel run` does that), beside which the runners look for theirs.

RUNFILES_DIR=$(dirname "$PWD")
export RUNFILES_DIR

# One instruction is one nanosecond, and CPUs take turns.
counting=(--qemu-arg=-accel --qemu-arg=tcg,thread=single --qemu-arg=-icount
    --qemu-arg=shift=0,sleep=off)

runners=() # of the build
architectures=()
json=no

# read_arguments TARGET OPTIONS ARGUMENT...: sets the three above. OPTIONS is "[--json] " or empty.
read_arguments() {
    local target=$1 options=$2 argument
    local usage="usage: ./bazel run $target [-- $options[x86_64|aarch64|riscv64 ...]]"
    shift 2
    for argument in "$@"; do
        case $argument in
        */*) runners+=("$argument") ;;
        --help) echo "$usage"; exit 0 ;;
        x86_64 | aarch64 | riscv64) architectures+=("$argument") ;;
        *)
            if [ "[$argument] " != "$options" ]; then
                echo "$target: unknown argument $argument" >&2
                echo "$usage" >&2
                exit 2
            fi
            json=yes
            ;;
        esac
    done
    if [ ${#architectures[@]} -eq 0 ]; then
        architectures=(x86_64 aarch64 riscv64)
    fi
}

# The runner whose name begins with this.
find_runner() {
    local runner
    for runner in "${runners[@]}"; do
        case $runner in */"$1"*) echo "$runner"; return ;; esac
    done
}

# fail WHAT LOG
fail() {
    echo "$1 did not come to its end; its console:" >&2
    tail -n 20 "$2" >&2
    exit 1
}

# Lines "NAME FIGURE" are collected in a file for each architecture here.
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# figure ARCH NAME
figure() {
    sed -n "s/^$2 //p" "$results/$1"
}

# print_json NAME...
print_json() {
    local separator="" arch name
    printf '{'
    for arch in "${architectures[@]}"; do
        printf '%s"%s": {' "$separator" "$arch"
        separator=""
        for name in "$@"; do
            printf '%s"%s": %s' "$separator" "$name" "$(figure "$arch" "$name")"
            separator=", "
        done
        printf '}'
    done
    printf '}\n'
}

# print_figures TITLE NAME...
print_figures() {
    local title=$1 arch name
    shift
    printf '%-20s' "$title"
    printf '%12s' "${architectures[@]}"
    printf '\n'
    for name in "$@"; do
        printf '%-20s' "$name"
        for arch in "${architectures[@]}"; do
            printf '%12s' "$(figure "$arch" "$name")"
        done
        printf '\n'
    done
}
