// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListView>
#include <QMainWindow>
#include <QStackedWidget>

#include "gui/models/export_choice.h"
#include "gui/models/sessions/session_list_model.h"
#include "gui/models/start/collector_choice.h"
#include "gui/models/start/program_order.h"
#include "gui/views/frame/loading_bar.h"
#include "gui/views/frame/notice_bar.h"
#include "gui/views/frame/session_page.h"
#include "gui/views/start/program_output.h"
#include "gui/views/start/start_page.h"

namespace heaptap::gui {

/// The viewer's window. It shows what it is given, and says by signals what the user wants; it knows neither
/// collectors nor files.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(QWidget* parent = nullptr);

  /// The files of suppressions that are in use.
  void setSuppressions(const QStringList& files);
  /// What File, Export offers.
  void setExports(const ExportChoices& choices);
  /// What the window looks at now, and what to say until there is something to show.
  void expect(const QString& source, const QString& waitingFor);
  /// Nothing is looked at: what can be done is shown.
  void expectNothing();
  void showSessions(const SessionList& sessions);
  /// A problem: in place of a session that is not there (title and text), or above the one that is shown (one
  /// line of both). `canRetry`: a button offers to try again.
  void showProblem(const QString& title, const QString& text, bool canRetry = false);
  void clearProblem();
  /// What is known of the session that is shown. It is the page's; one that begins is shown at once.
  [[nodiscard]] SessionStore& store() { return m_session->store(); }

  [[nodiscard]] bool showsSession() const { return m_pages->currentWidget() == m_session; }
  [[nodiscard]] SessionPage& session() { return *m_session; }
  [[nodiscard]] StartPage& message() { return *m_message; }
  [[nodiscard]] NoticeBar& problem() { return *m_problem; }
  /// What is being read or fetched.
  [[nodiscard]] LoadingBar& loading() { return *m_loading; }
  /// What is being written.
  [[nodiscard]] LoadingBar& exporting() { return *m_exporting; }
  [[nodiscard]] QMenu& exportMenu() { return *m_exportMenu; }
  /// The action that takes suppressions away; its text says how many files there are.
  [[nodiscard]] QAction& noSuppressions() { return *m_noSuppressions; }
  /// Something was done that the user does not see; one line, for some seconds.
  void announce(const QString& line);
  /// The address that is proposed where none was given before.
  void proposeCollector(const QString& address) { m_proposedAddress = address; }
  /// What is kept for collectors: the dialog that asks for one offers it again.
  void setKnownCollectors(CollectorChoices kept) { m_knownCollectors = std::move(kept); }
  /// A file that a suppression is to be added to; empty: the user does not want to.
  [[nodiscard]] QString chooseSuppressionFile(const QString& proposed);
  /// A file or a collector was opened: it is offered again.
  void remember(const RecentPlace& place);
  /// A program is running that ends with the window, after a question; empty: none is.
  void setRunning(const QString& program) { m_running = program; }
  /// What a program that is profiled writes.
  [[nodiscard]] ProgramOutput& output() { return *m_output; }
  /// A file name to begin with, for a session that is exported.
  [[nodiscard]] QString suggestedFileName(const QString& extension) const;
  [[nodiscard]] QListView& sessionList() { return *m_list; }
  [[nodiscard]] const SessionListModel& sessions() const { return m_sessions; }

 signals:
  void sessionChosen(const QString& id);
  void filesChosen(const QStringList& paths);
  void collectorChosen(const QString& address);
  /// The same, and with what is said here: it is to be kept for the address.
  void collectorEntered(const heaptap::gui::CollectorChoice& choice);
  /// This program shall be run and recorded.
  void programWanted(const heaptap::gui::ProgramOrder& order);
  /// What is shown shall be read anew.
  void reloadWanted();
  /// Nothing shall be shown any more.
  void closeWanted();
  /// Leaks that these files name shall be set apart; none: no more.
  void suppressionsChosen(const QStringList& files);
  /// The session that is shown shall be written to a file, in the format of this name.
  void exportWanted(const QString& format, const QString& file);
  /// What is being written shall end.
  void exportCancelWanted();
  /// The list of what is the program's own code shall be shown.
  void ownCodeWanted();
  /// What is being read or fetched shall end.
  void cancelWanted();
  /// What has failed or was cancelled shall be tried again.
  void retryWanted();

 protected:
  void closeEvent(QCloseEvent* event) override;
  /// Qt's own chain of widgets does not always come back to where it began (Qt 6.4), where views change
  /// places.
  bool focusNextPrevChild(bool next) override;
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  /// What the Tab key leads to just now, in its order.
  [[nodiscard]] QList<QWidget*> keyOrder() const;
  void lay();
  void addMenus();
  void addFileMenu();
  void addViewMenu();
  /// Something that the timeline shows, or does not.
  void addTimelineSwitch(QMenu& menu, const QString& text, const QString& keys,
                         bool (TimelineCanvas::*isOn)() const, void (TimelineCanvas::*turn)(bool));
  void addSessionMenu();
  void addHelpMenu();
  void showRecent();
  void openRecent(const RecentPlace& place);
  void chooseProgram();
  void showPalette();
  void showKeys();
  [[nodiscard]] bool mayClose();
  void chooseFiles();
  void chooseCollector();
  void chooseSuppressions();
  void chooseExport(const ExportChoice& choice);
  void exportTable(const DataTable& table, const QString& view);
  /// Asks for a file, and writes what is shown of the widget into it. `name`: part of the file's to begin
  /// with.
  void savePicture(QWidget& widget, const QString& name);
  /// `bytes`: of `file`. `cannot`: what is said in front of the reason why not.
  void write(const QString& file, const QByteArray& bytes, const QString& cannot);
  void showManual();
  void showAbout();
  void nameWindow();
  void followStore();
  void markCurrent();
  void list(const SessionList& sessions);

  SessionListModel m_sessions;
  bool m_isListing = false;
  QString m_source;
  QString m_running;
  CollectorChoices m_knownCollectors;
  QString m_proposedAddress;
  QMenu* m_recentMenu = nullptr;
  QMenu* m_exportMenu = nullptr;
  QAction* m_noSuppressions = nullptr;
  QListView* m_list;
  NoticeBar* m_problem;
  LoadingBar* m_loading;
  LoadingBar* m_exporting;
  QStackedWidget* m_pages;
  StartPage* m_message;
  SessionPage* m_session;
  ProgramOutput* m_output;
};

}  // namespace heaptap::gui
