// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/session_page.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/views/call_sites/sites_view.h"
#include "gui/views/filter/filter_actions.h"
#include "gui/views/frame/view_table.h"
#include "gui/views/marks/marks_view.h"
#include "gui/views/measures.h"
#include "gui/views/own_code/own_code_actions.h"

namespace heaptap::gui {
namespace {

constexpr int kFilterWidth = 280;
constexpr int kLeastFilterWidth = 110;
constexpr int kRowDistance = 2;
/// Below it, a box to choose from takes the place of the list of views.
constexpr int kNarrow = 900;
constexpr const char* kColumnsKey = "columns-4/";
constexpr const char* kSplitterKey = "splitters-2/";
constexpr const char* kResidentKey = "timeline/resident";
constexpr const char* kLanesKey = "timeline/threads";
constexpr const char* kLayersKey = "timeline/call-sites";

QSplitter* splitterOf(Qt::Orientation orientation, const char* name) {
  auto* splitter = new QSplitter(orientation);
  splitter->setObjectName(QLatin1String(name));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(measure::kSpacing);
  return splitter;
}

}  // namespace

SessionPage::SessionPage(QWidget* parent)
    : QWidget(parent), m_header(new SessionHeader(this)), m_timeline(new TimelineView(this)) {
  makeViews();
  m_area = new ViewArea(m_views, this);
  m_list = new ViewList(m_views, this);
  m_chooser = new QComboBox(this);
  m_timeBar = new TimeBar(m_store, m_selection, this);
  m_filter = new FilterBox(this);
  m_filterRow = new FilterRow(*m_filter, m_store, m_selection, this);
  m_site = new SitePanel(this);
  m_timelineWants = new TimelineWants(*m_timeline, m_store, m_selection, this);
  lay();
  orderTabKey();
  connectParts();
  chooseFirstView();
  followStore();
}

/// All that reads store and selection goes before they do.
SessionPage::~SessionPage() {
  for (View* view : m_views) disconnect(view, nullptr, this, nullptr);
  delete m_timelineWants;
  delete m_area;
  delete m_timeBar;
  delete m_filterRow;
}

void SessionPage::makeViews() {
  for (const ViewEntry& entry : viewTable()) {
    View* const view = entry.make(this);
    view->setObjectName(QStringLiteral("view-") + QLatin1String(entry.id));
    view->bind(m_store, m_selection);
    m_views << view;
  }
}

void SessionPage::lay() {
  m_filter->setMinimumWidth(kLeastFilterWidth);
  m_filter->setMaximumWidth(kFilterWidth);
  m_filter->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  m_chooser->setAccessibleName(tr("View"));
  m_chooser->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_chooser->hide();

  auto* views = splitterOf(Qt::Horizontal, "views");
  views->addWidget(m_area);
  views->addWidget(m_site);
  views->setStretchFactor(0, 2);
  views->setStretchFactor(1, 1);
  views->setSizes({2 * measure::kShare, measure::kShare});

  auto* above = new QHBoxLayout;
  above->setContentsMargins(0, 0, 0, 0);
  above->setSpacing(measure::kSpacing);
  above->addWidget(m_chooser);
  above->addWidget(m_timeBar, 3);
  above->addWidget(m_filter, 2);
  auto* column = new QVBoxLayout;
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(kRowDistance);
  column->addLayout(above);
  column->addWidget(m_filterRow);
  column->addWidget(views, 1);
  auto* below = new QWidget;
  auto* row = new QHBoxLayout(below);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(measure::kSpacing);
  row->addWidget(m_list);
  row->addLayout(column, 1);

  auto* parts = splitterOf(Qt::Vertical, "parts");
  parts->addWidget(m_timeline);
  parts->addWidget(below);
  parts->setStretchFactor(0, 2);
  parts->setStretchFactor(1, 3);
  parts->setSizes({2 * measure::kShare, 3 * measure::kShare});

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(measure::kMargin, measure::kMargin, measure::kMargin, measure::kSpacing / 2);
  layout->setSpacing(measure::kSpacing);
  layout->addWidget(m_header);
  layout->addWidget(parts, 1);
}

QList<QWidget*> SessionPage::keyOrder() const {
  QList<QWidget*> order = m_header->live().findChildren<QWidget*>(Qt::FindDirectChildrenOnly);
  order << QList<QWidget*>{m_timeline,       m_list,
                           m_chooser,        &m_timeBar->field(),
                           &m_timeBar->of(), &m_timeBar->nowButton(),
                           m_filter,         &m_filterRow->clearButton()};
  for (View* view : m_views) order << view->keyOrder();
  order << &m_site->histogram() << &m_site->stack() << &m_site->excerpt().more();
  return order;
}

void SessionPage::orderTabKey() {
  const QList<QWidget*> order = keyOrder();
  for (qsizetype i = 1; i < order.size(); ++i) setTabOrder(order[i - 1], order[i]);
}

void SessionPage::connectParts() {
  connect(&m_store, &SessionStore::begun, this, &SessionPage::begin);
  for (const auto signal : {&SessionStore::sitesChanged, &SessionStore::heapChanged})
    connect(&m_store, signal, this, &SessionPage::restoreChoice);
  connect(&m_store, &SessionStore::summaryChanged, this, &SessionPage::followStore);
  connect(&m_store, &SessionStore::timelineChanged, this,
          [this] { m_timeline->setTimeline(m_store.timeline()); });
  connect(&m_store, &SessionStore::statusChanged, this, [this] {
    m_header->setStatus(*m_store.status());
    m_timeline->setNewest(TimelineView::Point{m_store.status()->atNs, m_store.status()->liveBytes});
    // The header has this peak now.
    if (const LiveStatus& status = *m_store.status(); status.peakAtNs && m_store.summary())
      showPeak(*m_store.summary(), *status.peakAtNs, status.peakBytes);
  });
  connect(&m_store, &SessionStore::leaksChanged, this, [this] {
    showApart();
    chooseFirstView();
  });

  connect(&m_selection, &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Sites) showSites();
    if (parts & Selection::Time) m_timeline->setTime(m_selection.time());
    if (parts & Selection::Mark) m_timeline->setCurrentMark(m_selection.mark());
  });
  connectSource();
  connect(m_timeline, &TimelineView::timeChosen, &m_selection, &Selection::setTime);
  connect(m_timeline, &TimelineView::markChosen, this, &SessionPage::chooseMark);
  connect(m_timeline, &TimelineView::threadChosen, this,
          [this](const QString& word) { m_selection.setFilter(m_selection.filter().withThread(word)); });
  connect(m_site, &SitePanel::announced, this, &SessionPage::announced);
  connect(&m_site->stack(), &DataTable::menuOpening, this, [this](QMenu& menu) {
    if (const StackLine* const line = m_site->stack().currentLine()) offerFilters(menu, placeOf(*line));
  });
  for (View* view : m_views) {
    connect(view, &View::titleChanged, this, &SessionPage::showTitles);
    connect(view, &View::announced, this, &SessionPage::announced);
    connect(view, &View::viewWanted, this, &SessionPage::showView);
    connect(view, &View::menuOpening, this, &SessionPage::offerFilters);
    for (DataTable* table : view->exportable()) {
      connect(table, &DataTable::exportWanted, this,
              [this, view, table] { emit tableExportWanted(*table, view->name()); });
      connect(table, &DataTable::menuOpening, this, [this, view](QMenu& menu) {
        if (view == m_area->current()) offerFilters(menu, placeOf(m_selection.sites()));
      });
    }
  }
  const auto choose = [this](int position) {
    m_isViewChosen = true;
    m_expectedView.clear();
    m_area->show(*m_views[position]);
  };
  connect(m_list, &ViewList::chosen, this, choose);
  connect(m_list, &ViewList::chosenBeside, this, [this](int position) {
    m_isViewChosen = true;
    m_area->showBeside(*m_views[position]);
  });
  connect(m_chooser, &QComboBox::activated, this,
          [this, choose](int row) { choose(m_chooser->itemData(row).toInt()); });
  connect(m_area, &ViewArea::currentChanged, this, &SessionPage::followCurrentView);
}

