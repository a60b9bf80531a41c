// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// What can be said to the relay of a session that is being recorded.
struct LiveCommand {
  enum class Kind : quint8 {
    Pause,     ///< Record no allocations.
    Resume,    ///< Record them again.
    Mark,      ///< Name this moment.
    Snapshot,  ///< Name it, and keep the whole heap as it is then.
    Stop,      ///< End the record; the program runs on.
  };
  Kind kind = Kind::Mark;
  QString name = {};  ///< Of a mark or a snapshot.

  bool operator==(const LiveCommand&) const = default;
};

/// What is said when it was carried out.
[[nodiscard]] QString doneText(const LiveCommand& command);

}  // namespace heaptap::gui
