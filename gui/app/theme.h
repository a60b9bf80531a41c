// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>

namespace heaptap::gui {

enum class Theme { Light, Dark };

/// "light" or "dark"; none: something else.
[[nodiscard]] std::optional<Theme> themeCalled(const QString& name);

/// Gives the application these colours, and the style that can show them on any desktop.
/// Threads: GUI thread; after the application was made.
void apply(Theme theme);

}  // namespace heaptap::gui
