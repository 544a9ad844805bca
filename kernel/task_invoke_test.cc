// SPDX-License-Identifier: GPL-3.0-only
//
// Every invocation of a Task with every refusal. What they do to a task in each state is in
// task_test.cc, what dumping it prints in task_dump_test.cc.
#include "kernel/table.h"
#include "kernel/testing/invoked_task.h"

namespace {

struct Invocation {
    const char *name;
    uint32_t label;
    uint32_t caps;
    uint32_t params;
    unsigned rights;
};

constexpr uint32_t kWords = ARCH_REGISTER_COUNT;

constexpr Invocation kInvocations[] = {
    {"Configure", HELIOS_TASK_CONFIGURE, 0, 1, HELIOS_RIGHT_WRITE},
    {"ReadRegisters", HELIOS_TASK_READ_REGISTERS, 0, 0, HELIOS_RIGHT_READ},
    {"WriteRegisters", HELIOS_TASK_WRITE_REGISTERS, 0, 4 + kWords, HELIOS_RIGHT_WRITE},
    {"SetTls", HELIOS_TASK_SET_TLS, 0, 1, HELIOS_RIGHT_WRITE},
    {"SetPriority", HELIOS_TASK_SET_PRIORITY, 1, 2, HELIOS_RIGHT_WRITE},
    {"SetAffinity", HELIOS_TASK_SET_AFFINITY, 1, 1, HELIOS_RIGHT_WRITE},
    {"Suspend", HELIOS_TASK_SUSPEND, 0, 0, HELIOS_RIGHT_WRITE},
    {"Resume", HELIOS_TASK_RESUME, 0, 0, HELIOS_RIGHT_WRITE},
    {"Cancel", HELIOS_TASK_CANCEL, 0, 0, HELIOS_RIGHT_WRITE},
    {"Query", HELIOS_TASK_QUERY, 0, 0, HELIOS_RIGHT_READ},
    {"Bind", HELIOS_TASK_BIND, 1, 0, HELIOS_RIGHT_WRITE},
    {"Unbind", HELIOS_TASK_UNBIND, 0, 0, HELIOS_RIGHT_WRITE},
    {"SetStep", HELIOS_TASK_SET_STEP, 0, 1, HELIOS_RIGHT_WRITE},
    {"SetBreakpoint", HELIOS_TASK_SET_BREAKPOINT, 0, 4, HELIOS_RIGHT_WRITE},
    {"SetName", HELIOS_TASK_SET_NAME, 0, 2, HELIOS_RIGHT_WRITE},
    {"List", HELIOS_TASK_LIST, 0, 1, HELIOS_RIGHT_READ},
    {"Dump", HELIOS_TASK_DUMP, 0, 0, HELIOS_RIGHT_READ},
    {"GetTls", HELIOS_TASK_GET_TLS, 0, 0, HELIOS_RIGHT_READ},
};

class TaskInvocations : public TaskInvokeBase, public ::testing::WithParamInterface<Invocation> {
  protected:
    void SetUp() override {
        TaskInvokeBase::SetUp();
        caps_.assign(GetParam().caps, self_.slot);
        params_.assign(GetParam().params, 0);
    }

