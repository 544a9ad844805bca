# SPDX-License-Identifier: GPL-3.0-only
"""Stand-ins for repositories that Bazel's own files load and nothing here uses."""

_RULES_JAVA = """
java_binary = native.java_binary
java_import = native.java_import
java_library = native.java_library
java_package_configuration = native.java_package_configuration
java_plugin = native.java_plugin
java_runtime = native.java_runtime
java_test = native.java_test
java_toolchain = native.java_toolchain
"""

# Every test depends on these. LLVM's own tools report coverage per test, so that merging is
# putting reports one after the other, which is what they do.
_COVERAGE = """
[sh_binary(name = n, srcs = ["merge.sh"], visibility = ["//visibility:public"])
 for n in ["Main", "coverage_report_generator", "lcov_merger"]]
"""

_MERGE = """#!/bin/bash
for argument; do
    case $argument in
    --coverage_dir=*) inputs=("${argument#*=}"/*.dat) ;;
    --reports_file=*) mapfile -t inputs < "${argument#*=}" ;;
    --output_file=*) output=${argument#*=} ;;
    esac
done
for file in "${inputs[@]}"; do
    if [ -s "$file" ]; then cat "$file"; fi
done > "$output"
"""

_RULES_PYTHON = """
py_binary = native.py_binary
py_library = native.py_library
py_test = native.py_test
"""

_FILES = {
    "remote_coverage_tools": {
        "BUILD.bazel": _COVERAGE,
        "merge.sh": _MERGE,
    },
    "rules_java": {
        "BUILD.bazel": "",
        "java/BUILD.bazel": "",
        "java/defs.bzl": _RULES_JAVA,
    },
    "rules_python": {
        "BUILD.bazel": "",
        "python/BUILD.bazel": "",
        "python/defs.bzl": _RULES_PYTHON,
        "python/py_binary.bzl": _RULES_PYTHON,
        "python/py_library.bzl": _RULES_PYTHON,
    },
}

def _stub_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    for path, text in _FILES[ctx.name].items():
        ctx.file(path, text)

_stub = repository_rule(
    implementation = _stub_impl,
    doc = "A stand-in for the repository of its name.",
)

def stub_repositories(names):
    """Declares those of the given names, unless the workspace has the real ones."""
    for name in names:
        if name not in native.existing_rules():
            _stub(name = name)
