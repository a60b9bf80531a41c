// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

namespace heaptap::gui {

/// A program that is to be recorded by `heaptap run`.
struct ProgramOrder {
  QStringList command = {};      ///< The program and its arguments.
  QString folder = {};           ///< That it runs in; empty: the viewer's.
  QStringList environment = {};  ///< NAME=VALUE: what is different from the viewer's own.
  QString file = {};             ///< That the session goes to.
  QString sample = {};           ///< As --sample takes it; empty: everything is recorded.
  bool withChildren = true;
  bool withFreeStacks = false;
  bool withMappings = false;

  /// As it is named in `folder`.
  [[nodiscard]] QString filePath() const;
  /// There is a session in its file, which the new one takes the place of.
  [[nodiscard]] bool replaces() const;
  bool operator==(const ProgramOrder&) const = default;
};

/// The arguments of `heaptap` for it. `addressFile`: where the recorder says how it can be watched.
[[nodiscard]] QStringList runArguments(const ProgramOrder& order, const QString& addressFile);
/// Why it cannot be run as it is, in a line; or empty.
[[nodiscard]] QString problemOf(const ProgramOrder& order);
/// Words as a shell splits them: at spaces, but for those in quotes or behind a backslash. Nothing is
/// expanded.
[[nodiscard]] QStringList wordsOf(const QString& line);
/// A file for the session of a program in a folder: `NAME-YYYYMMDD-HHMMSS.heaptap`.
[[nodiscard]] QString proposedFile(const QStringList& command, const QString& folder, const QString& moment);

}  // namespace heaptap::gui
