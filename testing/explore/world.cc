// SPDX-License-Identifier: GPL-3.0-only
#include "testing/explore/world.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "arch/include/interrupt.h"
#include "kernel/cspace.h"
#include "kernel/entry.h"
#include "kernel/smp.h"
#include "testing/audit/audit.h"
#include "testing/explore/places.h"
#include "uapi/bootinfo.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"

namespace explore {

namespace {

constexpr unsigned kPatience = 100000; // turns

constexpr uint64_t kFreeMemory = 2ull << 20;
constexpr uint64_t kMemoryBits = 20; // what everything is made of
constexpr uint64_t kPoorBits = 15;   // soon exhausted
constexpr uint64_t kSlotBits = 6;

unsigned long Long(uint64_t value) {
    return static_cast<unsigned long>(value);
}

} // namespace

bool World::is_verbose;
std::atomic<uint64_t> World::calls;

World::World(const Plan &plan, const Size &size)
    : plan_(plan), only_talks_(plan.seed % 4 == 1), comes_and_goes_(plan.seed % 8 == 3),
      size_(size), random_(plan.seed), program_(HOST_PROGRAM_SIZE) {
    for (unsigned i = 0; i < kMaxCpus; i++) {
        cpus_[i].random = Random(plan.seed * 31 + i);
    }
}

// Setting up. ------------------------------------------------------------------------------------

uint64_t World::Invoke(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                       const std::vector<uint64_t> &caps) {
    auto count = static_cast<uint32_t>(params.size());
    params.resize(4);
    helios_ipc_buffer *buffer = init_->buffer;
    std::copy(caps.begin(), caps.end(), buffer->caps);
    std::fill(buffer->receive, buffer->receive + HELIOS_MAX_CAPS, HELIOS_CADDR_UNDEF);
    buffer->receive_count = HELIOS_MAX_CAPS;
    uint64_t tag = helios_tag(label, static_cast<uint32_t>(caps.size()), count, 0);
    arch_task *resumed = nullptr;
    host_syscall(HELIOS_SYS_CALL, capability, tag, params.data(), &resumed);
    if (resumed != &init_->arch || helios_tag_label(init_->arch.result.tag) != HELIOS_OK) {
        Fail("set-up: a call was refused: %lx: %lx", Long(init_->arch.result.tag),
             Long(init_->arch.result.params[0]));
    }
    return helios_tag_caps(init_->arch.result.tag) != 0 ? buffer->caps[0]
                                                        : init_->arch.result.params[0];
}

uint64_t World::Make(unsigned type, uint64_t size) {
    return Invoke(memory_, HELIOS_MEMORY_ALLOCATE, {type, size, 1});
}

// Everybody gets it at this place.
void World::Spread(unsigned slot, uint64_t capability, bool gives_original) {
    for (unsigned i = gives_original ? 1 : 0; i < 3; i++) {
        Invoke(spaces_[i], HELIOS_CSPACE_COPY, {slot, HELIOS_RIGHT_ALL, 0}, {capability});
    }
    if (gives_original) {
        Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_MOVE, {capability, slot}, {spaces_[0]});
    }
}

void World::MapTables(uint64_t vspace) {
    for (unsigned type = HELIOS_TYPE_TABLE_2; type >= HELIOS_TYPE_TABLE_0; type--) {
        Invoke(vspace, HELIOS_VSPACE_MAP, {kWindow, 0}, {Make(type)});
    }
}

void World::MakeTask(unsigned index) {
    uint64_t task = Make(HELIOS_TYPE_TASK);
    uint64_t page = Make(HELIOS_TYPE_PAGE);
    // Two of three share a CSpace, and half of them an address space.
    uint64_t space = spaces_[only_talks_ || comes_and_goes_ ? 0 : random_.Below(3)];
    uint64_t vspace = vspaces_[random_.Below(2)];
    Invoke(task, HELIOS_TASK_CONFIGURE, {7}, {space, vspace, page});
    Invoke(task, HELIOS_TASK_SET_NAME, {'0' + index, 0});
    // Not above init, which goes on until it is done here.
    Invoke(task, HELIOS_TASK_SET_PRIORITY, {30 + random_.Below(3), 40}, {HELIOS_INIT_TASK});
    tasks_[index] = task;
}

