// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>
#include <variant>

#include "base/error.h"
#include "gui/app/theme.h"
#include "gui/views/frame/view_table.h"

namespace heaptap::gui {

/// What `heaptap-gui` was asked to show.
struct Options {
  QStringList files;
  QString collector;           ///< Empty: none.
  QString session;             ///< An id or a unique prefix of one; empty: the viewer chooses.
  QString view;                ///< Its id; empty: the viewer chooses.
  QString compare;             ///< What the session is compared with, FILE@TIME; empty: nothing.
  TimeWords time;              ///< To begin with.
  SiteFilter filter;           ///< Likewise.
  std::optional<Theme> theme;  ///< Absent: the desktop's.
  QStringList suppressions;    ///< Files of them.
  QString screenshot;          ///< A PNG file to paint the window into, instead of showing it; or empty.
  QSize screenshotSize{1280, 800};
};

/// A text to print instead of opening a window: the help or the version.
struct Information {
  QString text;
};

/// `arguments` begin with the program's name.
/// Errors: Usage.
[[nodiscard]] Result<std::variant<Options, Information>> parseCommandLine(const QStringList& arguments);

}  // namespace heaptap::gui
