#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Debian packages as pinned tools: fetch, verify, unpack, wrap.
#
# One library for everybody who needs packages: `./bazel` (which runs before there
# is a Bazel), the repository rule in packages.bzl, and lock.sh. Source it for the functions,
# or run it:
#
#   packages.sh fetch  LOCK DIR               fetch the lock's files into DIR/SHA256
#   packages.sh unpack LOCK DIR ROOT          unpack them into ROOT and make it usable
#   packages.sh tidy   ROOT                   the last part of that: symlinks, names, wrappers
#   packages.sh list   LOCK                   what the lock pins, a line each
#   packages.sh source                        say where packages would come from
#
# A lock file (locks/GROUP.lock) is text: a header that lock.sh explains, and lines that
# pin a file each:   SHA256 SIZE ARCH NAME VERSION SUITE POOL/PATH
#
# Where files come from: $HELIOS_MIRROR (a URL or a directory laid out like a Debian
# archive) if it is set, else the Debian archive that this machine's own apt uses.
# Nothing is believed without its SHA-256. What was fetched is kept in
# ${XDG_CACHE_HOME:-~/.cache}/helios/packages, so that a build with an empty output base
# needs no network. Environment: HELIOS_MIRROR, XDG_CACHE_HOME, HELIOS_APT_SOURCES (a
# directory to read apt's sources from instead of /etc/apt).

set -euo pipefail

PKG_RELOCK='./toolchains/lock.sh'

# pkg_say TEXT: a line for the user. Standard output belongs to results.
pkg_say() { printf 'helios: %s\n' "$*" >&2; }

# pkg_fail TEXT: the same, and give up.
pkg_fail() {
    pkg_say "$@"
    exit 1
}

# pkg_entries LOCK: the pinned lines, header and comments removed.
pkg_entries() {
    awk '/^[[:space:]]*(#|$)/ { next }
        NF != 7 || length($1) != 64 { printf "%s:%d: not a lock line\n", FILENAME, FNR; bad = 1; next }
        { print }
        END { exit bad }' "$1" || pkg_fail "$1 is damaged; restore it with: git checkout -- $1"
}

# pkg_header LOCK KEY: the value of a `# KEY: value` line, several of them joined.
pkg_header() { sed -n "s/^# $2: *//p" "$1" | tr '\n' ' ' | sed 's/ $//'; }

# pkg_group LOCK: the group's name, for messages.
pkg_group() { basename "$1" .lock; }

# ---------------------------------------------------------------------- where from

