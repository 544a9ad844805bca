// SPDX-License-Identifier: GPL-3.0-only
//
// A kernel on the host port with several tasks in several address spaces, whose system calls are
// made by whoever drives it. After each step the invariants are checked.
//
// It may have several CPUs (testing/explore/engine.h). Whoever drives it says whose step it is;
// that one goes on until it is back in user mode, waits for an interrupt, or pauses in the middle
// of something long. What it asks of the others they do when it waits for that, or in steps of
// their own; while anything is left to do, the checker has to wait.
#ifndef HELIOS_TESTING_FUZZ_MACHINE_H
#define HELIOS_TESTING_FUZZ_MACHINE_H

#include <cstdint>
#include <string>
#include <vector>

#include "arch/host/host.h"
#include "kernel/cspace.h"
#include "kernel/fault.h"
#include "kernel/task.h"
#include "testing/explore/engine.h"

class Machine : private explore::Cpus {
  public:
    static constexpr unsigned kMaxCpus = explore::kMaxCpus;

    // Boots, and makes the tasks and what they hold. Aborts if that does not work. `seed` decides
    // which CPU goes on first when one waits for others.
    explicit Machine(unsigned cpus = 1, uint64_t seed = 0);
    ~Machine() override;

    // Whether anything can still happen: false after the end of the last task.
    bool Runs() const {
        return runs_;
    }

    unsigned CpuCount() const {
        return cpus_;
    }
    // Whose steps the next ones are. It is to pause at the `pause`th point at which it can; 0: not.
    void Be(unsigned cpu, unsigned pause);

    // The task that runs there; NULL: the CPU idles, and only an interrupt can end that, or it is
    // in the kernel and goes on when time passes.
    struct task *Current() const {
        return is_inside_[cpu_] ? nullptr : host_percpu->current;
    }

    // Whether that CPU has an interrupt to take first.
    bool HasPending() const {
        return cpus_ > 1 && !is_inside_[cpu_] && host_has_pending();
    }
    // The program there reaches for memory. Whether something is mapped.
    bool Access(uintptr_t address);
    // It takes an interrupt, or goes on in the kernel.
    void TakePending();
    // Every CPU does what is asked of it, until there is nothing.
    void Settle();

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
    // How often everything stood still and was checked.
    static uint64_t checks;

    // Prints each step.
    bool is_verbose = false;

  private:
    // What a step's entry into the kernel needs, and what it is to be checked by.
    struct Entry {
        void (*enter)(void *) = nullptr;
        const char *what = "";
        uint64_t number = 0, capability = 0, tag = 0;
        uint64_t params[4] = {};
        struct fault cause = {};
        const struct task *caller = nullptr; // of a system call
        uint32_t answers = 0;                // that it has had before
        arch_task *resumed = nullptr;
    };
    static void EnterSyscall(void *context);
    static void EnterFault(void *context);
    static void EnterFpuTrap(void *context);
    static void EnterInterrupt(void *context);

    void Boot();
    void Setup();
    message_registers Call(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                           const std::vector<uint64_t> &caps = {});
    uint64_t CallForCap(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                        const std::vector<uint64_t> &caps = {});
    void MakeTask(unsigned index, uint64_t vspace);
    void Give(uint64_t source, unsigned rights = 15, uint64_t badge = 0);
    void GiveAway(uint64_t source);
    void Run(const Entry &entry);
    void Perform(Entry *entry);
    void Check(const char *what);
    void Spoil(const struct memory *memory);

    // With several CPUs.
    bool Step(unsigned index) override;
    void MayPause(unsigned index) override;
    bool IsQuiet() const;
    void GoOn(unsigned cpu);
    void CheckUser(const char *what);

    static constexpr unsigned kTasks = 6;

    bool runs_ = true;
    const unsigned cpus_;
    unsigned cpu_ = 0;   // whose step it is
    unsigned pause_ = 0; // points up to the one at which it pauses
    Entry entries_[kMaxCpus];
    unsigned going_ = kMaxCpus;     // for which the engine was called
    bool is_inside_[kMaxCpus] = {}; // the kernel
    uint64_t memory_ = 0;           // Memory that all tasks' things are made of
    uint64_t cspaces_[4] = {};      // of the tasks, in init's
    uint64_t tasks_[kTasks] = {};   // in init's
    const object *root_ = nullptr;  // init's largest Memory, which nothing ends
    struct task *init_ = nullptr;
    std::vector<uint8_t> program_;
};

#endif // HELIOS_TESTING_FUZZ_MACHINE_H
