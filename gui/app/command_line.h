// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <variant>

#include "base/error.h"

namespace heaptap::gui {

/// What `heaptap-gui` was asked to show.
struct Options {
  QStringList files;
  QString collector;  ///< Empty: none.
  QString session;    ///< An id or a unique prefix of one; empty: the viewer chooses.
};

/// A text to print instead of opening a window: the help or the version.
struct Information {
  QString text;
};

/// `arguments` begin with the program's name.
/// Errors: Usage.
[[nodiscard]] Result<std::variant<Options, Information>> parseCommandLine(const QStringList& arguments);

}  // namespace heaptap::gui
