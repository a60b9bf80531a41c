// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

namespace heaptap::gui {

/// Replaces a file, whole or not at all. Returns: empty; or why it was not written, in a few words.
[[nodiscard]] QString saveFile(const QString& path, const QByteArray& content);

}  // namespace heaptap::gui
