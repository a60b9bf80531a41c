// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPalette>
#include <QString>
#include <optional>

namespace heaptap::gui {

enum class Theme { Light, Dark };

/// "light" or "dark"; none: something else.
[[nodiscard]] std::optional<Theme> themeCalled(const QString& name);

/// Gives the application these colours, and the style that can show them on any desktop.
/// Threads: GUI thread; after the application was made.
void apply(Theme theme);

/// A desktop's palette, whose links and hints are made readable where they are not: desktops of high contrast
/// do not set all colours.
[[nodiscard]] QPalette readable(QPalette palette);

}  // namespace heaptap::gui
