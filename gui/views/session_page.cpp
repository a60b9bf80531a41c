// SPDX-License-Identifier: Apache-2.0
#include "gui/views/session_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/views/colours.h"
#include "gui/views/tab_names.h"

namespace heaptap::gui {
namespace {

constexpr int kMargin = 14;
constexpr int kSpacing = 10;
constexpr int kFilterWidth = 280;
constexpr int kLeastFilterWidth = 110;
constexpr int kTabDistance = 2;
constexpr std::size_t kMostSitesOfALeak = 32;
constexpr int kShare = 1000;  // Sizes of splitters count by their proportions only.
constexpr int kNumberDigits = 13;
constexpr int kEstimateDigits = 18;
constexpr int kLeastNameDigits = 12;
constexpr const char* kColumnsKey = "columns-3/";
constexpr const char* kSplitterKey = "splitters/";
constexpr const char* kResidentKey = "timeline/resident";

}  // namespace

SessionPage::SessionPage(QWidget* parent)
    : QWidget(parent),
      m_header(new SessionHeader(this)),
      m_timeline(new TimelineView(this)),
      m_tabs(new QTabBar(this)),
      m_tables(new QStackedWidget(this)),
      m_leakTables(new QStackedWidget(this)),
      m_leaks(new SiteTable(m_siteModel, SiteFilterModel::Show::SitesWithLiveBlocks, this)),
      m_leakGroups(new LeakTable(m_leakModel, this)),
      m_callSites(new SiteTable(m_siteModel, SiteFilterModel::Show::AllSites, this)),
      m_findings(new FindingTable(m_findingModel, this)),
      m_marks(new DataTable(this)),
      m_heaps(new DataTable(this)),
      m_filter(new QLineEdit(this)),
      m_details(new QStackedWidget(this)),
      m_site(new SitePanel(this)),
      m_finding(new FindingPanel(this)) {
  addTables();
  lay();
  orderTabKey();
  connectParts();
  nameTabs();
}

void SessionPage::addTables() {
  for (const TabEntry& entry : kTabs) tables()[entry.tab]->setObjectName(QLatin1String(entry.id));
  m_leakGroups->setObjectName(QStringLiteral("leak-groups"));
  m_leakTables->addWidget(m_leaks);
  m_leakTables->addWidget(m_leakGroups);
  m_marks->setModel(&m_markModel);
  m_marks->setAccessibleName(tr("Marks"));
  m_heaps->setModel(&m_heapModel);
  m_heaps->setAccessibleName(tr("Heaps"));
  for (DataTable* table : {m_marks, m_heaps})
    for (int column = 0; column < table->model()->columnCount(); ++column)
      table->setColumnDigits(column, kNumberDigits);
  m_marks->setColumnDigits(MarkModel::LiveBytes, kEstimateDigits);
  m_marks->stretchColumn(MarkModel::Name, kLeastNameDigits, {MarkModel::Allocations, MarkModel::LiveBlocks});
  m_heaps->stretchColumn(HeapModel::Name, kLeastNameDigits,
                         {HeapModel::AllocatedBytes, HeapModel::Frees, HeapModel::PeakAt,
                          HeapModel::Allocations, HeapModel::LiveBlocks});
  m_filter->setPlaceholderText(tr("Filter by function, file or module"));
  m_filter->setToolTip(tr("Shows what has this text in any line of its stacks (Ctrl+F)."));
  m_filter->setAccessibleName(tr("Filter"));
  m_filter->setClearButtonEnabled(true);
  m_tabs->setDrawBase(false);
  m_tabs->setExpanding(false);
  m_tabs->setElideMode(Qt::ElideRight);
  for (DataTable* table : tables()) {
    m_tabs->addTab(QString());
    m_tables->addWidget(table == m_leaks ? static_cast<QWidget*>(m_leakTables) : table);
  }
  m_tabs->setTabVisible(HeapsTab, false);
  m_filter->setMinimumWidth(kLeastFilterWidth);
  m_filter->setMaximumWidth(kFilterWidth);
  m_filter->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SessionPage::lay() {
  m_details->addWidget(m_site);
  m_details->addWidget(m_finding);
  auto* tables = new QSplitter(Qt::Horizontal);
  tables->setObjectName(QStringLiteral("tables"));
  tables->setChildrenCollapsible(false);
  tables->setHandleWidth(kSpacing);
  tables->addWidget(m_tables);
  tables->addWidget(m_details);
  tables->setStretchFactor(0, 2);
  tables->setStretchFactor(1, 1);
  tables->setSizes({2 * kShare, kShare});

  // The tabs have the width of all that they change.
  auto* tabRow = new QHBoxLayout;
  tabRow->setContentsMargins(0, 0, 0, 0);
  tabRow->setSpacing(kSpacing);
  tabRow->addWidget(m_tabs, 0, Qt::AlignBottom);
  tabRow->addWidget(m_filter, 1);
  auto* tabbed = new QWidget;
  auto* tabbedLayout = new QVBoxLayout(tabbed);
  tabbedLayout->setContentsMargins(0, 0, 0, 0);
  tabbedLayout->setSpacing(kTabDistance);
  tabbedLayout->addLayout(tabRow);
  tabbedLayout->addWidget(tables, 1);

  auto* parts = new QSplitter(Qt::Vertical, this);
  parts->setObjectName(QStringLiteral("parts"));
  parts->setChildrenCollapsible(false);
  parts->setHandleWidth(kSpacing);
  parts->addWidget(m_timeline);
  parts->addWidget(tabbed);
  parts->setStretchFactor(0, 1);
  parts->setStretchFactor(1, 2);
  parts->setSizes({kShare, 2 * kShare});

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(kMargin, kMargin, kMargin, kSpacing / 2);
  layout->setSpacing(kSpacing);
  layout->addWidget(m_header);
  layout->addWidget(parts, 1);
}

void SessionPage::orderTabKey() {
  QList<QWidget*> order{m_timeline, m_tabs, m_filter};
  for (DataTable* table : tables()) order << table;
  order.insert(order.indexOf(m_leaks) + 1, m_leakGroups);
  order << &m_site->histogram() << &m_site->stack() << &m_finding->stacks();
  for (qsizetype i = 1; i < order.size(); ++i) setTabOrder(order[i - 1], order[i]);
}

void SessionPage::connectParts() {
  connect(m_filter, &QLineEdit::textChanged, this, &SessionPage::applyFilter);
  connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
    m_tables->setCurrentIndex(tab);
    showDetails();
  });
  connect(m_site, &SitePanel::announced, this, &SessionPage::announced);
  connect(m_finding, &FindingPanel::announced, this, &SessionPage::announced);
  connect(m_findings, &FindingTable::currentFindingChanged, this, &SessionPage::showDetails);
  connect(m_marks->selectionModel(), &QItemSelectionModel::currentChanged, this,
          &SessionPage::showCurrentMark);
  connect(m_timeline, &TimelineView::markChosen, this, &SessionPage::chooseMark);
  for (SiteTable* table : {m_leaks, m_callSites})
    connect(table, &SiteTable::currentSiteChanged, this, [this, table] {
      if (tables()[m_tabs->currentIndex()] == table) showDetails();
    });
  connect(m_leakGroups, &LeakTable::currentGroupChanged, this, [this] {
    if (tables()[m_tabs->currentIndex()] == m_leakGroups) showDetails();
  });
  connect(m_tabs, &QTabBar::tabBarClicked, this, [this] { m_isTabChosen = true; });
  for (DataTable* table : allTables()) {
    connect(table->model(), &QAbstractItemModel::rowsInserted, this, &SessionPage::nameTabs);
    connect(table->model(), &QAbstractItemModel::rowsRemoved, this, &SessionPage::nameTabs);
    connect(table->model(), &QAbstractItemModel::modelReset, this, &SessionPage::nameTabs);
  }
}

