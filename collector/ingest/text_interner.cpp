// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/text_interner.h"

namespace heaptap::ingest {

model::TextId TextInterner::intern(model::Definitions& definitions, const std::string& text) {
  if (text.empty()) return {};
  if (const auto found = m_ids.find(text); found != m_ids.end()) return found->second;
  const model::TextId id = definitions.addText(text);
  m_ids.emplace(definitions.now().texts[index(id)], id);
  return id;
}

}  // namespace heaptap::ingest
