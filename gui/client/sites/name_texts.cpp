// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/name_texts.h"

#include <absl/strings/string_view.h>

#include <algorithm>

#include "text/printable.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostTextBytes = 16'384;

/// To look up a key without a copy of it.
absl::string_view keyOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

QString readText(std::string_view bytes) {
  const QString text = QString::fromStdString(withoutInvisible(bytes.substr(0, kMostTextBytes)));
  return bytes.size() > kMostTextBytes ? text + QStringLiteral("…") : text;
}

QString NameTexts::text(std::string_view bytes) {
  if (bytes.empty()) return {};
  const auto found = m_texts.find(keyOf(bytes));
  if (found != m_texts.end()) return found->second;
  return m_texts.emplace(bytes, readText(bytes)).first->second;
}

StackLine NameTexts::line(const client::StackLine& line) {
  return {.function = text(line.function),
          .file = text(line.file),
          .line = line.line,
          .module = text(line.module),
          .inlined = line.isInlined,
          .guessed = line.isGuessed,
          .pc = line.pc,
          .address = line.address};
}

QString NameTexts::spoken(const client::StackLine& line) {
  if (line.function.empty()) return spokenFunctionText(this->line(line));
  const auto found = m_spoken.find(keyOf(line.function));
  if (found != m_spoken.end()) return found->second;
  return m_spoken.emplace(line.function, spokenFunctionText(this->line(line))).first->second;
}

}  // namespace heaptap::gui
