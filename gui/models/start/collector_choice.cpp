// SPDX-License-Identifier: Apache-2.0
#include "gui/models/start/collector_choice.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace heaptap::gui {
namespace {

class CollectorText {
  Q_DECLARE_TR_FUNCTIONS(CollectorChoice)
};

}  // namespace

QString problemOf(const CollectorChoice& choice) {
  if (choice.address.isEmpty()) return CollectorText::tr("Say where the collector listens.");
  for (const QString& file : {choice.ca, choice.certificate, choice.key, choice.tokenFile})
    if (!file.isEmpty() && !QFileInfo(file).isFile())
      return CollectorText::tr("There is no file %1.").arg(file);
  if (choice.certificate.isEmpty() != choice.key.isEmpty())
    return CollectorText::tr("A certificate needs its key, and a key its certificate.");
  return {};
}

}  // namespace heaptap::gui