QList<DataTable*> SessionPage::tables() const {
  DataTable* const leaks = m_leakModel.leaks() ? static_cast<DataTable*>(m_leakGroups) : m_leaks;
  return {leaks, m_callSites, m_findings, m_marks, m_heaps};
}

void SessionPage::clear() {
  m_coming = Coming::Expected;
  m_siteModel.clear();
  showLeaks(nullptr);
  m_findingModel.clear();
  m_knowsMarks = false;
  m_markModel.setMarks({});
  m_heapModel.setHeaps({});
  m_timeline->clear();
  m_site->clear();
  m_finding->clear();
}

void SessionPage::showSummary(const Summary& summary) {
  m_header->setSummary(summary);
  m_remains = summary.remains();
  m_isSampled = summary.sampling.has_value();
  m_siteModel.setRemains(m_remains);
  m_heapModel.setRemains(m_remains);
  for (SiteTable* table : {m_leaks, m_callSites}) table->showEstimates(summary.sampling.has_value());
  m_knowsMarks = true;
  m_markModel.setMarks(summary.marks);
  m_heapModel.setHeaps(summary.heaps);
  m_tabs->setTabVisible(HeapsTab, !summary.heaps.empty());
  nameTabs();
  m_timeline->setMarks(summary.marks);
  const Estimate peak = summary.estimateOf(summary.peakBytes, &Sampling::peakBytesError);
  m_timeline->setPeak(TimelineView::Point{summary.peakAtNs, summary.peakBytes}, peak.error);
  if (!summary.session.isLive()) m_timeline->setNewest(std::nullopt);
  m_timeline->setEnd(summary.session.isLive() ? std::nullopt : summary.session.durationNs);
}

