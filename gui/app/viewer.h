// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "gui/app/own_code.h"
#include "gui/app/profiled_program.h"
#include "gui/app/session_source.h"
#include "gui/app/suppressions.h"
#include "gui/client/sessions/session_commands.h"
#include "gui/client/sessions/session_lister.h"
#include "gui/client/sessions/session_readers.h"
#include "gui/client/sessions/session_watch.h"
#include "gui/views/frame/main_window.h"

namespace heaptap::gui {

/// Connects a window with a source of sessions: lists them, follows the one that is chosen, opens files,
/// attaches to collectors, and shows what goes wrong.
/// Threads: GUI thread; never blocks.
class Viewer : public QObject {
  Q_OBJECT

 public:
  /// `window` must outlive this.
  explicit Viewer(MainWindow& window, QObject* parent = nullptr);
  ~Viewer() override;

  /// Shows sessions of `source` from now on: `session` (an id or a prefix), or else the newest.
  void show(std::shared_ptr<SessionSource> source, const QString& session);
  /// The same of files that were opened before: which they were, and what was wrong with others.
  void showFiles(std::shared_ptr<SessionSource> source, const QString& session, const QStringList& files,
                 const std::vector<Error>& errors);
  /// Opens files beside those that are open already, and shows the first of them.
  void openFiles(const QStringList& paths);
  /// Keeps for a collector with what one goes there, and attaches to it.
  void enter(const heaptap::gui::CollectorChoice& choice);
  /// Attaches to a collector instead of what is shown now.
  void attach(const QString& address);
  /// Reads what is shown anew.
  void reload();
  /// Shows nothing any more.
  void close();
  /// Leaks of all sessions are judged by these from now on, also in what is exported.
  void judgeBy(Suppressions suppressions);
  /// The leak of this call site is set apart from now on: by a line that is added to a file.
  void suppress(const SiteNumbers::Key& site, const QString& file);
  /// The same with files that are read first; none: what is built in alone.
  void useSuppressions(const QStringList& files);

 signals:
  /// Everything there is of a session at this moment is in the window.
  void shown();
  /// Something could not be shown; the window says so.
  void failed(const heaptap::Error& error);

 private:
  struct OpenedFiles;
  void letGo();
  /// `wanted`: the session that is shown first, where it is among them; else that of the first file.
  void openFilesIn(const std::shared_ptr<SessionSource>& source, const QStringList& paths,
                   const QString& wanted = {});
  void suppressionsRead(Result<Suppressions> read);
  void filesOpened(const OpenedFiles& opened);
  void take(const SessionList& sessions);
  void follow(const QString& session);
  /// The list of own code is another.
  void nameAnew();
  /// Shows what is known of the session that is followed before its first answer.
  void beginFollowed();
  void showFilesProblem();
  void cancel();
  void watch(const QString& address);
  void programEnded(const QString& how, const QStringList& files, const QString& address);
  void sendCommand(const LiveCommand& command);
  void exportTo(const QString& format, const QString& file);
  void exported(const QString& file, const Result<void>& outcome);
  void retry();
  /// What could not be done, in a few words; why not is the error's.
  void report(const QString& what, const Error& error, bool canRetry);
  void reportFiles(const std::vector<Error>& errors);
  /// Since when there has been no answer, beside the numbers, which stay.
  void markStale();
  /// What is known now is no problem any more; that files do not open stays one until it is dismissed.
  void clearProblem();
  void sessionFailed(const QString& session, const Error& error);

  MainWindow& m_window;
  std::shared_ptr<SessionSource> m_source;
  std::shared_ptr<SessionOpener> m_opener;  ///< Of files to compare with.
  std::unique_ptr<SessionLister> m_lister;
  std::unique_ptr<SessionWatch> m_watch;
  std::unique_ptr<SessionReaders> m_readers;
  std::unique_ptr<Answers<SqlWish, SqlResult>> m_sql;
  std::unique_ptr<SessionCommands> m_commands;
  ProfiledProgram m_program;
  OwnCode m_ownCode;
  QStringList m_files;  ///< Of the source that is shown; none: a collector.
  Request m_export;
  Request m_suppressing;
  Suppressions m_suppressions;
  bool m_isAway = false;        ///< The collector did not answer the last question.
  QString m_followed;           ///< As it was asked for; empty: none yet.
  QTime m_lastAnswer;           ///< About the session that is followed.
  QString m_missing;            ///< A session that was asked for, and is not there yet; or empty.
  QString m_filesProblem;       ///< That has no session yet to stand above; or empty.
  bool m_keepsProblem = false;  ///< What stands above the session is no matter of the session.
  std::stop_source m_closing;
  QThreadPool m_opening;
};

}  // namespace heaptap::gui