    std::vector<uint64_t> caps_;
    std::vector<uint64_t> params_;
};

INSTANTIATE_TEST_SUITE_P(All, TaskInvocations, ::testing::ValuesIn(kInvocations),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(TaskInvocations, OneParameterTooManyIsRefused) {
    params_.push_back(0);
    EXPECT_REFUSED(Do(GetParam().label, params_, caps_), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, GetParam().params + 1, GetParam().params);
}

TEST_P(TaskInvocations, OneCapabilityTooManyIsRefused) {
    caps_.push_back(self_.slot);
    EXPECT_REFUSED(Do(GetParam().label, params_, caps_), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, GetParam().caps + 1, GetParam().caps);
}

TEST_P(TaskInvocations, MissingRightIsRefused) {
    uint64_t weak = Copy(other_.slot, HELIOS_RIGHT_ALL & ~GetParam().rights);
    EXPECT_REFUSED(Invoke(weak, GetParam().label, params_, caps_), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_ALL & ~GetParam().rights,
                   GetParam().rights);
}

TEST_P(TaskInvocations, OtherRightsAreNotAskedFor) {
    uint64_t exact = Copy(other_.slot, GetParam().rights);
    message_registers result = Invoke(exact, GetParam().label, params_, caps_);
    EXPECT_NE(helios_tag_label(result.tag), HELIOS_ERROR_RIGHTS);
}

using TaskInvoke = TaskInvokeBase;

TEST_F(TaskInvoke, UnknownInvocationsAreRefused) {
    for (uint32_t label : {0u, HELIOS_TASK_GET_TLS + 1u, UINT32_MAX}) {
        EXPECT_REFUSED(Do(label), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, label, 0);
    }
}

// configure ---------------------------------------------------------------------------------------

TEST_F(TaskInvoke, ConfigureSetsTheParts) {
    uint64_t endpoint = Copy(New(HELIOS_TYPE_ENDPOINT), HELIOS_RIGHT_ALL, 0x77);
    uint64_t cspace = New(HELIOS_TYPE_CSPACE, 4);
    uint64_t vspace = New(HELIOS_TYPE_VSPACE);
    uint64_t page = New(HELIOS_TYPE_PAGE);
    Expect(Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_PARTS}, {cspace, vspace, page, endpoint}));
    EXPECT_EQ(&other_.task->cspace->object, At(cspace)->object);
    EXPECT_EQ(&other_.task->vspace->root.object, At(vspace)->object);
    EXPECT_EQ(arch_direct_physical(other_.task->buffer),
              frame_physical(frame_of(At(page)->object)));
    EXPECT_EQ(other_.task->fault_reference.object, At(endpoint)->object);
    EXPECT_EQ(other_.task->fault_reference.badge, 0x77u);
    EXPECT_EQ(other_.task->state, HELIOS_TASK_INACTIVE);
}

TEST_F(TaskInvoke, ConfiguredPartKeepsTheObjectAlive) {
    uint64_t vspace = New(HELIOS_TYPE_VSPACE);
    object *object = At(vspace)->object;
    Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {vspace});
    Destroy(vspace);
    EXPECT_EQ(object->state, OBJECT_LIVE);
    EXPECT_EQ(&other_.task->vspace->root.object, object);
}

TEST_F(TaskInvoke, PartThatIsReplacedGoes) {
    uint64_t free = FreeFrames();
    Destroy(other_.buffer_slot);
    EXPECT_EQ(FreeFrames(), free);
    Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {self_.buffer_slot});
    EXPECT_EQ(FreeFrames(), free + 1);
    EXPECT_EQ(other_.task->buffer, self_.task->buffer);
}

TEST_F(TaskInvoke, ConfigureNothingDoesNothing) {
    Expect(Do(HELIOS_TASK_CONFIGURE, {0}));
}

TEST_F(TaskInvoke, ConfigureRefusesUnknownParts) {
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {16}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 16,
                   HELIOS_TASK_PARTS);
}

TEST_F(TaskInvoke, ConfigureWantsACapabilityForEachPart) {
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {3}, {cspace_slot_}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 1, 2);
}

TEST_F(TaskInvoke, ConfigureWithABadPartChangesNothing) {
    cspace *before = other_.task->cspace;
    uint64_t cspace = New(HELIOS_TYPE_CSPACE, 4);
    EXPECT_REFUSED(
        Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE}, {cspace, cspace}),
        HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP + 1, HELIOS_TYPE_CSPACE, HELIOS_TYPE_VSPACE);
    EXPECT_EQ(other_.task->cspace, before);
}

struct PartCase {
    unsigned part;
    helios_type type;
    unsigned rights;
};

class TaskParts : public TaskInvokeBase, public ::testing::WithParamInterface<PartCase> {};

