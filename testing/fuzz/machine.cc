// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/machine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "arch/include/interrupt.h"
#include "kernel/entry.h"
#include "kernel/sched.h"
#include "kernel/slab.h"
#include "testing/audit/audit.h"
#include "uapi/bootinfo.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"

namespace {

constexpr uint64_t kMemoryBits = 22; // 4 MiB for everybody
constexpr uint64_t kPoorBits = 15;   // 32 KiB: soon exhausted
constexpr uint64_t kSlotBits = 6;    // of a task's CSpace
constexpr uint32_t kLine = 5;        // an interrupt line that has a handler

constexpr unsigned kSpoiledOrder = 2;
constexpr int kSpoiled = 0xa5;

[[noreturn]] void Fail(const char *what, const std::string &why) {
    fprintf(stderr, "%s\nkernel console:\n%s\n%s: %s\n", "---", host_output(), what, why.c_str());
    abort();
}

} // namespace

uint64_t Machine::entries;
uint64_t Machine::calls;
uint64_t Machine::checks;

Machine::Machine(unsigned cpus, uint64_t seed) : cpus_(cpus) {
    host_cpu_count = cpus;
    host_reset();
    program_.resize(HOST_PROGRAM_SIZE);
    program_.resize(host_program(program_.data()));
    if (cpus == 1) {
        Boot();
        Setup();
    } else {
        static Machine *self;
        self = this;
        std::fill(is_inside_, is_inside_ + cpus, true);
        explore::Plan plan;
        plan.seed = seed;
        plan.cpus = cpus;
        explore::Begin(plan, this, [] {
            self->Boot();
            self->Setup();
        });
        explore::RunUntilQuiet(true);
        Settle();
    }
    Check("set-up");
}

Machine::~Machine() {
    host_smp = nullptr;
    host_cpu_count = 1;
    host_become(0);
}

void Machine::Boot() {
    helios_boot *boot = host_boot_create(program_.data(), program_.size());
    boot->framebuffer.base = 0x80000000;
    boot->framebuffer.length = 0x800000;
    host_exit how =
        host_run([](void *block) { kernel_main(static_cast<const helios_boot *>(block)); }, boot);
    if (how != HOST_RESUMED) {
        Fail("boot", "did not reach the root task");
    }
    init_ = host_percpu->current;
}

// Setting up. ------------------------------------------------------------------------------------

message_registers Machine::Call(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
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
        Fail("set-up", "a call was refused");
    }
    return init_->arch.result;
}

uint64_t Machine::CallForCap(uint64_t capability, uint32_t label, std::vector<uint64_t> params,
                             const std::vector<uint64_t> &caps) {
    Call(capability, label, std::move(params), caps);
    return init_->buffer->caps[0];
}

// A copy for each of the tasks' CSpaces.
void Machine::Give(uint64_t source, unsigned rights, uint64_t badge) {
    for (unsigned i = 0; i < 3; i++) {
        Call(cspaces_[i], HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, rights, badge}, {source});
    }
}

// A copy for the second and the third, the original for the first.
void Machine::GiveAway(uint64_t source) {
    for (unsigned i = 1; i < 3; i++) {
        Call(cspaces_[i], HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, 15, 0}, {source});
    }
    Call(HELIOS_INIT_CSPACE, HELIOS_CSPACE_MOVE, {source, HELIOS_CADDR_UNDEF}, {cspaces_[0]});
}

void Machine::MakeTask(unsigned index, uint64_t vspace) {
    uint64_t task = CallForCap(memory_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_TASK, 0, 1});
    uint64_t page = CallForCap(memory_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
    Call(task, HELIOS_TASK_CONFIGURE, {7}, {cspaces_[index % 3], vspace, page});
    Call(task, HELIOS_TASK_SET_NAME, {'0' + index, 0});
    tasks_[index] = task;
    GiveAway(page);
}

