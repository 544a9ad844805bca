// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: a booted machine with several CPUs that one thread plays in turn, as the test says.
// A CPU with nobody to run waits for an interrupt; one that spins gives the others their
// interrupts.
#ifndef HELIOS_KERNEL_TESTING_SMP_MACHINE_H
#define HELIOS_KERNEL_TESTING_SMP_MACHINE_H

#include <functional>

#include "arch/include/interrupt.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

class SmpMachine : public BootedMachine {
  protected:
    static constexpr unsigned kCpus = 3;

    void SetUp() override {
        self = this;
        std::fill(is_inside, is_inside + kCpus, false);
        is_inside[0] = true; // booting
        shares_time = false;
        polls = 0;
        host_smp = &kSmp;
        host_cpu_count = kCpus;
        BootedMachine::SetUp();
        is_inside[0] = false;
        root_ = SlotAt(Memory())->object;
    }

    void TearDown() override {
        Settle();
        EXPECT_EQ(audit_cpus(root_), "");
        host_smp = nullptr;
        host_cpu_count = 1;
    }

    // From here on the test is this CPU.
    static void Be(unsigned cpu) {
        host_become(cpu);
    }

    static task *CurrentOf(unsigned cpu) {
        return percpu_get(cpu)->current;
    }

    // The CPU takes what is pending, in user mode or where it waits; then the test is the one again
    // that it was.
    static void Take(unsigned cpu) {
        unsigned before = host_percpu->index;
        Be(cpu);
        Inside inside(cpu);
        while (host_has_pending()) {
            if (host_percpu->current == nullptr) {
                host_run(
                    [](void *) {
                        smp_end_idle();
                        sched_poll_interrupts();
                        sched_resume(nullptr);
                    },
                    nullptr);
            } else {
                arch_task *resumed = nullptr;
                host_interrupt_deliver(&resumed);
            }
        }
        Be(before);
    }

    // All CPUs, until nothing is pending.
    static void Settle() {
        for (bool is_quiet = false; !is_quiet;) {
            is_quiet = true;
            for (unsigned i = 0; i < kCpus; i++) {
                unsigned before = host_percpu->index;
                Be(i);
                bool has_pending = host_has_pending();
                Be(before);
                if (has_pending) {
                    Take(i);
                    is_quiet = false;
                }
            }
        }
    }

    // Init's, wherever it is.
    message_registers Invoke(uint64_t capability, uint32_t label, std::vector<uint64_t> params = {},
                             const std::vector<uint64_t> &caps = {}) {
        Be(init_->cpu);
        Inside inside(init_->cpu);
        shares_time = true;
        message_registers result =
            BootedMachine::Invoke(capability, label, std::move(params), caps);
        shares_time = false;
        return result;
    }
    uint64_t Allocate(helios_type type, uint64_t size = 0) {
        Be(init_->cpu);
        Inside inside(init_->cpu);
        return BootedMachine::Allocate(type, size);
    }

    // A task that can be resumed, in init's CSpace and address space; its slot.
    uint64_t NewTask(uint64_t affinity, unsigned priority = 32) {
        uint64_t slot = Allocate(HELIOS_TYPE_TASK);
        uint64_t page = Allocate(HELIOS_TYPE_PAGE);
        Do(slot, HELIOS_TASK_CONFIGURE, {7}, {HELIOS_INIT_CSPACE, HELIOS_INIT_VSPACE, page});
        Do(slot, HELIOS_TASK_SET_PRIORITY, {priority, 63}, {HELIOS_INIT_TASK});
        Do(slot, HELIOS_TASK_SET_AFFINITY, {affinity}, {HELIOS_INIT_TASK});
        return slot;
    }

    task *TaskAt(uint64_t slot) {
        return task_of(SlotAt(slot)->object);
    }

    // An invocation by init, which is somewhere, or is going to be: it is done when all is quiet.
    message_registers Do(uint64_t capability, uint32_t label, std::vector<uint64_t> params = {},
                         const std::vector<uint64_t> &caps = {}) {
        auto count = static_cast<uint32_t>(params.size());
        params.resize(4);
        std::copy(caps.begin(), caps.end(), init_->buffer->caps);
        shares_time = true;
        Start(init_, HELIOS_SYS_CALL, capability,
              helios_tag(label, static_cast<uint32_t>(caps.size()), count, 0), params);
        Settle();
        shares_time = false;
        EXPECT_EQ(helios_tag_label(init_->arch.result.tag), HELIOS_OK) << host_output();
        return init_->arch.result;
    }

    // A system call of a task that runs; nothing else is waited for.
    static void Start(const task *caller, uint64_t number, uint64_t capability = 0,
                      uint64_t tag = 0, std::vector<uint64_t> params = {}) {
        params.resize(4);
        Be(caller->cpu);
        ASSERT_EQ(host_percpu->current, caller);
        Inside inside(caller->cpu);
        arch_task *resumed = nullptr;
        ASSERT_NE(host_syscall(number, capability, tag, params.data(), &resumed), HOST_HALTED)
            << host_output();
    }

    // While there is one the CPU is in the kernel.
    class Inside {
      public:
        explicit Inside(unsigned cpu) : cpu_(cpu), before_(is_inside[cpu]) {
            is_inside[cpu] = true;
        }
        ~Inside() {
            is_inside[cpu_] = before_;
        }

      private:
        unsigned cpu_;
        bool before_;
    };

    const object *root_ = nullptr;
    std::function<void()> on_relax;     // instead of what a spin does otherwise
    std::function<void()> on_interrupt; // when a CPU has interrupted another one

  private:
    // Comes up, and waits.
    static void Come(percpu *cpu) {
        unsigned before = host_percpu->index;
        Be(cpu->index);
        Inside inside(cpu->index);
        host_run([](void *self) { kernel_secondary(static_cast<percpu *>(self)); }, cpu);
        Be(before);
    }

    static void Relax() {
        if (self->on_relax) {
            self->on_relax();
            return;
        }
        unsigned before = host_percpu->index;
        for (unsigned i = 0; i < kCpus; i++) {
            if (!is_inside[i]) {
                Be(i);
                smp_serve_flushes();
            }
        }
        Be(before);
    }

    // What this CPU does is far from done: others get on.
    static void Poll() {
        if (!shares_time) {
            return;
        }
        const percpu *cpu = host_percpu;
        if (polls != 0 && cpu->current == nullptr && cpu->ready_mask == 0) {
            host_stop(); // it helps another CPU, which has to go on itself
        }
        polls++;
        for (unsigned i = 0; i < kCpus; i++) {
            if (!is_inside[i]) {
                Take(i);
            }
        }
        polls--;
    }

    static bool Arrives() {
        if (self->on_interrupt) {
            self->on_interrupt();
        }
        return true;
    }

    static void Wait() {
        host_stop();
    }

    static inline SmpMachine *self;
    static inline bool is_inside[kCpus];
    static inline unsigned polls;   // under way
    static inline bool shares_time; // other CPUs get on while this one does something long
    static inline const host_side_by_side kSmp = {Come, Relax, Wait, Arrives, Poll};
};

#endif // HELIOS_KERNEL_TESTING_SMP_MACHINE_H
