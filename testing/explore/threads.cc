// SPDX-License-Identifier: GPL-3.0-only
//
// The same worlds with a thread for each CPU, for ThreadSanitizer: nothing decides the order, but
// accesses of two CPUs to the same memory that nothing orders are seen. So nothing here may order
// what the kernel does not: threads tell the controller how far they are, and only the controller
// reads that.
#include <atomic>
#include <cstdlib>
#include <sched.h>
#include <thread>

#include "kernel/entry.h"
#include "kernel/percpu.h"
#include "testing/explore/engine.h"

// What the sanitizer asks of its programs.
extern "C" const char *__tsan_default_options();
extern "C" void __tsan_on_report(void *report);

const char *__tsan_default_options() {
    return "halt_on_error=1:history_size=4";
}

void __tsan_on_report(void *) {
    if (explore::mistake == explore::Mistake::kRace) {
        _Exit(0); // that is what it is there for
    }
}

namespace explore {

Mistake mistake = Mistake::kNone;
bool keeps_trace;
const bool takes_turns = false;

namespace {

struct Player {
    std::thread thread;
    std::atomic<uint64_t> wakes; // how often it has begun to do something
    std::atomic<uint64_t> round; // the last that it knows of
    std::atomic<bool> is_parked; // it has nothing to do, and nothing is pending
};

Plan plan;
Cpus *cpus;
void (*boot)();
Player players[kMaxCpus];
std::atomic<uint64_t> rounds; // begun
std::atomic<bool> is_over;

// Until something is pending, or the next round begins.
void Park() {
    Player &player = players[host_self - host_cpus];
    player.is_parked.store(true);
    while (!host_has_pending() &&
           rounds.load(std::memory_order_relaxed) == player.round.load(std::memory_order_relaxed) &&
           !is_over.load(std::memory_order_relaxed)) {
        sched_yield();
    }
    player.is_parked.store(false);
    player.wakes.fetch_add(1); // in this order: see IsQuiet
    player.round.store(rounds.load());
}

void Wait() {
    Park();
    if (is_over.load()) {
        host_stop();
    }
}

void Relax() {
    sched_yield();
}

void Live(unsigned index) {
    while (!is_over.load(std::memory_order_relaxed)) {
        if (!cpus->Step(index) && !host_has_pending()) {
            Park();
        }
    }
}

void Start(struct percpu *cpu) {
    unsigned index = cpu->index;
    players[index].is_parked = false;
    players[index].thread = std::thread([index] {
        host_become(index);
        players[index].round = rounds.load();
        host_exit how = host_run([](void *cpu) { kernel_secondary(static_cast<percpu *>(cpu)); },
                                 percpu_get(index));
        if (how == HOST_RESUMED) {
            Live(index);
        }
    });
    // The counter counts how often it is asked: on a busy machine a second of it is soon over.
    while (__atomic_load_n(&cpu->is_online, __ATOMIC_RELAXED) == 0) {
        sched_yield();
    }
}

const host_side_by_side kSmp = {Start, Relax, Wait, nullptr, nullptr};

bool HasPending(unsigned index) {
    const host_cpu &cpu = host_cpus[index];
    uint64_t timer = __atomic_load_n(&cpu.record.timer, __ATOMIC_RELAXED);
    return __atomic_load_n(&cpu.has_ipi, __ATOMIC_SEQ_CST) != 0 ||
           (timer != 0 && timer <= __atomic_load_n(&host_counter, __ATOMIC_RELAXED));
}

// Whether all are parked, nothing is pending for anybody then, and nobody has woken meanwhile.
bool IsQuiet() {
    uint64_t wakes[kMaxCpus];
    for (unsigned i = 0; i < plan.cpus; i++) {
        wakes[i] = players[i].wakes.load();
    }
    bool is_quiet = true;
    for (unsigned i = 0; i < plan.cpus; i++) {
        is_quiet = is_quiet && players[i].is_parked.load();
    }
    for (unsigned i = 0; i < plan.cpus; i++) {
        is_quiet = is_quiet && !HasPending(i);
    }
    for (unsigned i = 0; i < plan.cpus; i++) {
        is_quiet = is_quiet && players[i].wakes.load() == wakes[i];
    }
    return is_quiet;
}

void WaitUntilQuiet() {
    uint64_t looks = 0;
    while (!IsQuiet()) {
        sched_yield();
        if (++looks > 50000000) {
            Report("nobody gets on");
        }
    }
}

} // namespace

void Begin(const Plan &wanted, Cpus *whose, void (*how)()) {
    plan = wanted;
    cpus = whose;
    boot = how;
    host_smp = &kSmp;
    host_cpu_count = plan.cpus;
    is_over = false;
}

// The first time CPU 0 begins, alone at first.
void RunUntilQuiet(bool alone) {
    if (alone) {
        players[0].is_parked = false;
        players[0].thread = std::thread([] {
            host_become(0);
            players[0].round = rounds.load();
            boot();
            Live(0);
        });
    } else {
        rounds.fetch_add(1);
        for (unsigned i = 0; i < plan.cpus; i++) {
            while (players[i].round.load() != rounds.load()) {
                sched_yield();
            }
        }
    }
    WaitUntilQuiet();
    host_become(0);
}

void End() {
    is_over = true;
    for (unsigned i = 0; i < plan.cpus; i++) {
        if (players[i].thread.joinable()) {
            players[i].thread.join();
        }
    }
}

uint64_t PointCount() {
    return 0;
}

uint64_t SwitchCount() {
    return 0;
}

unsigned Running() {
    return static_cast<unsigned>(host_self - host_cpus);
}

void UserPoint() {
}

void PrintState() {
}

} // namespace explore