void World::Setup() {
    uint64_t root = HELIOS_INIT_FIRST;
    while (init_->cspace->slots[root].type != HELIOS_TYPE_MEMORY) {
        root++;
    }
    root_ = init_->cspace->slots[root].object;
    memory_ = root;
    memory_ = Make(HELIOS_TYPE_MEMORY, kMemoryBits);
    for (uint64_t &space : spaces_) {
        space = Make(HELIOS_TYPE_CSPACE, kSlotBits);
    }
    uint64_t pool = Invoke(HELIOS_INIT_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {memory_});
    for (uint64_t &vspace : vspaces_) {
        vspace = Make(HELIOS_TYPE_VSPACE);
        MapTables(vspace);
        if (random_.Below(4) != 0) {
            Invoke(pool, HELIOS_ASID_POOL_ASSIGN, {}, {vspace});
        }
    }
    for (unsigned i = 0; i < size_.tasks; i++) {
        MakeTask(i);
    }
    for (unsigned i = 0; i < 3; i++) {
        Spread(kSpace + i, spaces_[i], false);
    }
    for (unsigned i = 0; i < 2; i++) {
        Spread(kVspace + i, vspaces_[i], false);
        Spread(kEndpoint + i, Make(HELIOS_TYPE_ENDPOINT), random_.Chance(2));
        Spread(kNotification + i, Make(HELIOS_TYPE_NOTIFICATION), random_.Chance(2));
    }
    Spread(kPoor, Make(HELIOS_TYPE_MEMORY, kPoorBits), random_.Chance(2));
    Spread(kMemory, memory_, false);
    for (unsigned i = 0; i < kPages; i++) {
        uint64_t page = Make(HELIOS_TYPE_PAGE);
        Invoke(vspaces_[i % 2], HELIOS_VSPACE_MAP, {kWindow + i * 4096, 0}, {page});
        Spread(kPage + i, page, random_.Chance(2));
    }
    Spread(kTable, Make(HELIOS_TYPE_TABLE_0), false);
    Spread(kTable + 1, pool, false);
    Spread(kAsidControl, HELIOS_INIT_ASID_CONTROL, false);
    Spread(kIrqControl, HELIOS_INIT_IRQ_CONTROL, false);
    uint64_t device = HELIOS_INIT_FIRST;
    while (init_->cspace->slots[device].type != HELIOS_TYPE_DEVICE_MEMORY) {
        device++;
    }
    device_ = Invoke(device, HELIOS_DEVICE_MEMORY_QUERY, {});
    Spread(kDevice, device, false);
    for (unsigned i = 0; i < size_.tasks; i++) {
        Invoke(tasks_[i], HELIOS_TASK_RESUME, {});
    }
    for (unsigned i = 0; i < size_.tasks; i++) {
        Spread(kTask + i, tasks_[i], random_.Chance(2));
    }
}

void World::Boot() {
    helios_boot *boot = host_boot_create(program_.data(), program_.size());
    boot->console.kind = HELIOS_CONSOLE_NONE; // nobody has to be waited for
    boot->framebuffer.base = 0xfd000000;      // a device
    boot->framebuffer.length = 1 << 16;
    host_exit how =
        host_run([](void *block) { kernel_main(static_cast<const helios_boot *>(block)); }, boot);
    if (how != HOST_RESUMED) {
        Fail("boot: did not reach the root task");
    }
    init_ = host_percpu->current;
    Setup();
    // The last of init: who kills its tasks does not stop the machine.
    arch_task *resumed = nullptr;
    const uint64_t params[4] = {};
    host_syscall(HELIOS_SYS_CALL, HELIOS_INIT_TASK, helios_tag(HELIOS_TASK_SUSPEND, 0, 0, 0),
                 params, &resumed);
}

// Checking. --------------------------------------------------------------------------------------

// The last one is shared by all tasks for which there is no other.
World::Actor &World::ActorOf(const task *task) {
    for (unsigned i = 0; i + 1 < kActors; i++) {
        Actor &actor = actors_[i];
        const struct task *known = actor.self.load(std::memory_order_relaxed);
        if (known == nullptr &&
            actor.self.compare_exchange_strong(known, task, std::memory_order_relaxed)) {
            actor.random = Random(plan_.seed * 131 + i);
            return actor;
        }
        if (known == task) {
            return actor;
        }
    }
    return actors_[kActors - 1];
}

