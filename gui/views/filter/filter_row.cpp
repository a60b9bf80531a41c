// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/filter_row.h"

#include <utility>

#include "gui/models/filter/filter_words.h"
#include "gui/models/sites/site_sum.h"
#include "gui/views/measures.h"

namespace heaptap::gui {

FilterRow::FilterRow(FilterBox& box, SessionStore& store, Selection& selection, QWidget* parent)
    : QWidget(parent),
      m_box(box),
      m_store(store),
      m_selection(selection),
      m_row(new QHBoxLayout(this)),
      m_text(new ElidedLabel(this)),
      m_clear(new QToolButton(this)) {
  m_clear->setText(tr("Clear"));
  m_clear->setToolTip(tr("Shows everything again."));
  m_clear->setAutoRaise(true);
  m_text->setMuted(true);
  m_row->setContentsMargins(0, 0, 0, 0);
  m_row->setSpacing(measure::kSpacing / 2);
  m_row->addWidget(m_text, 1);
  m_row->addWidget(m_clear);
  connect(m_clear, &QToolButton::clicked, this, [this] { m_selection.setFilter({}); });
  connect(&box, &FilterBox::termChanged, this, &FilterRow::followBox);
  connect(&box, &FilterBox::confirmed, this, &FilterRow::keep);
  connect(&box, &FilterBox::lastWanted, this, &FilterRow::editLast);
  connect(&selection, &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Filter) follow();
  });
  for (const auto signal : {&SessionStore::begun, &SessionStore::sitesChanged, &SessionStore::heapChanged})
    connect(&store, signal, this, &FilterRow::showSum);
  showChips();
}

SiteFilter FilterRow::composed() const { return m_box.term() ? m_kept.with(*m_box.term()) : m_kept; }

/// Somebody else has set the filter: all of its terms stay.
void FilterRow::follow() {
  if (m_selection.filter() != composed()) {
    m_kept = m_selection.filter();
    m_box.reset();
  }
  showChips();
}

void FilterRow::followBox() {
  m_selection.setFilter(composed(), Selection::Step::Typing);
  showSum();
}

void FilterRow::keep() {
  m_kept = composed();
  m_box.reset();
  m_selection.setFilter(m_kept);
  showChips();
}

void FilterRow::editLast() {
  if (!m_kept.isEmpty()) edit(m_kept.terms().size() - 1);
}

void FilterRow::edit(std::size_t position) {
  const QString words = wordsFor(m_kept.terms()[position]);
  m_kept = m_kept.without(position);
  m_box.setText(words);
  m_box.setFocus(Qt::OtherFocusReason);
  showChips();
}

void FilterRow::setFollows(Follows follows) {
  m_follows = follows;
  for (FilterChip* chip : m_chips) chip->setFollowed(isFollowed(m_follows, chip->term()));
}

void FilterRow::showChips() {
  const auto& terms = m_kept.terms();
  bool areSame = static_cast<std::size_t>(m_chips.size()) == terms.size();
  for (std::size_t i = 0; areSame && i < terms.size(); ++i)
    areSame = m_chips[static_cast<qsizetype>(i)]->term() == terms[i];
  if (!areSame) {
    // One of them may be what tells of the change.
    for (FilterChip* chip : std::exchange(m_chips, {})) {
      m_row->removeWidget(chip);
      chip->hide();
      chip->deleteLater();
    }
    for (std::size_t i = 0; i < terms.size(); ++i) {
      auto* const chip = new FilterChip(terms[i], this);
      connect(chip, &FilterChip::editWanted, this, [this, i] { edit(i); });
      connect(chip, &FilterChip::removeWanted, this, [this, i] {
        m_box.setFocus(Qt::OtherFocusReason);
        m_kept = m_kept.without(i);
        m_selection.setFilter(composed());
        showChips();
      });
      connect(chip, &FilterChip::invertWanted, this, [this, i] {
        FilterTerm term = m_kept.terms()[i];
        term.isNot = !term.isNot;
        m_kept = m_kept.withReplaced(i, term);
        m_selection.setFilter(composed());
        showChips();
        m_chips[static_cast<qsizetype>(i)]->setFocus(Qt::OtherFocusReason);
      });
      m_row->insertWidget(static_cast<int>(i), chip);
      if (i > 0) setTabOrder(m_chips.back(), chip);
      m_chips << chip;
    }
    setFollows(m_follows);
  }
  m_clear->setVisible(!m_chips.isEmpty());
  showSum();
}

void FilterRow::showSum() {
  const SiteFilter filter = m_selection.filter();
  setVisible(!m_chips.isEmpty() || !filter.isEmpty() || !m_box.problem().isEmpty());
  if (!m_box.problem().isEmpty()) return m_text->setText(m_box.problem());
  if (!m_store.heapProblem().isEmpty()) return m_text->setText(m_store.heapProblem());
  const Sites& sites = m_store.siteModel().sites();
  if (filter.isEmpty()) return m_text->setText({});
  if (!sites) return m_text->setText(tr("Loading…"));
  const SiteSum sum = sumOf(*sites, sites->rowsThatPass(filter));
  // What there is of another time in all, nobody has asked for.
  const Sites& all = filter.counts().isEmpty() ? sites : m_store.sites();
  const bool isKnown = all && (filter.counts().isEmpty() || m_store.heapTime().isNow());
  if (!isKnown) return m_text->setText(sumText(sum, nullptr));
  const SiteSum whole = sumOf(*all, nullptr);
  m_text->setText(sumText(sum, &whole));
}

}  // namespace heaptap::gui
