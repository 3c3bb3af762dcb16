// SPDX-License-Identifier: Apache-2.0
#include "interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "commands.hpp"

namespace heliotrope_tool {

namespace {

std::atomic<bool> came = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch lock-free atomics only");
struct sigaction before;

extern "C" void note_interrupt(int) {
  if (came.exchange(true)) _exit(ExitCode::interrupted);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  came = false;
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &before);
}

void InterruptGuard::ignore() {
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  sigaction(SIGINT, &action, nullptr);
}

InterruptGuard::~InterruptGuard() { sigaction(SIGINT, &before, nullptr); }

bool InterruptGuard::requested() { return came; }

}  // namespace heliotrope_tool
