#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Tests of packages.sh against archives made up here: a directory in place of a mirror, a
# directory in place of /etc/apt. No network, no real package.

# shellcheck source=toolchains/test_lib.sh
. toolchains/test_lib.sh

script=$PWD/toolchains/packages.sh
export XDG_CACHE_HOME=$work/cache HELIOS_APT_SOURCES=$work/apt

# make_mirror: $work/mirror with one package, and $work/hello.lock that names it.
make_mirror() {
    rm -rf "$work/mirror" "$work/tree" "$XDG_CACHE_HOME"
    mkdir -p "$work/mirror/pool/h" "$work/tree/lib" "$work/tree/usr/share/data" "$work/apt"
    echo payload >"$work/tree/usr/share/data/file"
    echo library >"$work/tree/lib/thing"
    echo odd >"$work/tree/usr/share/data/odd name"
    ln -s /lib/thing "$work/tree/usr/share/data/absolute"
    ln -s /nowhere "$work/tree/usr/share/data/dangling"
    ln -s .. "$work/tree/usr/share/data/loop"
    make_package "$work/mirror/pool/h/hello_1_all.deb" "$work/tree"
    printf '# suite: stable\n# packages: hello\n%s %s all hello 1:1 stable pool/h/hello_1_all.deb\n' \
        "$(sha256sum <"$work/mirror/pool/h/hello_1_all.deb" | cut -d' ' -f1)" \
        "$(stat -c %s "$work/mirror/pool/h/hello_1_all.deb")" >"$work/hello.lock"
}

# fetch: what packages.sh says; its exit status in $status.
fetch() {
    rm -rf "$work/debs"
    said=$("$script" fetch "$work/hello.lock" "$work/debs" 2>&1)
    status=$?
}

test_fetch_and_unpack() {
    make_mirror
    HELIOS_MIRROR=$work/mirror fetch
    expect "a good mirror is fetched from" 0 $status
    expect "the fetch says what and how much" "helios: fetching hello: 1 packages, 1 MB" "$said"
    said=$("$script" unpack "$work/hello.lock" "$work/debs" "$work/root" 2>&1)
    expect "unpacking says nothing" "" "$said"
    local data=$work/root/usr/share/data
    expect "a file is there" payload "$(cat "$data/file")"
    expect "/lib is merged into /usr/lib" library "$(cat "$work/root/usr/lib/thing")"
    expect "an absolute link leads into the tree" library "$(cat "$data/absolute")"
    expect "it has become relative" "..*" "$(readlink "$data/absolute")"
    expect "links to nowhere and loops are gone, odd names too" "absolute file" \
        "$(ls "$data" | tr '\n' ' ' | sed 's/ $//')"
}

test_cache() {
    make_mirror
    HELIOS_MIRROR=$work/mirror fetch
    HELIOS_MIRROR=$work/nowhere fetch
    expect "what was fetched once needs no mirror" "0:" "$status:$said"
    for file in "$XDG_CACHE_HOME"/helios/packages/*; do echo damage >>"$file"; done
    HELIOS_MIRROR=$work/nowhere fetch
    expect "a damaged cache is not believed" 1 $status
}

test_errors() {
    make_mirror
    printf x >>"$work/mirror/pool/h/hello_1_all.deb"
    HELIOS_MIRROR=$work/mirror fetch
    expect "a wrong hash fails" 1 $status
    expect "it names the package and a command" \
        "*package hello 1:1 (all) has the wrong SHA-256*HELIOS_MIRROR=<URL> ./bazel*" "$said"
    rm "$work/mirror/pool/h/hello_1_all.deb"
    HELIOS_MIRROR=$work/mirror fetch
    expect "a vanished version fails" 1 $status
    expect "it names the package and how to re-lock" \
        "*package hello 1:1 (all) has vanished*lock.sh*" "$said"
    HELIOS_MIRROR=http://127.0.0.1:1 fetch
    expect "no network fails" 1 $status
    expect "it says so" "*package hello 1:1 (all) could not be fetched*network*" "$said"
    sed -i 's/ [0-9]* all/ 900000000000000 all/' "$work/hello.lock"
    HELIOS_MIRROR=$work/mirror fetch
    expect "a full disk fails" 1 $status
    expect "it says so" "*hello: the disk is full*under*Free some space*" "$said"
    echo "deadbeef not a lock line" >>"$work/hello.lock"
    HELIOS_MIRROR=$work/mirror fetch
    expect "a damaged lock fails" 1 $status
    expect "it says how to restore it" "*hello.lock is damaged; restore it*" "$said"
}

# archive TEXT FILE: the archive chosen when apt's sources are the text in FILE.
archive() {
    rm -rf "$work/apt"
    mkdir -p "$work/apt/sources.list.d"
    printf '%s\n' "$1" >"$work/apt/$2"
    bash -c '. "$1"; pkg_machine_archive' test "$script" 2>&1
}

test_sources() {
    expect "one-line sources" "http://one/debian -" \
        "$(archive 'deb http://one/debian/ bookworm main contrib' sources.list)"
    expect "options and the keyring" "http://one/debian /k.gpg" \
        "$(archive 'deb [arch=amd64 signed-by=/k.gpg] http://one/debian trixie main' sources.list)"
    expect "other people's archives are not Debian's" "http://two/debian -" "$(archive \
        'deb http://tools/linux stable tools
deb http://tools/apt tools-bookworm main
# deb http://old/debian bookworm main
deb-src http://src/debian bookworm main
deb http://two/debian bookworm main' sources.list.d/x.list)"
    expect "paragraphs" "http://three/debian /k.gpg" "$(archive \
        'Types: deb deb-src
URIs: http://three/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /k.gpg

Types: deb
URIs: http://security/debian-security
Suites: trixie-security
Components: main' sources.list.d/debian.sources)"
    expect "disabled paragraphs do not count" "" "$(archive \
        'Types: deb
Enabled: no
URIs: http://three/debian
Suites: trixie
Components: main' sources.list.d/debian.sources)"
    printf 'http://four/debian\thigh\n' >"$work/mirrors"
    expect "a file of mirrors stands for its first" "http://four/debian -" \
        "$(archive "deb mirror+file:$work/mirrors trixie main" sources.list)"
}

test_fetch_and_unpack
test_cache
test_errors
test_sources
finish
