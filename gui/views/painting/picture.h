// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QWidget>

namespace heaptap::gui {

/// A widget as it is shown, at its size and in its colours, as a file of a picture.
/// `file`: only its ending is looked at. `.svg` is drawn anew in lines and letters; anything else is PNG, of
/// the smallest size, as pictures are kept in documents.
[[nodiscard]] QByteArray pictureOf(QWidget& widget, const QString& file);

}  // namespace heaptap::gui
