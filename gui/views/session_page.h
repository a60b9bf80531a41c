// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QWidget>

#include "gui/models/findings/finding_model.h"
#include "gui/models/heap_model.h"
#include "gui/models/leaks/leak_model.h"
#include "gui/models/marks/mark_model.h"
#include "gui/models/sites/site_model.h"
#include "gui/models/timeline.h"
#include "gui/views/finding_panel.h"
#include "gui/views/session_header.h"
#include "gui/views/site_panel.h"
#include "gui/views/tab_names.h"
#include "gui/views/tables/finding_table.h"
#include "gui/views/tables/leak_table.h"
#include "gui/views/tables/site_table.h"
#include "gui/views/timeline/timeline_view.h"

namespace heaptap::gui {

/// Everything about one session: header, timeline, tables on tabs, and beside them what is selected in
/// detail.
class SessionPage : public QWidget {
  Q_OBJECT

 public:
  using Tab = gui::Tab;
  using enum gui::Tab;

  explicit SessionPage(QWidget* parent = nullptr);

  /// Forgets the session shown; the next summary may be another one's.
  void clear();
  /// Shows another session, of which only so much is known yet.
  void begin(const Session& session);
  void showSummary(const Summary& summary);
  void showTimeline(const Timeline& timeline);
  void showSites(const Sites& sites);
  /// Leaks by root cause take the place of the sites with live blocks. Null: they are not known as such.
  void showLeaks(const Leaks& leaks);
  void showFindings(const Findings& findings);
  void showStatus(const LiveStatus& status);
  /// What has not come by now will not come, or may come again.
  void setComing(Coming coming);

  void focusFilter();
  /// The table of the tab that is shown.
  void focusTable();
  /// False: the tab is not there. `HeapsTab` is only there for sessions that have others than malloc's.
  bool showTab(Tab tab);
  void save(QSettings& settings) const;
  void restore(const QSettings& settings);

  [[nodiscard]] SessionHeader& header() { return *m_header; }
  [[nodiscard]] TimelineView& timeline() { return *m_timeline; }
  [[nodiscard]] SiteTable& leaks() { return *m_leaks; }
  [[nodiscard]] LeakTable& leakGroups() { return *m_leakGroups; }
  [[nodiscard]] SiteTable& callSites() { return *m_callSites; }
  [[nodiscard]] FindingTable& findings() { return *m_findings; }
  [[nodiscard]] DataTable& marks() { return *m_marks; }
  [[nodiscard]] DataTable& heaps() { return *m_heaps; }
  [[nodiscard]] SitePanel& site() { return *m_site; }
  [[nodiscard]] FindingPanel& finding() { return *m_finding; }
  [[nodiscard]] QLineEdit& filterBox() { return *m_filter; }
  [[nodiscard]] QTabBar& tabs() { return *m_tabs; }

 signals:
  void announced(const QString& message);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void addTables();
  void lay();
  void orderTabKey();
  void connectParts();
  void applyFilter(const QString& text);
  void showDetails();
  void showCurrentLeak();
  /// The site of this stack and heap, as far as it is known by now.
  [[nodiscard]] std::optional<Site> siteOf(const SiteNumbers::Key& key) const;
  void showCurrentMark();
  void chooseMark(std::size_t mark);
  void nameTabs();
  [[nodiscard]] QList<DataTable*> tables() const;     ///< By tab.
  [[nodiscard]] QList<DataTable*> allTables() const;  ///< With those that take another's place.
  [[nodiscard]] QList<QSplitter*> splitters() const;

  SiteModel m_siteModel;
  LeakModel m_leakModel;
  FindingModel m_findingModel;
  MarkModel m_markModel;
  HeapModel m_heapModel;
  Remains m_remains = Remains::Live;
  bool m_isSampled = false;
  Coming m_coming = Coming::Expected;
  bool m_knowsMarks = false;
  bool m_isTabChosen = false;  ///< By the user: then the page does not choose one.
  SessionHeader* m_header;
  TimelineView* m_timeline;
  QTabBar* m_tabs;
  QStackedWidget* m_tables;
  QStackedWidget* m_leakTables;  ///< Sites with live blocks, or leaks by root cause.
  SiteTable* m_leaks;
  LeakTable* m_leakGroups;
  SiteTable* m_callSites;
  FindingTable* m_findings;
  DataTable* m_marks;
  DataTable* m_heaps;
  QLineEdit* m_filter;
  QStackedWidget* m_details;
  SitePanel* m_site;
  FindingPanel* m_finding;
};

}  // namespace heaptap::gui
