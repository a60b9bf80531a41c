// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/main_window.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/models/tool_tip.h"
#include "gui/views/delegates/session_delegate.h"
#include "gui/views/frame/view_table.h"
#include "gui/views/menu_text.h"
#include "gui/views/painting/painted_roles.h"

namespace heaptap::gui {
namespace {

constexpr QSize kFirstSize{1240, 820};
constexpr int kListWidth = 240;
constexpr int kLeastListWidth = 120;
constexpr int kListShare = 4;  // A quarter of the window at most.
constexpr int kMessageMs = 6'000;
constexpr int kOutputHeight = 130;
constexpr int kLongestName = 80;
constexpr const char* kGeometryKey = "window/geometry";

QStringList localFiles(const QMimeData& data) {
  QStringList paths;
  for (const QUrl& url : data.urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  return paths;
}

/// Before any widget is named: Qt asks for its role then, and remembers the answer.
QWidget* parentWithRoles(QWidget* parent) {
  tellRolesOfPaintedWidgets();
  return parent;
}

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parentWithRoles(parent)),
      m_list(new QListView(this)),
      m_problem(new NoticeBar(NoticeBar::Stays::UntilDismissed, this)),
      m_loading(new LoadingBar(this)),
      m_exporting(new LoadingBar(this)),
      m_pages(new QStackedWidget(this)),
      m_message(new StartPage(this)),
      m_session(new SessionPage(this)),
      m_output(new ProgramOutput(this)) {
  setAcceptDrops(true);
  m_list->setModel(&m_sessions);
  m_list->setItemDelegate(new SessionDelegate(this));
  m_list->setUniformItemSizes(true);
  m_list->setAccessibleName(tr("Sessions"));
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->hide();
  lay();
  addMenus();

  connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) {
            const QString id = current.data(SessionListModel::IdRole).toString();
            // What goes from the list makes another row the current one, which the user has not chosen.
            if (!m_isListing && !id.isEmpty() && id != store().session().id) emit sessionChosen(id);
          });
  connect(m_message, &StartPage::profileWanted, this, &MainWindow::chooseProgram);
  connect(m_message, &StartPage::openWanted, this, &MainWindow::chooseFiles);
  connect(m_message, &StartPage::attachWanted, this, &MainWindow::chooseCollector);
  connect(m_message, &StartPage::retryWanted, this, &MainWindow::retryWanted);
  connect(m_message, &StartPage::recentWanted, this, &MainWindow::openRecent);
  connect(m_problem, &NoticeBar::actionWanted, this, &MainWindow::retryWanted);
  connect(m_loading, &LoadingBar::cancelWanted, this, &MainWindow::cancelWanted);
  connect(m_exporting, &LoadingBar::cancelWanted, this, &MainWindow::exportCancelWanted);
  connect(m_session, &SessionPage::announced, this, &MainWindow::announce);
  connect(m_session, &SessionPage::tableExportWanted, this, &MainWindow::exportTable);
  connect(&store(), &SessionStore::begun, this, &MainWindow::followStore);

  const QSettings settings;
  if (!restoreGeometry(settings.value(kGeometryKey).toByteArray())) resize(kFirstSize);
  m_session->restore(settings);
  showRecent();
  expectNothing();
}

void MainWindow::lay() {
  m_pages->addWidget(m_message);
  m_pages->addWidget(m_session);
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_problem);
  column->addWidget(m_loading);
  column->addWidget(m_exporting);
  column->addWidget(m_pages, 1);

  auto* parts = new QSplitter(Qt::Horizontal, this);
  parts->setChildrenCollapsible(false);
  parts->setHandleWidth(1);
  parts->addWidget(m_list);
  parts->addWidget(content);
  parts->setStretchFactor(1, 1);
  parts->setSizes({kListWidth, kFirstSize.width() - kListWidth});
  setCentralWidget(parts);
  addDockWidget(Qt::BottomDockWidgetArea, m_output);
  resizeDocks({m_output}, {kOutputHeight}, Qt::Vertical);
  statusBar()->setSizeGripEnabled(false);
}

void MainWindow::setSuppressions(const QStringList& files) {
  m_noSuppressions->setEnabled(!files.isEmpty());
  m_noSuppressions->setToolTip(gui::toolTip(files.join('\n')));
  m_noSuppressions->setText(files.isEmpty()
                                ? tr("&No Suppressions")
                                : tr("&No Suppressions (%1 in use)")
                                      .arg(numberOfText(static_cast<quint64>(files.size()), Noun::File)));
}

