// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <memory>

#include "gui/app/program_run.h"
#include "gui/views/start/program_output.h"

namespace heaptap::gui {

/// The program that the user profiles: one at a time, with its output. Says what is to be shown of it.
/// Threads: GUI thread; never blocks.
class ProfiledProgram : public QObject {
  Q_OBJECT

 public:
  /// `output` must outlive this.
  explicit ProfiledProgram(ProgramOutput& output, QObject* parent = nullptr);

  void start(const ProgramOrder& order);
  /// Its command in a line, while it runs; else empty.
  [[nodiscard]] QString running() const;

 signals:
  void runningChanged();
  /// It is recorded, and can be watched at this address.
  void watchable(const QString& address);
  /// It has ended, in words. `files`: its session, and those of the programs that it has started; none: there
  /// is none. `address`: where it could be watched.
  void ended(const QString& how, const QStringList& files, const QString& address);
  /// Another one cannot be started; one line.
  void refused(const QString& why);

 private:
  void finish(const QString& how);

  ProgramOutput& m_output;
  std::unique_ptr<ProgramRun> m_run;
  QDateTime m_startedAt;
};

}  // namespace heaptap::gui
