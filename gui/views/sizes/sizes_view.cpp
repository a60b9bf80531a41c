// SPDX-License-Identifier: Apache-2.0
#include "gui/views/sizes/sizes_view.h"

#include <QVBoxLayout>

#include "gui/models/quantity_text.h"
#include "gui/views/empty_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kPartSpacing = 2;

/// Functions without a name are told apart by the paths of their modules.
FilterTerm termOf(const Histogram::Series& series) {
  return series.function.startsWith('/') ? FilterTerm::module(series.function)
                                         : FilterTerm::function(series.function);
}

}  // namespace

SizesView::SizesView(QWidget* parent) : SizesView(new QSplitter(Qt::Vertical), parent) {}

SizesView::SizesView(QSplitter* parts, QWidget* parent)
    : AskingPane(tr("The blocks as they are now."), parts, parent),
      m_parts(parts),
      m_unit(new QComboBox(this)),
      m_sizesTitle(new ElidedLabel(this)),
      m_lifetimesTitle(new ElidedLabel(this)),
      m_sizes(new HistogramChart(HistogramAxis::Sizes, this)),
      m_lifetimes(new HistogramChart(HistogramAxis::Lifetimes, this)),
      m_readOut(new ElidedLabel(this)),
      m_legend(new Legend(this)) {
  choice().addItem(tr("allocated"), static_cast<int>(HistogramOf::Allocated));
  choice().addItem(tr("live"), static_cast<int>(HistogramOf::Live));
  choice().addItem(tr("live at the peak"), static_cast<int>(HistogramOf::AtPeak));
  choice().setAccessibleName(tr("Which blocks"));
  m_unit->addItem(tr("bytes"), static_cast<int>(HistogramUnit::Bytes));
  m_unit->addItem(tr("blocks"), static_cast<int>(HistogramUnit::Blocks));
  m_unit->setAccessibleName(tr("What is counted"));
  addChoice(m_unit);
  m_parts->setObjectName(QStringLiteral("sizesParts"));
  m_parts->setChildrenCollapsible(false);
  m_parts->setHandleWidth(measure::kSpacing);
  addPart(m_sizesTitle, m_sizes);
  addPart(m_lifetimesTitle, m_lifetimes);
  m_parts->setSizes({measure::kShare, measure::kShare});
  m_readOut->setMuted(true);
  auto* below = new QVBoxLayout;
  below->setContentsMargins(0, 0, 0, 0);
  below->setSpacing(kPartSpacing);
  below->addWidget(m_readOut);
  below->addWidget(m_legend);
  static_cast<QVBoxLayout*>(widget()->layout())->addLayout(below);
  for (QComboBox* box : {&choice(), m_unit})
    connect(box, &QComboBox::currentIndexChanged, this, [this] { wantIfCurrent(); });
  for (HistogramChart* chart : {m_sizes, m_lifetimes}) {
    connect(chart, &HistogramChart::readOutChanged, this, &SizesView::showReadOut);
    connect(chart, &HistogramChart::chosen, this,
            [this, chart](std::size_t bar, std::optional<std::size_t> series, bool) {
              choose(*chart, bar, series);
            });
  }
}

void SizesView::addPart(ElidedLabel* title, HistogramChart* chart) {
  auto* part = new QWidget;
  auto* column = new QVBoxLayout(part);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(kPartSpacing);
  column->addWidget(title);
  column->addWidget(chart, 1);
  m_parts->addWidget(part);
}

QList<QWidget*> SizesView::keyOrder() { return {&choice(), m_unit, &again(), m_sizes, m_lifetimes}; }

void SizesView::bound() { follow({&store().sizes(), &store().lifetimes()}); }

void SizesView::becomeCurrent() {
  AskingPane::becomeCurrent();
  showReadOut();
}

HistogramOf SizesView::of() const {
  return static_cast<HistogramOf>(const_cast<SizesView*>(this)->choice().currentData().toInt());
}

void SizesView::want() {
  const HistogramWish wish{.time = selection().time(),
                           .of = of(),
                           .unit = static_cast<HistogramUnit>(m_unit->currentData().toInt()),
                           .filter = selection().filter(),
                           .turn = turn()};
  store().sizes().want(wish);
  store().lifetimes().want(wish);
}

