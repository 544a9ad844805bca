// SPDX-License-Identifier: GPL-3.0-only
//
// libFuzzer drives random sequences of system calls by several tasks against the portable kernel,
// with the invariants checked after each.
//
// An input is a row of records of 16 bytes, one step each. So that mutations reach deep, a record
// is read with the current task's CSpace at hand: a byte chooses among the capabilities that are
// there, another among the invocations of that type, and the counts in the tag are those that this
// invocation takes. High values of a byte spoil exactly these choices.
//
// For several CPUs (HELIOS_FUZZ_SMP) the last byte of a record says also whose step it is, where
// that pauses, and what comes before and after it; the first byte of all, how many CPUs there are.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernel/frame.h"
#include "kernel/vspace.h"
#include "testing/fuzz/invocations.h"
#include "testing/fuzz/machine.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"

namespace {

constexpr size_t kRecord = 16;

// Values that are worth trying anywhere.
uint64_t Strange(uint8_t byte) {
    static const uint64_t values[] = {~0ull,
                                      1ull << 63,
                                      1ull << 32,
                                      ARCH_USER_TOP,
                                      ARCH_USER_TOP - 4096,
                                      ARCH_USER_TOP - 8192,
                                      1ull << 47,
                                      0xffff800000000000,
                                      64,
                                      63,
                                      1ull << 39,
                                      1ull << 30,
                                      1ull << 21,
                                      4096,
                                      4095,
                                      0};
    return values[byte % 16];
}

class Driver {
  public:
    explicit Driver(Machine *machine) : machine_(machine) {
    }

    void Step(const uint8_t *record) {
        // Reading beyond the end of a record finds zeroes.
        uint8_t padded[2 * kRecord] = {};
        memcpy(padded, record, kRecord);
        record_ = padded;
        at_ = padded;
        if (machine_->CpuCount() > 1) {
            Side();
        }
        if (machine_->Runs()) {
            OneOf(Byte());
        }
        if (machine_->CpuCount() > 1 && (record_[15] & 0x10) != 0) {
            machine_->Settle();
        }
    }

  private:
    void OneOf(uint8_t kind) {
        if (machine_->Current() == nullptr) {
            Idle();
            return;
        }
        Buffer();
        switch (kind % 16) {
        case 0:
            Raw();
            break;
        case 1:
            Scribble();
            break;
        case 2:
            Time();
            break;
        case 3:
            Exception();
            break;
        case 4:
        case 5:
        case 6:
            Message();
            break;
        case 7:
            Reply();
            break;
        case 8:
            Notification();
            break;
        case 9:
            Poll();
            break;
        case 10:
            Simple();
            break;
        case 11:
        case 12:
            Several();
            break;
        default:
            Invoke();
        }
    }

    // Whose step it is. What others have asked of that CPU comes first, or later; its program has
    // reached for memory.
    void Side() {
        static const unsigned pauses[] = {0, 0, 1, 3};
        uint8_t how = record_[15];
        machine_->Be(how % 4u % machine_->CpuCount(), pauses[how / 4 % 4]);
        if ((how & 0x20) == 0 && machine_->HasPending()) {
            machine_->TakePending();
        }
        for (unsigned i = 0; i < 256; i++) {
            machine_->Access(Value('a', static_cast<uint8_t>(record_[9] + i)));
        }
    }

    uint8_t Byte() {
        return *at_++;
    }

    // The capability that a byte chooses among those of a kind in the current task's CSpace.
    uint64_t Capability(char kind, uint8_t byte) {
        const struct task *task =
            machine_->Current(); // a step of several calls can end with nobody
        return SlotIn(task != nullptr ? task->cspace : nullptr, kind, byte);
    }

    static uint64_t SlotIn(const cspace *space, char kind, uint8_t byte) {
        if (byte >= 0xf8 || space == nullptr) {
            return byte % 8 == 7 ? ~0ull : byte % 64;
        }
        uint64_t count = std::min<uint64_t>(space->slot_count, 256);
        std::vector<uint64_t> found;
        for (uint64_t i = 0; i < count; i++) {
            if (fuzz_matches(kind, space->slots[i].type)) {
                found.push_back(i);
            }
        }
        return found.empty() ? byte % 64 : found[byte % found.size()];
    }

