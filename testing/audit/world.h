// SPDX-License-Identifier: GPL-3.0-only
//
// What the checker has found, for its parts.
#ifndef HELIOS_TESTING_AUDIT_WORLD_H
#define HELIOS_TESTING_AUDIT_WORLD_H

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/cspace.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/memory_object.h"
#include "kernel/percpu.h"
#include "kernel/task.h"
#include "kernel/vspace.h"

// A map from addresses to objects that is fast to fill and to forget.
class Pointers {
  public:
    // False if it was there already.
    bool Add(const void *pointer, const object *value = nullptr);
    bool Has(const void *pointer) const {
        return Find(pointer) != nullptr;
    }
    // What was added with it; NULL also if it is not there.
    const object *Get(const void *pointer) const;
    void Clear();
    size_t Size() const {
        return count_;
    }

  private:
    struct Entry {
        const void *pointer;
        const object *value;
        uint32_t epoch;
    };
    const Entry *Find(const void *pointer) const;
    void Insert(const void *pointer, const object *value);
    std::vector<Entry> entries_ = std::vector<Entry>(4096);
    uint32_t epoch_ = 1;
    size_t count_ = 0;
};

// Everything that can be reached from the CPUs, found by following every pointer. What is found is
// not checked here, but nothing that is visibly no object is followed.
struct World {
    std::vector<percpu *> cpus;
    std::vector<const object *> objects; // in the order in which they were found
    Pointers known;                      // the same
    Pointers members;                    // ring members, with their object
    Pointers dying;                      // objects on the reaper's stack
    Pointers queued;                     // tasks in the run queues
    std::string problem;                 // why it could not be walked to the end

    void Discover(const object *root); // from `cpus`
    void Add(const object *object);
    void Add(const task *task) {
        if (task != nullptr) {
            Add(&task->object);
        }
    }
    bool Fail(const std::string &what) {
        problem = problem.empty() ? what : problem;
        return false;
    }

  private:
    void AddCpu(const percpu *cpu);
    void Follow(const object *object);
    void FollowMembers(const object *object);
    void FollowTask(const task *task);
    void FollowFrames(const memory *memory);
    void AddWaiters(const task_queue &queue);
};

std::string audit_memory(const World &world, const memory *memory);
std::string audit_task(const World &world, const task *task);
std::string audit_endpoint(const endpoint *endpoint);
std::string audit_notification(const notification *notification);
std::string audit_table(const World &world, const table *table);
std::string audit_asid_pool(const asid_pool *pool);
std::string audit_running(const World &world);

// The small parts of pointers' meanings.
inline const task *TaskOf(const object *object) {
    return task_of(const_cast<struct object *>(object));
}
inline const task *TaskOfReply(const object *object) {
    return task_of_reply(const_cast<struct object *>(object));
}
template <typename T> const T *As(const object *object) {
    return reinterpret_cast<const T *>(object);
}

// The object that holds a reference: a task, or an IRQ handler.
const object *HolderOf(const reference *reference);

#endif // HELIOS_TESTING_AUDIT_WORLD_H