INSTANTIATE_TEST_SUITE_P(
    All, TaskParts,
    ::testing::Values(PartCase{HELIOS_TASK_CSPACE, HELIOS_TYPE_CSPACE, HELIOS_RIGHT_WRITE},
                      PartCase{HELIOS_TASK_VSPACE, HELIOS_TYPE_VSPACE, HELIOS_RIGHT_WRITE},
                      PartCase{HELIOS_TASK_BUFFER, HELIOS_TYPE_PAGE,
                               HELIOS_RIGHT_READ | HELIOS_RIGHT_WRITE},
                      PartCase{HELIOS_TASK_FAULT_ENDPOINT, HELIOS_TYPE_ENDPOINT,
                               HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT}));

TEST_P(TaskParts, MissingCapabilityIsRefused) {
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {GetParam().part}, {kSlots + 5}),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, kSlots + 5, kSlots);
}

TEST_P(TaskParts, WrongTypeIsRefused) {
    uint64_t wrong = New(HELIOS_TYPE_NOTIFICATION);
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {GetParam().part}, {wrong}), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_NOTIFICATION, GetParam().type);
}

TEST_P(TaskParts, EachMissingRightIsRefused) {
    uint64_t size = GetParam().type == HELIOS_TYPE_CSPACE ? 4 : 0;
    uint64_t source = New(GetParam().type, size);
    for (unsigned right = 1; right < HELIOS_RIGHT_ALL; right <<= 1) {
        unsigned rights = HELIOS_RIGHT_ALL & ~right;
        uint64_t weak = Copy(source, rights);
        message_registers result = Do(HELIOS_TASK_CONFIGURE, {GetParam().part}, {weak});
        if ((GetParam().rights & right) != 0) {
            EXPECT_REFUSED(result, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, rights,
                           GetParam().rights);
        } else {
            Expect(result);
        }
    }
}

TEST_P(TaskParts, WhatIsBeingRevokedIsRefused) {
    uint64_t size = GetParam().type == HELIOS_TYPE_CSPACE ? 4 : 0;
    uint64_t source = New(GetParam().type, size);
    At(source)->object->revoking = 1;
    EXPECT_EQ(helios_tag_label(Do(HELIOS_TASK_CONFIGURE, {GetParam().part}, {source}).tag),
              HELIOS_ERROR_BUSY);
    At(source)->object->revoking = 0;
    Expect(Do(HELIOS_TASK_CONFIGURE, {GetParam().part}, {source}));
}

TEST_F(TaskInvoke, LargePageIsNoBuffer) {
    uint64_t page = New(HELIOS_TYPE_PAGE, 1);
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {page}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_CAP, 1, 0);
}

TEST_F(TaskInvoke, PageOfADeviceIsNoBuffer) {
    uint64_t page = New(HELIOS_TYPE_PAGE);
    frame *frame = frame_of(At(page)->object);
    frame->content = frame; // a device_memory, for all that matters here
    EXPECT_REFUSED(Do(HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {page}),
                   HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAP, 0, 0);
    frame->content = nullptr;
}

// registers, TLS ----------------------------------------------------------------------------------

TEST_F(TaskInvoke, RegistersComeBackAsTheyWereWritten) {
    std::vector<uint64_t> params(4 + kWords);
    params[0] = (1 << kWords) - 1;
    for (unsigned i = 0; i < kWords; i++) {
        params[4 + i] = 0x1000 + i;
    }
    Expect(Do(HELIOS_TASK_WRITE_REGISTERS, params));
    message_registers result = Do(HELIOS_TASK_READ_REGISTERS);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 4 + kWords, 0));
    EXPECT_EQ(result.params[0], params[0]);
    EXPECT_EQ(result.params[1], kWords);
    for (unsigned i = 0; i < kWords; i++) {
        EXPECT_EQ(self_.task->buffer->params[4 + i], 0x1000u + i);
    }
}

TEST_F(TaskInvoke, ReadRegistersNeedsABuffer) {
    Set(self_.task, HELIOS_TASK_BUFFER, self_.buffer_slot);
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {self_.buffer_slot});
    EXPECT_REFUSED(Do(HELIOS_TASK_READ_REGISTERS), HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
}