    static uint64_t Value(char meaning, uint8_t byte, const cspace *invoked = nullptr) {
        if (byte >= 0xf0) {
            return Strange(byte);
        }
        switch (meaning) {
        case 's':
            return invoked != nullptr ? SlotIn(invoked, '*', byte) : byte % 64;
        case 'd':
            return byte < 0x80 ? HELIOS_CADDR_UNDEF : byte % 64;
        case 'r':
            return byte % 16;
        case 'b':
            return byte < 0xa0 ? 0 : byte;
        case 'y':
        case 'a': // two top tables, four tables of the next level ...
            return static_cast<uint64_t>(byte & 3) << 12 |
                   static_cast<uint64_t>(byte >> 2 & 3) << 21 |
                   static_cast<uint64_t>(byte >> 4 & 3) << 30 |
                   static_cast<uint64_t>(byte >> 6 & 1) << 39 |
                   (byte >> 7 != 0 ? 0x3fc0010000ull : 0);
        case 'l':
        case 'i':
        case 'u':
            return byte % 4;
        case 'k':
            return byte % 16;
        case 'f':
            return byte < 0xc0 ? byte % 4 : byte % 16;
        case 'o':
            return static_cast<uint64_t>(byte) << 6;
        case 't':
            return byte % 2 == 0 ? 1 + byte / 2 % 11 : HELIOS_TYPE_PAGE;
        case 'z': // most objects have none, a CSpace or a Memory something
            return byte < 0x80 ? byte % 4 : byte % 32;
        case 'c':
            return byte < 0xc0 ? 1 + byte % 3 : byte % 40;
        case 'q':
        case 'w':
            return byte;
        default: // itself
            return static_cast<uint64_t>(meaning - '0');
        }
    }

    // What a task may have written into its buffer before any step.
    void Buffer() {
        helios_ipc_buffer *buffer = machine_->Current()->buffer;
        uint8_t how = record_[14];
        if (buffer == nullptr) {
            return;
        }
        std::fill(buffer->receive, buffer->receive + HELIOS_MAX_CAPS, HELIOS_CADDR_UNDEF);
        buffer->receive_count = how < 0xc0 ? HELIOS_MAX_CAPS : how % 3;
        if (how >= 0xe0) {
            buffer->receive[how % 3] = record_[13] % 80;
        }
        buffer->deadline = host_counter * 1000000 + static_cast<uint64_t>(record_[13]) * 500000;
        // What comes in the middle of the next call, if that is long.
        if ((record_[15] & 0x80) != 0) {
            machine_->Interrupt(5, false);
        }
        if ((record_[15] & 0x40) != 0 && host_counter < host_record.timer) {
            host_counter = host_record.timer;
        }
    }

    void Call(uint64_t number, uint64_t capability, uint32_t label, const char *caps,
              const char *params, uint32_t flags) {
        helios_ipc_buffer *buffer = machine_->Current()->buffer;
        uint64_t registers[4] = {};
        auto count = static_cast<uint32_t>(strlen(params));
        if (count > 0 && params[count - 1] == 'x') {
            count += ARCH_REGISTER_COUNT - 1;
        }
        auto cap_count = static_cast<uint32_t>(strlen(caps));
        const slot *slot = cspace_slot(machine_->Current()->cspace, capability);
        const cspace *invoked = slot != nullptr && slot->type == HELIOS_TYPE_CSPACE
                                    ? reinterpret_cast<const cspace *>(slot->object)
                                    : nullptr;
        for (uint32_t i = 0; i < count; i++) {
            char meaning = i < strlen(params) && params[i] != 'x' ? params[i] : 'w';
            uint64_t value = Value(meaning, at_[i % 8], invoked);
            if (i < 4) {
                registers[i] = value;
            } else if (buffer != nullptr) {
                buffer->params[i] = value;
            }
        }
        for (uint32_t i = 0; i < cap_count && buffer != nullptr; i++) {
            buffer->caps[i] = Capability(caps[i], at_[8 + i]);
        }
        machine_->Syscall(number, capability, helios_tag(label, cap_count, count, flags),
                          registers);
    }

    void Invoke() {
        uint64_t capability = Capability('*', Byte());
        const cspace *space = machine_->Current()->cspace;
        uint8_t choice = Byte();
        unsigned type = space != nullptr && capability < space->slot_count
                            ? space->slots[capability].type
                            : HELIOS_TYPE_CSPACE;
        const fuzz_invocation *known = fuzz_invocation_of(type, choice);
        if (known == nullptr || choice >= 0xfc) {
            Call(HELIOS_SYS_CALL, capability, choice % 24, "", "www", 0);
            return;
        }
        Call(HELIOS_SYS_CALL, capability, known->label, known->caps, known->params, 0);
    }

