// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// Whose code a function is.
enum class CodeKind : quint8 {
  Program,
  Allocation,
  CLibrary,
  CppRuntime,
  RustRuntime,
  Loader,
  Start,
  Listed
};

/// What is said of a function of a tree. Names come from the recorded program: they may hold line breaks and
/// have thousands of characters.
struct FunctionLabel {
  QString name;      ///< Whole, or `module+0x1234`.
  QString spoken;    ///< Without arguments of templates and functions.
  QString module;    ///< Path; empty: none.
  QString location;  ///< `file:line` of a place in it; empty: unknown.
  CodeKind kind = CodeKind::Program;
  QString owner;  ///< The kind in words: "the C library".

  /// Whether it is the program's own, or a library's that the program has chosen.
  [[nodiscard]] bool isOwn() const { return kind == CodeKind::Program; }
  bool operator==(const FunctionLabel&) const = default;
};

/// The last part of the module's path.
[[nodiscard]] inline QString moduleName(const FunctionLabel& label) {
  return label.module.mid(label.module.lastIndexOf('/') + 1);
}

}  // namespace heaptap::gui
