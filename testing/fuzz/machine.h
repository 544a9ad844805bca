// SPDX-License-Identifier: GPL-3.0-only
//
// A kernel on the host port with several tasks in several address spaces, whose system calls are
// made by whoever drives it. After each step the invariants are checked.
#ifndef HELIOS_TESTING_FUZZ_MACHINE_H
#define HELIOS_TESTING_FUZZ_MACHINE_H

#include <cstdint>
#include <string>
#include <vector>

#include "arch/host/host.h"
#include "kernel/cspace.h"
#include "kernel/task.h"

class Machine {
  public:
    // Boots, and makes the tasks and what they hold. Aborts if that does not work.
    Machine();

    // Whether anything can still happen: false after the end of the last task.
    bool Runs() const {
        return runs_;
    }

    // The task that runs; NULL: the machine idles, and only an interrupt can end that.
    struct task *Current() const {
        return host_percpu->current;
    }

    // A system call of the current task.
    void Syscall(uint64_t number, uint64_t capability, uint64_t tag, const uint64_t params[4]);
    // The current task faults, or uses FP registers without having access.
    void Fault(unsigned kind, uint64_t address);
    void FpuTrap();
    // Time passes.
    void Wait(uint64_t ticks);
    // An interrupt comes: now, or in the middle of the next system call if that is long.
    void Interrupt(uint32_t irq, bool at_once);

    // Kernel entries of all machines, and how many of them were system calls.
    static uint64_t entries;
    static uint64_t calls;

    // Prints each step.
    bool is_verbose = false;

  private:
    void Setup();
    message_registers Call(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                           const std::vector<uint64_t> &caps = {});
    uint64_t CallForCap(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                        const std::vector<uint64_t> &caps = {});
    void MakeTask(unsigned index, uint64_t vspace);
    void Give(uint64_t source, unsigned rights = 15, uint64_t badge = 0);
    void GiveAway(uint64_t source);
    void Run(void (*enter)(void *), void *context, const char *what);
    void Check(const char *what);
    void Spoil(const struct memory *memory);

    bool runs_ = true;
    uint64_t memory_ = 0;          // Memory that all tasks' things are made of
    uint64_t cspaces_[4] = {};     // of the tasks, in init's
    uint64_t tasks_[4] = {};       // in init's
    const object *root_ = nullptr; // init's largest Memory, which nothing ends
    struct task *init_ = nullptr;
    std::vector<uint8_t> program_;
};

#endif // HELIOS_TESTING_FUZZ_MACHINE_H
