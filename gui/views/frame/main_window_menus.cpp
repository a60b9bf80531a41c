// SPDX-License-Identifier: Apache-2.0
// The menus of the main window, and what they ask for.
#include <QCoreApplication>
#include <QFileDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <array>
#include <utility>

#include "gui/models/save_file.h"
#include "gui/models/sessions/session_text.h"
#include "gui/views/frame/key_list.h"
#include "gui/views/frame/main_window.h"
#include "gui/views/frame/view_table.h"
#include "gui/views/help/manual.h"
#include "gui/views/menu_text.h"
#include "gui/views/painting/picture.h"
#include "gui/views/palette/command_palette.h"
#include "gui/views/start/collector_dialog.h"
#include "gui/views/start/program_dialog.h"

namespace heaptap::gui {
namespace {

constexpr const char* kAddressKey = "collector/address";
constexpr qsizetype kLongestPlace = 60;
constexpr qsizetype kLongestCommand = 80;

}  // namespace

void MainWindow::addMenus() {
  addFileMenu();
  addViewMenu();
  addSessionMenu();
  addHelpMenu();
}

void MainWindow::addFileMenu() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->setToolTipsVisible(true);
  file->addAction(tr("&Profile a Program…"), QKeySequence(tr("Ctrl+P")), this, &MainWindow::chooseProgram);
  file->addAction(tr("&Open…"), QKeySequence(QKeySequence::Open), this, &MainWindow::chooseFiles);
  file->addAction(tr("&Attach to a Collector…"), QKeySequence(tr("Ctrl+Shift+O")), this,
                  &MainWindow::chooseCollector);
  m_recentMenu = file->addMenu(tr("Open &Recent"));
  m_recentMenu->setToolTipsVisible(true);
  file->addSeparator();
  file->addAction(tr("&Suppressions…"), this, &MainWindow::chooseSuppressions)
      ->setToolTip(tr("Files that say which leaks are known: LeakSanitizer's, heaptrack's or valgrind's."));
  m_noSuppressions = file->addAction(tr("&No Suppressions"), this, [this] { emit suppressionsChosen({}); });
  setSuppressions({});
  file->addAction(tr("O&wn Code…"), this, [this] { emit ownCodeWanted(); })
      ->setToolTip(tr("What is not the program's own: runtimes, pools, wrappers of malloc."));
  m_exportMenu = file->addMenu(tr("&Export"));
  m_exportMenu->setToolTipsVisible(true);
  QMenu* const pictures = file->addMenu(tr("Save a Pic&ture"));
  QAction* const ofView = pictures->addAction(tr("Of This &View…"), this, [this] {
    if (View* const view = m_session->area().current(); view != nullptr && showsSession())
      savePicture(*view, m_session->currentView());
  });
  pictures->addAction(tr("Of the &Window…"), this, [this] { savePicture(*this, QStringLiteral("window")); });
  connect(pictures, &QMenu::aboutToShow, this, [this, ofView] { ofView->setEnabled(showsSession()); });
  file->addSeparator();
  QAction* const reload = file->addAction(tr("Re&load"), QKeySequence(QKeySequence::Refresh), this,
                                          [this] { emit reloadWanted(); });
  QAction* const close =
      file->addAction(tr("&Close"), QKeySequence(QKeySequence::Close), this, [this] { emit closeWanted(); });
  file->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
  const auto enable = [this, reload, close] {
    for (QAction* action : {reload, close})
      action->setEnabled(!m_source.isEmpty() || m_sessions.rowCount() != 0);
    m_exportMenu->setEnabled(showsSession());
  };
  connect(file, &QMenu::aboutToShow, this, enable);
  // Their keys work without the menu, and then look for themselves.
  connect(file, &QMenu::aboutToHide, this, [reload, close] {
    for (QAction* action : {reload, close}) action->setEnabled(true);
  });
}

