#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Tests of tutorial.sh, with tutorials made up here.
set -u -o pipefail

tutorial=$PWD/$1
work=$TEST_TMPDIR
failures=0

# follow NAME: what tutorial.sh makes of the page on standard input, in a new directory.
follow() {
    cat >"$work/$1.md"
    said=$(cd "$work" && "$tutorial" "$work/$1" "$work/$1.md" 2>&1)
    status=$?
}

expect() { # what, wanted, found
    if [[ $3 != *"$2"* ]]; then
        echo "FAILED: $1: expected \"$2\", found \"$3\""
        failures=$((failures + 1))
    fi
}

follow good <<'END'
# Files, commands, output

Text with `code`. Write `a/b.txt`:

```
one
```

and of `a/b.txt`, continued:

```
  two
```

```sh
cat a/b.txt
echo three
```

It says

```text
one
two
three
```
END
expect "files, commands and output are done" "4 steps done" "$said"
expect "a good tutorial succeeds" 0 $status
expect "a file has the text and nothing else" "$(printf 'one\n  two\n.')" "$(cat "$work/good/a/b.txt"; echo .)"

follow command <<'END'
```sh
true
false
true
```
END
expect "a command that fails is told with its line" "command.md:5: the commands ended with 1" "$said"
expect "it fails the tutorial" 1 $status

follow order <<'END'
```sh
printf 'one\ntwo\n'
```

```text
two
one
```
END
expect "output in another order is refused" 'order.md:8: the commands did not say "one"' "$said"

follow unknown <<'END'
Like this:

```c
int x;
```
END
expect "what nobody tries is refused" "unknown.md:5: a block that is no file" "$said"

follow outside <<'END'
Write `../x`:

```
x
```
END
expect "a path that leads out is refused" "no path of a file: ../x" "$said"

follow begun <<'END'
`x`, continued:

```
x
```
END
expect "what was not begun is not continued" "x is continued, but was not begun" "$said"

follow open <<'END'
```sh
true
END
expect "a block without an end is refused" "a block that does not end" "$said"

follow empty </dev/null
expect "a page without a step is refused" "there is nothing to do" "$said"

[ $failures = 0 ]
