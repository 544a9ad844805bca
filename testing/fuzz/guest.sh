#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/fuzz:guest [-- OPTIONS]: the guest's fuzzer for longer than its test. What
# follows the options below goes to the emulator's driver (build/tools/qemu_test).
set -eu

usage() {
    cat <<END
usage: ./bazel run //testing/fuzz:guest [-- OPTIONS]
  --arch=ARCH   x86_64 (default), aarch64 or riscv64
  --calls=N     system calls to make (default 10000000)
  --seed=N      of the random numbers (default: the time)
  --first=N     round to begin with (default 1), to see again what another run has found
  --audit=N     let the kernel check its invariants at every Nth millisecond and after each round
  --cpus=N      CPUs of the machine (default 1). They take turns on one of the host, and time is
                counted in instructions, so that a seed makes much the same run again
  --threads     CPUs run at the same time instead: slow on a host with fewer or busy ones
  --fail=N      make a mistake: 1 leak memory, 2 leak a slot, 3 write to a page, 4 disturb a
                bystander, 5 stop it, 6 take somebody's server away, 7 panic
END
}

runners=()
rest=()
arch=x86_64 calls=10000000 seed=$(date +%s) first=1 cpus=1 threads=single fail=0 audit=0
for argument in "$@"; do
    case $argument in
    */machine_*) runners+=("$argument") ;;
    --arch=*) arch=${argument#*=} ;;
    --calls=*) calls=${argument#*=} ;;
    --seed=*) seed=${argument#*=} ;;
    --first=*) first=${argument#*=} ;;
    --cpus=*) cpus=${argument#*=} ;;
    --threads) threads=multi ;;
    --fail=*) fail=${argument#*=} ;;
    --audit=*) audit=${argument#*=} ;;
    --help) usage; exit 0 ;;
    *) rest+=("$argument") ;;
    esac
done

runner=
for candidate in "${runners[@]}"; do
    case $candidate in */machine_"$arch"*) runner=$candidate ;; esac
done
if [ -z "$runner" ]; then
    echo "guest: no architecture $arch" >&2
    usage >&2
    exit 2
fi
rest+=(--qemu-arg=-accel --qemu-arg=tcg,thread=$threads)
if [ $threads = single ]; then # instructions are counted by one thread only
    turn=100000 # in us; testing/counted.bzl says why
    if [ "$cpus" != 1 ]; then turn=20; fi
    rest+=(--qemu-arg=-icount --qemu-arg=shift=0,sleep=off
        --qemu-arg=-netdev --qemu-arg=hubport,id=nobody,hubid=0
        --qemu-arg=-object --qemu-arg=filter-buffer,id=turns,netdev=nobody,interval=$turn)
fi

# `bazel run` starts in the runfiles of this workspace; the runner looks for its own there.
RUNFILES_DIR=$(dirname "$PWD")
export RUNFILES_DIR
script=$(mktemp)
trap 'rm -f "$script"' EXIT
cat >"$script" <<END
case the root task comes up
reject KERNEL PANIC
expect fuzz: ready
case nothing is found
reject KERNEL PANIC
reject FINDING
timeout 86400
send seed=$seed calls=$calls first=$first fail=$fail audit=$audit
expect fuzz: done, no finding
exit 0
END
status=0
"$runner" --expect "$script" --cpus "$cpus" "${rest[@]}" || status=$?
if [ $status != 0 ]; then
    echo "guest: again: ./bazel run //testing/fuzz:guest -- --arch=$arch --seed=$seed --cpus=$cpus$([ $threads = single ] || echo " --threads")"
    echo "guest: the last round alone: --first=N with its number, which a FINDING says"
fi
exit $status