TEST_F(TaskInvoke, WriteRegistersRefusesUnknownOnes) {
    std::vector<uint64_t> params(4 + kWords);
    params[0] = 1 << kWords;
    EXPECT_REFUSED(Do(HELIOS_TASK_WRITE_REGISTERS, params), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 1 << kWords, (1 << kWords) - 1);
}

TEST_F(TaskInvoke, WriteRegistersRefusesWhatMustBeZero) {
    for (unsigned i = 1; i < 4; i++) {
        std::vector<uint64_t> params(4 + kWords);
        params[i] = 1;
        EXPECT_REFUSED(Do(HELIOS_TASK_WRITE_REGISTERS, params), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM + i, 1, 0);
    }
}

TEST_F(TaskInvoke, TlsBaseComesBackAsItWasSet) {
    Expect(Do(HELIOS_TASK_SET_TLS, {0x123450}));
    Expect(Do(HELIOS_TASK_GET_TLS), 0x123450);
}

TEST_F(TaskInvoke, TlsBaseOutsideOfUserSpaceIsRefused) {
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_TLS, {USER_LIMIT}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                   USER_LIMIT, USER_LIMIT);
}

// priority, affinity ------------------------------------------------------------------------------

TEST_F(TaskInvoke, PriorityAndCeilingAreSet) {
    Expect(Do(HELIOS_TASK_SET_PRIORITY, {33, 44}, {self_.slot}));
    EXPECT_EQ(Do(HELIOS_TASK_QUERY).params[2], 33u | 33u << 8 | 44u << 16);
}

TEST_F(TaskInvoke, PrioritiesEndAtSixtyThree) {
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_PRIORITY, {64, 0}, {self_.slot}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 64, 63);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_PRIORITY, {0, 64}, {self_.slot}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, 64, 63);
}

TEST_F(TaskInvoke, NobodyGoesAboveTheAuthoritysCeiling) {
    self_.task->ceiling = 20;
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_PRIORITY, {21, 20}, {self_.slot}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 21, 20);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_PRIORITY, {20, 21}, {self_.slot}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, 21, 20);
    Expect(Do(HELIOS_TASK_SET_PRIORITY, {20, 20}, {self_.slot}));
}

TEST_F(TaskInvoke, NewTaskHasNoAuthority) {
    uint64_t fresh = New(HELIOS_TYPE_TASK);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_PRIORITY, {1, 0}, {fresh}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 1, 0);
}

TEST_F(TaskInvoke, AuthorityMustBeATaskWithTheRightToWrite) {
    uint64_t weak = Copy(self_.slot, HELIOS_RIGHT_READ);
    for (uint32_t label : {HELIOS_TASK_SET_PRIORITY, HELIOS_TASK_SET_AFFINITY}) {
        std::vector<uint64_t> params(label == HELIOS_TASK_SET_PRIORITY ? 2 : 1, 1);
        EXPECT_REFUSED(Do(label, params, {weak}), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                       HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
        EXPECT_REFUSED(Do(label, params, {cspace_slot_}), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                       HELIOS_TYPE_CSPACE, HELIOS_TYPE_TASK);
    }
}

TEST_F(TaskInvoke, LentPriorityOutlivesAChangeOfTheOwnOne) {
    uint64_t endpoint = New(HELIOS_TYPE_ENDPOINT);
    Made client = Ready(30);
    Enter(HELIOS_SYS_RECV, endpoint); // the client runs
    ASSERT_EQ(Current(), client.task);
    Enter(HELIOS_SYS_CALL, endpoint, helios_tag(1, 0, 0, 0));
    ASSERT_EQ(Current(), self_.task);
    Expect(Invoke(self_.slot, HELIOS_TASK_SET_PRIORITY, {5, 63}, {self_.slot}));
    EXPECT_EQ(self_.task->priority, 30);
    EXPECT_EQ(self_.task->base_priority, 5);
}

TEST_F(TaskInvoke, AffinityIsASetThatTheAuthorityHasToo) {
    Expect(Do(HELIOS_TASK_SET_AFFINITY, {1}, {self_.slot}));
    EXPECT_EQ(Do(HELIOS_TASK_QUERY).params[3], 1u);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_AFFINITY, {3}, {other_.slot}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 3, 1);
}

