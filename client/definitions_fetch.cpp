// SPDX-License-Identifier: Apache-2.0
#include "client/definitions_fetch.h"

namespace heaptap::client {

Result<void> FetchedDefinitions::apply(const v1::DefinitionsReply& reply) {
  using Item = v1::DefinitionsReply::ItemCase;
  switch (reply.item_case()) {
    case Item::kModules: return m_reader.apply(reply.modules(), m_definitions);
    case Item::kModuleNames: return m_reader.apply(reply.module_names(), m_definitions);
    case Item::kThreads: return m_reader.apply(reply.threads(), m_definitions);
    case Item::kHeaps: return m_reader.apply(reply.heaps(), m_definitions);
    case Item::kFrames: return m_reader.apply(reply.frames(), m_definitions);
    case Item::kStackNodes: return m_reader.apply(reply.stack_nodes(), m_definitions);
    case Item::kPairs: return m_reader.apply(reply.pairs(), m_definitions);
    case Item::kSymbols: return m_reader.apply(reply.symbols(), m_definitions);
    case Item::ITEM_NOT_SET: return {};
  }
  return {};
}

Result<void> FetchedDefinitions::add(const v1::DefinitionsReply& reply) {
  const auto broken = [this](const std::string& what) {
    return failure(Code::Corrupt, m_where, "the collector's answer is damaged: " + what);
  };
  if (auto applied = apply(reply); !applied) return broken(applied.error().what);
  const model::DefinitionsView& known = m_definitions.now();
  const v1::DefinitionsPosition& position = reply.position();
  // Ids are positions: both sides must mean the same by them.
  if (position.modules() != known.modules.size() || position.threads() != known.threads.size() ||
      position.heaps() != known.heapNames.size() || position.frames() + 1 != known.frames.size() ||
      position.stack_nodes() + 1 != known.stacks.size() || position.pairs() != known.pairs.size())
    return broken("definitions of which some are missing");
  m_position = position;
  return {};
}

}  // namespace heaptap::client