void SessionPage::begin() {
  m_hadLeaks = false;
  // Between the two, nothing is shown.
  const QString& session = m_store.session().id;
  const bool goesOn = m_kept && (session.isEmpty() || session == m_kept->session);
  if (goesOn) {
    m_selection.setSites({});
  } else {
    m_kept.reset();
    m_selection.clear();
  }
  m_header->begin(m_store.session());
  m_timeline->clear();
  if (goesOn) {
    m_timeline->setTime(m_selection.time());
    m_timeline->setCurrentMark(m_selection.mark());
  }
  followStore();
}

void SessionPage::followStore() {
  showTitles();
  if (!m_store.summary()) return;
  const Summary& summary = *m_store.summary();
  m_header->setSummary(summary);
  m_timeline->setMarks(summary.marks);
  showPeak(summary, summary.peakAtNs, summary.peakBytes);
  if (!summary.session.isLive()) m_timeline->setNewest(std::nullopt);
  m_timeline->setEnd(summary.session.isLive() ? std::nullopt : summary.session.durationNs);
  if (const auto time = std::exchange(m_expectedTime, std::nullopt)) m_store.writtenTime().want(*time);
}

void SessionPage::showPeak(const Summary& summary, quint64 atNs, quint64 bytes) {
  m_timeline->setPeak(TimelineView::Point{atNs, bytes},
                      summary.estimateOf(bytes, &Sampling::peakBytesError).error);
}

