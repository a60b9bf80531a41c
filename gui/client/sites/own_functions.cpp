// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/own_functions.h"

#include <QCoreApplication>
#include <utility>

#include "gui/models/sites/site_text.h"

namespace heaptap::gui {

OwnFunctions::OwnFunctions(client::Profile profile)
    : m_profile(std::move(profile)), m_code(m_profile), m_byStack(m_profile.definitions.stacks.size(), 0) {}

std::uint32_t OwnFunctions::of(model::StackId stack) {
  const std::size_t at = model::index(stack);
  if (at < m_byStack.size() && m_byStack[at] != 0) return m_byStack[at] - 1;
  client::StackLine line;
  if (at < m_byStack.size()) {
    const auto lines = m_code.ownLines(stack, 1);
    if (!lines.empty()) line = lines.front();
  }
  // What has no name is told apart by its module.
  const std::string_view key = line.function.empty() ? line.module : line.function;
  const auto [found, isNew] = m_byName.try_emplace(key, static_cast<std::uint32_t>(m_lines.size()));
  if (isNew) m_lines.push_back(line);
  if (at < m_byStack.size()) m_byStack[at] = found->second + 1;
  return found->second;
}

QString OwnFunctions::name(std::uint32_t function) {
  const client::StackLine& line = m_lines[function];
  if (!line.function.empty()) return m_texts.spoken(line);
  if (!line.module.empty()) return m_texts.text(line.module.substr(line.module.rfind('/') + 1));
  return QCoreApplication::translate("AddressMap", "unknown");
}

QString OwnFunctions::wholeName(std::uint32_t function) {
  const client::StackLine& line = m_lines[function];
  if (!line.function.empty()) return m_texts.text(line.function);
  return line.module.empty() ? name(function) : m_texts.text(line.module);
}

SiteLabel OwnFunctions::label(model::StackId stack) {
  std::vector<StackLine> lines;
  for (const client::StackLine& line : m_code.ownLines(stack, kNamedLines))
    lines.push_back(m_texts.line(line));
  return siteLabel(lines);
}

}  // namespace heaptap::gui