void World::Check() {
    if (!takes_turns) {
        return; // what is quiet is hard to tell without ordering it
    }
    std::string problem = audit_cpus(root_);
    if (!problem.empty()) {
        Report(problem.c_str());
    }
}

// The task runs again after a system call: it has an answer, which fits.
void World::CheckAnswer(Actor &actor, const task *task) {
    if (!actor.is_waiting) {
        return;
    }
    actor.is_waiting = false;
    const arch_task &arch = task->arch;
    bool receives = actor.number == HELIOS_SYS_RECV || actor.number == HELIOS_SYS_NBRECV;
    actor.received = receives ? 0 : actor.received;
    if (!arch.is_short) {
        return; // somebody has written its registers
    }
    // A long operation whose answer is ready may be cancelled all the same: that makes two.
    if (arch.result_count == actor.answers) {
        Fail("task %p goes on without an answer", static_cast<const void *>(task));
    }
    const message_registers &result = arch.result;
    if (is_verbose) {
        fprintf(stderr, "  %s: CPU %u: label %u, words %lx %lx %lx\n", task->name,
                host_percpu->index, helios_tag_label(result.tag), Long(result.params[0]),
                Long(result.params[1]), Long(result.params[2]));
    }
    uint32_t flags = helios_tag_flags(result.tag);
    bool is_message =
        receives && (flags & (HELIOS_FLAG_ERROR | HELIOS_FLAG_NOTIFIED | HELIOS_FLAG_FAULT)) == 0;
    if (is_message && helios_tag_params(result.tag) == 4) {
        actor.received = result.params[0];
        for (unsigned i = 1; i < 4; i++) {
            if (result.params[i] != Shadow(actor.received, i)) {
                Fail("task %p received a torn message", static_cast<const void *>(task));
            }
        }
    }
    // Who is answered gets the answer to what it has asked.
    bool is_answer =
        actor.sent != 0 && helios_tag_params(result.tag) == 2 && helios_tag_label(result.tag) == 77;
    if (is_answer && result.params[0] != 0 &&
        (result.params[0] != actor.sent || result.params[1] != Shadow(actor.sent, 7))) {
        Fail("task %p asked %lx and was answered %lx", static_cast<const void *>(task),
             Long(actor.sent), Long(result.params[0]));
    }
}

// The CPU is in user mode.
void World::CheckUser(unsigned index) {
    const task *current = host_percpu->current;
    for (unsigned i = 0; i < plan_.cpus; i++) {
        if (i != index && cpus_[i].current.load(std::memory_order_relaxed) == current) {
            Fail("task %p runs on CPUs %u and %u", static_cast<const void *>(current), i, index);
        }
    }
    if (current->cpu != index) {
        Fail("CPU %u runs a task of CPU %u", index, current->cpu);
    }
}

// Steps. -----------------------------------------------------------------------------------------

void World::Enter(unsigned index, void (*how)(void *), void *context) {
    cpus_[index].current.store(nullptr, std::memory_order_relaxed);
    host_exit exit = host_run(how, context);
    if (exit == HOST_IDLE) {
        return; // it is over
    }
    // Another CPU that ends the kernel says why when this one has stopped.
    for (unsigned i = 0; exit == HOST_HALTED && *host_output() == '\0' && i < kPatience; i++) {
        host_smp->relax();
    }
    if (exit != HOST_RETURNED) {
        Report(strstr(host_output(), "PANIC") != nullptr ? "the kernel stopped"
                                                         : "no task is left");
    }
    if (host_percpu->current == nullptr) {
        Report("the kernel returned to nobody");
    }
}

void World::Interrupt(unsigned index) {
    if (!host_has_pending()) {
        return;
    }
    Enter(
        index,
        [](void *) {
            uint32_t irq = arch_interrupt_take();
            host_percpu->arch_current->is_short = false;
            kernel_interrupt(irq);
        },
        nullptr);
}

void World::Access(unsigned index, Random &random) {
    if (!takes_turns) {
        return; // who else is in the kernel, and since when?
    }
    uint64_t address = kWindow + random.Below(kPages) * 4096ull;
    if (host_access_memory(address) != HOST_ACCESS_STALE) {
        return;
    }
    for (unsigned i = 0; i < plan_.cpus; i++) {
        if (i != index && cpus_[i].current == nullptr && percpu_get(i)->is_idle == 0) {
            return; // it may be about to flush
        }
    }
    Fail("CPU %u reaches memory at 0x%lx by a translation that has been taken back", index,
         Long(address));
}

