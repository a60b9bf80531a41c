// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace heaptap::gui {

/// One line of a stack: a function, perhaps inlined into the line that follows it.
struct StackLine {
  QString function;  ///< Empty: unknown.
  QString file;      ///< Empty: unknown.
  quint32 line = 0;  ///< 0: unknown.
  QString module;    ///< Path of the binary.
  bool inlined = false;
  bool guessed = false;  ///< Found without unwind information.
  bool foreign = false;  ///< Not the program's own: libc's, a runtime's, the standard library's.
  quint64 pc = 0;        ///< Address in the module's file.
  quint64 address = 0;   ///< In the process.

  bool operator==(const StackLine&) const = default;
};

/// The function's name, or `module+0x1234` when the name is unknown.
[[nodiscard]] QString functionText(const StackLine& line);

/// The same as one says it, without arguments of templates and functions.
[[nodiscard]] QString spokenFunctionText(const StackLine& line);

/// `file.c:12` with the whole path or its last two parts; the module when the file is unknown.
[[nodiscard]] QString locationText(const StackLine& line);
[[nodiscard]] QString shortLocationText(const StackLine& line);

/// A stack to be pasted elsewhere: a line for each line, innermost first, with its place.
[[nodiscard]] QString stackText(const std::vector<StackLine>& lines);

/// So many functions name a stack in one line.
inline constexpr std::size_t kNamedLines = 4;

/// The innermost functions of a stack in one line: `inner ← caller ← …`.
/// `lineAt(i)`: the i-th of `count` lines, innermost first.
template <class LineAt>
[[nodiscard]] QString stackLabel(std::size_t count, const LineAt& lineAt) {
  QString label;
  for (std::size_t i = 0; i < count && i < kNamedLines; ++i) {
    if (i > 0) label += QStringLiteral(" ← ");
    label += spokenFunctionText(lineAt(i));
  }
  return label;
}

}  // namespace heaptap::gui
