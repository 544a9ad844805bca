// SPDX-License-Identifier: GPL-3.0-only
#include "testing/explore/engine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <vector>

#include "arch/include/interrupt.h"
#include "kernel/entry.h"
#include "kernel/percpu.h"

extern "C" char __executable_start; // of the linker: what addresses in the program begin with

// AddressSanitizer, if it is there, has to know whose stack this is.
extern "C" {
__attribute__((weak)) void __sanitizer_start_switch_fiber(void **mine, const void *bottom,
                                                          size_t size);
__attribute__((weak)) void __sanitizer_finish_switch_fiber(void *mine, const void **old_bottom,
                                                           size_t *old_size);
__attribute__((weak)) void __asan_unpoison_memory_region(const volatile void *start, size_t size);
}

// Leaves this stack for another one: what a function has to preserve, and where it stands.
extern "C" void explore_switch(void **from, void *to);
asm(R"(
.text
explore_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
)");

namespace explore {

bool keeps_trace;
const bool takes_turns = true;

namespace {

constexpr size_t kStack = 256 * 1024;
constexpr unsigned kNobody = kMaxCpus;
// Points without anybody in user mode after which nobody ever will be.
constexpr uint64_t kPatience = 400000;
// How long the most important CPU may go on without anything but kernel code before it is taken for
// one that waits.
constexpr uint64_t kDemotion = 20000;
// Steps of something long after which others may get on, too, if no points decide.
constexpr uint64_t kPollsAlone = 16;

enum class State {
    kOff,     // not started
    kReady,   // goes on when it gets its turn
    kWaiting, // for an interrupt, in the kernel or with nothing to do in user mode
};

struct Fiber {
    State state = State::kOff;
    uint64_t priority = 0;    // by_priority: the highest goes on
    const void *pc = nullptr; // its last point
    void *here = nullptr;     // where its stack ends while another one runs
    uint8_t *stack = nullptr;
};

struct Event {
    unsigned from, to;
    const void *pc;
    uint64_t at;
};

Fiber fibers[kMaxCpus];
Plan plan;
Cpus *cpus;
void (*boot)();
Random choice;
unsigned running = kNobody;
unsigned going = kNobody; // the one for which Go was called
bool is_alone;
bool is_deciding; // the host port is asked by the engine itself
void *controller;
const void *controller_bottom; // of its stack
size_t controller_size;
uint64_t polls; // since Go
uint64_t points, switches, countdown, last_user, in_kernel_since;
uint64_t lowest; // the next priority below all others
std::vector<Event> trace;

void Draw() {
    if (is_alone) {
        countdown = ~0ull;
    } else if (plan.by_priority) {
        // A change of priorities, a few in a run.
        countdown = 1 + choice.Below(plan.mean * 256);
    } else {
        countdown = 1 + choice.Below(2 * plan.mean);
    }
}

bool CanGoOn(unsigned cpu) {
    Fiber &fiber = fibers[cpu];
    if (fiber.state == State::kWaiting) {
        host_cpu *self = host_self;
        host_self = &host_cpus[cpu];
        is_deciding = true;
        if (host_has_pending()) {
            fiber.state = State::kReady;
        }
        is_deciding = false;
        host_self = self;
    }
    return fiber.state == State::kReady;
}

// Whoever goes on; kNobody: nobody can. `but`: who would rather not.
unsigned Choose(unsigned but) {
    unsigned ready[kMaxCpus];
    unsigned count = 0;
    for (unsigned i = 0; i < plan.cpus; i++) {
        if (i != but && CanGoOn(i)) {
            ready[count++] = i;
        }
    }
    if (count == 0) {
        return but != kNobody && CanGoOn(but) ? but : kNobody;
    }
    if (!plan.by_priority) {
        return ready[choice.Below(count)];
    }
    unsigned best = ready[0];
    for (unsigned i = 1; i < count; i++) {
        best = fibers[ready[i]].priority > fibers[best].priority ? ready[i] : best;
    }
    return best;
}

// Somebody has been entered, for the first time or again; `mine` is what was saved when he left.
void Arrive(void *mine) {
    if (__sanitizer_finish_switch_fiber != nullptr) {
        const void *bottom;
        size_t size;
        __sanitizer_finish_switch_fiber(mine, &bottom, &size);
        if (controller_size == 0) { // who comes first comes from there
            controller_bottom = bottom;
            controller_size = size;
        }
    }
}

// `from` goes on when somebody enters it again.
void Enter(unsigned next, void **from) {
    running = next;
    void *to = controller;
    const void *bottom = controller_bottom;
    size_t size = controller_size;
    if (next != kNobody) {
        is_deciding = true;
        host_become(next);
        is_deciding = false;
        to = fibers[next].here;
        bottom = fibers[next].stack;
        size = kStack;
    }
    void *mine = nullptr;
    if (__sanitizer_start_switch_fiber != nullptr) {
        __sanitizer_start_switch_fiber(&mine, bottom, size);
    }
    explore_switch(from, to);
    Arrive(mine);
}

void SwitchTo(unsigned next) {
    if (next == running) {
        return;
    }
    switches++;
    in_kernel_since = points;
    Fiber &from = fibers[running];
    if (keeps_trace) {
        trace.push_back({running, next, from.pc, points});
    }
    Enter(next, &from.here);
}

void Demote(unsigned cpu) {
    fibers[cpu].priority = --lowest;
}

void Relax() {
    if (running == kNobody) {
        return;
    }
    points++;
    if (points - last_user > kPatience) {
        Report("nobody gets on: all CPUs wait for each other, or for what never comes");
    }
    Demote(running);
    SwitchTo(Choose(running));
}

// Nothing is pending.
void Wait() {
    fibers[running].state = State::kWaiting;
    SwitchTo(running == going ? kNobody : Choose(kNobody));
}

// Between two steps of something long. Perhaps it can't get on before another CPU has done
// something.
void Poll() {
    if (going == kNobody) {
        return; // points do it
    }
    if (running == going) {
        cpus->MayPause(running);
    }
    if (running != going || ++polls % kPollsAlone == 0) {
        points += kPollsAlone;
        Relax();
    }
}

void StartSecondary(struct percpu *cpu) {
    fibers[cpu->index].state = State::kReady;
}

bool Arrives() {
    return mistake != Mistake::kLostInterrupt || is_alone || !choice.Chance(16);
}

const host_side_by_side kSmp = {StartSecondary, Relax, Wait, Arrives, Poll};

// In user mode, until the end of time.
[[noreturn]] void Live(unsigned index) {
    for (;;) {
        UserPoint();
        if (!cpus->Step(index) && (index == going || !host_has_pending())) {
            Wait();
        }
    }
}

void Main() {
    Arrive(nullptr);
    unsigned index = running;
    if (index == 0) {
        boot();
    } else {
        host_run([](void *cpu) { kernel_secondary(static_cast<percpu *>(cpu)); },
                 percpu_get(index));
    }
    Live(index);
}

} // namespace

void Begin(const Plan &wanted, Cpus *whose, void (*how)()) {
    plan = wanted;
    cpus = whose;
    boot = how;
    choice = Random(plan.seed * 2 + 1);
    points = switches = last_user = in_kernel_since = 0;
    lowest = 1ull << 62;
    trace.clear();
    host_smp = &kSmp;
    host_cpu_count = plan.cpus;
    for (unsigned i = 0; i < kMaxCpus; i++) {
        Fiber &fiber = fibers[i];
        if (fiber.stack == nullptr) {
            fiber.stack = static_cast<uint8_t *>(
                mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        }
        if (__asan_unpoison_memory_region != nullptr) {
            __asan_unpoison_memory_region(fiber.stack,
                                          kStack); // what the last world has left there
        }
        fiber.state = i == 0 ? State::kReady : State::kOff;
        fiber.pc = nullptr;
        fiber.priority = lowest + 1 + choice.Below(1000);
        // As explore_switch leaves it: six registers, then where to go; there is no way back.
        auto *top = reinterpret_cast<void **>(fiber.stack + kStack) - 8;
        std::fill(top, top + 8, nullptr);
        top[6] = reinterpret_cast<void *>(Main);
        fiber.here = top;
    }
}

void RunUntilQuiet(bool alone) {
    is_alone = alone;
    for (unsigned i = 0; i < plan.cpus; i++) {
        Fiber &fiber = fibers[i];
        // Who waits in user mode has something to do now; who waits in the kernel looks again.
        fiber.state = fiber.state == State::kOff ? State::kOff : State::kReady;
    }
    last_user = points;
    Draw();
    Enter(alone ? 0 : Choose(kNobody), &controller);
    host_become(0); // nobody runs
}

void Go(unsigned index) {
    if (fibers[index].state == State::kOff) {
        return;
    }
    is_alone = true;
    going = index;
    polls = 0;
    fibers[index].state = State::kReady;
    last_user = points;
    Draw();
    Enter(index, &controller);
    going = kNobody;
    host_become(index);
}

void Pause() {
    SwitchTo(kNobody);
}

bool IsAtRest(unsigned index) {
    return fibers[index].state != State::kReady;
}

void End() {
}

uint64_t PointCount() {
    return points;
}

uint64_t SwitchCount() {
    return switches;
}

unsigned Running() {
    return running;
}

void Point(const void *pc) {
    if (running == kNobody || is_deciding) {
        return;
    }
    fibers[running].pc = pc;
    points++;
    if (--countdown != 0) {
        if (plan.by_priority && points - in_kernel_since > kDemotion) {
            Demote(running);
            in_kernel_since = points;
            SwitchTo(Choose(kNobody));
        }
        return;
    }
    if (points - last_user > kPatience) {
        Report("nobody gets on: nobody has been in user mode for long");
    }
    Draw();
    if (plan.by_priority) {
        Demote(running);
    }
    SwitchTo(Choose(kNobody));
}

void PlainPoint(const void *pc) {
    if (plan.all_accesses) {
        Point(pc);
    }
}

void UserPoint() {
    last_user = points;
    in_kernel_since = points;
    Point(__builtin_return_address(0));
}

void PrintState() {
    auto offset = [](const void *pc) {
        return static_cast<unsigned long>(static_cast<const char *>(pc) - &__executable_start);
    };
    for (const Event &event : trace) {
        fprintf(stderr, "  %lu: CPU %u stops at 0x%lx, CPU %u goes on\n",
                static_cast<unsigned long>(event.at), event.from, offset(event.pc), event.to);
    }
    for (unsigned i = 0; i < plan.cpus; i++) {
        fprintf(stderr, "  CPU %u%s: 0x%lx, %s\n", i, i == running ? " (runs)" : "",
                fibers[i].pc != nullptr ? offset(fibers[i].pc) : 0,
                fibers[i].state == State::kReady     ? "can go on"
                : fibers[i].state == State::kWaiting ? "waits for an interrupt"
                                                     : "is off");
    }
}

} // namespace explore
