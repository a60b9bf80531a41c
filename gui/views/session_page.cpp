// SPDX-License-Identifier: Apache-2.0
#include "gui/views/session_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

#include "gui/models/quantity_text.h"
#include "gui/models/session_text.h"

namespace heaptap::gui {
namespace {

constexpr int kMargin = 14;
constexpr int kSpacing = 10;
constexpr int kFilterWidth = 280;
constexpr int kShare = 1000;  // Sizes of splitters count by their proportions only.
constexpr const char* kColumnsKey = "columns/";
constexpr const char* kSplitterKey = "splitters/";

}  // namespace

SessionPage::SessionPage(QWidget* parent)
    : QWidget(parent),
      m_header(new SessionHeader(this)),
      m_timeline(new TimelineView(this)),
      m_tabs(new QTabWidget(this)),
      m_leaks(new SiteTable(m_sites, SiteFilterModel::Show::SitesWithLiveBlocks, this)),
      m_callSites(new SiteTable(m_sites, SiteFilterModel::Show::AllSites, this)),
      m_filter(new QLineEdit(this)),
      m_site(new SitePanel(this)) {
  m_leaks->setObjectName(QStringLiteral("leaks"));
  m_callSites->setObjectName(QStringLiteral("callSites"));
  m_filter->setPlaceholderText(tr("Filter by function, file or module"));
  m_filter->setToolTip(tr("Shows the call sites with this text in any line of their stack (Ctrl+F)."));
  m_filter->setAccessibleName(tr("Filter"));
  m_filter->setClearButtonEnabled(true);
  m_tabs->setDocumentMode(true);
  m_tabs->addTab(m_leaks, QString());
  m_tabs->addTab(m_callSites, QString());
  // In a widget of its own, as a corner widget is given its size hint and no margin.
  auto* corner = new QWidget(m_tabs);
  auto* cornerLayout = new QHBoxLayout(corner);
  cornerLayout->setContentsMargins(0, 0, 0, 4);
  cornerLayout->addWidget(m_filter);
  m_filter->setFixedWidth(kFilterWidth);
  m_tabs->setCornerWidget(corner, Qt::TopRightCorner);
  lay();

  setTabOrder(m_timeline, m_tabs->tabBar());
  setTabOrder(m_tabs->tabBar(), m_filter);
  setTabOrder(m_filter, m_leaks);
  setTabOrder(m_leaks, m_callSites);
  setTabOrder(m_callSites, &m_site->histogram());
  setTabOrder(&m_site->histogram(), &m_site->stack());

  connect(m_filter, &QLineEdit::textChanged, this, &SessionPage::applyFilter);
  connect(m_tabs, &QTabWidget::currentChanged, this, &SessionPage::showCurrentSite);
  connect(m_site, &SitePanel::told, this, &SessionPage::told);
  for (SiteTable* table : {m_leaks, m_callSites}) {
    connect(table, &SiteTable::currentSiteChanged, this, &SessionPage::showCurrentSite);
    connect(&table->filter(), &QAbstractItemModel::rowsInserted, this, &SessionPage::nameTabs);
    connect(&table->filter(), &QAbstractItemModel::rowsRemoved, this, &SessionPage::nameTabs);
    connect(&table->filter(), &QAbstractItemModel::modelReset, this, &SessionPage::nameTabs);
  }
  nameTabs();
}

void SessionPage::lay() {
  auto* tables = new QSplitter(Qt::Horizontal);
  tables->setObjectName(QStringLiteral("tables"));
  tables->setChildrenCollapsible(false);
  tables->setHandleWidth(kSpacing);
  tables->addWidget(m_tabs);
  tables->addWidget(m_site);
  tables->setStretchFactor(0, 2);
  tables->setStretchFactor(1, 1);
  tables->setSizes({2 * kShare, kShare});

  auto* parts = new QSplitter(Qt::Vertical, this);
  parts->setObjectName(QStringLiteral("parts"));
  parts->setChildrenCollapsible(false);
  parts->setHandleWidth(kSpacing);
  parts->addWidget(m_timeline);
  parts->addWidget(tables);
  parts->setStretchFactor(0, 1);
  parts->setStretchFactor(1, 2);
  parts->setSizes({kShare, 2 * kShare});

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(kMargin, kMargin, kMargin, kSpacing / 2);
  layout->setSpacing(kSpacing);
  layout->addWidget(m_header);
  layout->addWidget(parts, 1);
}

void SessionPage::clear() {
  m_sites.clear();
  m_timeline->clear();
  m_site->clear();
}

void SessionPage::showSummary(const Summary& summary) {
  m_header->setSummary(summary);
  m_remains = summary.remains();
  m_sites.setRemains(m_remains);
  nameTabs();
  m_timeline->setPeak(TimelineView::Point{summary.peakAtNs, summary.peakBytes});
  if (!summary.session.isLive()) m_timeline->setNewest(std::nullopt);
  m_timeline->setEnd(summary.session.isLive() ? std::nullopt : summary.session.durationNs);
}

void SessionPage::showTimeline(const Timeline& timeline) { m_timeline->setTimeline(timeline); }

void SessionPage::showSites(const Sites& sites) {
  m_sites.setSites(sites);
  nameTabs();
}

void SessionPage::showStatus(const LiveStatus& status) {
  m_header->setStatus(status);
  m_timeline->setNewest(TimelineView::Point{status.atNs, status.liveBytes});
}

void SessionPage::applyFilter(const QString& text) {
  for (SiteTable* table : {m_leaks, m_callSites}) table->filter().setText(text.trimmed());
  nameTabs();
}

void SessionPage::nameTabs() {
  const auto counted = [](const QString& name, const SiteTable& table) {
    return QStringLiteral("%1  (%2)").arg(name, countText(static_cast<quint64>(table.model()->rowCount())));
  };
  const bool isLeaked = m_remains == Remains::Leaked;
  m_tabs->setTabText(0, counted(isLeaked ? tr("&Leaks") : remainsText(m_remains), *m_leaks));
  m_tabs->setTabToolTip(0, tr("Call sites whose blocks nobody has freed (Ctrl+1)."));
  m_tabs->setTabText(1, counted(tr("&Call sites"), *m_callSites));
  m_tabs->setTabToolTip(1, tr("All places that allocated: one row for each stack (Ctrl+2)."));
  const bool isFiltered = !m_filter->text().trimmed().isEmpty();
  const QString noMatch = tr("No call site matches the filter.");
  m_leaks->setEmptyText(!m_sites.sites() ? tr("Loading…")
                        : isFiltered     ? noMatch
                        : isLeaked       ? tr("No leaks: every block was freed.")
                                         : tr("Nothing is live."));
  m_callSites->setEmptyText(!m_sites.sites() ? tr("Loading…")
                            : isFiltered     ? noMatch
                                             : tr("Nothing was allocated."));
}

SiteTable& SessionPage::currentTable() const { return m_tabs->currentIndex() == 0 ? *m_leaks : *m_callSites; }

void SessionPage::showCurrentSite() {
  const Site* site = m_sites.sites() ? currentTable().currentSite() : nullptr;
  if (site)
    m_site->showSite(*site, *m_sites.sites());
  else
    m_site->clear();
}

void SessionPage::focusFilter() {
  m_filter->setFocus(Qt::ShortcutFocusReason);
  m_filter->selectAll();
}

QList<QSplitter*> SessionPage::splitters() const { return findChildren<QSplitter*>(); }

void SessionPage::save(QSettings& settings) const {
  for (const QSplitter* splitter : splitters())
    settings.setValue(kSplitterKey + splitter->objectName(), splitter->saveState());
  for (const SiteTable* table : {m_leaks, m_callSites})
    settings.setValue(kColumnsKey + table->objectName(), table->horizontalHeader()->saveState());
}

void SessionPage::restore(const QSettings& settings) {
  for (QSplitter* splitter : splitters())
    splitter->restoreState(settings.value(kSplitterKey + splitter->objectName()).toByteArray());
  for (SiteTable* table : {m_leaks, m_callSites})
    table->horizontalHeader()->restoreState(settings.value(kColumnsKey + table->objectName()).toByteArray());
}

}  // namespace heaptap::gui
