// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <memory>

#include "agent/relay/drain/event_translator.h"
#include "agent/relay/process/span_leaks.h"

namespace heaptap::relay {

/// Answers what a process asks about its heap, in threads of their own, as events must be drained meanwhile:
/// one looks for what is lost, another looks up names. Between, what was freed since is left out.
/// Threads: the drain's; when it goes, it waits for the answer under way.
class SpanAnswers {
 public:
  SpanAnswers(const SharedMemory& memory, std::shared_ptr<const TargetProcess> process,
              std::shared_ptr<BinaryNames> binaries, EventTranslator& translator);

  /// Goes on with what is to be done. After each look at the events.
  void advance();

 private:
  void begin(HeapQuestion question);
  void name();

  const SharedMemory& m_memory;
  const std::shared_ptr<const TargetProcess> m_process;
  const std::shared_ptr<BinaryNames> m_binaries;
  EventTranslator& m_translator;
  /// There is one question at a time: its asker waits, and so does whoever comes next.
  std::shared_ptr<const HeapQuestion> m_question;
  std::future<LostBlocks> m_search;
  bool m_isSearched = false;
  std::future<void> m_naming;
};

}  // namespace heaptap::relay
