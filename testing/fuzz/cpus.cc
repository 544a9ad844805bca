// SPDX-License-Identifier: GPL-3.0-only
//
// What a machine with several CPUs needs.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "arch/include/interrupt.h"
#include "kernel/percpu.h"
#include "kernel/reaper.h"
#include "testing/audit/audit.h"
#include "testing/fuzz/machine.h"

namespace {

// Turns of all CPUs after which everything has been done that can be.
constexpr unsigned kSettled = 20000;

// Something that others have asked for is still to be done.
bool HasRequests(const percpu *cpu) {
    return cpu->mail != nullptr || cpu->beggars != 0 || cpu->flush_from != 0 ||
           cpu->flush_waiting != 0;
}

} // namespace

namespace explore {

Mistake mistake = Mistake::kNone;

void Fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "---\nkernel console:\n%s\n", host_output());
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

void Report(const char *what) {
    PrintState();
    Fail("%s", what);
}

} // namespace explore

void Machine::Be(unsigned cpu, unsigned pause) {
    cpu_ = cpu;
    pause_ = pause;
    host_become(cpu);
}

void Machine::GoOn(unsigned cpu) {
    going_ = cpu;
    explore::Go(cpu);
    going_ = kMaxCpus;
    host_become(cpu_);
}

// In user mode. Whoever waits for this CPU needs nothing of it but that it takes its interrupts.
bool Machine::Step(unsigned index) {
    is_inside_[index] = false;
    Entry &entry = entries_[index];
    if (entry.enter == nullptr) {
        if (index == going_ || !host_has_pending()) {
            return false;
        }
        entry = {EnterInterrupt, "interrupt"};
    }
    is_inside_[index] = true;
    Perform(&entry);
    is_inside_[index] = false;
    if (!runs_) {
        explore::Pause(); // for good
    }
    return true;
}

void Machine::MayPause(unsigned) {
    if (pause_ != 0 && --pause_ == 0) {
        explore::Pause();
    }
}

bool Machine::IsQuiet() const {
    for (unsigned i = 0; i < cpus_; i++) {
        if (!explore::IsAtRest(i) || HasRequests(percpu_get(i))) {
            return false;
        }
    }
    return true;
}

void Machine::Settle() {
    const unsigned before = cpu_;
    bool has_settled = false;
    for (unsigned turns = 0; !has_settled && runs_; turns++) {
        if (turns == kSettled) {
            explore::PrintState();
            explore::Fail("the CPUs do not come to rest");
        }
        has_settled = true;
        for (unsigned i = 0; i < cpus_ && runs_; i++) {
            Be(i, 0);
            // Not its timer: time passes with every look at it, and another slice ends.
            if (!explore::IsAtRest(i) || host_self->has_ipi != 0) {
                has_settled = false;
                TakePending();
            }
        }
    }
    Be(before, 0);
    if (runs_) {
        Check("rest");
    }
}

void Machine::TakePending() {
    if (!is_inside_[cpu_]) {
        entries_[cpu_] = {EnterInterrupt, "interrupt"};
    }
    GoOn(cpu_);
}

bool Machine::Access(uintptr_t address) {
    if (Current() == nullptr) {
        return false;
    }
    host_access_result how = host_access_memory(address);
    if (how == HOST_ACCESS_STALE && IsQuiet()) {
        explore::Fail("CPU %u reaches memory at 0x%lx by a translation that was taken back", cpu_,
                      address);
    }
    return how == HOST_ACCESS_WALKED || how == HOST_ACCESS_REMEMBERED;
}

// What every CPU in user mode does, once all is quiet.
void Machine::CheckUser(const char *what) {
    for (unsigned i = 0; i < cpus_; i++) {
        if (cpus_ == 1 || is_inside_[i]) {
            continue;
        }
        host_become(i);
        if (host_percpu->current == nullptr || host_percpu->current->cpu != i) {
            explore::Fail("%s: CPU %u runs a task that is not its own", what, i);
        }
        for (const host_translation &known : host_self->translations) {
            if (known.virtual_address != HOST_ADDRESS_INVALID &&
                known.asid == host_record.active_asid &&
                host_access_memory(known.virtual_address) == HOST_ACCESS_STALE) {
                explore::Fail("%s: CPU %u knows a translation of 0x%lx that was taken back", what,
                              i, known.virtual_address);
            }
        }
    }
    host_become(cpu_);
}
