// SPDX-License-Identifier: GPL-3.0-only
//
// A small world for several CPUs: a few tasks that share CSpaces, address spaces, endpoints,
// notifications, pages and memory, and do with them what comes to their mind.
//
// What a program on a CPU does is told by generators of its own, so that the schedule decides
// nothing but the order. The world looks at the kernel only where a program could, but for the
// structures of the task that runs; the invariants are checked between rounds, when all is quiet.
#ifndef HELIOS_TESTING_EXPLORE_WORLD_H
#define HELIOS_TESTING_EXPLORE_WORLD_H

#include <atomic>
#include <cstdint>
#include <vector>

#include "arch/host/host.h"
#include "kernel/task.h"
#include "testing/explore/engine.h"

namespace explore {

// How much happens.
struct Size {
    unsigned tasks = 5;
    unsigned rounds = 4;
    unsigned steps = 16; // of a CPU in a round
};

class World : public Cpus {
  public:
    World(const Plan &plan, const Size &size);

    // Boots and makes everything: what CPU 0 does first.
    void Boot();

    bool Step(unsigned index) override;

    // Runs it all. Ends the program if something is wrong.
    void Run();

    // Prints what every task does, and what comes of it.
    static bool is_verbose;
    // System calls of all worlds.
    static std::atomic<uint64_t> calls;

  private:
    // What is known of a task's last system call.
    struct Actor {
        std::atomic<const task *> self{nullptr};
        Random random;
        uint64_t number = 0;     // of the system call
        uint32_t answers = 0;    // how many it had before
        bool is_waiting = false; // it has made it and not been seen again
        uint64_t sent = 0;       // what its last call said; 0: it was none
        uint64_t received = 0;   // what the last message that it has received said
    };

    struct Call {
        uint64_t number = 0, capability = 0;
        uint32_t label = 0, caps = 0, params = 0, flags = 0;
        uint64_t words[4] = {};
    };

    struct Cpu {
        std::atomic<unsigned> steps{0};             // left in this round
        std::atomic<const task *> current{nullptr}; // in user mode; NULL: in the kernel
        Random random;
    };

    void Setup();
    uint64_t Invoke(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                    const std::vector<uint64_t> &caps = {});
    uint64_t Make(unsigned type, uint64_t size = 0);
    void MakeTask(unsigned index);
    void Spread(unsigned slot, uint64_t capability, bool gives_original);
    void MapTables(uint64_t vspace);

    Actor &ActorOf(const task *task);
    void Check();
    void CheckAnswer(Actor &actor, const task *task);
    void CheckUser(unsigned index);
    void Enter(unsigned index, void (*how)(void *), void *context);
    void Interrupt(unsigned index);
    void Access(unsigned index, Random &random);
    void Make(unsigned index, const Call &call);
    void Act(unsigned index);

    Call Choose(Random &random, task *current, Actor &actor);
    Call Message(Random &random, task *current, Actor &actor);
    Call Poll(Random &random, task *current);
    bool OfReply(Random &random, task *current, Call *call);
    Call Talk(Random &random, task *current, Actor &actor);
    Call ComeAndGo(Random &random, task *current);
    Call OfDevice(Random &random, task *current);
    Call OfTask(Random &random, task *current);
    Call OfCSpace(Random &random, task *current);
    Call OfVSpace(Random &random, task *current);
    Call OfInterrupt(Random &random, task *current);
    Call OfMemory(Random &random, task *current);
    uint64_t Any(Random &random);

    Plan plan_;
    bool only_talks_;     // a quarter of all worlds
    bool comes_and_goes_; // an eighth: what is used is made and destroyed all the time
    Size size_;
    Random random_;
    task *init_ = nullptr;
    const object *root_ = nullptr; // init's largest Memory, which nothing ends
    uint64_t memory_ = 0;
    uint64_t device_ = 0; // where what kDevice names begins
    uint64_t spaces_[3] = {};
    uint64_t vspaces_[2] = {};
    uint64_t tasks_[8] = {};
    static constexpr unsigned kActors = 64;
    Actor actors_[kActors];
    Cpu cpus_[kMaxCpus];
    std::atomic<uint64_t> tokens_{0};
    std::vector<uint8_t> program_;
};

} // namespace explore

#endif // HELIOS_TESTING_EXPLORE_WORLD_H