void SessionPage::showApart() {
  if (!m_store.leaks()) return;
  SessionHeader::SetApart kept;
  SessionHeader::SetApart suppressed;
  for (const LeakGroup& group : *m_store.leaks()) {
    if (group.isOwn() || !group.heapName.isEmpty()) continue;
    SessionHeader::SetApart& apart = group.kind == LeakKind::Suppressed ? suppressed : kept;
    apart.bytes += group.bytes;
    apart.blocks += group.blocks;
  }
  m_header->setApart(kept, suppressed);
}

/// A session opens on its leaks where the program has any; while it runs, on its live heap.
void SessionPage::chooseFirstView() {
  const bool isFirst = m_store.leaks() && !std::exchange(m_hadLeaks, m_store.leaks() != nullptr);
  if (m_isViewChosen || (m_area->current() != nullptr && !isFirst)) return;
  const char* first = "live-heap";
  if (m_store.leaks()) {
    const auto& leaks = *m_store.leaks();
    const bool isOwn =
        std::any_of(leaks.begin(), leaks.end(), [](const LeakGroup& leak) { return leak.isOwn(); });
    first = isOwn ? "leaks" : "call-sites";
  }
  m_area->show(*m_views[static_cast<qsizetype>(*viewCalled(QLatin1String(first)))]);
}

void SessionPage::showTitles() {
  m_list->refresh();
  if (!m_expectedView.isEmpty() && !titleOf(m_expectedView).isEmpty()) showView(m_expectedView);
  m_chooser->clear();
  for (qsizetype at = 0; at < m_views.size(); ++at)
    if (m_views[at]->isOffered()) m_chooser->addItem(m_views[at]->title(), static_cast<int>(at));
  const int current = positionOfCurrent();
  m_chooser->setCurrentIndex(m_chooser->findData(current));
  // What the session has nothing for is not shown.
  if (current >= 0 && !m_views[current]->isOffered() && m_store.summary())
    m_area->show(*m_views[static_cast<qsizetype>(*viewCalled(QStringLiteral("live-heap")))]);
}

int SessionPage::positionOfCurrent() const {
  return m_area->current() == nullptr ? -1 : static_cast<int>(m_views.indexOf(m_area->current()));
}

QString SessionPage::currentView() const {
  const int current = positionOfCurrent();
  return current < 0 ? QString() : QLatin1String(viewTable()[static_cast<std::size_t>(current)].id);
}

void SessionPage::followCurrentView() {
  const int current = positionOfCurrent();
  m_list->setCurrent(current);
  m_chooser->setCurrentIndex(m_chooser->findData(current));
  if (current < 0) return;
  const ViewEntry& entry = viewTable()[static_cast<std::size_t>(current)];
  m_site->setVisible(entry.hasSites);
  m_filterRow->setFollows(entry.follows);
}

