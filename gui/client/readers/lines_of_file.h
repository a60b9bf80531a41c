// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "client/profile.h"

namespace heaptap::gui {

/// Which lines of one source file the stacks of a profile go through.
/// Threads: any, once it is made. Cost: of making it, a pass over frames and stacks.
class LinesOfFile {
 public:
  /// `file`: as it is shown (readText()).
  LinesOfFile(const client::Profile& profile, const QString& file);

  /// The lines along a stack, ascending, each once.
  [[nodiscard]] std::vector<quint32> along(model::StackId stack) const;

 private:
  const client::Profile& m_profile;
  std::vector<std::vector<quint32>> m_lines;  ///< By frame.
  std::vector<std::uint32_t> m_nearest;  ///< By stack: the node from it outwards that has lines; 0: none.
};

}  // namespace heaptap::gui
