// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QProcess>
#include <QStringDecoder>
#include <QTemporaryDir>
#include <QTimer>

#include "gui/models/start/program_order.h"

namespace heaptap::gui {

/// A program that runs under `heaptap run`. Threads: GUI thread; never blocks, but for the end: when this
/// goes while the program runs, it is asked to end, and killed after some seconds.
class ProgramRun : public QObject {
  Q_OBJECT

 public:
  explicit ProgramRun(ProgramOrder order, QObject* parent = nullptr);
  ~ProgramRun() override;

  void start();
  /// Asks the program to end.
  void stop();
  [[nodiscard]] const ProgramOrder& order() const { return m_order; }
  /// Where it can be watched; empty: not known yet.
  [[nodiscard]] const QString& address() const { return m_address; }
  [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

 signals:
  /// It is recorded, and can be watched at this address while it runs.
  void watchable(const QString& address);
  void wrote(const QString& text);
  /// It has ended, in words, or could not be started.
  void ended(const QString& how);

 private:
  void lookForAddress();
  void read();

  ProgramOrder m_order;
  QTemporaryDir m_folder;
  QProcess m_process;
  QStringDecoder m_text{QStringDecoder::System};  ///< A character may come in two parts.
  QTimer m_look;
  QString m_address;
};

/// The command line program of this installation: beside the viewer, or found by PATH.
[[nodiscard]] QString heaptapProgram();

}  // namespace heaptap::gui