TEST_F(TaskInvoke, AffinityWithoutACpuThatRunsIsRefused) {
    for (uint64_t set : {0ull, 2ull}) {
        EXPECT_REFUSED(Do(HELIOS_TASK_SET_AFFINITY, {set}, {self_.slot}), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM, set, 1);
    }
}

TEST_F(TaskInvoke, NewTaskMayRunWhereItsMakerMay) {
    self_.task->affinity = 5;
    uint64_t fresh = New(HELIOS_TYPE_TASK);
    EXPECT_EQ(task_of(At(fresh)->object)->affinity, 5u);
}

TEST_F(TaskInvoke, QueryTellsTheTimeThatItRan) {
    host_counter += 50000;
    message_registers result = Invoke(self_.slot, HELIOS_TASK_QUERY);
    EXPECT_GE(result.params[0], 50000u);
    EXPECT_LT(result.params[0], 51000u);
    EXPECT_EQ(Do(HELIOS_TASK_QUERY).params[0], 0u);
}

// bind --------------------------------------------------------------------------------------------

TEST_F(TaskInvoke, BoundNotificationEndsARecv) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    uint64_t endpoint = New(HELIOS_TYPE_ENDPOINT);
    Ready(1);
    Expect(Invoke(self_.slot, HELIOS_TASK_BIND, {}, {notification}));
    Enter(HELIOS_SYS_RECV, endpoint);
    task_make_ready(notification_signal(notification_of(At(notification)->object), 4));
    EXPECT_EQ(self_.task->arch.result.badge, 4u);
    EXPECT_EQ(Flags(self_.task), HELIOS_FLAG_NOTIFIED);
    EXPECT_EQ(Run(), self_.task);
}

TEST_F(TaskInvoke, BindRefusesANotificationThatIsBound) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Expect(Do(HELIOS_TASK_BIND, {}, {notification}));
    EXPECT_REFUSED(Invoke(self_.slot, HELIOS_TASK_BIND, {}, {notification}), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_CAP, 0, 0);
}

TEST_F(TaskInvoke, BindRefusesWhatIsNoReadableNotification) {
    uint64_t weak = Copy(New(HELIOS_TYPE_NOTIFICATION), HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Do(HELIOS_TASK_BIND, {}, {weak}), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                   HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(Do(HELIOS_TASK_BIND, {}, {cspace_slot_}), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_CSPACE, HELIOS_TYPE_NOTIFICATION);
}

TEST_F(TaskInvoke, BindingAnotherOneLetsTheFirstGo) {
    uint64_t first = New(HELIOS_TYPE_NOTIFICATION);
    uint64_t second = New(HELIOS_TYPE_NOTIFICATION);
    Do(HELIOS_TASK_BIND, {}, {first});
    Expect(Do(HELIOS_TASK_BIND, {}, {second}));
    EXPECT_EQ(notification_of(At(first)->object)->bound, nullptr);
    EXPECT_EQ(notification_of(At(second)->object)->bound, other_.task);
}

TEST_F(TaskInvoke, UnbindLetsItGo) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Do(HELIOS_TASK_BIND, {}, {notification});
    Expect(Do(HELIOS_TASK_UNBIND));
    EXPECT_EQ(notification_of(At(notification)->object)->bound, nullptr);
    EXPECT_EQ(other_.task->notification_reference.object, nullptr);
    Expect(Do(HELIOS_TASK_UNBIND));
}

TEST_F(TaskInvoke, RevokedNotificationIsUnbound) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Do(HELIOS_TASK_BIND, {}, {notification});
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {notification});
    EXPECT_EQ(notification_of(At(notification)->object)->bound, nullptr);
    EXPECT_EQ(other_.task->notification_reference.object, nullptr);
}

