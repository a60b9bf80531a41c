// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "gui/models/stack_line.h"
#include "heaptap/v1/query.pb.h"

/// Texts of answers. They come from a stranger: none is longer than can be laid out, and stacks have an end.
namespace heaptap::gui {

inline constexpr int kMostLinesOfAStack = 1 << 14;

/// Texts beyond any sensible name are cut: they would have to be laid out as one line.
[[nodiscard]] QString readText(const std::string& utf8);

/// Gives equal texts one QString: thousands of stacks end in the same `main`.
class TextPool {
 public:
  [[nodiscard]] QString shared(const std::string& utf8);
  [[nodiscard]] StackLine read(const v1::StackLine& line);

 private:
  std::unordered_map<std::string, QString> m_texts;
};

/// What to say of an answer that breaks its own rules.
[[nodiscard]] tl::unexpected<Error> brokenAnswer(const std::string& what);

}  // namespace heaptap::gui
