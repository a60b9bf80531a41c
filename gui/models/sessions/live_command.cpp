// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/live_command.h"

#include <QCoreApplication>

namespace heaptap::gui {
namespace {

class LiveCommandText {
  Q_DECLARE_TR_FUNCTIONS(LiveCommandText)
};

}  // namespace

QString doneText(const LiveCommand& command) {
  const QString name = command.name.simplified();
  switch (command.kind) {
    case LiveCommand::Kind::Pause: return LiveCommandText::tr("Paused: no allocations are recorded.");
    case LiveCommand::Kind::Resume: return LiveCommandText::tr("Resumed.");
    case LiveCommand::Kind::Mark: return LiveCommandText::tr("Marked: %1").arg(name);
    case LiveCommand::Kind::Snapshot: return LiveCommandText::tr("Snapshot taken: %1").arg(name);
    case LiveCommand::Kind::Stop: return LiveCommandText::tr("The record has ended; the program runs on.");
  }
  return {};
}

}  // namespace heaptap::gui
