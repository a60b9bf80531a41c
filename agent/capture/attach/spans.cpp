// SPDX-License-Identifier: Apache-2.0
//
// Spans of a program that are asked for their leaks, by heaptap.h.
#include <linux/prctl.h>
#include <string.h>

#include <algorithm>

#include "agent/capture/record/connection.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/lane.h"
#include "agent/capture/record/record_events.h"
#include "agent/capture/system/kernel.h"
#include "agent/include/heaptap.h"
#include "agent/include/heaptap/abi.h"

namespace {

using namespace heaptap::capture;
namespace wire = heaptap::wire;

static_assert(wire::kMaxAnswerText == HEAPTAP_LEAKS_TEXT);
static_assert(wire::kAskLive == HEAPTAP_SPAN_LIVE);

constexpr long kSleepNs = 10'000'000;
/// A relay that has gigabytes to look through takes seconds.
constexpr std::uint64_t kAnswerPatienceNs = 120'000'000'000;

std::uint32_t unknown(heaptap_leaks& leaks, const char* why) {
  leaks.blocks = leaks.bytes = 0;
  const std::size_t length = std::min<std::size_t>(strlen(why), HEAPTAP_LEAKS_TEXT);
  memcpy(leaks.text, why, length);
  leaks.text[length] = 0;
  return HEAPTAP_LEAKS_UNKNOWN;
}

/// The right to write wire::Question, of one thread at a time.
class Asking {
 public:
  explicit Asking(wire::Question& question) : m_question(question), m_thread(kernel::threadId()) {
    const std::uint64_t begun = kernel::monotonicNs();
    std::uint32_t owner = 0;
    while (!m_question.asker.compare_exchange_weak(owner, m_thread, std::memory_order_acquire)) {
      // One that died while it asked has left it taken: no question takes that long.
      if (kernel::monotonicNs() - begun < kAnswerPatienceNs) owner = 0;
      kernel::sleep(1'000'000);
    }
  }
  ~Asking() {
    std::uint32_t own = m_thread;
    m_question.asker.compare_exchange_strong(own, 0, std::memory_order_release);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

 private:
  wire::Question& m_question;
  std::uint32_t m_thread;
};

/// The relay reads the memory of this process, which some kernels (Yama) allow only to whom the process
/// names. Its own process id is another one where namespaces differ, so for this time it is any.
class LetRelayRead {
 public:
  LetRelayRead() { name(~0UL); }
  ~LetRelayRead() { name(0); }
  LetRelayRead(const LetRelayRead&) = delete;
  LetRelayRead& operator=(const LetRelayRead&) = delete;

 private:
  static void name(unsigned long who) {
    arch::systemCall(SYS_prctl, PR_SET_PTRACER, static_cast<long>(who), 0, 0, 0);
  }
};

bool isAnswered(wire::Header& header, std::uint32_t number) {
  const std::uint64_t begun = kernel::monotonicNs();
  for (;;) {
    const std::uint32_t seen = header.question.answered.load(std::memory_order_acquire);
    if (seen == number) return true;
    const std::uint32_t control = header.control.load(std::memory_order_relaxed);
    if (wire::relayIsGone(&header) || (control & wire::kControlStopped) != 0 ||
        kernel::monotonicNs() - begun > kAnswerPatienceNs)
      return false;
    kernel::futexWait(header.question.answered, seen, kSleepNs);
  }
}

std::uint32_t ask(wire::Header& header, std::uint32_t span, std::uint32_t what, const void* stack,
                  heaptap_leaks& leaks) {
  if (!mayMakeSystemCalls()) return unknown(leaks, "this thread may make no system calls (seccomp)");
  wire::Question& question = header.question;
  const Asking asking(question);
  const LetRelayRead permission;
  question.span = span;
  question.what = what;
  question.stack = addressOf(stack);
  // Release: the relay that finds the number finds what is asked.
  const std::uint32_t number = question.number.fetch_add(1, std::memory_order_release) + 1;
  if (!recordQuestion(number)) return unknown(leaks, "this thread had no room to write to the relay");
  if (!isAnswered(header, number)) return unknown(leaks, "the relay has not answered");
  leaks.blocks = question.blocks;
  leaks.bytes = question.bytes;
  const std::size_t length = std::min<std::size_t>(question.textBytes, HEAPTAP_LEAKS_TEXT);
  memcpy(leaks.text, question.text, length);
  leaks.text[length] = 0;
  return question.status;
}

}  // namespace

std::uint32_t heaptap_span_new() noexcept {
  if (!isOpen() || (control() & wire::kControlStopped) != 0) return 0;
  std::uint32_t number = g_connection.header->spanCount.fetch_add(1, std::memory_order_relaxed) + 1;
  if (number == 0) number = g_connection.header->spanCount.fetch_add(1, std::memory_order_relaxed) + 1;
  return recordSpan(number) ? number : 0;
}

std::uint32_t heaptap_span_left(std::uint32_t span, std::uint32_t what, const void* stack,
                                heaptap_leaks* leaks) noexcept {
  if (!isOpen()) return HEAPTAP_LEAKS_UNRECORDED;
  wire::Header& header = *g_connection.header;
  if (header.noRoom == wire::DropReason::BufferFull)
    return unknown(*leaks, "there is no relay to ask: the program is recorded into a file (HEAPTAP_BUFFER)");
  if (wire::relayIsGone(&header)) return unknown(*leaks, "the relay has ended");
  return ask(header, span, what, stack, *leaks);
}
