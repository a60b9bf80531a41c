// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/views/call_sites/sites_view.h"
#include "gui/views/frame/session_page.h"
#include "gui/views/source/source_settings.h"
#include "gui/views/source/source_view.h"

// What is shown beside the views: the chosen call sites, with some lines of their source.

namespace heaptap::gui {

void SessionPage::showSites() {
  const SiteChoice& choice = m_selection.sites();
  if (!choice.set || choice.rows.empty()) {
    m_excerptOf.reset();
    showExcerpt(std::nullopt);
    return m_site->clear();
  }
  std::vector<Site> sites;
  for (const std::size_t row : choice.rows) sites.push_back(choice.set->site(row));
  // The same site with newer numbers: the line that the user has chosen in its stack stays.
  const bool isSame = std::exchange(m_excerptOf, sites.front().key()) == sites.front().key();
  if (!isSame || !m_site->excerpt().spot()) showExcerpt(spotOf(sites.front().lines));
  if (choice.total == 1) return m_site->showSite(sites.front());
  const QString all = numberOfText(choice.total, Noun::CallSite);
  m_site->showSites(choice.title,
                    sites.size() == choice.total ? all : tr("the first %1 of %2").arg(sites.size()).arg(all),
                    sites);
}

void SessionPage::keepChoiceOf(const QString& session) {
  if (session.isEmpty() || session != m_store.session().id) return;
  m_kept = KeptChoice{.session = session, .site = std::nullopt, .source = {}};
  const SiteChoice& choice = m_selection.sites();
  if (choice.set && !choice.rows.empty()) m_kept->site = choice.set->numbers()[choice.rows.front()].key();
  m_kept->source = {view<SourceView>().file(), view<SourceView>().line()};
}

void SessionPage::restoreChoice() {
  const Sites& sites = m_store.siteModel().sites();
  if (!m_kept || !sites || m_store.session().id != m_kept->session) return;
  const KeptChoice kept = *std::exchange(m_kept, std::nullopt);
  if (kept.site) {
    view<LiveHeapView>().table().choose(*kept.site);
    view<CallSitesView>().table().choose(*kept.site);
    // That view has no table of call sites.
    const auto row = sites->rowOf(*kept.site);
    if (row && currentView() == QLatin1String("source"))
      m_selection.setSites({.set = sites, .rows = {*row}, .total = 1});
  }
  if (!kept.source.file.isEmpty()) view<SourceView>().showLine(kept.source.file, kept.source.line);
}

void SessionPage::connectSource() {
  connect(&m_site->stack(), &StackList::lineSelected, this, [this](const StackLine& line) {
    if (line.file.isEmpty() || line.line == 0) return;
    showExcerpt(SourceSpot{line.file, line.line});
    if (currentView() == QLatin1String("source")) view<SourceView>().showLine(line.file, line.line);
  });
  connect(&m_site->excerpt(), &SourceExcerpt::sourceWanted, this, [this](const QString& file, quint32 line) {
    showView(QStringLiteral("source"));
    view<SourceView>().showLine(file, line);
  });
  for (View* const view : std::as_const(m_views))
    for (DataTable* const table : view->exportable())
      connect(table, &QAbstractItemView::doubleClicked, this, &SessionPage::showSource);
  connect(&m_store.excerpt(), &AskedSignals::answered, this, [this] {
    const SourceFilePtr* file = m_store.excerpt().known();
    m_site->excerpt().show(file != nullptr ? *file : nullptr);
  });
  // What the user has allowed, or found, in the view is known here, too.
  connect(&m_store.source(), &AskedSignals::answered, this,
          [this] { showExcerpt(m_site->excerpt().spot()); });
}

/// Of the call site that is selected; of what is none, there is no source.
void SessionPage::showSource() {
  const SiteChoice& sites = m_selection.sites();
  const auto& spot = m_site->excerpt().spot();
  if (sites.total != 1 || !spot || currentView() == QLatin1String("source")) return;
  const SourceSpot at = *spot;
  showView(QStringLiteral("source"));
  view<SourceView>().showLine(at.file, at.line);
}

void SessionPage::showExcerpt(const std::optional<SourceSpot>& spot) {
  SourceExcerpt& excerpt = m_site->excerpt();
  if (spot != excerpt.spot()) excerpt.expect(spot);
  if (!spot) return m_store.excerpt().want(std::nullopt);
  m_store.excerpt().want(SourceWish{.file = spot->file,
                                    .access = sourceAccess(m_store.isFromCollector()),
                                    .recordedAtUnixNs = m_store.session().startedAtUnixNs});
  if (m_store.excerpt().isCurrent()) excerpt.show(*m_store.excerpt().known());
}

}  // namespace heaptap::gui
