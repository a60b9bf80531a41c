// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/lines_of_file.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "client/stack_lines.h"
#include "gui/client/sites/name_texts.h"

namespace heaptap::gui {

using model::index;

LinesOfFile::LinesOfFile(const client::Profile& profile, const QString& file) : m_profile(profile) {
  const model::DefinitionsView& definitions = profile.definitions;
  absl::flat_hash_map<const char*, bool> isIt;  // By text: a file has many frames.
  m_lines.resize(definitions.frames.size());
  for (std::size_t at = 1; at < m_lines.size(); ++at) {
    const auto frame = static_cast<model::FrameId>(at);
    for (std::uint32_t i = 0; i < client::frameLines(profile, frame); ++i) {
      const client::StackLine line = client::lineOf(profile, frame, i);
      if (line.line == 0 || line.file.empty()) continue;
      const auto [found, isNew] = isIt.try_emplace(line.file.data(), false);
      if (isNew) found->second = readText(line.file) == file;
      if (found->second) m_lines[at].push_back(line.line);
    }
  }
  m_nearest.resize(definitions.stacks.size(), 0);
  for (std::size_t at = 1; at < m_nearest.size(); ++at) {  // A caller has the smaller id.
    const model::StackNode& node = definitions.stacks[at];
    m_nearest[at] =
        m_lines[index(node.frame)].empty() ? m_nearest[index(node.parent)] : static_cast<std::uint32_t>(at);
  }
}

std::vector<quint32> LinesOfFile::along(model::StackId stack) const {
  std::vector<quint32> lines;
  if (index(stack) >= m_nearest.size()) return lines;
  for (std::uint32_t at = m_nearest[index(stack)]; at != 0;) {
    const model::StackNode& node = m_profile.definitions.stacks[at];
    const std::vector<quint32>& here = m_lines[index(node.frame)];
    lines.insert(lines.end(), here.begin(), here.end());
    at = m_nearest[index(node.parent)];
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace heaptap::gui