void MainWindow::addViewMenu() {
  QMenu* view = menuBar()->addMenu(tr("&View"));
  for (std::size_t at = 0; at < viewTable().size(); ++at) {
    const ViewEntry& entry = viewTable()[at];
    QAction* action =
        view->addAction(View::tr(entry.title), QKeySequence(viewKeys(at)), this, [this, &entry] {
          if (!m_session->showView(QLatin1String(entry.id)))
            announce(tr("%1: the session has nothing to show there by now.")
                         .arg(View::tr(entry.title).remove('&')));
        });
    action->setStatusTip(View::tr(entry.about));
  }
  view->addSeparator();
  Selection& selection = m_session->selection();
  QAction* back =
      view->addAction(tr("&Back"), QKeySequence(QKeySequence::Back), &selection, &Selection::goBack);
  QAction* forward =
      view->addAction(tr("F&orward"), QKeySequence(QKeySequence::Forward), &selection, &Selection::goForward);
  const auto enable = [&selection, back, forward] {
    back->setEnabled(selection.canGoBack());
    forward->setEnabled(selection.canGoForward());
  };
  connect(&selection, &Selection::changed, view, enable);
  enable();
  view->addSeparator();
  addTimelineSwitch(*view, tr("&Resident Memory in the Timeline"), tr("Ctrl+R"),
                    &TimelineCanvas::showsResident, &TimelineCanvas::setShowsResident);
  addTimelineSwitch(*view, tr("&Threads in the Timeline"), tr("Ctrl+T"), &TimelineCanvas::showsLanes,
                    &TimelineCanvas::setShowsLanes);
  addTimelineSwitch(*view, tr("&Largest Call Sites in the Timeline"), tr("Ctrl+L"),
                    &TimelineCanvas::showsLayers, &TimelineCanvas::setShowsLayers);
  QAction* const output = m_output->toggleViewAction();
  output->setText(tr("Output of the &Program"));
  view->addAction(output);
  view->addSeparator();
  view->addAction(tr("&Filter"), QKeySequence(QKeySequence::Find), this,
                  [this] { m_session->focusFilter(); });
  view->addAction(tr("Co&mmands…"), QKeySequence(tr("Ctrl+Shift+P")), this, &MainWindow::showPalette);
}

void MainWindow::addTimelineSwitch(QMenu& menu, const QString& text, const QString& keys,
                                   bool (TimelineCanvas::*isOn)() const, void (TimelineCanvas::*turn)(bool)) {
  QAction* const action = menu.addAction(text);
  action->setShortcut(QKeySequence(keys));
  action->setCheckable(true);
  const auto isOnNow = [this, isOn] { return (m_session->timeline().*isOn)(); };
  connect(action, &QAction::triggered, this,
          [this, turn, isOnNow] { (m_session->timeline().*turn)(!isOnNow()); });
  connect(&menu, &QMenu::aboutToShow, action, [action, isOnNow] { action->setChecked(isOnNow()); });
}

void MainWindow::addSessionMenu() {
  using Kind = LiveCommand::Kind;
  struct Offer {
    Kind kind;
    const char* text;
    const char* keys;
  };
  static constexpr std::array kOffers{Offer{Kind::Pause, QT_TR_NOOP("&Pause Recording"), ""},
                                      Offer{Kind::Resume, QT_TR_NOOP("&Resume Recording"), ""},
                                      Offer{Kind::Mark, QT_TR_NOOP("&Mark This Moment…"), "Ctrl+M"},
                                      Offer{Kind::Snapshot, QT_TR_NOOP("Take a &Snapshot…"), "Ctrl+Shift+M"},
                                      Offer{Kind::Stop, QT_TR_NOOP("&Stop Recording…"), ""}};
  QMenu* const menu = menuBar()->addMenu(tr("&Session"));
  LiveBar& bar = m_session->header().live();
  QList<QAction*> actions;
  for (const Offer& offer : kOffers) {
    QAction* const action = menu->addAction(tr(offer.text), QKeySequence(QLatin1String(offer.keys)), this,
                                            [&bar, kind = offer.kind] {
                                              if (!bar.isHidden()) bar.begin(kind);
                                            });
    action->setStatusTip(bar.button(offer.kind).toolTip());
    actions << action;
  }
  connect(menu, &QMenu::aboutToShow, this, [&bar, actions] {
    for (QAction* action : actions) action->setEnabled(!bar.isHidden());
  });
  connect(menu, &QMenu::aboutToHide, this, [actions] {
    for (QAction* action : actions) action->setEnabled(true);  // Their keys look for themselves.
  });
}

void MainWindow::addHelpMenu() {
  QMenu* const help = menuBar()->addMenu(tr("&Help"));
  help->addAction(tr("&Manual"), this, &MainWindow::showManual);
  help->addAction(tr("&Keys…"), QKeySequence(QKeySequence::HelpContents), this, &MainWindow::showKeys);
  help->addAction(tr("&About heaptap"), this, &MainWindow::showAbout);
}

void MainWindow::exportTable(const DataTable& table, const QString& view) {
  const QString name = QString(view).replace(' ', '-').toLower();
  const QString file = QFileDialog::getSaveFileName(this, tr("Export the Table"),
                                                    suggestedFileName('-' + name + QStringLiteral(".csv")),
                                                    tr("comma-separated values (*.csv)"));
  if (!file.isEmpty()) write(file, table.csv(), tr("Cannot export the table"));
}

