// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QSettings>
#include <QSplitter>
#include <QWidget>
#include <optional>

#include "gui/models/own_code/code_mark.h"
#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"
#include "gui/views/filter/filter_box.h"
#include "gui/views/filter/filter_row.h"
#include "gui/views/filter/menu_place.h"
#include "gui/views/frame/session_header.h"
#include "gui/views/frame/site_panel.h"
#include "gui/views/frame/time_bar.h"
#include "gui/views/frame/view_area.h"
#include "gui/views/frame/view_list.h"
#include "gui/views/timeline/timeline_view.h"
#include "gui/views/timeline/timeline_wants.h"

namespace heaptap::gui {

/// Everything about one session:
///
///     ┌ header                                        ┐
///     ├ timeline                                      ┤
///     ├ list of views │ time            filter        ┤
///     │               │ what passes the filter        │
///     │               │ views          │ site         │
///
/// Who knows something of the session tells it to store(); what the user chooses is in selection().
class SessionPage : public QWidget {
  Q_OBJECT

 public:
  explicit SessionPage(QWidget* parent = nullptr);
  ~SessionPage() override;

  [[nodiscard]] SessionStore& store() { return m_store; }
  [[nodiscard]] Selection& selection() { return m_selection; }

  void focusFilter();
  /// Its widgets in the order of the Tab key, those that are not shown just now among them.
  [[nodiscard]] QList<QWidget*> keyOrder() const;
  /// The widget of the current view that takes keys.
  void focusView();
  /// False: there is no such view, or the session has nothing for it; where it will have, it is shown then.
  bool showView(const QString& id);
  /// When this session, which is shown, begins again, as from the file that it was recorded into, what is
  /// chosen stays: time, mark, call site, line of a source file. Does nothing for one that is not shown.
  void keepChoiceOf(const QString& session);
  /// The next session is another run: it opens on its live heap, whichever view was chosen before.
  void openAnew();
  /// The time to begin with, of the next session that is shown.
  void expectTime(const TimeWords& time) { m_expectedTime = time; }
  /// Nothing of what is shown is on its way.
  [[nodiscard]] bool isSettled() const;
  /// The id of the current view.
  [[nodiscard]] QString currentView() const;
  /// What a view is called in the list; empty: it is not offered.
  [[nodiscard]] QString titleOf(const QString& id) const;
  void save(QSettings& settings) const;
  void restore(const QSettings& settings);

  /// The view of a class.
  template <class Kind>
  [[nodiscard]] Kind& view() const {
    for (View* view : m_views)
      if (auto* found = qobject_cast<Kind*>(view)) return *found;
    Q_UNREACHABLE();
  }
  [[nodiscard]] SessionHeader& header() { return *m_header; }
  [[nodiscard]] TimelineView& timeline() { return *m_timeline; }
  [[nodiscard]] TimeBar& timeBar() { return *m_timeBar; }
  [[nodiscard]] SitePanel& site() { return *m_site; }
  [[nodiscard]] FilterBox& filterBox() { return *m_filter; }
  [[nodiscard]] FilterRow& filterRow() { return *m_filterRow; }
  [[nodiscard]] ViewList& viewList() { return *m_list; }
  /// Takes the list's place where there is little room.
  [[nodiscard]] QComboBox& viewChooser() { return *m_chooser; }
  [[nodiscard]] ViewArea& area() { return *m_area; }

 signals:
  /// A table of the view of this name shall be written to a file.
  void tableExportWanted(heaptap::gui::DataTable& table, const QString& view);
  void announced(const QString& message);
  /// The user says whose code something is.
  void codeMarked(const heaptap::gui::CodeMark& mark);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeViews();
  void lay();
  void orderTabKey();
  void connectParts();
  void begin();
  void restoreChoice();
  void followStore();
  void showPeak(const Summary& summary, quint64 atNs, quint64 bytes);
  void showApart();
  void chooseFirstView();
  void showTitles();
  void followCurrentView();
  void showSites();
  void connectSource();
  void showSource();
  void showExcerpt(const std::optional<SourceSpot>& spot);
  void chooseMark(std::size_t mark);
  void offerFilters(QMenu& menu, const MenuPlace& place);
  void offerViews(QMenu& menu, const MenuPlace& place);
  [[nodiscard]] int positionOfCurrent() const;

  SessionStore m_store;
  Selection m_selection;
  bool m_isViewChosen = false;  ///< By the user: then the page does not choose one.
  QString m_expectedView;       ///< To be shown once it is offered; or empty.
  std::optional<TimeWords> m_expectedTime;
  std::optional<SiteNumbers::Key> m_excerptOf;  ///< The site whose source lines are shown.
  bool m_hadLeaks = false;
  /// As keepChoiceOf() says, until the session's call sites are there. Time and mark stay in m_selection.
  struct KeptChoice {
    QString session;
    std::optional<SiteNumbers::Key> site;
    SourceSpot source;
  };
  std::optional<KeptChoice> m_kept;
  SessionHeader* m_header;
  TimelineView* m_timeline;
  TimelineWants* m_timelineWants = nullptr;
  QList<View*> m_views;  ///< In the order of the table.
  ViewArea* m_area;
  ViewList* m_list;
  QComboBox* m_chooser;
  TimeBar* m_timeBar;
  FilterBox* m_filter;
  FilterRow* m_filterRow;
  SitePanel* m_site;
};

}  // namespace heaptap::gui
