// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/definitions.h"

namespace heaptap::model {

/// What is said of each frame last: an index over DefinitionsView::namings.
class FrameNames {
 public:
  /// Positions in DefinitionsView::lines, innermost first.
  struct Lines {
    std::uint32_t first = 0;
    std::uint32_t count = 0;  ///< 0: the frame has no names.
  };

  FrameNames() = default;
  explicit FrameNames(const DefinitionsView& definitions) { extend(definitions); }

  /// Takes in what `definitions` have beyond those that it was called with before.
  void extend(const DefinitionsView& definitions) {
    m_lines.resize(definitions.frames.size());
    for (; m_namings < definitions.namings.size(); ++m_namings) {
      const Naming& naming = definitions.namings[m_namings];
      m_lines[index(naming.frame)] = {naming.firstLine, naming.lineCount};
    }
  }
  [[nodiscard]] Lines of(FrameId frame) const {
    return index(frame) < m_lines.size() ? m_lines[index(frame)] : Lines{};
  }

 private:
  std::size_t m_namings = 0;
  std::vector<Lines> m_lines;  ///< By frame.
};

}  // namespace heaptap::model
