// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/node_hash_map.h>

#include <QString>
#include <string>
#include <string_view>

#include "client/stack_lines.h"
#include "gui/models/sites/stack_line.h"

/// Names that were recorded, as texts for widgets. They are whatever the recorded program has: none becomes
/// longer than can be laid out, bytes that are not UTF-8 become U+FFFD, and none is shown as another one, by
/// characters that turn the direction of text around.
namespace heaptap::gui {

/// Texts beyond any sensible name are cut: they would have to be laid out as one line.
[[nodiscard]] QString readText(std::string_view bytes);

/// Gives equal names one QString: thousands of stacks end in the same `main`.
/// Threads: one at a time.
class NameTexts {
 public:
  [[nodiscard]] QString text(std::string_view bytes);
  [[nodiscard]] StackLine line(const client::StackLine& line);
  /// The function of a line as one says it.
  [[nodiscard]] QString spoken(const client::StackLine& line);

 private:
  absl::node_hash_map<std::string, QString> m_texts;
  absl::node_hash_map<std::string, QString> m_spoken;
};

}  // namespace heaptap::gui
