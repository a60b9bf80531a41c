// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// A name as a menu shows it: with each `&` of its own, none of which stands for a key.
[[nodiscard]] inline QString menuText(QString name) { return name.replace('&', QStringLiteral("&&")); }

}  // namespace heaptap::gui