// Task 0 is init itself, which lives in the CSpace of task 1 from then on.
void Machine::Setup() {
    auto allocate = [this](helios_type type, uint64_t size = 0) {
        return CallForCap(memory_, HELIOS_MEMORY_ALLOCATE, {static_cast<uint64_t>(type), size, 1});
    };
    // init's largest Memory is the first that it finds.
    uint64_t root = HELIOS_INIT_FIRST;
    while (init_->cspace->slots[root].type != HELIOS_TYPE_MEMORY) {
        root++;
    }
    root_ = init_->cspace->slots[root].object;
    memory_ = root;
    memory_ = allocate(HELIOS_TYPE_MEMORY, kMemoryBits);
    for (uint64_t &cspace : cspaces_) {
        cspace = allocate(HELIOS_TYPE_CSPACE, kSlotBits);
    }
    uint64_t other = allocate(HELIOS_TYPE_VSPACE);
    uint64_t endpoints[] = {allocate(HELIOS_TYPE_ENDPOINT), allocate(HELIOS_TYPE_ENDPOINT)};
    uint64_t notifications[] = {allocate(HELIOS_TYPE_NOTIFICATION),
                                allocate(HELIOS_TYPE_NOTIFICATION)};
    uint64_t poor = allocate(HELIOS_TYPE_MEMORY, kPoorBits);
    uint64_t pool =
        CallForCap(HELIOS_INIT_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {memory_});
    uint64_t handler = CallForCap(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, {kLine, 0, 0});
    Call(handler, HELIOS_IRQ_HANDLER_BIND, {}, {notifications[0]});
    Call(handler, HELIOS_IRQ_HANDLER_ACK, {});
    uint64_t device = HELIOS_INIT_FIRST;
    while (init_->cspace->slots[device].type != HELIOS_TYPE_DEVICE_MEMORY) {
        device++;
    }
    Give(endpoints[0], 15, 0x11);
    Give(notifications[1], 15, 0x22);
    MakeTask(0, HELIOS_INIT_VSPACE);
    MakeTask(1, other);
    MakeTask(2, other);
    const unsigned tasks = 2 + cpus_; // from the fourth on nobody knows them
    for (unsigned i = 3; i < tasks; i++) {
        MakeTask(i, i % 2 != 0 ? other : HELIOS_INIT_VSPACE);
    }
    for (unsigned i = 0; i < tasks; i++) {
        Call(tasks_[i], HELIOS_TASK_CONFIGURE, {HELIOS_TASK_FAULT_ENDPOINT}, {endpoints[i % 2]});
        // Not above init: it goes on until it is done here.
        Call(tasks_[i], HELIOS_TASK_SET_PRIORITY, {i == 2 ? 31ull : 32ull, 40}, {HELIOS_INIT_TASK});
    }
    for (unsigned i = 0; i < tasks; i++) { // then another CPU may have it
        Call(tasks_[i], HELIOS_TASK_RESUME, {});
    }
    Call(HELIOS_INIT_TASK, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_FAULT_ENDPOINT}, {endpoints[0]});
    for (uint64_t capability :
         {poor, other, endpoints[0], endpoints[1], notifications[0], notifications[1], pool,
          handler, device, tasks_[0], tasks_[1], tasks_[2], memory_}) {
        GiveAway(capability);
    }
    for (uint64_t capability :
         {HELIOS_INIT_TASK, HELIOS_INIT_VSPACE, HELIOS_INIT_IRQ_CONTROL, HELIOS_INIT_ASID_CONTROL,
          HELIOS_INIT_IO_CONTROL, HELIOS_INIT_CSPACE}) {
        Give(capability);
    }
    for (unsigned i = 0; i < 3; i++) {
        Give(cspaces_[i]);
    }
    Call(HELIOS_INIT_TASK, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_CSPACE}, {cspaces_[0]});
}

// Steps. -----------------------------------------------------------------------------------------

void Machine::Check(const char *what) {
    if (cpus_ > 1 && !IsQuiet()) {
        return;
    }
    checks++;
    std::string problem = cpus_ == 1 ? audit_machine(host_percpu, root_) : audit_cpus(root_);
    if (!problem.empty()) {
        Fail(what, problem);
    }
    CheckUser(what);
    Spoil(reinterpret_cast<const struct memory *>(root_));
}

// What is free is overwritten: who still uses it will be noticed, and what is handed out has to be
// cleared. Large blocks are left out for speed; things that come and go are small.
void Machine::Spoil(const struct memory *memory) {
    for (uint64_t at = 0; at < memory->frame_count;) {
        const frame *frame = memory->frames + at;
        const struct memory *owner = frame->object.owner;
        if (owner != memory) {
            while (owner->object.owner != memory) {
                owner = owner->object.owner;
            }
            Spoil(owner);
            at += owner->frame_count;
            continue;
        }
        auto *block = static_cast<uint8_t *>(arch_direct(frame_physical(frame)));
        bool is_free = frame_use(frame) == FRAME_FREE || frame_use(frame) == FRAME_CACHED;
        if (is_free && frame->object.order <= kSpoiledOrder) {
            memset(block, kSpoiled, 4096ull << frame->object.order);
        } else if (frame_use(frame) == FRAME_SLAB) {
            size_t size = 1ull << slab_shift(static_cast<slab_class>(frame->object.type));
            for (size_t i = 0; i < 4096 / size; i++) {
                if ((slab_used(frame) >> i & 1) == 0) {
                    memset(block + i * size, kSpoiled, size);
                }
            }
        }
        at += 1ull << frame->object.order;
    }
}

