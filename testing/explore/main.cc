// SPDX-License-Identifier: GPL-3.0-only
//
// ./bazel run //testing/explore -- --seeds=100000 --first=1 --cpus=2: so many small worlds, each
// with another order of events. A finding names its seed; with --first=SEED --seeds=1 --trace
// --verbose it happens again, with every switch and every system call. Addresses are for
// llvm-symbolizer.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "testing/explore/engine.h"
#include "testing/explore/world.h"

namespace explore {

namespace {

struct Options {
    uint64_t seeds = 1000, first = 1;
    unsigned cpus = 0; // 0: two to four, as the seed says
    uint64_t seconds = 0;
    bool expects_finding = false;
    Size size;
};

Options options;
Plan plan;
uint64_t runs, points, switches;
double began;

double Now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

bool Matches(const char *argument, const char *name, uint64_t *value) {
    size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0 || argument[length] != '=') {
        return false;
    }
    *value = strtoull(argument + length + 1, nullptr, 10);
    return true;
}

bool TakeFlag(const char *argument) {
    static const struct {
        const char *name;
        Mistake mistake;
    } mistakes[] = {
        {"--mistake=lock", Mistake::kNoLock},
        {"--mistake=acknowledgment", Mistake::kNoAcknowledgment},
        {"--mistake=interrupt", Mistake::kLostInterrupt},
        {"--mistake=mail", Mistake::kMailedTwice},
        {"--mistake=grace", Mistake::kNoGrace},
        {"--mistake=claim", Mistake::kNoClaim},
        {"--mistake=token", Mistake::kNoToken},
        {"--mistake=word", Mistake::kLateWord},
        {"--mistake=race", Mistake::kRace},
    };
    for (const auto &known : mistakes) {
        if (strcmp(argument, known.name) == 0) {
            mistake = known.mistake;
            options.expects_finding = true;
            return true;
        }
    }
    bool is_verbose = strcmp(argument, "--verbose") == 0;
    bool has_trace = strcmp(argument, "--trace") == 0;
    World::is_verbose = World::is_verbose || is_verbose;
    keeps_trace = keeps_trace || has_trace;
    return is_verbose || has_trace;
}

bool Take(const char *argument) {
    uint64_t value = 0;
    if (Matches(argument, "--seeds", &options.seeds) ||
        Matches(argument, "--first", &options.first) ||
        Matches(argument, "--seconds", &options.seconds)) {
        return true;
    }
    if (Matches(argument, "--cpus", &value)) {
        options.cpus = static_cast<unsigned>(value);
        return value >= 1 && value <= kMaxCpus;
    }
    if (Matches(argument, "--steps", &value)) {
        options.size.steps = static_cast<unsigned>(value);
        return true;
    }
    if (Matches(argument, "--rounds", &value)) {
        options.size.rounds = static_cast<unsigned>(value);
        return true;
    }
    if (Matches(argument, "--tasks", &value)) {
        options.size.tasks = static_cast<unsigned>(value);
        return value >= 1 && value <= 8;
    }
    return TakeFlag(argument);
}

// What a seed stands for.
Plan PlanOf(uint64_t seed) {
    static const uint32_t means[] = {2, 8, 32, 128};
    Random random(seed * 7 + 3);
    Plan made;
    made.seed = seed;
    made.cpus = options.cpus != 0 ? options.cpus : 2 + random.Below(kMaxCpus - 1);
    made.by_priority = random.Chance(3);
    made.all_accesses = random.Chance(3);
    made.mean = means[random.Below(4)] * (made.all_accesses ? 8 : 1);
    return made;
}

void PrintTotals() {
    double seconds = Now() - began;
    printf("%lu seeds, %lu system calls, %lu points, %lu switches in %.1f s (%.0f seeds/s)\n", runs,
           World::calls.load(), points, switches, seconds, static_cast<double>(runs) / seconds);
}

int Main(int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        if (!Take(arguments[i])) {
            fprintf(stderr, "unknown: %s\n", arguments[i]);
            return 2;
        }
    }
    began = Now();
    for (uint64_t i = 0; i < options.seeds; i++) {
        plan = PlanOf(options.first + i);
        World world(plan, options.size);
        world.Run();
        runs++;
        points += PointCount();
        switches += SwitchCount();
        if (options.seconds != 0 && Now() - began >= static_cast<double>(options.seconds)) {
            break;
        }
    }
    PrintTotals();
    if (options.expects_finding) {
        fprintf(stderr, "a mistake has been made, and nobody has found it\n");
    }
    return options.expects_finding ? 1 : 0;
}

} // namespace

void Fail(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    Report(line);
}

void Report(const char *what) {
    fprintf(stderr, "FINDING: seed %lu with %u CPUs%s%s, mean %u: %s\n", plan.seed, plan.cpus,
            plan.by_priority ? ", by priority" : "", plan.all_accesses ? ", all accesses" : "",
            plan.mean, what);
    if (host_output()[0] != '\0') {
        fprintf(stderr, "kernel console:\n%s\n", host_output());
    }
    PrintState();
    PrintTotals();
    fflush(nullptr);
    _Exit(options.expects_finding ? 0 : 1);
}

} // namespace explore

int main(int count, char **arguments) {
    return explore::Main(count, arguments);
}
