// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>

namespace heaptap::gui {

/// How well a name matches what was typed: its letters must be in the name in their order, in any case.
/// Larger is better: letters at the beginnings of words and next to each other count more, and short names
/// win. None: it does not match. Nothing typed matches everything equally.
[[nodiscard]] std::optional<int> paletteScore(const QString& typed, const QString& name);

}  // namespace heaptap::gui
