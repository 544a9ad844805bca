// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The registers of a task as Task's read_registers and write_registers, and fault messages, number
// them. On every architecture word 0 is the program counter, word 1 the stack pointer and word 2
// the flags (RFLAGS, PSTATE in the format of SPSR_EL1; zero on riscv64, which has none).
#ifndef HELIOS_UAPI_REGISTERS_H
#define HELIOS_UAPI_REGISTERS_H

#ifdef __cplusplus
extern "C" {
#endif

enum helios_register {
    HELIOS_REGISTER_PC = 0,
    HELIOS_REGISTER_SP = 1,
    HELIOS_REGISTER_FLAGS = 2,
};

enum helios_register_x86_64 {
    HELIOS_X86_64_RAX = 3,
    HELIOS_X86_64_RBX,
    HELIOS_X86_64_RCX,
    HELIOS_X86_64_RDX,
    HELIOS_X86_64_RSI,
    HELIOS_X86_64_RDI,
    HELIOS_X86_64_RBP,
    // R9 .. R15 follow.
    HELIOS_X86_64_R8,
    HELIOS_X86_64_REGISTERS = HELIOS_X86_64_R8 + 8,
};

enum helios_register_aarch64 {
    // x1 .. x30 follow.
    HELIOS_AARCH64_X0 = 3,
    HELIOS_AARCH64_REGISTERS = HELIOS_AARCH64_X0 + 31,
};

enum helios_register_riscv64 {
    // x1.
    HELIOS_RISCV64_RA = 3,
    // x3.
    HELIOS_RISCV64_GP = 4,
    // x4: also the TLS base.
    HELIOS_RISCV64_TP = 5,
    // x5; x6 .. x31 follow.
    HELIOS_RISCV64_T0 = 6,
    HELIOS_RISCV64_A0 = HELIOS_RISCV64_T0 + 5,
    HELIOS_RISCV64_REGISTERS = HELIOS_RISCV64_T0 + 27,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_REGISTERS_H
