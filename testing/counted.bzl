# SPDX-License-Identifier: GPL-3.0-only
"""Machines whose time is counted in instructions."""

def counted_instructions(turn_us = 100000):
    """Options of helios_qemu_test: an instruction is a nanosecond, and CPUs take turns.

    A machine that has nothing to do goes to the next timer of the emulator at once. Where it waits for
    the host there may be none before the end of time, and at that the emulator hangs: so one is
    always armed, that of a filter of a network that nobody uses. It also ends the turns of CPUs.

    Args:
      turn_us: microseconds of the guest's time between two of these.

    Returns:
      A list of options.
    """
    return ["--qemu-arg=" + argument for argument in [
        "-accel",
        "tcg,thread=single",
        "-icount",
        "shift=0,sleep=off",
        "-netdev",
        "hubport,id=nobody,hubid=0",
        "-object",
        "filter-buffer,id=turns,netdev=nobody,interval=%d" % turn_us,
    ]]
