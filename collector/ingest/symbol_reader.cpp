// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/symbol_reader.h"

#include <string>
#include <vector>

#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

Result<void> check(const v1::Symbols& message, const model::DefinitionsView& known) {
  const int lines = message.frame_size();
  if (message.function_size() != lines || message.file_size() != lines || message.line_size() != lines ||
      message.inlined_size() != lines ||
      (message.allocator_size() != 0 && message.allocator_size() != lines)) {
    return corrupt("symbols", "the columns differ in length");
  }
  if (lines > 0 && message.text_size() == 0)
    return corrupt("symbols", "text is empty, expected text[0] to be \"\"");
  if (message.text_size() > 0 && !message.text(0).empty()) return corrupt("symbols", "text[0] is not empty");
  if (known.lines.size() + static_cast<std::size_t>(lines) > kMaxSymbolLines ||
      known.texts.size() + static_cast<std::size_t>(message.text_size()) > kMaxTexts) {
    return corrupt("symbols", "more symbols than a session may have");
  }
  for (const std::string& text : message.text()) {
    if (text.size() > kMaxTextBytes)
      return corrupt("symbols", "a text of " + std::to_string(text.size()) + " bytes");
  }
  for (int i = 0; i < lines; ++i) {
    if (message.frame(i) == 0 || message.frame(i) >= known.frames.size())
      return corrupt("symbols", "a frame that is not defined");
    if (message.function(i) >= static_cast<std::uint32_t>(message.text_size()) ||
        message.file(i) >= static_cast<std::uint32_t>(message.text_size())) {
      return corrupt("symbols", "a text that is not in the message");
    }
  }
  return {};
}

}  // namespace

Result<void> SymbolReader::apply(const v1::Symbols& message, model::Definitions& definitions) {
  if (auto checked = check(message, definitions.now()); !checked) return checked;
  std::vector<model::TextId> texts;
  for (const std::string& text : message.text()) texts.push_back(intern(text, definitions));
  std::vector<model::SymbolLine> lines;
  const int count = message.frame_size();
  for (int i = 0; i < count; ++i) {
    lines.push_back({.function = texts[message.function(i)],
                     .file = texts[message.file(i)],
                     .line = message.line(i),
                     .inlined = message.inlined(i),
                     .allocator = message.allocator_size() != 0 && message.allocator(i)});
    if (i + 1 == count || message.frame(i + 1) != message.frame(i)) {
      definitions.name(static_cast<model::FrameId>(message.frame(i)), lines);
      lines.clear();
    }
  }
  return {};
}

model::TextId SymbolReader::intern(const std::string& text, model::Definitions& definitions) {
  if (text.empty()) return {};
  if (const auto found = m_texts.find(text); found != m_texts.end()) return found->second;
  const model::TextId id = definitions.addText(text);
  m_texts.emplace(definitions.now().texts[index(id)], id);
  return id;
}

}  // namespace heaptap::ingest
