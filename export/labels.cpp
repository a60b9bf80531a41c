// SPDX-License-Identifier: Apache-2.0
#include "export/labels.h"

#include <algorithm>

#include "text/printable.h"
#include "text/unnamed_place.h"

namespace heaptap::exporting {

std::string clipped(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  static constexpr std::string_view kMark = "…";
  std::size_t end = most - std::min(most, kMark.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + std::string(kMark);
}

std::string_view fileNameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string labelOf(const client::StackLine& line) {
  if (!line.function.empty()) return printable(line.function);
  return printable(unnamedPlace(line.module, line.pc));
}

std::string shortLabelOf(client::StackLine line, std::size_t most) {
  line.function = line.function.substr(0, 2 * most);
  return clipped(labelOf(line), most);
}

FunctionLabels::FunctionLabels(const client::Profile& profile) {
  const std::size_t count = profile.names->functionCount();
  m_labels.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    m_labels.push_back(shortLabelOf(lineOfFunction(profile, static_cast<client::FunctionId>(i))));
}

void FunctionLabels::replace(char what, char with) {
  for (std::string& label : m_labels) std::replace(label.begin(), label.end(), what, with);
}

client::StackLine lineOfFunction(const client::Profile& profile, client::FunctionId id) {
  const client::Function& function = profile.names->function(id);
  const auto functions = profile.names->functions(function.frame);
  std::uint32_t line = 0;
  while (line + 1 < functions.size() && functions[line] != id) ++line;
  client::StackLine found = client::lineOf(profile, function.frame, line);
  // The frame may have got another name since.
  if (client::meaningOf(profile.definitions.frame(function.frame).flags).empty())
    found.function = client::nameOf(profile.definitions, function);
  return found;
}

}  // namespace heaptap::exporting
