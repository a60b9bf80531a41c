// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

namespace heaptap::gui {

enum class SessionState { Unknown, Live, Complete, CutShort, RecordedElsewhere };

/// One program image of one process, as a collector lists it.
struct Session {
  QString id;  ///< 32 hexadecimal digits.
  QStringList command;
  quint32 pid = 0;
  qint64 startedAtUnixNs = 0;
  std::optional<quint64> durationNs;
  SessionState state = SessionState::Unknown;
  QString file;      ///< On the collector's host.
  QString parentId;  ///< Empty for the first image.
  quint32 image = 0;

  [[nodiscard]] bool isLive() const { return state == SessionState::Live; }
  bool operator==(const Session&) const = default;
};

using SessionList = std::vector<Session>;

}  // namespace heaptap::gui