void Machine::EnterSyscall(void *context) {
    auto *entry = static_cast<Entry *>(context);
    host_percpu->arch_current->is_short = true;
    const uint64_t *p = entry->params;
    entry->resumed =
        kernel_syscall(entry->capability, entry->tag, p[0], p[1], p[2], p[3], entry->number);
}

void Machine::EnterFault(void *context) {
    auto *entry = static_cast<Entry *>(context);
    host_percpu->arch_current->is_short = false;
    entry->resumed = kernel_user_fault(&entry->cause);
}

void Machine::EnterFpuTrap(void *context) {
    host_percpu->arch_current->is_short = false;
    static_cast<Entry *>(context)->resumed = kernel_fpu_trap();
}

// Whatever is pending. The only CPU goes on looking for somebody to run if it idles.
void Machine::EnterInterrupt(void *context) {
    auto *entry = static_cast<Entry *>(context);
    if (host_percpu->current == nullptr) {
        entry->resumed = sched_resume(nullptr);
        return;
    }
    entry->resumed = host_percpu->arch_current;
    uint32_t irq = arch_interrupt_take();
    if (irq != ARCH_IRQ_NONE) {
        host_percpu->arch_current->is_short = false;
        entry->resumed = kernel_interrupt(irq);
    }
}

// Into the kernel, and out of it.
void Machine::Perform(Entry *entry) {
    entries++;
    host_exit how = host_run(entry->enter, entry);
    entry->enter = nullptr;
    if (how == HOST_HALTED) {
        if (strstr(host_output(), "PANIC") != nullptr) {
            Fail(entry->what, "the kernel stopped");
        }
        runs_ = false;
        return;
    }
    if (how == HOST_RETURNED &&
        (entry->resumed == nullptr || entry->resumed != host_percpu->arch_current)) {
        Fail(entry->what, "goes on with another task than the current one");
    }
    if (how == HOST_IDLE && host_percpu->current != nullptr) {
        Fail(entry->what, "idles with a current task");
    }
    // Who goes on at once has its answer.
    const struct task *current = host_percpu->current;
    if (current != nullptr && current == entry->caller && current->arch.is_short &&
        current->arch.result_count == entry->answers) {
        Fail(entry->what, "comes back without an answer");
    }
}

void Machine::Run(const Entry &entry) {
    if (cpus_ == 1) {
        entries_[0] = entry;
        Perform(&entries_[0]);
    } else {
        if (!is_inside_[cpu_]) {
            entries_[cpu_] = entry;
        }
        GoOn(cpu_);
    }
    if (runs_) {
        Check(entry.what);
    }
}

void Machine::Syscall(uint64_t number, uint64_t capability, uint64_t tag,
                      const uint64_t params[4]) {
    struct task *caller = Current();
    calls++;
    Entry entry = {EnterSyscall, "system call", number, capability, tag};
    std::copy_n(params, 4, entry.params);
    entry.caller = caller;
    entry.answers = caller->arch.result_count;
    if (is_verbose) {
        fprintf(stderr, "%u %s: syscall %lu capability %lu tag %lx params %lx %lx %lx\n", cpu_,
                caller->name, number, capability, tag, params[0], params[1], params[2]);
    }
    Run(entry);
    if (is_verbose && runs_) {
        fprintf(stderr, "  -> %s: tag %lx params %lx %lx %lx\n",
                is_inside_[cpu_]       ? "in the kernel"
                : Current() != nullptr ? Current()->name
                                       : "idle",
                caller->arch.result.tag, caller->arch.result.params[0],
                caller->arch.result.params[1], caller->arch.result.params[2]);
    }
}

void Machine::Fault(unsigned kind, uint64_t address) {
    Entry entry = {EnterFault, "fault"};
    entry.cause = {static_cast<fault_kind>(kind), address, Current()->arch.registers[0], 0};
    if (is_verbose) {
        fprintf(stderr, "%u %s: fault %u at %lx\n", cpu_, Current()->name, kind, address);
    }
    Run(entry);
}

void Machine::FpuTrap() {
    if (!host_percpu->fpu_open) { // it may have access
        Run({EnterFpuTrap, "FP trap"});
    }
}

void Machine::Wait(uint64_t ticks) {
    host_counter += ticks;
    if (is_verbose) {
        fprintf(stderr, "%u: time passes: %lu\n", cpu_, ticks);
    }
    Run({EnterInterrupt, "timer"});
}

void Machine::Interrupt(uint32_t irq, bool at_once) {
    host_irq_pend(irq);
    if (is_verbose) {
        fprintf(stderr, "%u: interrupt %u\n", cpu_, irq);
    }
    if (at_once) {
        Run({EnterInterrupt, "interrupt"});
    }
}