void World::Make(unsigned index, const Call &call) {
    struct Entry {
        const Call *call;
    } entry = {&call};
    calls.fetch_add(1, std::memory_order_relaxed);
    Enter(
        index,
        [](void *context) {
            const Call &call = *static_cast<Entry *>(context)->call;
            const uint64_t *p = call.words;
            host_percpu->arch_current->is_short = true;
            kernel_syscall(call.capability,
                           helios_tag(call.label, call.caps, call.params, call.flags), p[0], p[1],
                           p[2], p[3], call.number);
        },
        &entry);
}

void World::Act(unsigned index) {
    task *current = host_percpu->current;
    Actor &actor = ActorOf(current);
    helios_ipc_buffer *buffer = current->buffer;
    if (buffer != nullptr) {
        std::fill(buffer->receive, buffer->receive + 4, HELIOS_CADDR_UNDEF);
        buffer->receive_count = 4;
        buffer->deadline = (Now() + actor.random.Below(4000)) * 1000000;
    }
    actor.sent = 0;
    Call call = Choose(actor.random, current, actor);
    actor.number = call.number;
    actor.answers = current->arch.result_count;
    actor.is_waiting = true;
    if (is_verbose) {
        fprintf(stderr,
                "%s: CPU %u: call %lu of %lu, label %u caps %u params %u flags %x: %lx %lx %lx\n",
                current->name, index, Long(call.number), Long(call.capability), call.label,
                call.caps, call.params, call.flags, Long(call.words[0]), Long(call.words[1]),
                Long(call.words[2]));
    }
    Make(index, call);
}

bool World::Step(unsigned index) {
    Cpu &cpu = cpus_[index];
    task *current = host_percpu->current;
    if (current == nullptr) {
        // After boot: nobody is current until the first interrupt.
        Enter(index, [](void *) { kernel_interrupt(ARCH_IRQ_IPI); }, nullptr);
        current = host_percpu->current;
    }
    cpu.current.store(current, std::memory_order_relaxed);
    CheckUser(index);
    CheckAnswer(ActorOf(current), current);
    // An interrupt may take a while to come.
    if (host_has_pending() && (cpu.steps == 0 || cpu.random.Below(3) != 0)) {
        Interrupt(index);
        return true;
    }
    if (cpu.steps == 0) {
        return false;
    }
    cpu.steps--;
    if (cpu.random.Chance(8)) {
        host_irq_pend(kFirstLine + cpu.random.Below(kLines));
    }
    if (mistake == Mistake::kRace) {
        static volatile unsigned shared;
        shared = shared + 1;
    }
    for (unsigned i = cpu.random.Below(3); i > 0; i--) {
        Access(index, cpu.random);
    }
    Act(index);
    return true;
}

// Time passes up to the first timer, if somebody waits for one.
static bool SkipToTimer(unsigned cpus) {
    uint64_t first = 0;
    for (unsigned i = 0; i < cpus; i++) {
        uint64_t timer = __atomic_load_n(&host_cpus[i].record.timer, __ATOMIC_RELAXED);
        first = timer != 0 && (first == 0 || timer < first) ? timer : first;
    }
    if (first == 0 || first == ~0ull) {
        return false;
    }
    if (Now() < first) {
        __atomic_store_n(&host_counter, first, __ATOMIC_RELAXED);
    }
    return true;
}

void World::Run() {
    static World *self;
    self = this;
    host_free_memory_size = kFreeMemory;
    host_cpu_count = plan_.cpus;
    host_reset();
    host_counter = 0;
    program_.resize(host_program(program_.data()));
    Begin(plan_, this, [] { self->Boot(); });
    RunUntilQuiet(true);
    for (unsigned round = 0; round < size_.rounds; round++) {
        for (Cpu &cpu : cpus_) {
            cpu.steps = size_.steps;
        }
        RunUntilQuiet(false);
        Check();
        if (random_.Chance(2) && SkipToTimer(plan_.cpus)) {
            RunUntilQuiet(false);
            Check();
        }
    }
    End();
}

} // namespace explore
