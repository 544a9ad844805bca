// SPDX-License-Identifier: GPL-3.0-only
//
// Several CPUs of the host port on one thread, taking turns as a seed decides.
//
// Each CPU is a fiber. The kernel is compiled as for ThreadSanitizer, but linked with functions of
// our own (atomics.cc), so that every atomic access of the kernel, and if wanted every other access
// to memory, is a point at which another CPU can go on. A spin gives way by itself. Nothing else
// happens at such a point: what is explored is sequentially consistent. What weaker orders do is
// for ThreadSanitizer itself (testing/explore/threads.cc).
#ifndef HELIOS_TESTING_EXPLORE_ENGINE_H
#define HELIOS_TESTING_EXPLORE_ENGINE_H

#include <cstdint>

#include "arch/host/host.h"

namespace explore {

constexpr unsigned kMaxCpus = 4;

// A small, fast generator: xorshift.
class Random {
  public:
    explicit Random(uint64_t seed = 1) : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567) {
        Next();
        Next();
    }
    uint64_t Next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ * 0x2545f4914f6cdd1dull;
    }
    uint32_t Below(uint32_t limit) {
        return static_cast<uint32_t>((Next() >> 32) * limit >> 32);
    }
    bool Chance(uint32_t of) {
        return Below(of) == 0;
    }

  private:
    uint64_t state_;
};

// How it is decided who goes on.
struct Plan {
    uint64_t seed = 1;
    unsigned cpus = 2;
    bool by_priority = false;  // PCT: the most important CPU that can go on does; a few changes
    bool all_accesses = false; // every access to memory is a point, not only atomic ones
    uint32_t mean = 16;        // points between two decisions
};

// Errors that can be made on purpose, to see that they are found.
enum class Mistake {
    kNone,
    kNoLock,           // a lock is entered without waiting for its holder
    kNoAcknowledgment, // a flush does not wait for other CPUs
    kLostInterrupt,    // one of sixteen interrupts between CPUs is lost
    kMailedTwice,      // a task that is in a mailbox already is posted again
    kNoGrace,          // every CPU is taken to look at nothing
    kNoClaim,          // who ends a call takes it to be his, and leaves no sign of it
    kLateWord,         // who polls says that he can be claimed after he has looked again
    kNoToken,          // whoever wants the token of a stack of dying objects has it
    kRace,             // the world itself does something that nothing orders
};
extern Mistake mistake;

// What the fibers run, and whom they ask.
class Cpus {
  public:
    // One step in user mode of the CPU that this fiber is: `index`. Returns false if it has nothing
    // to do before the next round.
    virtual bool Step(unsigned index) = 0;
    // The CPU that Go was called for is between two steps of something long. It may pause.
    virtual void MayPause(unsigned index) {
        (void)index;
    }
    virtual ~Cpus() = default;
};

// Begins: CPU 0 runs `boot`, which is to call kernel_main, then whatever the others do.
void Begin(const Plan &plan, Cpus *cpus, void (*boot)());

// Lets all CPUs go on until every one of them has nothing to do and nothing is pending. While
// `alone`, another CPU gets its turn only when CPU 0 waits for it.
void RunUntilQuiet(bool alone);

// Lets one CPU go on until it has nothing to do, waits for an interrupt or pauses. Another one gets
// its turn only when this one waits for it, and may be left in the middle of something.
void Go(unsigned index);

// The CPU that runs stops here; Go returns. It goes on when it is its turn again.
void Pause();

// Whether it has nothing to do, or waits for an interrupt.
bool IsAtRest(unsigned index);

// After the last round.
void End();

// Whether the CPUs take turns; else they run at the same time.
extern const bool takes_turns;

// Points that have been passed since Begin, and how often another CPU went on.
uint64_t PointCount();
uint64_t SwitchCount();

// Which CPU runs, kMaxCpus outside of RunUntilQuiet.
unsigned Running();

// A point in user mode: somebody is making progress.
void UserPoint();

// An access of the kernel. `pc` is where.
void Point(const void *pc);
void PlainPoint(const void *pc);

// Prints what every CPU was about to do, and every switch if it has been recorded.
void PrintState();
extern bool keeps_trace;

// Ends the program because of a finding; the world says what it was (world.cc).
[[noreturn]] void Fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
[[noreturn]] void Report(const char *what);

} // namespace explore

#endif // HELIOS_TESTING_EXPLORE_ENGINE_H
