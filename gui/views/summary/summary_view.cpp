// SPDX-License-Identifier: Apache-2.0
#include "gui/views/summary/summary_view.h"

#include <QScrollBar>
#include <QUrl>

#include "gui/models/sessions/summary_page.h"
#include "gui/views/empty_text.h"

namespace heaptap::gui {

SummaryView::SummaryView(QWidget* parent) : View(parent), m_page(new QTextBrowser(this)) {
  m_page->setOpenLinks(false);
  m_page->setAccessibleName(name());
  m_page->setTabChangesFocus(true);
  setWidget(m_page);
  connect(m_page, &QTextBrowser::anchorClicked, this, &SummaryView::follow);
}

void SummaryView::bound() {
  for (const auto signal : {&SessionStore::begun, &SessionStore::summaryChanged, &SessionStore::sitesChanged,
                            &SessionStore::leaksChanged, &SessionStore::comingChanged})
    connect(&store(), signal, this, &SummaryView::refresh);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Time) refresh();
  });
}

void SummaryView::showEvent(QShowEvent* event) {
  View::showEvent(event);
  refresh();
}

void SummaryView::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});
  refresh();
}

/// Costs a pass over the sites: nothing is done while the view is hidden.
void SummaryView::refresh() {
  if (isHidden()) return;
  QString html;
  if (store().summary())
    html = summaryPage({.summary = *store().summary(),
                        .sites = store().sites(),
                        .leaks = store().leaks(),
                        .isTimeChosen = !selection().time().isNow()});
  else
    html = EmptyText{.isKnown = false, .coming = store().coming()}.text().toHtmlEscaped();
  if (html == m_html) return;
  m_html = html;
  const int scrolled = m_page->verticalScrollBar()->value();
  m_page->setHtml(html);
  m_page->verticalScrollBar()->setValue(scrolled);
}

void SummaryView::follow(const QUrl& link) {
  const QString target = link.path();
  if (link.scheme() == QLatin1String("view")) {
    emit viewWanted(target);
  } else if (link.scheme() == QLatin1String("time")) {
    selection().setTime(TimeChoice::instant(target.toULongLong()));
    emit viewWanted(QStringLiteral("live-heap"));
  } else if (link.scheme() == QLatin1String("site") && store().sites()) {
    const std::size_t row = target.toULongLong();
    if (row < store().sites()->numbers().size())
      selection().setSites({.set = store().sites(), .rows = {row}, .total = 1, .title = {}});
  }
}

}  // namespace heaptap::gui
