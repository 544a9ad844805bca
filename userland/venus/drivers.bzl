# SPDX-License-Identifier: GPL-3.0-only
"""Which drivers there are, for a helios_bootfs."""

# Where firmware shows a picture by ramfb, its framebuffer is there already: ramfb's own driver is for
# those who want other modes, and not among these.
DRIVERS = {
    "//userland/venus/block:driver": "drivers/block",
    "//userland/venus/display:framebuffer": "drivers/framebuffer",
    "//userland/venus/display:gpu": "drivers/gpu",
    "//userland/venus/input:ps2": "drivers/ps2",
    "//userland/venus/input:virtio_input": "drivers/virtio-input",
    "//userland/venus/net:driver": "drivers/net",
    "//userland/venus/rng": "drivers/rng",
    "//userland/venus/rtc:driver": "drivers/rtc",
    "//userland/venus/serial:driver": "drivers/serial",
}