    // Several calls in a row, as programs make them: what random ones alone hardly ever reach. It
    // ends when the task that makes them does not go on.
    bool Do(const struct task *task, uint64_t capability, uint32_t label,
            const std::vector<uint64_t> &params, const std::vector<uint64_t> &caps = {}) {
        if (!machine_->Runs() || machine_->Current() != task || task->buffer == nullptr) {
            return false;
        }
        uint64_t registers[4] = {};
        std::copy_n(params.begin(), std::min<size_t>(params.size(), 4), registers);
        std::copy(caps.begin(), caps.end(), task->buffer->caps);
        machine_->Syscall(HELIOS_SYS_CALL, capability,
                          helios_tag(label, static_cast<uint32_t>(caps.size()),
                                     static_cast<uint32_t>(params.size()), 0),
                          registers);
        return machine_->Runs() && machine_->Current() == task && task->arch.is_short &&
               helios_tag_label(task->arch.result.tag) == HELIOS_OK;
    }

    // Where a new object's capability is; UNDEF if there is none.
    uint64_t New(const struct task *task, helios_type type, uint64_t size = 0) {
        bool is_made = Do(task, Capability('m', record_[8]), HELIOS_MEMORY_ALLOCATE,
                          {static_cast<uint64_t>(type), size, 1});
        return is_made ? task->buffer->caps[0] : HELIOS_CADDR_UNDEF;
    }

    // The task's CSpace, in itself.
    static uint64_t Own(const struct task *task) {
        const cspace *space = task->cspace;
        for (uint64_t i = 0; space != nullptr && i < space->slot_count; i++) {
            const slot *slot = &space->slots[i];
            if (slot->type == HELIOS_TYPE_CSPACE && slot->object == &space->object) {
                return i;
            }
        }
        return 0;
    }

    void Spawn(const struct task *task) {
        uint64_t made = New(task, HELIOS_TYPE_TASK);
        uint64_t page = New(task, HELIOS_TYPE_PAGE);
        if (Do(task, made, HELIOS_TASK_CONFIGURE, {15},
               {Capability('c', record_[9]), Capability('v', record_[10]), page,
                Capability('e', record_[11])})) {
            Do(task, made, HELIOS_TASK_RESUME, {});
            Do(task, made, HELIOS_TASK_SET_PRIORITY, {30u + record_[12] % 8, 40},
               {Capability('t', record_[7])});
        }
    }

    // Everything that came from a capability, and itself.
    void Kill(const struct task *task, char kind) {
        uint64_t victim = Capability(kind, record_[9]);
        uint64_t own = Own(task);
        if (Do(task, own, HELIOS_CSPACE_REVOKE, {victim})) {
            Do(task, own, HELIOS_CSPACE_DESTROY, {victim});
        }
    }

    void Map(const struct task *task) {
        uint64_t address = Value('a', record_[9]);
        uint64_t space = Capability('v', record_[10]);
        for (unsigned level = 3; level-- > 0;) {
            uint64_t table = New(task, static_cast<helios_type>(HELIOS_TYPE_TABLE_0 + level));
            Do(task, space, HELIOS_VSPACE_MAP, {address, 0}, {table});
        }
        Do(task, space, HELIOS_VSPACE_MAP, {address, record_[11] % 2u},
           {Capability('P', record_[12])});
    }

    // Something that the task itself can reach; other CPUs may have it in their TLBs.
    void Unmap(const struct task *task) {
        const cspace *space = task->cspace;
        for (uint64_t i = 0; space != nullptr && i < space->slot_count; i++) {
            if (space->slots[i].object != &task->vspace->root.object) {
                continue;
            }
            for (unsigned k = 0; k < 256; k++) {
                uint64_t address = Value('a', static_cast<uint8_t>(record_[9] + k));
                if (machine_->Access(address)) {
                    Do(task, i, HELIOS_VSPACE_UNMAP, {address});
                    return;
                }
            }
            return;
        }
    }