void SessionPage::showTimeline(const Timeline& timeline) { m_timeline->setTimeline(timeline); }

void SessionPage::showSites(const Sites& sites) {
  m_siteModel.setSites(sites);
  for (SiteTable* table : {m_leaks, m_callSites}) table->showHeaps(sites && sites->hasHeaps());
  nameTabs();
}

void SessionPage::showLeaks(const Leaks& leaks) {
  const bool isFirst = leaks && !m_leakModel.leaks();
  const bool hadFocus = m_leaks->hasFocus() || m_leakGroups->hasFocus();
  m_leakModel.setLeaks(leaks);
  m_leakGroups->filter().setText(m_filter->text().trimmed(), m_siteModel.sites());
  m_leakTables->setCurrentWidget(tables()[LeaksTab]);
  if (hadFocus) tables()[LeaksTab]->setFocus();
  SessionHeader::SetApart kept;
  SessionHeader::SetApart suppressed;
  for (const LeakGroup& group : leaks ? *leaks : std::vector<LeakGroup>()) {
    if (group.isOwn() || !group.heapName.isEmpty()) continue;
    SessionHeader::SetApart& apart = group.kind == LeakKind::Suppressed ? suppressed : kept;
    apart.bytes += group.bytes;
    apart.blocks += group.blocks;
  }
  if (leaks) m_header->setApart(kept, suppressed);
  // A session opens on its leaks only where the program has any.
  if (isFirst && !m_isTabChosen)
    m_tabs->setCurrentIndex(m_leakModel.ownGroups() > 0 ? LeaksTab : CallSitesTab);
  nameTabs();
  showDetails();
}

void SessionPage::showFindings(const Findings& findings) {
  m_findingModel.setFindings(findings);
  nameTabs();
}

void SessionPage::showStatus(const LiveStatus& status) {
  m_header->setStatus(status);
  m_timeline->setNewest(TimelineView::Point{status.atNs, status.liveBytes});
}

void SessionPage::begin(const Session& session) {
  clear();
  m_header->begin(session);
  nameTabs();
}

void SessionPage::setComing(Coming coming) {
  m_coming = coming;
  nameTabs();
}

void SessionPage::applyFilter(const QString& text) {
  for (SiteTable* table : {m_leaks, m_callSites}) table->filter().setText(text.trimmed());
  m_leakGroups->filter().setText(text.trimmed(), m_siteModel.sites());
  m_findings->filter().setText(text.trimmed());
  nameTabs();
}

void SessionPage::nameTabs() {
  const bool hasSites = m_siteModel.sites() != nullptr;
  const bool hasFindings = m_findingModel.isKnown();
  const bool isFiltered = !m_filter->text().trimmed().isEmpty();
  const QString noMatch = tr("No call site matches the filter.");
  const auto name = [&](Tab tab, const QString& title, const QString& tip, const EmptyText& empty) {
    DataTable* table = tables()[tab];
    const int rows =
        table == m_leakGroups && !isFiltered ? m_leakModel.ownGroups() : table->model()->rowCount();
    m_tabs->setTabText(tab, countedName(title, empty.isKnown ? std::optional(rows) : std::nullopt));
    m_tabs->setTabToolTip(tab, tip);
    table->setEmptyText(empty.text());
  };
  name(LeaksTab, m_remains == Remains::Leaked ? tr("&Leaks") : remainsText(m_remains),
       tr("Call sites with blocks that were not freed (Ctrl+1)."),
       {hasSites, isFiltered, noMatch, noLeaksText(m_remains, m_isSampled), m_coming});
  name(CallSitesTab, tr("&Call sites"), tr("All places that allocated: one row for each stack (Ctrl+2)."),
       {hasSites, isFiltered, noMatch, tr("Nothing was allocated."), m_coming});
  name(FindingsTab, tr("Fin&dings"),
       tr("Wrong uses of the heap: double frees, mismatched frees, … (Ctrl+3)."),
       {hasFindings, isFiltered, tr("No finding matches the filter."), noFindingsText(m_remains, m_isSampled),
        m_coming});
  name(MarksTab, tr("&Marks"), tr("Named moments, and the heap at each of them (Ctrl+4)."),
       {m_knowsMarks, false, {}, noMarksText(m_remains), m_coming});
  name(HeapsTab, tr("Hea&ps"), tr("Other heaps than malloc's: mappings, allocators with a name (Ctrl+5)."),
       {true, false, {}, {}, {}});
  const bool hasWrongUses = m_findingModel.rowCount() > 0;
  m_tabs->setTabTextColor(FindingsTab, hasWrongUses ? Colours::of(palette()).warning : QColor());
}

