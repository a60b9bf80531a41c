// SPDX-License-Identifier: Apache-2.0
#include "gui/app/viewer.h"

#include <algorithm>
#include <utility>

namespace heaptap::gui {

struct Viewer::OpenedFiles {
  std::shared_ptr<SessionSource> source;
  QString first;  ///< Id; empty when no file could be opened.
  std::optional<Error> error;
};

Viewer::Viewer(MainWindow& window, QObject* parent) : QObject(parent), m_window(window) {
  m_opening.setMaxThreadCount(1);
  connect(&window, &MainWindow::sessionChosen, this, &Viewer::follow);
  connect(&window, &MainWindow::filesChosen, this, &Viewer::openFiles);
  connect(&window, &MainWindow::collectorChosen, this, &Viewer::attach);
}

Viewer::~Viewer() { m_opening.waitForDone(); }

void Viewer::show(std::shared_ptr<SessionSource> source, const QString& session) {
  m_watch.reset();
  m_lister.reset();
  m_source = std::move(source);
  m_window.expect(m_source->name(), m_source->servesFiles() ? tr("Reading the session…")
                                                            : tr("Connecting to %1…").arg(m_source->name()));
  m_lister = std::make_unique<SessionLister>(m_source->client(), m_source->servesFiles()
                                                                     ? SessionLister::Sessions::Fixed
                                                                     : SessionLister::Sessions::ComeAndGo);
  connect(m_lister.get(), &SessionLister::listed, this, &Viewer::take);
  connect(m_lister.get(), &SessionLister::failed, this,
          [this](const Error& error) { report(tr("Cannot list the sessions"), error); });
  if (!session.isEmpty()) follow(session);
}

void Viewer::take(const SessionList& sessions) {
  if (std::exchange(m_isAway, false)) m_window.clearProblem();
  m_window.showSessions(sessions);
  const auto isMissing = [this](const Session& session) { return session.id.startsWith(m_missing); };
  if (!m_missing.isEmpty() && std::any_of(sessions.begin(), sessions.end(), isMissing))
    return follow(m_missing);
  if (!m_watch && !sessions.empty()) follow(m_window.sessions().at(0).id);
}

void Viewer::follow(const QString& session) {
  m_missing.clear();
  m_watch = std::make_unique<SessionWatch>(m_source->client(), session);
  connect(m_watch.get(), &SessionWatch::summaryArrived, this, [this](const Summary& summary) {
    m_window.clearProblem();
    m_window.showSummary(summary);
  });
  connect(m_watch.get(), &SessionWatch::timelineArrived, &m_window, &MainWindow::showTimeline);
  connect(m_watch.get(), &SessionWatch::sitesArrived, &m_window, &MainWindow::showSites);
  connect(m_watch.get(), &SessionWatch::findingsArrived, this, [this](const Findings& findings) {
    m_window.showFindings(findings);
    emit shown();  // The last part of an answer.
  });
  connect(m_watch.get(), &SessionWatch::statusArrived, &m_window, &MainWindow::showStatus);
  connect(m_watch.get(), &SessionWatch::failed, this,
          [this, session](const Error& error) { sessionFailed(session, error); });
}

void Viewer::openFiles(const QStringList& paths) {
  std::shared_ptr<SessionSource> source = m_source && m_source->servesFiles() ? m_source : nullptr;
  if (!source) source = SessionSource::files();
  m_opening.start([this, source, paths] {
    OpenedFiles opened{source, {}, {}};
    for (const QString& path : paths) {
      auto id = source->addFile(path);
      if (!id)
        opened.error = std::move(id.error());
      else if (opened.first.isEmpty())
        opened.first = *id;
    }
    QMetaObject::invokeMethod(
        this, [this, opened] { filesOpened(opened); }, Qt::QueuedConnection);
  });
}

void Viewer::filesOpened(const OpenedFiles& opened) {
  if (!opened.first.isEmpty()) {
    if (opened.source != m_source) {
      show(opened.source, opened.first);
    } else {
      m_lister->refresh();
      follow(opened.first);
    }
  }
  if (opened.error) report(tr("Cannot open the file"), *opened.error);
}

void Viewer::attach(const QString& address) {
  auto source = SessionSource::collector(address);
  if (!source) return report(tr("Cannot attach to the collector"), source.error());
  show(std::move(*source), {});
}

void Viewer::sessionFailed(const QString& session, const Error& error) {
  if (error.code == Code::NotFound) m_missing = session;
  if (!error.isPassing) m_window.session().expectNoMore();
  report(tr("Cannot show the session"), error);
}

void Viewer::report(const QString& what, const Error& error) {
  const QString line = QString::fromStdString(error.line()).simplified();
  m_isAway = error.isPassing;
  if (m_isAway)
    m_window.showProblem(tr("No answer from the collector"), line + tr(". Trying again…"));
  else
    m_window.showProblem(what, line);
  emit failed(error);
}

}  // namespace heaptap::gui