# pkg_archives: "URI KEYRING" of each Debian archive in apt's sources, main suites only
# ("-" where no keyring is named). Third-party sources on the machine are not listed.
pkg_archives() {
    local dir=${HELIOS_APT_SOURCES:-/etc/apt}
    local known='^(stable|oldstable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)$'
    local files=()
    mapfile -t files < <(find "$dir" -maxdepth 2 \( -name '*.list' -o -name '*.sources' \) \
        \( -path "$dir/sources.list" -o -path "$dir/sources.list.d/*" \) 2>/dev/null | sort)
    [ ${#files[@]} -gt 0 ] || return 0
    awk -v known="$known" '
        function flush(   u, s, n, m, i, j) {
            if (types ~ /(^| )deb( |$)/ && comps ~ /(^| )main( |$)/ && enabled !~ /^no/) {
                n = split(uris, u, " "); m = split(suites, s, " ")
                for (i = 1; i <= m; i++) if (s[i] ~ known) {
                    for (j = 1; j <= n; j++) print u[j], key == "" ? "-" : key
                    break
                }
            }
            types = uris = suites = comps = key = enabled = ""
        }
        FNR == 1 { flush() }
        FILENAME ~ /\.list$/ {
            sub(/#.*/, "")
            if ($1 != "deb") next
            types = "deb"
            if (match($0, /\[[^]]*\]/)) {
                opts = substr($0, RSTART + 1, RLENGTH - 2)
                $0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
                if (match(opts, /signed-by=[^ ]*/)) key = substr(opts, RSTART + 10, RLENGTH - 10)
            }
            uris = $2; suites = $3
            for (i = 4; i <= NF; i++) comps = comps " " $i
            flush(); next
        }
        /^#/ { next }
        /^[[:space:]]*$/ { flush(); next }
        {
            k = tolower($1); v = $0; sub(/^[^:]*:[[:space:]]*/, "", v)
            if (k == "types:") types = v
            else if (k == "uris:") uris = v
            else if (k == "suites:") suites = v
            else if (k == "components:") comps = v
            else if (k == "signed-by:" && v ~ /^\//) key = v
            else if (k == "enabled:") enabled = v
        }
        END { flush() }' "${files[@]}"
}

# pkg_machine_archive: "URI KEYRING" of the archive to use. Cloud images name a file
# that lists mirrors; its first entry stands for it.
pkg_machine_archive() {
    local uri key
    while read -r uri key; do
        case $uri in
        mirror+file:* | mirror:*)
            uri=$(awk '!/^#/ && NF { print $1; exit }' "/${uri#*:*/}" 2>/dev/null || true)
            ;;
        esac
        case $uri in
        http://* | https://* | file:/* | copy:/*)
            printf '%s %s\n' "${uri%/}" "$key"
            return 0
            ;;
        esac
    done < <(pkg_archives)
    return 1
}

# pkg_base: the base that pool paths are relative to, or failure with one line.
pkg_base() {
    local line
    if [ -n "${HELIOS_MIRROR:-}" ]; then
        line=${HELIOS_MIRROR#file://}
        printf '%s\n' "${line%/}"
    elif ! [ -x /usr/lib/apt/apt-helper ]; then
        pkg_fail "packages come through apt, which this machine lacks; name a Debian archive:" \
            "HELIOS_MIRROR=<URL or directory> ./bazel ..."
    elif line=$(pkg_machine_archive); then
        printf '%s\n' "${line% *}"
    else
        pkg_fail "apt on this machine has no Debian archive in its sources; name one:" \
            "HELIOS_MIRROR=<URL or directory> ./bazel ..."
    fi
}

# --------------------------------------------------------------------------- fetch

# pkg_free_mb DIR: megabytes free there.
pkg_free_mb() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

# pkg_matches FILE SHA256
pkg_matches() { [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$2  -" ]; }

# pkg_download LOG (URL TARGET SHA256)...: get them, in whatever way this machine can.
# The caller checks the results; the log says why something is missing.
pkg_download() {
    local log=$1
    shift
    local args=() get i
    while [ $# -ge 3 ]; do
        if [[ $1 != /* ]]; then
            args+=("$1" "$2" "$3")
        elif [ -e "$1" ]; then
            cp -- "$1" "$2" 2>>"$log" || true
        else
            echo "404 Not Found $1" >>"$log"
        fi
        shift 3
    done
    if [ ${#args[@]} -eq 0 ]; then
        return 0
    elif [ -x /usr/lib/apt/apt-helper ]; then
        for ((i = 2; i < ${#args[@]}; i += 3)); do args[i]="SHA256:${args[i]}"; done
        LC_ALL=C /usr/lib/apt/apt-helper -o APT::Sandbox::User="$(id -un)" \
            -o Acquire::Retries=2 download-file "${args[@]}" >>"$log" 2>&1 || true
    else
        for ((i = 0; i < ${#args[@]}; i += 3)); do
            if command -v curl >/dev/null; then
                get=(curl -fsSL --retry 2 -o "${args[i + 1]}" "${args[i]}")
            elif command -v wget >/dev/null; then
                get=(wget -q -O "${args[i + 1]}" "${args[i]}")
            else
                pkg_fail "fetching ${args[i]} needs apt, curl or wget; install one of them"
            fi
            LC_ALL=C "${get[@]}" >>"$log" 2>&1 || rm -f -- "${args[i + 1]}"
        done
    fi
}

# pkg_why_missing LOG FILE GROUP DIR (lock fields): the one message for a file that
# could not be had. What failed is read from the fetcher's log.
pkg_why_missing() {
    local log=$1 file=$2 group=$3 dir=$4 sum=$5 size=$6 arch=$7 name=$8 version=$9 path=${11}
    local what="$group: package $name $version ($arch)" said
    # apt names the file in the line after which its own reason stands.
    said=$(grep -F -A2 -- "$(basename "$path")" "$log"; grep -F -- "No space" "$log" || true)
    if [ "$(pkg_free_mb "$dir")" -lt $((size / 1000000 + 1)) ] || [[ $said == *"No space"* ]]; then
        pkg_fail "$what: the disk is full ($(pkg_free_mb "$dir") MB free under $dir)." \
            "Free some space, then type the same command again"
    elif [ -e "$file" ] || [ -e "$file.FAILED" ] || [[ $said == *"Hash Sum mismatch"* ]]; then
        rm -f -- "$file" "$file.FAILED"
        pkg_fail "$what has the wrong SHA-256 (the lock wants $sum). If the mirror is one you" \
            "trust, it is broken: try again, or another: HELIOS_MIRROR=<URL> ./bazel ..."
    elif [[ $said == *404* || $said == *"Not Found"* || $said == *"File not found"* ]]; then
        pkg_fail "$what has vanished from the archive: a newer version has replaced it." \
            "Re-lock: $PKG_RELOCK   or name an archive that still has it:" \
            "HELIOS_MIRROR=<URL> ./bazel ..."
    fi
    pkg_fail "$what could not be fetched: $(grep -E '^(E:|curl:|wget:)' "$log" |
        grep -v 'Download Failed' | head -1 | cut -c1-200). Is there a network? Then type the same command again; to use another" \
        "archive: HELIOS_MIRROR=<URL> ./bazel ..."
}

# pkg_cache: the directory that keeps what was fetched; nothing if it can't be made.
pkg_cache() {
    local parent=${XDG_CACHE_HOME:-~/.cache}
    if mkdir -p "$parent/helios/packages" 2>/dev/null; then
        printf '%s\n' "$parent/helios/packages"
    fi
}

# pkg_cached SHA256 TARGET: take it from the cache, if it is there and right.
pkg_cached() {
    local cache
    cache=$(pkg_cache)
    [ -n "$cache" ] && pkg_matches "$cache/$1" "$1" || return 1
    cp --link -f -- "$cache/$1" "$2" 2>/dev/null || cp -f -- "$cache/$1" "$2"
}

# pkg_keep SHA256 FILE: put a verified file into the cache, at once or not at all.
pkg_keep() {
    local cache
    cache=$(pkg_cache)
    [ -n "$cache" ] || return 0
    if ! { { cp --link -- "$2" "$cache/$1.$$" || cp -- "$2" "$cache/$1.$$"; } && mv -f -- "$cache/$1.$$" "$cache/$1"; } 2>/dev/null; then
        rm -f -- "$cache/$1.$$"
    fi
}

# pkg_fetch LOCK DIR: the lock's files into DIR/SHA256. In batches, so that progress shows.
pkg_fetch() {
    local lock=$1 dir=$2 group base log
    group=$(pkg_group "$lock")
    mkdir -p -- "$dir"
    local entries=() line sum size path total=0
    while read -r line; do
        read -r sum size _ _ _ _ path <<<"$line"
        pkg_cached "$sum" "$dir/$sum" && continue
        entries+=("$line")
        total=$((total + size))
    done < <(pkg_entries "$lock")
    [ ${#entries[@]} -gt 0 ] || return 0
    base=$(pkg_base) || exit 1
    pkg_say "fetching $group: ${#entries[@]} packages, $(((total + 999999) / 1000000)) MB"
    if [ "$(pkg_free_mb "$dir")" -lt $((total / 1000000 + 1)) ]; then
        pkg_fail "$group: the disk is full: its packages take $((total / 1000000)) MB and there" \
            "are $(pkg_free_mb "$dir") under $dir. Free some space, then type the same command again"
    fi
    log=$dir/log
    : >"$log"
    local batch=() batch_size=0 got=0 i
    for ((i = 0; i < ${#entries[@]}; i++)); do
        read -r sum size _ _ _ _ path <<<"${entries[i]}"
        batch+=("$base/$path" "$dir/$sum" "$sum")
        batch_size=$((batch_size + size))
        if [ $batch_size -gt 25000000 ] || [ $i -eq $((${#entries[@]} - 1)) ]; then
            pkg_download "$log" "${batch[@]}"
            got=$((got + batch_size))
            [ $got -eq $total ] || pkg_say "fetching $group: $((got / 1000000)) MB of" \
                "$(((total + 999999) / 1000000))"
            batch=() batch_size=0
        fi
    done
    for line in "${entries[@]}"; do
        read -r sum _ <<<"$line"
        # shellcheck disable=SC2086  # the fields of the line are the arguments
        pkg_matches "$dir/$sum" "$sum" ||
            pkg_why_missing "$log" "$dir/$sum" "$group" "$dir" $line
        pkg_keep "$sum" "$dir/$sum"
    done
    rm -f -- "$log"
}

# -------------------------------------------------------------------------- unpack

# pkg_extract_deb FILE ROOT: dpkg-deb where there is one, else ar and tar.
pkg_extract_deb() {
    local member
    if command -v dpkg-deb >/dev/null; then
        dpkg-deb --extract "$1" "$2"
    elif command -v ar >/dev/null; then
        member=$(ar t "$1" | grep '^data\.tar')
        case $member in
        *.xz) ar p "$1" "$member" | tar -xJ -C "$2" ;;
        *.zst) ar p "$1" "$member" | tar --zstd -x -C "$2" ;;
        *) ar p "$1" "$member" | tar -xz -C "$2" ;;
        esac
    else
        pkg_fail "unpacking packages needs dpkg-deb or ar; install dpkg or binutils"
    fi
}

# pkg_extract_source FILE NAME ROOT: a source archive, without the directory at its top. A
# minimal system has no xz and no bzip2, but dpkg-deb has both within: the archive is handed
# to it as the payload of a package.
pkg_extract_source() {
    local suffix=${2##*.tar.} program size
    case $suffix in
    gz) program=gzip ;;
    bz2) program=bzip2 ;;
    *) program=$suffix ;;
    esac
    if command -v "$program" >/dev/null; then
        "$program" -dc <"$1"
    else
        size=$(stat -c %s "$1")
        {
            printf '!<arch>\n'
            printf '%-16s%-12d%-6d%-6d%-8s%-10d`\n2.0\n' debian-binary 0 0 0 100644 4
            printf '%-16s%-12d%-6d%-6d%-8s%-10d`\n' control.tar 0 0 0 100644 1024
            head -c 1024 /dev/zero
            printf '%-16s%-12d%-6d%-6d%-8s%-10d`\n' "data.tar.$suffix" 0 0 0 100644 "$size"
            cat "$1"
            [ $((size % 2)) = 0 ] || echo
        } >"$1.deb"
        dpkg-deb --fsys-tarfile "$1.deb"
        rm -f -- "$1.deb"
    fi | tar -x --strip-components=1 -C "$3"
}

# pkg_merge_usr ROOT: older packages have /lib beside /usr/lib; make it one tree, with a
# link where the other was.
pkg_merge_usr() {
    local d
    for d in bin sbin lib lib32 lib64; do
        if [ -d "$1/$d" ] && [ ! -L "$1/$d" ]; then
            mkdir -p "$1/usr/$d"
            cp -a --link --no-clobber "$1/$d/." "$1/usr/$d/"
            rm -rf -- "${1:?}/$d"
            ln -s "usr/$d" "$1/$d"
        fi
    done
}

# pkg_fix_links ROOT: absolute symlinks become relative; those that lead nowhere, out of
# the tree, or up it (a loop for whoever walks the tree) go.
pkg_fix_links() {
    local root link target
    root=$(readlink -f "$1")
    while IFS= read -r -d '' link; do
        target=$(readlink "$link")
        case $target in
        /*)
            target=$root$target
            ln -sfn "$(realpath -m -s --relative-to="$(dirname "$link")" "$target")" "$link"
            ;;
        esac
    done < <(find "$root" -type l -print0)
    while IFS= read -r -d '' link; do
        target=$(readlink -f "$link" || true)
        if [ ! -e "$link" ] || [[ $target != "$root"/* ]] || [[ $link == "$target"/* ]]; then
            rm -f -- "$link"
        fi
    done < <(find "$root" -type l -print0)
}

# pkg_fix_names ROOT: Bazel refuses some characters in file names; nothing we use has them.
pkg_fix_names() {
    LC_ALL=C find "$1" -depth \( -name '*[\:\\` ]*' -o -name '*[^ -~]*' \) -exec rm -rf -- {} +
}

# pkg_is_program FILE: an ELF file with a program interpreter, that is, one to wrap.
pkg_is_program() {
    [ "$(head -c 4 "$1" | tr -d '\0' | tail -c 3)" = ELF ] &&
        head -c 1024 "$1" | grep -qa 'ld-linux'
}

# pkg_library_path ROOT: the tree's library directories, relative to it, ":" between them.
pkg_library_path() {
    local d
    (
        cd "$1"
        for d in usr/lib/x86_64-linux-gnu usr/lib/llvm-*/lib usr/lib usr/lib/jvm/*/lib \
            usr/lib/x86_64-linux-gnu/*; do
            if [ -d "$d" ] && compgen -G "$d/lib*.so*" >/dev/null; then
                printf ':%s' "$d"
            fi
        done
    ) | cut -c2-
}

# pkg_wrap_programs ROOT: every ELF program X moves to .real/X, and a script that runs it
# through the tree's own loader and libraries takes its place. In place, because programs
# run each other, and themselves, by the name they were called.
pkg_wrap_programs() {
    local root=$1 loader=usr/lib64/ld-linux-x86-64.so.2 libs file up libpath d
    local environment loading arguments
    [ -e "$root/$loader" ] || return 0
    libs=$(pkg_library_path "$root")
    while IFS= read -r -d '' file; do
        case $file in */.real/* | */ld-linux* | *.so | *.so.*) continue ;; esac
        pkg_is_program "$file" || continue
        up=$(realpath -m -s --relative-to="$(dirname "$file")" "$root")
        libpath=
        for d in ${libs//:/ }; do libpath+=":\$r/$d"; done
        mkdir -p "$(dirname "$file")/.real"
        mv -- "$file" "$(dirname "$file")/.real/$(basename "$file")"
        pkg_wrapper_needs "$file"
        cat >"$file" <<WRAPPER
#!/bin/sh
s=\$0
if [ -L "\$s" ]; then s=\$(readlink -f "\$s"); fi
d=\${s%/*}
r=\$d/$up
${environment}exec "\$r/$loader" --inhibit-cache --library-path "${libpath#:}" $loading--argv0 "\$0" "\$d/.real/\${s##*/}" $arguments"\$@"
WRAPPER
        chmod 755 "$file"
    done < <(find "$root" -type f -perm -u+x -print0)
}

# pkg_wrapper_needs FILE: what a program must be told of its tree, in the caller's
# $environment (lines), $loading (options of the loader) and $arguments; $r is the tree's root.
pkg_wrapper_needs() {
    environment='' loading='' arguments=''
    # shellcheck disable=SC2016  # expanded by the wrapper
    case $1 in
    */qemu-system-*)
        environment='export QEMU_MODULE_DIR="$r/usr/lib/x86_64-linux-gnu/qemu"'$'\n'
        arguments='-L "$r/usr/share/qemu" -L "$r/usr/share/seabios" '
        ;;
    */gdb-multiarch)
        environment='export PYTHONHOME="$r/usr"'$'\n'
        arguments='--data-directory "$r/usr/share/gdb" '
        ;;
    */sbsign)
        # A signature holds the time of signing. With $FAKETIME set it is that time; preloaded
        # here, because what the host's shell would preload must fit the host's C library.
        loading='${FAKETIME:+--preload "$r/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"} '
        ;;
    esac
}

# pkg_tidy ROOT: what makes an unpacked tree usable from wherever it lies.
pkg_tidy() {
    pkg_merge_usr "$1"
    rm -rf -- "$1"/usr/share/{doc,man,info,lintian,locale,bug,doc-base} "$1"/usr/bin/X11
    pkg_fix_names "$1"
    pkg_fix_links "$1"
    pkg_wrap_programs "$1"
    # Whoever unpacked this must be able to delete it.
    chmod -R u+w "$1"
}

# pkg_unpack LOCK DIR ROOT: unpack DIR's verified packages into ROOT.
pkg_unpack() {
    local lock=$1 dir=$2 root=$3 line sum arch name version path log
    log=$(mktemp)
    mkdir -p -- "$root"
    while read -r line; do
        read -r sum _ arch name version _ path <<<"$line"
        if ! (case $arch in
        source) pkg_extract_source "$dir/$sum" "$path" "$root" ;;
        *) pkg_extract_deb "$dir/$sum" "$root" ;;
        esac) 2>"$log"; then
            pkg_fail "$(pkg_group "$lock"): package $name $version could not be unpacked:" \
                "$(tail -1 "$log"; rm -f "$log") ($(pkg_free_mb "$root") MB free)." \
                "Make room if the disk is full, then type the same command again"
        fi
    done < <(pkg_entries "$lock")
    rm -f "$log"
    pkg_tidy "$root"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    command=${1:-help}
    shift || true
    case $command in
    fetch) pkg_fetch "$@" ;;
    unpack) pkg_unpack "$@" ;;
    tidy) pkg_tidy "$@" ;;
    list) pkg_entries "$1" | awk '{ printf "%s %s (%s)\n", $4, $5, $3 }' ;;
    source) pkg_base ;;
    *)
        sed -n '4,24s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
    esac
fi