void SessionPage::showDetails() {
  const int tab = m_tabs->currentIndex();
  showCurrentMark();
  m_details->setVisible(tab <= FindingsTab);
  m_filter->setEnabled(tab <= FindingsTab);
  if (tab == FindingsTab) {
    m_details->setCurrentWidget(m_finding);
    if (const Finding* finding = m_findings->currentFinding())
      m_finding->showFinding(*finding);
    else
      m_finding->clear();
  } else if (tab < FindingsTab) {
    m_details->setCurrentWidget(m_site);
    if (tables()[tab] == m_leakGroups) return showCurrentLeak();
    if (const auto row = (tab == LeaksTab ? m_leaks : m_callSites)->currentSourceRow())
      m_site->showSite(m_siteModel.sites()->site(static_cast<std::size_t>(*row)));
    else
      m_site->clear();
  }
}

std::optional<Site> SessionPage::siteOf(const SiteNumbers::Key& key) const {
  const Sites& sites = m_siteModel.sites();
  if (!sites) return std::nullopt;
  const auto& numbers = sites->numbers();
  const auto found = std::find_if(numbers.begin(), numbers.end(),
                                  [&](const SiteNumbers& site) { return site.key() == key; });
  if (found == numbers.end()) return std::nullopt;
  return sites->site(static_cast<std::size_t>(found - numbers.begin()));
}

void SessionPage::showCurrentLeak() {
  const LeakGroup* group = m_leakGroups->currentGroup();
  std::vector<Site> sites;
  for (std::size_t i = 0; group != nullptr && i < std::min(group->sites.size(), kMostSitesOfALeak); ++i)
    if (auto site = siteOf(group->sites[i])) sites.push_back(std::move(*site));
  if (sites.empty()) return m_site->clear();
  if (group->sites.size() == 1) return m_site->showSite(sites.front());
  const QString all = numberOfText(group->sites.size(), tr("call site"));
  m_site->showSites(
      leakName(*group),
      sites.size() == group->sites.size() ? all : tr("the first %1 of %2").arg(sites.size()).arg(all), sites);
}

void SessionPage::showCurrentMark() {
  const QModelIndex current = m_marks->currentIndex();
  if (m_tabs->currentIndex() != MarksTab || !current.isValid())
    return m_timeline->setCurrentMark(std::nullopt);
  m_marks->selectRow(current.row());
  m_timeline->setCurrentMark(static_cast<std::size_t>(current.row()));
}

void SessionPage::chooseMark(std::size_t mark) {
  m_marks->setCurrentIndex(m_markModel.index(static_cast<int>(mark), MarkModel::Name));
  showTab(MarksTab);
}

bool SessionPage::showTab(Tab tab) {
  if (!m_tabs->isTabVisible(tab)) return false;
  m_isTabChosen = true;
  m_tabs->setCurrentIndex(tab);
  return true;
}

void SessionPage::focusTable() { tables()[m_tabs->currentIndex()]->setFocus(); }

void SessionPage::focusFilter() {
  m_filter->setFocus(Qt::ShortcutFocusReason);
  m_filter->selectAll();
}

void SessionPage::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) nameTabs();
  QWidget::changeEvent(event);
}

QList<DataTable*> SessionPage::allTables() const {
  return {m_leaks, m_leakGroups, m_callSites, m_findings, m_marks, m_heaps};
}

QList<QSplitter*> SessionPage::splitters() const { return findChildren<QSplitter*>(); }

void SessionPage::save(QSettings& settings) const {
  for (const QSplitter* splitter : splitters())
    settings.setValue(kSplitterKey + splitter->objectName(), splitter->saveState());
  for (DataTable* table : allTables())
    settings.setValue(kColumnsKey + table->objectName(), table->saveColumns());
  settings.setValue(kResidentKey, m_timeline->showsResident());
}

void SessionPage::restore(const QSettings& settings) {
  for (QSplitter* splitter : splitters())
    splitter->restoreState(settings.value(kSplitterKey + splitter->objectName()).toByteArray());
  for (DataTable* table : allTables())
    table->restoreColumns(settings.value(kColumnsKey + table->objectName()).toByteArray());
  m_timeline->setShowsResident(settings.value(kResidentKey, true).toBool());
}

}  // namespace heaptap::gui