void MainWindow::savePicture(QWidget& widget, const QString& name) {
  const QString file = QFileDialog::getSaveFileName(this, tr("Save a Picture"),
                                                    suggestedFileName('-' + name + QStringLiteral(".png")),
                                                    tr("pixels (*.png);;lines and letters (*.svg)"));
  if (!file.isEmpty()) write(file, pictureOf(widget, file), tr("Cannot save the picture"));
}

void MainWindow::write(const QString& file, const QByteArray& bytes, const QString& cannot) {
  const QString problem = saveFile(file, bytes);
  if (problem.isEmpty()) return announce(tr("Exported to %1.").arg(file));
  showProblem(cannot, tr("%1: %2").arg(file, problem));
}

void MainWindow::showManual() {
  const QString folder = manualFolder();
  if (Manual::isIn(folder)) return (new Manual(folder, this))->open();
  showProblem(tr("The manual is not there"),
              tr("%1 has no viewer.md; install heaptap with its pages, or read docs/viewer.md of its sources")
                  .arg(folder));
}

QString MainWindow::chooseSuppressionFile(const QString& proposed) {
  return QFileDialog::getSaveFileName(this, tr("Add the Suppression to"), proposed,
                                      tr("suppressions (*.supp *.suppressions *.txt);;All files (*)"),
                                      nullptr, QFileDialog::DontConfirmOverwrite);
}

void MainWindow::showRecent() {
  QSettings settings;
  const std::vector<RecentPlace> places = RecentPlaces(settings).places();
  m_message->setRecent(places);
  m_recentMenu->clear();
  for (const RecentPlace& place : places) {
    const QString title = textOf(place).title.simplified().left(kLongestPlace);
    QAction* const action =
        m_recentMenu->addAction(menuText(title), this, [this, place] { openRecent(place); });
    action->setToolTip(place.place.simplified());
  }
  m_recentMenu->setEnabled(!places.empty());
  if (places.empty()) return;
  m_recentMenu->addSeparator();
  m_recentMenu->addAction(tr("&Forget These"), this, [this] {
    QSettings kept;
    RecentPlaces(kept).clear(kept);
    showRecent();
  });
}

void MainWindow::openRecent(const RecentPlace& place) {
  if (place.kind == RecentPlace::Kind::File)
    emit filesChosen({place.place});
  else
    emit collectorChosen(place.place);
}

void MainWindow::chooseProgram() {
  auto* const dialog = new ProgramDialog(this);
  connect(dialog, &ProgramDialog::confirmed, this, &MainWindow::programWanted);
  dialog->open();
}

void MainWindow::showPalette() {
  std::vector<PaletteEntry> entries = entriesOf(menuBar()->actions());
  for (int row = 0; row < m_sessions.rowCount(); ++row) {
    const Session& session = m_sessions.at(row);
    const QString name = commandText(session.command).simplified().left(kLongestCommand);
    entries.push_back({.name = tr("Session › %1 (%2)").arg(name).arg(session.pid),
                       .about = {},
                       .hasKey = false,
                       .run = [this, id = session.id] { emit sessionChosen(id); }});
  }
  (new CommandPalette(std::move(entries), this))->open();
}

void MainWindow::showKeys() {
  auto* const keys = new KeyList(entriesOf(menuBar()->actions()), this);
  keys->open();
}

void MainWindow::chooseFiles() {
  const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open Sessions"), QString(),
                                                          tr("heaptap sessions (*.heaptap);;All files (*)"));
  if (!paths.isEmpty()) emit filesChosen(paths);
}

void MainWindow::chooseSuppressions() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Suppressions"), QString(), tr("suppressions (*.supp *.suppressions *.txt);;All files (*)"));
  if (!files.isEmpty()) emit suppressionsChosen(files);
}

void MainWindow::chooseCollector() {
  QSettings settings;
  QStringList offered;
  const RecentPlaces recent(settings);
  for (const RecentPlace& place : recent.places())
    if (place.kind == RecentPlace::Kind::Collector) offered << place.place;
  offered << m_proposedAddress;
  auto* const dialog = new CollectorDialog(
      m_knownCollectors, settings.value(kAddressKey, m_proposedAddress).toString(), offered, this);
  connect(dialog, &CollectorDialog::confirmed, this, [this](const CollectorChoice& choice) {
    QSettings().setValue(kAddressKey, choice.address);
    emit collectorEntered(choice);
  });
  dialog->open();
}

void MainWindow::showAbout() {
  QMessageBox::about(
      this, tr("About heaptap"),
      tr("<b>heaptap %1</b><p>Shows what a program did with its heap: the live memory over time, the leaks, "
         "and the call sites behind them.</p><p>Apache License 2.0. Uses Qt %2 under the LGPL.</p>")
          .arg(QCoreApplication::applicationVersion(), QLatin1String(qVersion())));
}

}  // namespace heaptap::gui
