// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/operator_doubts.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;
using symbols::CalledAllocator;
using What = CalledAllocator::What;

/// A busy drain comes first. Reading code, and looking through the session's stacks for what is in doubt,
/// takes no more than a twentieth of the time.
constexpr auto kLongestWait = 2s;
constexpr auto kShortestPause = 100ms;
constexpr int kRestPerLook = 20;

wire::Family familyOf(CalledAllocator::Kind kind) {
  switch (kind) {
    case CalledAllocator::Kind::Single: return wire::Family::New;
    case CalledAllocator::Kind::Array: return wire::Family::NewArray;
    case CalledAllocator::Kind::AlignedSingle: return wire::Family::NewAligned;
    case CalledAllocator::Kind::AlignedArray: return wire::Family::NewArrayAligned;
    case CalledAllocator::Kind::Unknown: break;
  }
  return wire::Family::Any;
}

/// The binaries of one session, for as long as some of its findings are judged.
class Code {
 public:
  Code(BinaryNames& binaries, const std::vector<Module>& modules)
      : m_binaries(binaries), m_modules(modules) {}

  CalledAllocator calledBy(const Frame& frame) {
    if (frame.module == 0 || (frame.flags & v1::FRAME_EXACT_PC) != 0) return {};
    const auto binary = m_binaries.of(m_modules[frame.module - 1]);
    if (binary == nullptr) return {};
    const CalledAllocator called = binary->calledBefore(frame.pc);
    if (called.what != What::Unknown || called.function.empty()) return called;
    for (const Module& module : m_modules)
      if (const auto other = m_binaries.of(module))
        if (const auto found = other->calledByName(called.function)) return *found;
    return called;
  }

  /// Returns true when any of them has operators of its own.
  bool hasOwnOperators() {
    if (!std::exchange(m_looked, true))
      m_hasOwn = std::any_of(m_modules.begin(), m_modules.end(), [this](const Module& module) {
        const auto binary = m_binaries.of(module);
        return binary != nullptr && binary->hasOwnOperators();
      });
    return m_hasOwn;
  }

 private:
  BinaryNames& m_binaries;
  const std::vector<Module>& m_modules;
  bool m_looked = false;
  bool m_hasOwn = false;
};

}  // namespace

OperatorDoubts::Judged OperatorDoubts::judge(const Task& task) {
  Judged judged;
  Code code(*m_binaries, task.modules);
  for (const DoubtfulCall& doubt : task.calls) {
    if (m_abandoned) break;
    const CalledAllocator called = code.calledBy(doubt.frame);
    // Where the code does not say, a free that may be right is not reported.
    const bool isHarmless = called.what == What::Operator
                                ? wire::belongTogether(familyOf(called.kind), doubt.other)
                                : called.what == What::Unknown && code.hasOwnOperators();
    if (isHarmless) judged.harmless.push_back(doubt.finding);
  }
  judged.took = Clock::now() - task.begun;
  return judged;
}

void OperatorDoubts::take(const Judged& judged) {
  m_translator.dismiss(judged.harmless);
  m_next = Clock::now() + std::max<Clock::duration>(kShortestPause, judged.took * kRestPerLook);
}

void OperatorDoubts::advance(Clock::time_point now, bool busy) {
  if (m_underWay.valid()) {
    if (m_underWay.wait_for(0s) != std::future_status::ready) return;
    take(m_underWay.get());
  }
  if (!m_translator.hasDoubts() || now < m_next + (busy ? kLongestWait : 0s)) return;
  const Task task{
      .begun = Clock::now(), .calls = m_translator.takeDoubts(), .modules = m_translator.modules().modules()};
  try {
    m_underWay = std::async(std::launch::async, [this, task] { return judge(task); });
  } catch (const std::system_error&) {  // No thread is to be had.
    take(judge(task));
  }
}

void OperatorDoubts::finish() {
  if (m_underWay.valid()) take(m_underWay.get());
  if (!m_translator.hasDoubts()) return;
  take(judge({.begun = Clock::now(),
              .calls = m_translator.takeDoubts(),
              .modules = m_translator.modules().modules()}));
}

}  // namespace heaptap::relay