void MainWindow::setExports(const ExportChoices& choices) {
  m_exportMenu->clear();
  for (const ExportChoice& choice : choices) {
    QAction* action = m_exportMenu->addAction(menuText(choice.name) + tr("…"), this,
                                              [this, choice] { chooseExport(choice); });
    action->setToolTip(choice.about);
    action->setStatusTip(choice.about);
  }
}

void MainWindow::chooseExport(const ExportChoice& choice) {
  QString file = QFileDialog::getSaveFileName(this, tr("Export as %1").arg(choice.name),
                                              suggestedFileName(choice.extension), choice.about);
  if (file.isEmpty()) return;
  emit exportWanted(choice.name, file);
}

QString MainWindow::suggestedFileName(const QString& extension) const {
  QString name = commandText(m_session->store().session().command).section(' ', 0, 0).section('/', -1);
  name.remove('\'').remove('"');
  return (name.isEmpty() ? QStringLiteral("session") : name.left(kLongestName)) + extension;
}

void MainWindow::announce(const QString& line) { statusBar()->showMessage(line, kMessageMs); }

void MainWindow::expect(const QString& source, const QString& waitingFor) {
  m_source = source;
  store().begin();
  m_problem->setText({});
  m_loading->end();
  list({});
  m_list->hide();
  m_message->show(waitingFor, {});
}

void MainWindow::expectNothing() {
  expect({}, {});
  m_message->show(
      tr("No session yet"),
      tr("Profile a program from here, or record one with “heaptap run COMMAND” and open the file "
         "that it writes; or attach to a collector to watch a program while it runs."));
  nameWindow();
}

void MainWindow::list(const SessionList& sessions) {
  m_isListing = true;
  m_sessions.setSessions(sessions);
  m_isListing = false;
  store().setSessions(sessions);
}

void MainWindow::showSessions(const SessionList& sessions) {
  list(sessions);
  m_list->setVisible(sessions.size() > 1);
  markCurrent();
  if (sessions.empty() && !showsSession())
    m_message->show(tr("No sessions yet"),
                    tr("The collector has recorded nothing so far. Start a program with “heaptap run "
                       "--collector ADDRESS COMMAND”: it appears here."));
}

void MainWindow::followStore() {
  const bool wasShown = showsSession();
  const bool isShown = !store().session().id.isEmpty();
  m_pages->setCurrentWidget(isShown ? static_cast<QWidget*>(m_session) : m_message);
  if (isShown && !wasShown) m_session->focusView();
  markCurrent();
  nameWindow();
}

void MainWindow::showProblem(const QString& title, const QString& text, bool canRetry) {
  if (showsSession())
    m_problem->setText(text.isEmpty() ? title : title + QStringLiteral(": ") + text,
                       canRetry ? tr("Try Again") : QString());
  else
    m_message->show(title, text, canRetry);
}

void MainWindow::clearProblem() { m_problem->setText({}); }

void MainWindow::markCurrent() {
  const QString& id = store().session().id;
  const int row = id.isEmpty() ? -1 : m_sessions.rowOf(id);
  if (row >= 0) m_list->setCurrentIndex(m_sessions.index(row));
}

void MainWindow::nameWindow() {
  QStringList parts;
  const QString command = commandText(m_session->store().session().command);
  if (!command.isEmpty()) parts << command.left(kLongestName);
  if (!m_source.isEmpty()) parts << m_source;
  parts << QStringLiteral("heaptap");
  setWindowTitle(parts.join(QStringLiteral(" - ")));
}

void MainWindow::remember(const RecentPlace& place) {
  QSettings settings;
  RecentPlaces(settings).add(place, settings);
  showRecent();
}

bool MainWindow::mayClose() {
  if (m_running.isEmpty()) return true;
  return QMessageBox::question(this, tr("Quit"),
                               tr("%1 is still running. It ends with the viewer.").arg(m_running),
                               QMessageBox::Close | QMessageBox::Cancel) == QMessageBox::Close;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayClose()) return event->ignore();
  QSettings settings;
  settings.setValue(kGeometryKey, saveGeometry());
  m_session->save(settings);
  QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  m_list->setMaximumWidth(std::max(kLeastListWidth, width() / kListShare));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!localFiles(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QStringList paths = localFiles(*event->mimeData());
  if (paths.isEmpty()) return;
  event->acceptProposedAction();
  emit filesChosen(paths);
}

}  // namespace heaptap::gui
