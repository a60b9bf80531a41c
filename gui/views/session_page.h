// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QWidget>

#include "gui/models/site_model.h"
#include "gui/models/timeline.h"
#include "gui/views/session_header.h"
#include "gui/views/site_panel.h"
#include "gui/views/site_table.h"
#include "gui/views/timeline_view.h"

namespace heaptap::gui {

/// Everything about one session: header, timeline, the two tables of call sites, and the selected site.
class SessionPage : public QWidget {
  Q_OBJECT

 public:
  explicit SessionPage(QWidget* parent = nullptr);

  /// Forgets the session shown; the next summary may be another one's.
  void clear();
  void showSummary(const Summary& summary);
  void showTimeline(const Timeline& timeline);
  void showSites(const Sites& sites);
  void showStatus(const LiveStatus& status);

  void focusFilter();
  void showTab(int index) { m_tabs->setCurrentIndex(index); }
  void save(QSettings& settings) const;
  void restore(const QSettings& settings);

  [[nodiscard]] SessionHeader& header() { return *m_header; }
  [[nodiscard]] TimelineView& timeline() { return *m_timeline; }
  [[nodiscard]] SiteTable& leaks() { return *m_leaks; }
  [[nodiscard]] SiteTable& callSites() { return *m_callSites; }
  [[nodiscard]] SitePanel& site() { return *m_site; }
  [[nodiscard]] QLineEdit& filterBox() { return *m_filter; }
  [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }

 signals:
  void told(const QString& message);

 private:
  void lay();
  void applyFilter(const QString& text);
  void showCurrentSite();
  void nameTabs();
  [[nodiscard]] SiteTable& currentTable() const;
  [[nodiscard]] QList<QSplitter*> splitters() const;

  SiteModel m_sites;
  Remains m_remains = Remains::Live;
  SessionHeader* m_header;
  TimelineView* m_timeline;
  QTabWidget* m_tabs;
  SiteTable* m_leaks;
  SiteTable* m_callSites;
  QLineEdit* m_filter;
  SitePanel* m_site;
};

}  // namespace heaptap::gui
