// SPDX-License-Identifier: Apache-2.0
#include "gui/models/save_file.h"

#include <QCoreApplication>
#include <QSaveFile>

namespace heaptap::gui {

QString saveFile(const QString& path, const QByteArray& content) {
  QSaveFile file(path);
  // A full disk is met when the buffer goes out; once the file is given up, Qt knows no reason any more.
  if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.flush()) {
    const QString why = file.errorString();
    file.cancelWriting();
    return why;
  }
  if (file.commit()) return {};
  return file.error() == QFileDevice::NoError
             ? QCoreApplication::translate("SaveFile", "it could not be replaced")
             : file.errorString();
}

}  // namespace heaptap::gui
