// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// Fault messages. A task that faults sends one, as a call, to its fault endpoint, with
// HELIOS_FLAG_FAULT among the flags of the tag that the receiver gets.
//
//       label   enum helios_fault
//       badge   of the capability that was configured as fault endpoint
//       p0      address of the access, or the number of the unknown system call
//       p1      program counter
//       p2      what the hardware says: error code, ESR, scause
//       p3      number of registers that follow
//       params[4 ..]  registers, as uapi/registers.h numbers them
//
// A receiver without an IPC buffer gets no registers. The answer decides how the task goes on; its
// label is an enum helios_fault_answer. Any other label, a missing parameter, or the end of the
// Reply suspends the task as it stands.
#ifndef HELIOS_UAPI_FAULT_H
#define HELIOS_UAPI_FAULT_H

#ifdef __cplusplus
extern "C" {
#endif

// What the task has done.
enum helios_fault {
    // A page fault, as the next two.
    HELIOS_FAULT_READ = 1,
    HELIOS_FAULT_WRITE = 2,
    HELIOS_FAULT_EXECUTE = 3,
    // Illegal or privileged instruction.
    HELIOS_FAULT_ILLEGAL = 4,
    HELIOS_FAULT_BREAKPOINT = 5,
    HELIOS_FAULT_STEP = 6,
    HELIOS_FAULT_ALIGNMENT = 7,
    // Arithmetic exception.
    HELIOS_FAULT_FPU = 8,
    HELIOS_FAULT_WATCHPOINT = 9,
    HELIOS_FAULT_OTHER = 10,
    // Unknown system call; without a fault endpoint it is refused.
    HELIOS_FAULT_SYSCALL = 11,
};

// How it goes on.
enum helios_fault_answer {
    // Go on where it stopped.
    HELIOS_FAULT_RETRY = 0,
    // p0: bytes to go forward first.
    HELIOS_FAULT_SKIP = 1,
    // p0: mask, params[4 ..] words, as Task.write_registers; the task goes on with these.
    HELIOS_FAULT_WRITE_REGISTERS = 2,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_FAULT_H
