// SPDX-License-Identifier: Apache-2.0
#include "gui/app/viewer.h"

#include <QFileInfo>
#include <algorithm>
#include <utility>

#include "gui/app/file_opener.h"
#include "gui/app/known_collectors.h"
#include "gui/app/sql_reader.h"
#include "gui/client/sessions/session_export.h"
#include "gui/views/leaks/leaks_view.h"
#include "rpc/default_address.h"

namespace heaptap::gui {
namespace {

constexpr int kMostNamedFiles = 5;

}  // namespace

struct Viewer::OpenedFiles {
  std::shared_ptr<SessionSource> source;
  QString first;      ///< Id of what is shown first; empty when no file could be opened.
  QStringList files;  ///< Those that could be opened.
  std::vector<Error> errors;
};

Viewer::Viewer(MainWindow& window, QObject* parent)
    : QObject(parent), m_window(window), m_program(window.output()), m_ownCode(window) {
  m_opening.setMaxThreadCount(1);
  m_suppressions.rules = std::make_shared<const analysis::LeakRules>();
  connect(&window.store(), &SessionStore::begun, this, &Viewer::showFilesProblem);
  connect(&window, &MainWindow::sessionChosen, this, &Viewer::follow);
  connect(&window, &MainWindow::filesChosen, this, &Viewer::openFiles);
  connect(&window, &MainWindow::collectorChosen, this, &Viewer::attach);
  connect(&window, &MainWindow::collectorEntered, this, &Viewer::enter);
  connect(&window, &MainWindow::suppressionsChosen, this, &Viewer::useSuppressions);
  connect(&window, &MainWindow::cancelWanted, this, &Viewer::cancel);
  connect(&window, &MainWindow::retryWanted, this, &Viewer::retry);
  connect(&window.session().view<LeaksView>(), &LeaksView::suppressWanted, this,
          [this](const SiteNumbers::Key& site) {
            const QStringList& files = m_suppressions.files;
            suppress(site, m_window.chooseSuppressionFile(files.isEmpty() ? QStringLiteral("known.supp")
                                                                          : files.back()));
          });
  window.proposeCollector(QString::fromStdString(rpc::defaultAddress()));
  window.setKnownCollectors(knownCollectors());
  connect(&window, &MainWindow::programWanted, &m_program, &ProfiledProgram::start);
  connect(&window, &MainWindow::reloadWanted, this, &Viewer::reload);
  connect(&window, &MainWindow::closeWanted, this, &Viewer::close);
  connect(&m_program, &ProfiledProgram::runningChanged, [this] { m_window.setRunning(m_program.running()); });
  connect(&m_program, &ProfiledProgram::watchable, this, &Viewer::watch);
  connect(&m_program, &ProfiledProgram::ended, this, &Viewer::programEnded);
  connect(&m_program, &ProfiledProgram::refused, this, [this](const QString& why) {
    m_keepsProblem = true;
    m_window.showProblem(tr("Cannot start the program"), why);
  });
  connect(&window.session().header().live(), &LiveBar::wanted, this, &Viewer::sendCommand);
  connect(&window.session(), &SessionPage::codeMarked, &m_ownCode, &OwnCode::mark);
  connect(&window, &MainWindow::ownCodeWanted, &m_ownCode, &OwnCode::edit);
  connect(&m_ownCode, &OwnCode::changed, this, &Viewer::nameAnew);
  connect(&m_ownCode, &OwnCode::failed, this, [this](const Error& error) {
    const QString what = tr("Cannot use the list of own code");
    const QString line = QString::fromStdString(error.line()).simplified();
    m_keepsProblem = m_window.showsSession();  // It is no matter of what arrives from the session.
    m_filesProblem = m_keepsProblem ? QString() : what + QStringLiteral(": ") + line;
    m_window.showProblem(what, line);
  });
  window.setExports(exportChoices());
  connect(&window, &MainWindow::exportWanted, this, &Viewer::exportTo);
  connect(&window, &MainWindow::exportCancelWanted, this, [this] {
    m_export.cancel();
    m_window.exporting().end();
    m_window.announce(tr("The export was cancelled."));
  });
}

Viewer::~Viewer() {
  m_closing.request_stop();
  m_opening.waitForDone();
}

/// All of these ask the source that goes now.
void Viewer::letGo() {
  m_export.cancel();
  m_suppressing.cancel();
  m_window.exporting().end();
  m_watch.reset();
  m_readers.reset();
  m_sql.reset();
  m_commands.reset();
  m_lister.reset();
  m_followed.clear();
  m_keepsProblem = false;
}

void Viewer::show(std::shared_ptr<SessionSource> source, const QString& session) {
  letGo();
  m_source = std::move(source);
  m_window.store().setFromCollector(!m_source->servesFiles());
  m_opener = std::make_shared<FileOpener>(m_source->servesFiles());
  m_window.session().header().setControllable(!m_source->servesFiles());
  m_window.expect(m_source->name(), m_source->servesFiles() ? tr("Reading the session…")
                                                            : tr("Connecting to %1…").arg(m_source->name()));
  m_lister = std::make_unique<SessionLister>(m_source->client(), m_source->servesFiles()
                                                                     ? SessionLister::Sessions::Fixed
                                                                     : SessionLister::Sessions::ComeAndGo);
  connect(m_lister.get(), &SessionLister::listed, this, &Viewer::take);
  connect(m_lister.get(), &SessionLister::failed, this,
          [this](const Error& error) { report(tr("Cannot list the sessions"), error, true); });
  connect(m_source.get(), &SessionSource::progressed, this, [this](const QString& id, double share) {
    if (m_watch && id.startsWith(m_followed)) m_window.loading().setProgress(share);
  });
  if (!session.isEmpty()) follow(session);
}

void Viewer::showFiles(std::shared_ptr<SessionSource> source, const QString& session,
                       const QStringList& files, const std::vector<Error>& errors) {
  m_files.clear();
  for (const QString& file : files) {
    m_files << QFileInfo(file).absoluteFilePath();
    m_window.remember({.kind = RecentPlace::Kind::File, .place = m_files.back()});
  }
  show(std::move(source), session);
  if (!errors.empty()) reportFiles(errors);
}

void Viewer::watch(const QString& address) {
  auto source = SessionSource::collector(address);
  if (!source) return report(tr("Cannot watch the program"), source.error(), false);
  m_files.clear();
  m_window.session().openAnew();
  show(std::move(*source), {});
  // It runs on this host, as this user wanted it: its source files are this user's own.
  m_window.store().setFromCollector(false);
}

void Viewer::programEnded(const QString& how, const QStringList& files, const QString& address) {
  if (files.isEmpty()) return m_window.announce(how);
  // Who looks at something else by now is not called away.
  const bool isShown = m_source && !address.isEmpty() && m_source->name() == address;
  if (isShown || !m_source) return openFilesIn(SessionSource::files(), files, m_followed);
  m_window.remember({.kind = RecentPlace::Kind::File, .place = files.front()});
  m_window.announce(tr("%1 The session is %2.").arg(how, files.front()));
}

void Viewer::reload() {
  if (!m_source) return;
  if (m_files.isEmpty()) return attach(m_source->name());
  const QStringList files = std::exchange(m_files, {});
  openFilesIn(SessionSource::files(), files);
}

void Viewer::close() {
  letGo();
  m_missing.clear();
  m_files.clear();
  m_source.reset();
  m_window.expectNothing();
}

void Viewer::take(const SessionList& sessions) {
  if (std::exchange(m_isAway, false)) clearProblem();
  m_window.showSessions(sessions);
  const auto isMissing = [this](const Session& session) { return session.id.startsWith(m_missing); };
  if (!m_missing.isEmpty() && std::any_of(sessions.begin(), sessions.end(), isMissing))
    return follow(m_missing);
  if (m_followed.isEmpty() && !sessions.empty()) return follow(m_window.sessions().at(0).id);
  if (m_watch && !m_window.showsSession()) beginFollowed();
}

void Viewer::beginFollowed() {
  for (int row = 0; row < m_window.sessions().rowCount(); ++row)
    if (const Session& known = m_window.sessions().at(row); known.id.startsWith(m_followed)) {
      m_window.store().begin(known);
      m_window.loading().begin(m_source->servesFiles() ? tr("Reading %1…").arg(known.file)
                                                       : tr("Fetching from %1…").arg(m_source->name()));
      return;
    }
}

/// Whether the list of sessions or a summary comes first, what did not open is told above the first session.
void Viewer::showFilesProblem() {
  if (m_filesProblem.isEmpty() || !m_window.showsSession()) return;
  m_window.showProblem(std::exchange(m_filesProblem, {}), {});
  m_keepsProblem = true;
}

void Viewer::clearProblem() {
  if (!m_keepsProblem) m_window.clearProblem();
}

void Viewer::cancel() {
  m_watch.reset();
  m_keepsProblem = false;
  m_window.loading().end();
  m_window.store().setComing(Coming::Cancelled);
  m_window.showProblem(tr("Reading was cancelled"), {}, true);
}

void Viewer::sendCommand(const LiveCommand& command) {
  if (m_commands) m_commands->send(command);
}

void Viewer::exportTo(const QString& format, const QString& file) {
  if (m_followed.isEmpty()) return;
  m_window.exporting().begin(tr("Exporting to %1…").arg(file));
  const ExportOrder order{
      .session = m_followed, .format = format, .file = file, .rules = *m_suppressions.rules};
  m_export = m_source->client().ask<Result<void>>(
      [order](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        return exportSession(source, order, ticket->stop());
      },
      [this, file](const Result<void>& outcome) { exported(file, outcome); });
}

void Viewer::exported(const QString& file, const Result<void>& outcome) {
  m_window.exporting().end();
  if (outcome) return m_window.announce(tr("Exported to %1.").arg(file));
  m_keepsProblem = true;  // It is no matter of what arrives from the session.
  m_window.showProblem(tr("Cannot export the session"),
                       QString::fromStdString(outcome.error().line()).simplified());
}

void Viewer::retry() {
  m_window.clearProblem();
  if (m_followed.isEmpty())
    m_lister->refresh();
  else
    follow(m_followed);
}

void Viewer::follow(const QString& session) {
  m_missing.clear();
  m_followed = session;
  m_lastAnswer = {};
  m_watch.reset();
  m_window.loading().end();
  clearProblem();
  beginFollowed();
  m_watch = std::make_unique<SessionWatch>(m_source->client(), session);
  m_watch->judgeBy(m_suppressions.rules);
  m_commands = std::make_unique<SessionCommands>(m_source->client(), session);
  connect(m_commands.get(), &SessionCommands::done, this,
          [this](const LiveCommand& command) { m_window.announce(doneText(command)); });
  connect(m_commands.get(), &SessionCommands::failed, this, [this](const LiveCommand&, const Error& error) {
    m_keepsProblem = true;  // It is no matter of what arrives from the session.
    m_window.showProblem(tr("The command was not carried out"),
                         QString::fromStdString(error.line()).simplified());
  });
  m_readers = std::make_unique<SessionReaders>(m_source->client(), session, m_window.store(),
                                               m_window.session().selection(), m_opener);
  m_sql = std::make_unique<Answers<SqlWish, SqlResult>>(
      m_source->client(), m_window.store().sql(), Meanwhile::Ends,
      [id = session.toStdString()](client::ProfileSource& source, const SqlWish& wish,
                                   const std::stop_token& stop) { return readSql(source, id, wish, stop); });
  connect(m_watch.get(), &SessionWatch::summaryArrived, this, [this](const Summary& summary) {
    clearProblem();
    m_lastAnswer = QTime::currentTime();
    m_window.store().setSummary(summary);
  });
  SessionStore* const store = &m_window.store();
  connect(m_watch.get(), &SessionWatch::timelineArrived, store, &SessionStore::setTimeline);
  connect(m_watch.get(), &SessionWatch::sitesArrived, store, &SessionStore::setSites);
  connect(m_watch.get(), &SessionWatch::leaksArrived, store, &SessionStore::setLeaks);
  connect(m_watch.get(), &SessionWatch::finished, store, &SessionStore::setFinished);
  connect(m_watch.get(), &SessionWatch::findingsArrived, this, [this](const Findings& findings) {
    m_window.store().setFindings(findings);
    m_window.loading().end();
    emit shown();  // The last part of an answer.
  });
  connect(m_watch.get(), &SessionWatch::statusArrived, this, [this](const LiveStatus& status) {
    m_lastAnswer = QTime::currentTime();
    m_window.store().setStatus(status);
  });
  connect(m_watch.get(), &SessionWatch::fellSilent, this, [this] {
    markStale();
    if (m_keepsProblem) return;
    m_window.showProblem(tr("No answer from the collector"),
                         tr("%1 has said nothing since %2, and what is shown is of then. Waiting for it…")
                             .arg(m_source->name(), m_lastAnswer.toString("HH:mm:ss")));
  });
  connect(m_watch.get(), &SessionWatch::answersAgain, this, [this] {
    clearProblem();
    m_window.store().setAnswersAgain();
  });
  connect(m_watch.get(), &SessionWatch::failed, this,
          [this, session](const Error& error) { sessionFailed(session, error); });
}

void Viewer::nameAnew() {
  if (m_followed.isEmpty()) return;
  m_window.session().keepChoiceOf(m_window.store().session().id);
  follow(m_followed);
}

void Viewer::openFiles(const QStringList& paths) {
  openFilesIn(m_source && m_source->servesFiles() ? m_source : SessionSource::files(), paths);
}

void Viewer::openFilesIn(const std::shared_ptr<SessionSource>& source, const QStringList& paths,
                         const QString& wanted) {
  m_opening.start([this, source, paths, wanted, closing = m_closing.get_token()] {
    OpenedFiles opened{source, {}, {}, {}};
    for (const QString& path : paths) {
      if (closing.stop_requested()) return;
      auto id = source->addFile(path);
      if (!id) {
        opened.errors.push_back(std::move(id.error()));
        continue;
      }
      opened.files << QFileInfo(path).absoluteFilePath();
      if (opened.first.isEmpty() || *id == wanted) opened.first = *id;
    }
    QMetaObject::invokeMethod(
        this, [this, opened] { filesOpened(opened); }, Qt::QueuedConnection);
  });
}

void Viewer::filesOpened(const OpenedFiles& opened) {
  for (const QString& file : opened.files)
    m_window.remember({.kind = RecentPlace::Kind::File, .place = file});
  if (!opened.first.isEmpty()) {
    if (opened.source != m_source) m_files.clear();
    m_files << opened.files;
    if (opened.source != m_source) {
      m_window.session().keepChoiceOf(opened.first);
      show(opened.source, opened.first);
    } else {
      m_lister->refresh();
      follow(opened.first);
    }
  }
  if (!opened.errors.empty()) reportFiles(opened.errors);
}

void Viewer::enter(const CollectorChoice& choice) {
  const auto kept = keepCollector(choice);
  if (!kept) return report(tr("Cannot keep what was entered"), kept.error(), false);
  m_window.setKnownCollectors(knownCollectors());
  attach(choice.address);
}

void Viewer::attach(const QString& address) {
  auto source = SessionSource::collector(address);
  if (!source) return report(tr("Cannot attach to the collector"), source.error(), false);
  m_window.remember({.kind = RecentPlace::Kind::Collector, .place = address});
  m_files.clear();
  show(std::move(*source), {});
}

void Viewer::sessionFailed(const QString& session, const Error& error) {
  if (error.code == Code::NotFound) m_missing = session;
  if (!error.isPassing) {
    m_window.store().setComing(Coming::Failed);
    m_window.loading().end();
  }
  report(tr("Cannot show the session"), error, true);
}

void Viewer::report(const QString& what, const Error& error, bool canRetry) {
  const QString line = QString::fromStdString(error.line()).simplified();
  m_keepsProblem = false;
  m_isAway = error.isPassing;
  if (m_isAway) {
    markStale();
    m_window.showProblem(tr("No answer from the collector"), line + tr(". Trying again…"));
  } else {
    m_window.showProblem(what, line, canRetry);
  }
  emit failed(error);
}

void Viewer::markStale() {
  if (m_window.showsSession() && m_lastAnswer.isValid())
    m_window.session().header().setStale(tr("no answer since %1").arg(m_lastAnswer.toString("HH:mm:ss")));
}

void Viewer::reportFiles(const std::vector<Error>& errors) {
  QStringList lines;
  for (const Error& error : errors) {
    if (lines.size() == kMostNamedFiles) {
      lines << tr("and %1 more").arg(errors.size() - kMostNamedFiles);
      break;
    }
    lines << QString::fromStdString(error.line()).simplified();
  }
  const QString what = errors.size() == 1 ? tr("Cannot open the file") : tr("Cannot open some files");
  m_keepsProblem = m_window.showsSession();
  m_filesProblem = m_keepsProblem ? QString() : what + QStringLiteral(": ") + lines.join('\n');
  m_window.showProblem(what, lines.join('\n'));
  emit failed(errors.front());
}

}  // namespace heaptap::gui