    // As many copies as there is room for, so that revoking them takes long.
    void Multiply(const struct task *task) {
        uint64_t source = Capability('*', record_[9]);
        uint64_t into = record_[10] < 0x80 ? New(task, HELIOS_TYPE_CSPACE, 7) : Own(task);
        for (unsigned i = 0; i < record_[11] % 64u; i++) {
            if (!Do(task, into, HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, 15, 0}, {source})) {
                break;
            }
        }
    }

    // Takes what there is of one Memory.
    void Exhaust(const struct task *task) {
        uint64_t memory = Capability('m', record_[9]);
        for (unsigned i = 0; i < 16; i++) {
            if (!Do(task, memory, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1})) {
                break;
            }
        }
    }

    void Several() {
        const struct task *task = machine_->Current();
        switch (Byte() % (machine_->CpuCount() > 1 ? 11 : 10)) {
        case 0:
        case 1:
            Spawn(task);
            break;
        case 2:
            Kill(task, 't');
            break;
        case 3:
            Kill(task, '*');
            break;
        case 4:
            Map(task);
            break;
        case 5:
            Multiply(task);
            break;
        case 6:
            Exhaust(task);
            break;
        case 7:
            Do(task, Own(task), HELIOS_CSPACE_DESTROY, {Capability('R', record_[9])});
            break;
        case 10:
            Unmap(task);
            break;
        default:
            Do(task, Own(task), HELIOS_CSPACE_SAVE_REPLY, {HELIOS_CADDR_UNDEF});
        }
    }

    void Message() {
        static const uint8_t numbers[] = {HELIOS_SYS_CALL,  HELIOS_SYS_RECV, HELIOS_SYS_CALL,
                                          HELIOS_SYS_RECV,  HELIOS_SYS_SEND, HELIOS_SYS_NBRECV,
                                          HELIOS_SYS_NBSEND};
        static const char *const all_caps[] = {"", "", "", "", "e", "*", "**", "****"};
        static const char *const all_params[] = {"", "w", "wwww", "wwwwwwww"};
        uint64_t capability = Capability('e', Byte());
        uint64_t number = numbers[Byte() % 7];
        uint8_t how = Byte();
        bool receives = number == HELIOS_SYS_RECV || number == HELIOS_SYS_NBRECV;
        uint32_t flags = how % 4 != 3 ? HELIOS_FLAG_DEADLINE : 0;
        if (number == HELIOS_SYS_NBRECV || number == HELIOS_SYS_NBSEND) {
            flags = 0;
        }
        flags |= receives && how % 8 >= 4 ? HELIOS_FLAG_REPLY : 0;
        flags |= how >= 0xf8 ? 1u << how % 16 : 0;
        bool brings = !receives || (flags & HELIOS_FLAG_REPLY) != 0 || how >= 0xf0;
        const char *caps = brings ? all_caps[how / 8 % 8] : "";
        const char *params = brings ? all_params[how / 64] : "";
        Call(number, capability, how % 3, caps, params, flags);
    }

    void Reply() {
        uint8_t how = Byte();
        uint64_t capability = how < 0x80 ? HELIOS_CADDR_UNDEF : Capability('R', Byte());
        static const char *const all_caps[] = {"", "", "*", "e"};
        Call(HELIOS_SYS_REPLY, capability, how % 4, all_caps[how / 4 % 4],
             how % 32 == 0  ? "wwww"
             : how % 2 == 0 ? "w"
                            : "w000x",
             0);
    }

    void Notification() {
        static const uint8_t numbers[] = {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_SIGNAL,
                                          HELIOS_SYS_NBWAIT};
        uint64_t capability = Capability('n', Byte());
        uint8_t how = Byte();
        bool has_deadline = numbers[how % 4] == HELIOS_SYS_WAIT && how < 0xe0;
        Call(numbers[how % 4], capability, 0, "", "", has_deadline ? HELIOS_FLAG_DEADLINE : 0);
    }

    void Poll() {
        uint8_t how = Byte();
        uint64_t count = how % 5;
        helios_ipc_buffer *buffer = machine_->Current()->buffer;
        for (uint64_t i = 0; i < count && buffer != nullptr; i++) {
            buffer->poll[i].capability = Capability(at_[i] % 2 == 0 ? 'e' : 'n', at_[4 + i]);
            buffer->poll[i].events = at_[i] >= 0xf0 ? at_[i] : 1 + at_[i] / 2 % 3;
        }
        bool sleeps = how >= 0x20;
        uint64_t deadline = host_counter * 1000000 + static_cast<uint64_t>(at_[9]) * 300000;
        uint64_t params[4] = {how >= 0xf8 ? how : count, sleeps ? deadline : 0, 0, 0};
        machine_->Syscall(sleeps ? HELIOS_SYS_POLLX : HELIOS_SYS_POLL, 0,
                          helios_tag(0, 0, sleeps ? 2 : 1, 0), params);
    }

    void Simple() {
        uint8_t how = Byte();
        uint64_t params[4] = {Byte(), 0, 0, 0};
        switch (how % 4) {
        case 0:
            machine_->Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), params);
            break;
        case 1:
            machine_->Syscall(HELIOS_SYS_IDENTIFY, params[0], 0, params);
            break;
        case 2:
            machine_->Syscall(how + HELIOS_SYS_COUNT, params[0], 0, params);
            break;
        default:
            machine_->Syscall(HELIOS_SYS_YIELD, 0, 0, params);
        }
    }

    // Anything at all.
    void Raw() {
        uint64_t number = Byte() % (HELIOS_SYS_COUNT + 1);
        uint64_t capability = Capability('*', Byte());
        uint64_t tag;
        memcpy(&tag, at_, sizeof(tag));
        uint64_t params[4];
        for (unsigned i = 0; i < 4; i++) {
            uint8_t byte = at_[8 + i % 4];
            params[i] = byte >= 0x80 ? Strange(byte) : byte;
        }
        machine_->Syscall(number, capability, tag, params);
    }

    // A program writes into its pages: nothing that the kernel relies on may stand there.
    void Scribble() {
        uint64_t address = Capability('P', Byte());
        uint8_t value = Byte();
        cspace *space = machine_->Current()->cspace;
        slot *slot = cspace_slot(space, address);
        if (slot == nullptr || slot->type != HELIOS_TYPE_PAGE) {
            return;
        }
        const frame *page = frame_of(slot->object);
        if (page->content == nullptr) {
            memset(arch_direct(frame_physical(page)), value, 4096);
        }
    }

    void Time() {
        uint8_t how = Byte();
        if (how < 0x80) {
            machine_->Wait(how);
        } else {
            machine_->Interrupt(how % (HOST_IRQ_LINES + HOST_IRQ_MESSAGES), true);
        }
    }

    void Exception() {
        uint8_t how = Byte();
        if (how < 0x80) {
            machine_->FpuTrap();
        } else if (machine_->Current()->fault_reference.object != nullptr || how >= 0xf8) {
            machine_->Fault(1 + how % 10, Value('a', Byte()));
        }
    }

    // Nobody can run: an interrupt, or time, has to help.
    void Idle() {
        uint8_t how = Byte();
        if (how % 2 == 0) {
            machine_->Wait(how);
        } else {
            machine_->Interrupt(how % (HOST_IRQ_LINES + HOST_IRQ_MESSAGES), true);
        }
    }

    Machine *machine_;
    const uint8_t *record_ = nullptr;
    const uint8_t *at_ = nullptr; // what of it has not been read
};