bool SizesView::isSettled() const {
  const auto has = [](const Asked<HistogramWish, Histogram>& asked) {
    return asked.isCurrent() || !asked.problem().isEmpty();
  };
  return View::isSettled() && has(store().sizes()) && has(store().lifetimes());
}

QString SizesView::nothingText() const {
  if (of() == HistogramOf::AtPeak && selection().time().isStretch())
    return tr("A stretch of time has no peak.");
  return of() == HistogramOf::Allocated ? tr("Nothing was allocated.") : tr("No block is live.");
}

QString SizesView::sizesTitle() const {
  const TimeChoice& time = selection().time();
  if (time.isStretch() && time.of == TimeChoice::Of::Gone) return tr("Sizes of the blocks that are gone");
  switch (of()) {
    case HistogramOf::Allocated: return tr("Sizes of the blocks that were allocated");
    case HistogramOf::Live:
      return time.isStretch() ? tr("Sizes of the blocks that were allocated in this time and are still there")
                              : tr("Sizes of the live blocks");
    case HistogramOf::AtPeak: break;
  }
  return tr("Sizes of the blocks that were live at the peak");
}

QString SizesView::lifetimesTitle() const {
  QString text = selection().time().isStretch() ? tr("Lifetimes of the blocks that were freed in this time")
                                                : tr("Lifetimes of the blocks that were freed");
  const Histogram* known = store().lifetimes().known();
  if (known == nullptr) return text;
  if (!known->bars.empty())
    text += QStringLiteral(": ") + blockSumText(known->sum(), known->areEstimates || known->areMeans);
  if (!selection().filter().termsOf(FilterTerm::Of::Thread).empty())
    text += QStringLiteral("  ·  ") + tr("of all threads, whatever the filter says of them");
  const quint64 from = selection().time().fromNs.value_or(0);
  if (known->knownFromNs > from + 1)
    text += QStringLiteral("  ·  ") +
            tr("only from %1 on: earlier events are not stored").arg(durationText(known->knownFromNs));
  return text;
}

void SizesView::showAnswer() {
  const auto& asked = store().sizes();
  const Histogram* known = asked.known();
  const auto unit = static_cast<HistogramUnit>(m_unit->currentData().toInt());
  const EmptyText empty{.isKnown = known != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No call site matches the filter."),
                        .nothing = nothingText(),
                        .coming = Coming::Expected};
  m_sizes->setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  QHash<QString, std::size_t> colours;
  if (known != nullptr)
    for (std::size_t i = 0; i < known->series.size(); ++i)
      if (!known->series[i].isRest()) colours.insert(known->series[i].function, i);
  m_sizes->setColours(colours);
  m_lifetimes->setColours(colours);
  m_sizes->setHistogram(known, unit);
  m_sizesTitle->setText(sizesTitle());
  setAbout(known != nullptr ? blockSumText(known->sum(), known->areEstimates) : QString(),
           known == nullptr || asked.isCurrent());
  m_legend->setMeanings(m_sizes->legend());
  showLifetimes(unit);
}

void SizesView::showLifetimes(HistogramUnit unit) {
  const auto& asked = store().lifetimes();
  const Histogram* known = asked.known();
  const EmptyText empty{.isKnown = known != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No block of a call site that matches the filter was freed."),
                        .nothing = tr("No block was freed."),
                        .coming = Coming::Expected};
  m_lifetimes->setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  m_lifetimes->setHistogram(known, unit);
  m_lifetimesTitle->setText(lifetimesTitle());
}

void SizesView::showReadOut() {
  QString text = m_sizes->readOut();
  if (m_lifetimes->underMouse() || m_lifetimes->hasFocus() || text.isEmpty())
    if (const QString other = m_lifetimes->readOut(); !other.isEmpty()) text = other;
  m_readOut->setText(text.isEmpty() ? tr("A click on a part of a bar filters by its function and its range.")
                                    : text);
}

void SizesView::choose(const HistogramChart& chart, std::size_t bar, std::optional<std::size_t> series) {
  const Histogram& histogram = chart.histogram();
  SiteFilter filter = selection().filter();
  if (series && !histogram.series[*series].isRest()) filter = filter.with(termOf(histogram.series[*series]));
  filter = filter.with({.of = &chart == m_sizes ? FilterTerm::Of::Size : FilterTerm::Of::Lifetime,
                        .least = histogram.bars[bar].from,
                        .most = histogram.bars[bar].to});
  selection().setFilter(filter);
}

}  // namespace heaptap::gui
