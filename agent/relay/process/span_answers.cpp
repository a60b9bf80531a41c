// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/span_answers.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace heaptap::relay {
namespace {

constexpr const char* kNoThread = "the relay can start no thread";

}  // namespace

SpanAnswers::SpanAnswers(const SharedMemory& memory, std::shared_ptr<const TargetProcess> process,
                         std::shared_ptr<BinaryNames> binaries, EventTranslator& translator)
    : m_memory(memory),
      m_process(std::move(process)),
      m_binaries(std::move(binaries)),
      m_translator(translator) {}

void SpanAnswers::advance() {
  if (auto question = m_translator.takeQuestion()) begin(*std::move(question));
  if (!m_search.valid() || m_search.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  // What was freed while the memory was looked at is known after the next look at the events.
  if (std::exchange(m_isSearched, true)) name();
}

void SpanAnswers::begin(HeapQuestion question) {
  // Most tests leave nothing.
  if (question.blocks.empty())
    return give(m_memory, question.number,
                answerOf(question, lostBlocks(question, *m_process, m_memory), *m_binaries, {}));
  m_isSearched = false;
  m_question = std::make_shared<const HeapQuestion>(std::move(question));
  try {
    m_search = std::async(std::launch::async,
                          [this, asked = m_question] { return lostBlocks(*asked, *m_process, m_memory); });
  } catch (const std::system_error&) {
    give(m_memory, m_question->number, SpanAnswer::unknown(kNoThread));
  }
}

void SpanAnswers::name() {
  LostBlocks lost = m_search.get();
  std::erase_if(lost.blocks,
                [this](std::size_t each) { return !m_translator.isLive(m_question->blocks[each]); });
  try {
    m_naming = std::async(std::launch::async, [this, asked = m_question, lost = std::move(lost),
                                               modules = m_translator.modules().modules()] {
      give(m_memory, asked->number, answerOf(*asked, lost, *m_binaries, modules));
    });
  } catch (const std::system_error&) {
    give(m_memory, m_question->number, SpanAnswer::unknown(kNoThread));
  }
}

}  // namespace heaptap::relay
