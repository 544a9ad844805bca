#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Re-resolves the lock files against the archive as it is today, and rewrites them:
#
#   ./bazel run //toolchains:lock [-- GROUP...]     all groups, or those named
#   ./toolchains/lock.sh [GROUP...]                 the same without Bazel
#
# The header of a lock file says what is wanted, a `# key: value` each, and is kept:
#
#   suite     the Debian suite the packages come from
#   arch      architecture of the packages (default amd64), or `source`
#   packages  names asked for; their dependencies are added (for `source`: source packages)
#   only      if given, names (shell patterns) of the dependencies to keep, all others go
#
# A key may stand on several lines. What a package depends on but our use of it does not is
# left out: see toolchains/README.md for how to find out.

set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=toolchains/packages.sh
. "$here/packages.sh"

# pkg_private_apt DIR ARCH SUITE: an apt of our own in DIR: the machine's archive and
# keyring, another suite, no packages installed. Leaves its configuration in DIR/apt.conf.
pkg_private_apt() {
    local dir=$1 arch=$2 suite=$3 line uri key option=
    if [ -n "${HELIOS_MIRROR:-}" ]; then
        uri=$HELIOS_MIRROR key=/usr/share/keyrings/debian-archive-keyring.gpg
        case $uri in /*) uri=file:$uri ;; esac
    else
        line=$(pkg_machine_archive) || pkg_fail "apt on this machine has no Debian archive"
        uri=${line% *} key=${line##* }
    fi
    [ "$key" != - ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
    [ ! -e "$key" ] || option="[signed-by=$key] "
    mkdir -p "$dir"/{lists/partial,cache/archives/partial}
    : >"$dir/status"
    printf 'deb %s%s %s main\ndeb-src %s%s %s main\n' \
        "$option" "$uri" "$suite" "$option" "$uri" "$suite" >"$dir/sources.list"
    cat >"$dir/apt.conf" <<EOF_CONF
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Cache "$dir/cache";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
APT::Update::Post-Invoke-Success "";
Acquire::Languages "none";
EOF_CONF
    APT_CONFIG=$dir/apt.conf apt-get update -qq >"$dir/log" 2>&1 || pkg_fail \
        "apt-get update for $suite ($arch) failed: $(grep '^E:' "$dir/log" | head -1)." \
        "Is there a network? Then type the same command again"
}

# pkg_listed NAME PATTERNS: does the name match one of the shell patterns?
pkg_listed() {
    local p
    set -f
    for p in $2; do
        # shellcheck disable=SC2053  # a pattern on purpose
        if [[ $1 == $p ]]; then
            set +f
            return 0
        fi
    done
    set +f
    return 1
}

# pkg_resolve LOCK SUITE: lock lines for what the header asks of binary packages.
pkg_resolve() {
    local lock=$1 suite=$2 roots only chosen=() name version
    roots=$(pkg_header "$lock" packages)
    only=$(pkg_header "$lock" only)
    # shellcheck disable=SC2086  # a list of names
    while read -r _ name version _; do
        if ! pkg_listed "$name" "$roots"; then
            [ -z "$only" ] || pkg_listed "$name" "$only" || continue
        fi
        version=${version#(}
        chosen+=("$name=$version")
    done < <(apt-get install -qq -s -o Debug::NoLocking=1 $roots |
        sed -n 's/^Inst \([^ :]*\)[^ ]*/Inst \1/p')
    [ ${#chosen[@]} -gt 0 ] || return 1
    apt-cache show --no-all-versions "${chosen[@]}" | awk -v suite="$suite" '
        /^Package:/ { n = $2 } /^Version:/ { v = $2 } /^Architecture:/ { a = $2 }
        /^Filename:/ { f = $2 } /^Size:/ { z = $2 } /^SHA256:/ { s = $2 }
        /^$/ { if (n != "") print s, z, a, n, v, suite, f; n = "" }
        END { if (n != "") print s, z, a, n, v, suite, f }' | LC_ALL=C sort -u -k4,4
}

# pkg_resolve_sources LOCK SUITE: the same for source packages, original archives only.
pkg_resolve_sources() {
    local name
    for name in $(pkg_header "$1" packages); do
        apt-cache showsrc --only-source "$name" | awk -v suite="$2" -v name="$name" '
            function flush() { if (line != "") last = line; line = "" }
            /^$/ { flush(); next }
            /^Version:/ { v = $2 } /^Directory:/ { d = $2 }
            /^[A-Za-z0-9-]*:/ { sums = ($1 == "Checksums-Sha256:") }
            sums && $3 ~ /\.orig\.tar\.[a-z0-9]*$/ { s = $1; z = $2; f = $3 }
            d != "" && f != "" { line = s " " z " source " name " " v " " suite " " d "/" f }
            END { flush(); print last }'
    done | grep .
}

# pkg_lock LOCK...: resolve each against the archive as it is now and rewrite it.
pkg_lock() {
    local work lock suite arch new
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    for lock in "$@"; do
        suite=$(pkg_header "$lock" suite)
        arch=$(pkg_header "$lock" arch)
        if [ -z "$suite" ] || [ -z "$(pkg_header "$lock" packages)" ]; then
            pkg_fail "$lock has no '# suite:' or '# packages:' line"
        fi
        local native=${arch:-amd64} resolve=pkg_resolve
        [ "$native" != source ] || native=amd64 resolve=pkg_resolve_sources
        [ -e "$work/$suite-$native/apt.conf" ] || 
            pkg_private_apt "$work/$suite-$native" "$native" "$suite"
        new=$work/new
        sed -n '/^#/p' "$lock" >"$new"
        export APT_CONFIG=$work/$suite-$native/apt.conf
        $resolve "$lock" "$suite" >>"$new" 2>"$work/log" || pkg_fail \
            "$(pkg_group "$lock"): $suite cannot provide what the lock asks for:" \
            "$(grep '^E:' "$work/log" | head -1). Edit '# packages:' in $lock"
        unset APT_CONFIG
        if cmp -s "$new" "$lock"; then
            pkg_say "$(pkg_group "$lock"): unchanged"
        else
            pkg_say "$(pkg_group "$lock"): $(pkg_entries "$new" | wc -l) packages," \
                "$(pkg_entries "$new" | awk '{ s += $2 } END { printf "%d", s / 1000000 + 1 }') MB, rewritten"
            cp "$new" "$lock"
        fi
    done
}

cd "$here/locks"
locks=(*.lock)
if [ $# -gt 0 ]; then locks=("${@/%/.lock}"); fi
pkg_lock "${locks[@]}"
