// SPDX-License-Identifier: GPL-3.0-only
//
// A kernel of two tasks for tests on the host: what a client sends to the endpoint goes to a
// function that is the server, at once, and its answer comes back. What was not sent is filled with
// a pattern, so that whoever reads it gets nonsense.
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_TESTING_LOOP_H
#define HELIOS_BUILD_TOOLS_IPCGEN_TESTING_LOOP_H

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "userland/helios/rpc.h"

// One side: its IPC buffer, and the capabilities that it has received and not destroyed.
struct LoopSide {
    helios_ipc_buffer buffer;
    helios_thread thread;
    std::set<uint64_t> received;
    std::map<uint64_t, uint64_t> sent; // what it was with the sender: slot -> slot
    uint64_t next_slot = 1000;

    LoopSide();
    // Takes a message that has arrived: as many words and capabilities as its tag says.
    void Deliver(const helios_message &message, const helios_ipc_buffer &from, uint64_t unwrapped);
};

class Loop {
  public:
    static constexpr uint64_t kEndpoint = 77;
    static constexpr uint64_t kCSpace = 998; // of what is kept
    static constexpr uint64_t kBadge = 0xbad9e;

    Loop();
    ~Loop();

    // The server: whether *message is the answer.
    std::function<bool(helios_message *)> dispatch;
    // What it does later, if it did not answer at once.
    std::function<void()> later;
    // What happens to an answer on its way, if anything.
    std::function<void(helios_message *, helios_ipc_buffer *)> tamper;
    // The same for a request, which is what a wicked client does.
    std::function<void(helios_message *, helios_ipc_buffer *)> tamper_request;

    LoopSide client;
    LoopSide server;
    uint64_t unwrapped = 0; // of requests
    // To which object a capability is, by the sender's slot; those that are not here are pages.
    std::map<uint64_t, uint64_t> types;
    // Of the server, beside what it has received: slot -> what is there. Another free slot is taken
    // only when there is no lower one, as in the kernel.
    std::map<uint64_t, uint64_t> own;
    std::map<uint64_t, uint64_t> kept; // the same of kCSpace
    uint64_t call = 0;                 // that the server has received: its Replies are this object
    uint64_t calls = 0;
    uint64_t deadline = 0;       // of the last call, 0 if it had none
    bool is_buffer_used = false; // whether the last call had more than registers hold

    // A capability has come to the server, into the lowest free slot.
    uint64_t Take(uint64_t object);
    // Who called is gone, and the Replies with it.
    void Die(uint64_t object);

    // What is called outside of a dispatch is the server's doing from now on.
    void RunServer() {
        running_ = &server;
    }

    // The system call of whoever runs.
    void Call(uint64_t number, helios_message *message);
    helios_thread *Self();

  private:
    void Object(helios_message *message);
    helios_error Move(helios_message *message);
    void Destroy(const helios_message *message);
    void Identify(helios_message *message);
    void ToServer(helios_message *message);

    LoopSide *running_;
    bool has_reply_ = false;
    bool is_answered_ = false;
    helios_message answer_{};
};

#endif // HELIOS_BUILD_TOOLS_IPCGEN_TESTING_LOOP_H
