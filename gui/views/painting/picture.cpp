// SPDX-License-Identifier: Apache-2.0
#include "gui/views/painting/picture.h"

#include <QBuffer>
#include <QImage>
#include <QPixmap>
#include <QSvgGenerator>

namespace heaptap::gui {
namespace {

QByteArray drawn(QWidget& widget) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(widget.size());
  generator.setViewBox(widget.rect());
  generator.setResolution(widget.logicalDpiX());  // Else letters have another size than their places.
  widget.render(&generator);
  return bytes;
}

}  // namespace

QByteArray pictureOf(QWidget& widget, const QString& file) {
  if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) return drawn(widget);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  constexpr int kSmallest = 0;
  widget.grab().toImage().convertToFormat(QImage::Format_RGB888).save(&buffer, "PNG", kSmallest);
  return bytes;
}

}  // namespace heaptap::gui
