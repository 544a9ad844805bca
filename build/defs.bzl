# SPDX-License-Identifier: GPL-3.0-only
"""The public rules of Helios. Load them from here; other files in this package may change."""

load(
    "//build:images.bzl",
    _HeliosImageInfo = "HeliosImageInfo",
    _helios_attach_signature = "helios_attach_signature",
    _helios_bootfs = "helios_bootfs",
    _helios_disk = "helios_disk",
    _helios_image = "helios_image",
)
load("//build:ipc.bzl", _ipc_library = "ipc_library")
load("//build:iso.bzl", _helios_iso = "helios_iso")
load("//build:lint.bzl", _helios_format_test = "helios_format_test", _helios_tidy_test = "helios_tidy_test")
load(
    "//build:programs.bzl",
    _helios_efi_application = "helios_efi_application",
    _helios_kernel = "helios_kernel",
    _helios_process = "helios_process",
    _helios_program = "helios_program",
)
load(
    "//build:qemu.bzl",
    _helios_qemu_run = "helios_qemu_run",
    _helios_qemu_test = "helios_qemu_test",
    _helios_secure_variables = "helios_secure_variables",
)
load("//build:system.bzl", _helios_system = "helios_system")
load("//build:transitions.bzl", _ARCHITECTURES = "ARCHITECTURES")

ARCHITECTURES = _ARCHITECTURES
HeliosImageInfo = _HeliosImageInfo
helios_attach_signature = _helios_attach_signature
helios_bootfs = _helios_bootfs
helios_disk = _helios_disk
helios_efi_application = _helios_efi_application
helios_format_test = _helios_format_test
helios_image = _helios_image
helios_iso = _helios_iso
helios_kernel = _helios_kernel
helios_process = _helios_process
helios_program = _helios_program
helios_qemu_run = _helios_qemu_run
helios_qemu_test = _helios_qemu_test
helios_secure_variables = _helios_secure_variables
helios_system = _helios_system
helios_tidy_test = _helios_tidy_test
ipc_library = _ipc_library