void SessionPage::chooseMark(std::size_t mark) {
  view<MarksView>().choose(mark);
  showView(QStringLiteral("marks"));
}

void SessionPage::offerFilters(QMenu& menu, const MenuPlace& place) {
  if (!place.isKnown()) return;
  menu.addSeparator();
  addFilterActions(menu, place, [this](const FilterTerm& term) {
    m_selection.setFilter(m_selection.filter().with(term));
  });
  if (!place.function.isEmpty()) offerViews(menu, place);
  addOwnCodeActions(menu, place, [this](const CodeMark& mark) { emit codeMarked(mark); });
}

void SessionPage::offerViews(QMenu& menu, const MenuPlace& place) {
  QMenu* const views = menu.addMenu(tr("&Show This Function In"));
  for (qsizetype at = 0; at < m_views.size(); ++at) {
    const ViewEntry& entry = viewTable()[static_cast<std::size_t>(at)];
    if (entry.follows == Follows::Nothing || m_views[at] == m_area->current() || !m_views[at]->isOffered())
      continue;
    views->addAction(View::tr(entry.title), this, [this, place, id = entry.id] {
      m_selection.setFilter(m_selection.filter().with(FilterTerm::function(place.function)));
      showView(QLatin1String(id));
    });
  }
}

void SessionPage::openAnew() {
  m_isViewChosen = false;
  m_expectedView.clear();
  m_area->show(view<LiveHeapView>());
}

bool SessionPage::showView(const QString& id) {
  const auto position = viewCalled(id);
  if (!position) return false;
  m_isViewChosen = true;
  const bool isOffered = m_views[static_cast<qsizetype>(*position)]->isOffered();
  m_expectedView = isOffered ? QString() : id;
  if (!isOffered) return false;
  m_area->show(*m_views[static_cast<qsizetype>(*position)]);
  return true;
}

QString SessionPage::titleOf(const QString& id) const {
  const auto position = viewCalled(id);
  if (!position || m_list->isRowHidden(static_cast<int>(*position))) return {};
  return m_list->titleOf(static_cast<int>(*position));
}

bool SessionPage::isSettled() const {
  const auto& written = m_store.writtenTime();
  if (written.wish() && written.problem().isEmpty()) return false;
  return m_timelineWants->isSettled() && (m_area->current() == nullptr || m_area->current()->isSettled());
}

void SessionPage::focusView() {
  if (m_area->current() != nullptr) m_area->current()->keyWidget().setFocus();
}

void SessionPage::focusFilter() {
  m_filter->setFocus(Qt::ShortcutFocusReason);
  m_filter->selectAll();
}

void SessionPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_list->setVisible(width() >= kNarrow);
  m_chooser->setVisible(width() < kNarrow);
}

void SessionPage::save(QSettings& settings) const {
  for (const QSplitter* splitter : findChildren<QSplitter*>())
    settings.setValue(kSplitterKey + splitter->objectName(), splitter->saveState());
  for (View* view : m_views)
    for (DataTable* table : view->tables())
      settings.setValue(kColumnsKey + table->objectName(), table->saveColumns());
  settings.setValue(kResidentKey, m_timeline->showsResident());
  settings.setValue(kLanesKey, m_timeline->showsLanes());
  settings.setValue(kLayersKey, m_timeline->showsLayers());
}

void SessionPage::restore(const QSettings& settings) {
  for (QSplitter* splitter : findChildren<QSplitter*>())
    splitter->restoreState(settings.value(kSplitterKey + splitter->objectName()).toByteArray());
  for (View* view : m_views)
    for (DataTable* table : view->tables())
      table->restoreColumns(settings.value(kColumnsKey + table->objectName()).toByteArray());
  m_timeline->setShowsResident(settings.value(kResidentKey, true).toBool());
  m_timeline->setShowsLanes(settings.value(kLanesKey, true).toBool());
  m_timeline->setShowsLayers(settings.value(kLayersKey, false).toBool());
}

}  // namespace heaptap::gui