TEST_F(TaskInvoke, DeadTaskIsUnbound) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Do(HELIOS_TASK_BIND, {}, {notification});
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {other_.slot});
    EXPECT_EQ(notification_of(At(notification)->object)->bound, nullptr);
}

// debugging ---------------------------------------------------------------------------------------

TEST_F(TaskInvoke, StepIsSwitchedOnAndOff) {
    Expect(Do(HELIOS_TASK_SET_STEP, {1}));
    EXPECT_TRUE(other_.task->arch.is_stepping);
    Expect(Do(HELIOS_TASK_SET_STEP, {0}));
    EXPECT_FALSE(other_.task->arch.is_stepping);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_STEP, {2}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 2, 1);
}

TEST_F(TaskInvoke, BreakpointIsSet) {
    Expect(Do(HELIOS_TASK_SET_BREAKPOINT, {1, HELIOS_BREAKPOINT_WRITE, 0x4008, 8}));
    EXPECT_EQ(other_.task->arch.breakpoints[1].kind, HELIOS_BREAKPOINT_WRITE);
    EXPECT_EQ(other_.task->arch.breakpoints[1].address, 0x4008u);
    EXPECT_EQ(other_.task->arch.breakpoints[1].length, 8u);
    Expect(Do(HELIOS_TASK_SET_BREAKPOINT, {1, HELIOS_BREAKPOINT_OFF, 0, 0}));
    EXPECT_EQ(other_.task->arch.breakpoints[1].kind, HELIOS_BREAKPOINT_OFF);
}

TEST_F(TaskInvoke, BreakpointThatDoesNotExistIsRefused) {
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_BREAKPOINT, {2, 1, 0x4000, 1}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 2, 2);
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_BREAKPOINT, {0, 4, 0x4000, 1}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, 4, 3);
}

TEST_F(TaskInvoke, BreakpointOutsideOfUserSpaceIsRefused) {
    for (uint64_t address : {USER_LIMIT, 0xffff800000000000ull, USER_LIMIT - 4}) {
        EXPECT_REFUSED(Do(HELIOS_TASK_SET_BREAKPOINT, {0, HELIOS_BREAKPOINT_WRITE, address, 8}),
                       HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, address, USER_LIMIT);
    }
}

TEST_F(TaskInvoke, BreakpointOfAnOddLengthOrPlaceIsRefused) {
    for (uint64_t bytes : {0ull, 3ull, 16ull, ~0ull}) {
        EXPECT_REFUSED(Do(HELIOS_TASK_SET_BREAKPOINT, {0, HELIOS_BREAKPOINT_WRITE, 0x4000, bytes}),
                       HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 3, bytes, 8);
    }
    EXPECT_REFUSED(Do(HELIOS_TASK_SET_BREAKPOINT, {0, HELIOS_BREAKPOINT_WRITE, 0x4004, 8}),
                   HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 2, 0x4004, 8);
}

TEST_F(TaskInvoke, NameIsWhatCanBePrinted) {
    uint64_t words[2] = {};
    memcpy(words, "ab\x1b[31m\xff tail", 15);
    Expect(Do(HELIOS_TASK_SET_NAME, {words[0], words[1]}));
    EXPECT_STREQ(other_.task->name, "ab?[31m? tail");
    Expect(Do(HELIOS_TASK_SET_NAME, {~0ull, ~0ull}));
    EXPECT_STREQ(other_.task->name, "???????????????") << "one less, for the end";
}

TEST_F(TaskInvoke, ListTellsWhatIsInItsCSpace) {
    message_registers result = Do(HELIOS_TASK_LIST, {cspace_slot_});
    EXPECT_EQ(result.params[2], cspace_slot_);
    EXPECT_EQ(result.params[3], HELIOS_TYPE_CSPACE);
}

TEST_F(TaskInvoke, ListOfATaskWithoutACSpaceIsRefused) {
    uint64_t fresh = New(HELIOS_TYPE_TASK);
    EXPECT_REFUSED(Invoke(fresh, HELIOS_TASK_LIST, {0}), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, 0, 0);
}

} // namespace
