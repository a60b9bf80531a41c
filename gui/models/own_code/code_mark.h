// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// What the user says of a function or a module: whether it is the program's own.
struct CodeMark {
  enum class Of : quint8 { Function, Module };
  bool isOwn = false;
  Of of = Of::Function;
  QString name;  ///< The whole name; of a module, its path.

  bool operator==(const CodeMark&) const = default;
};

}  // namespace heaptap::gui
