// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "agent/relay/drain/event_translator.h"
#include "agent/relay/names/binary_names.h"
#include "agent/relay/names/module_import.h"

namespace heaptap::relay {

/// Finds out which mismatched frees are none: a library that has operators new and delete of its own inside,
/// hidden, comes to malloc and free by them unseen, and so goes together with the operators of others.
///
/// What says so is the machine code of the binaries, which takes a thread of its own to read. Binaries are
/// read only where there is such a doubt.
/// Threads: as said below.
class OperatorDoubts {
 public:
  using Clock = std::chrono::steady_clock;

  /// `translator` outlives this.
  OperatorDoubts(std::shared_ptr<BinaryNames> binaries, EventTranslator& translator)
      : m_binaries(std::move(binaries)), m_translator(translator) {}
  /// Waits for the finding that is being judged.
  ~OperatorDoubts() { m_abandoned = true; }
  OperatorDoubts(const OperatorDoubts&) = delete;
  OperatorDoubts& operator=(const OperatorDoubts&) = delete;

  /// Takes what was found out, and begins to judge what is new. Returns at once. Threads: the drain's.
  void advance(Clock::time_point now, bool busy);
  /// Judges the rest, once everything was recorded. Threads: any one; no `advance` any more.
  void finish();

 private:
  struct Task {
    Clock::time_point begun;
    std::vector<DoubtfulCall> calls;
    std::vector<Module> modules;  ///< Those of the session so far, by index.
  };
  struct Judged {
    std::vector<std::uint32_t> harmless;
    Clock::duration took{};
  };

  Judged judge(const Task& task);
  void take(const Judged& judged);

  const std::shared_ptr<BinaryNames> m_binaries;
  EventTranslator& m_translator;
  Clock::time_point m_next{};
  std::atomic<bool> m_abandoned{false};
  std::future<Judged> m_underWay;
};

}  // namespace heaptap::relay
