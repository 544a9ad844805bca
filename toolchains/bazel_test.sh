#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Tests of ./bazel: which Bazel it runs and how, and that a made-up one is unpacked whole, once,
# or not at all.

# shellcheck source=toolchains/test_lib.sh
. toolchains/test_lib.sh

tree=$work/source
mkdir -p "$tree/toolchains/locks" "$work/bin"
cp bazel "$tree/"
cp toolchains/packages.sh "$tree/toolchains/"
touch "$tree"/toolchains/bazel-{4,7}.rc
export HOME=$work/home XDG_CACHE_HOME=$work/cache HELIOS_APT_SOURCES=$work/none

# run ARGUMENT...: ./bazel; what it says in $said, its exit status in $status.
run() {
    said=$("$tree/bazel" "$@" 2>&1)
    status=$?
}

# fake_bazel FILE VERSION: a program that says the version, or what it was called with.
fake_bazel() {
    mkdir -p "$(dirname "$1")"
    printf '#!/bin/sh\nif [ "$1" = --version ]; then echo "bazel %s"; else echo "ran $*"; fi\n' "$2" >"$1"
    chmod +x "$1"
}

test_machine() {
    printf '#!/bin/sh\ncase $1 in -s) echo Darwin ;; *) echo arm64 ;; esac\n' >"$work/bin/uname"
    chmod +x "$work/bin/uname"
    PATH=$work/bin:$PATH run build //...
    expect "another machine gets one line" \
        "1:helios: Helios is built on x86_64 Linux; this is Darwin on arm64" "$status:$said"
    rm "$work/bin/uname"
}

test_named_bazel() {
    HELIOS_BAZEL=$work/nowhere run version
    expect "a program that is none" "1:helios: HELIOS_BAZEL=* is not a program" "$status:$said"
    fake_bazel "$work/bin/bazel" 7.7.1
    HELIOS_BAZEL=$work/bin/bazel run test //a "b c"
    expect "Bazel 7 gets its own flags" "ran --bazelrc=*/toolchains/bazel-7.rc test //a b c" "$said"
    fake_bazel "$work/bin/bazel" no_version
    HELIOS_BAZEL=$work/bin/bazel run info
    expect "a distribution's says no version: 4" "ran --bazelrc=*/toolchains/bazel-4.rc info" "$said"
    fake_bazel "$work/bin/bazel" 9.0.0
    HELIOS_BAZEL=$work/bin/bazel run info
    expect "one that is too new is refused" "1:*is version 9; Helios builds with 4 to 8*" "$status:$said"
}

test_links() {
    local link=$tree/bazel-source base
    fake_bazel "$work/bin/bazel" no_version
    export HELIOS_BAZEL=$work/bin/bazel
    ln -s /elsewhere/execroot/helios "$link"
    run --output_base=/elsewhere build
    expect "the link of this output base stays" /elsewhere/execroot/helios "$(readlink "$link")"
    run --output_base=/another build
    expect "that of another goes" "" "$(readlink "$link")"
    base=$HOME/.cache/bazel/_bazel_$(id -un)/$(printf %s "$tree" | md5sum | cut -c1-32)
    ln -s "$base/execroot/helios" "$link"
    run build
    expect "the link of the default output base stays" "$base/*" "$(readlink "$link")"
    unset HELIOS_BAZEL
}

# make_mirror: an archive with a made-up Bazel, and the lock file that names it.
make_mirror() {
    rm -rf "$work/mirror" "$work/package" "$XDG_CACHE_HOME"
    mkdir -p "$work/mirror/pool" "$work/package/usr/lib/jvm/java-21-openjdk-amd64/bin"
    fake_bazel "$work/package/usr/bin/bazel-4" 4
    touch "$work/package/usr/lib/jvm/java-21-openjdk-amd64/bin/java"
    make_package "$work/mirror/pool/bazel.deb" "$work/package"
    printf '%s %s all bazel 4 stable pool/bazel.deb\n' \
        "$(sha256sum <"$work/mirror/pool/bazel.deb" | cut -d' ' -f1)" \
        "$(stat -c %s "$work/mirror/pool/bazel.deb")" >"$tree/toolchains/locks/bazel.lock"
}

test_private_bazel() {
    make_mirror
    export HELIOS_BAZEL=private
    HELIOS_MIRROR=$work/nowhere run version
    expect "a failed fetch leaves nothing behind" "1:lock packages" \
        "$status:$(find "$XDG_CACHE_HOME/helios" -mindepth 1 -printf '%f ' | tr ' ' '\n' | sort | xargs)"
    run version
    expect "no archive at all: one line says what is missing" "1:*name * HELIOS_MIRROR=*" \
        "$status:${said//$'\n'/ }"

    export HELIOS_MIRROR=$work/mirror
    "$tree/bazel" one >"$work/one" 2>&1 &
    "$tree/bazel" two >"$work/two" 2>&1
    wait
    expect "two at once both run" "*ran *--server_javabase=*/java-21-openjdk-amd64 *one" "$(cat "$work/one")"
    expect "two at once both run" "*ran *--install_base=*/usr/share/bazel *two" "$(cat "$work/two")"
    expect "and one of them unpacked" 1 "$(cat "$work/one" "$work/two" | grep -c fetching)"
    run three
    expect "later, nothing but Bazel speaks" "ran *three" "$said"
}

test_doctor() {
    make_mirror
    HELIOS_MIRROR=$work/mirror run doctor
    expect "doctor says where packages come from" "*packages * from $work/mirror*" "$said"
    expect "and what is still to be fetched" "*bazel * 1 packages, * to fetch when first needed*" "$said"
    expect "and fetches nothing" "" "$(find "$XDG_CACHE_HOME/helios" -type f)"
}

test_machine
test_named_bazel
test_links
test_private_bazel
test_doctor
finish