// The system calls after which to stop; 0: libFuzzer's options decide. An input holds many.
uint64_t most_calls;
bool has_several_cpus;

void PrintTotals() {
    fprintf(stderr, "%lu system calls, %lu kernel entries, %lu checks\n", Machine::calls,
            Machine::entries, Machine::checks);
}

} // namespace

// Speed: nothing here depends on where memory was allocated.
extern "C" const char *__asan_default_options() {
    return "detect_stack_use_after_return=0:malloc_context_size=1:detect_leaks=0";
}

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
    const char *most = getenv("HELIOS_FUZZ_CALLS");
    most_calls = most != nullptr ? strtoull(most, nullptr, 10) : 0;
    has_several_cpus = getenv("HELIOS_FUZZ_SMP") != nullptr;
    atexit(PrintTotals);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Machine machine(has_several_cpus && size != 0 ? 2 + data[0] / 16 % 3u : 1, size);
    machine.is_verbose = getenv("HELIOS_FUZZ_VERBOSE") != nullptr;
    Driver driver(&machine);
    for (size_t at = 0; at + kRecord <= size && machine.Runs(); at += kRecord) {
        driver.Step(data + at);
    }
    if (machine.CpuCount() > 1) {
        machine.Settle();
    }
    if (most_calls != 0 && Machine::calls >= most_calls) {
        PrintTotals();
        _Exit(0); // libFuzzer takes exit for a finding
    }
    return 0;
}
