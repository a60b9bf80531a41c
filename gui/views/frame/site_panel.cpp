// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/site_panel.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <map>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/sites/site_text.h"
#include "gui/views/delegates/bar_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDigits = 11;
constexpr int kLiveDigits = 7;
constexpr int kLeastBarDigits = 5;
constexpr int kLinesWithExcerpt = 22;

}  // namespace

SitePanel::SitePanel(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_numbers(new ElidedLabel(this)),
      m_origin(new ElidedLabel(this)),
      m_histogram(new DataTable(this)),
      m_stack(new StackList(this)),
      m_excerpt(new SourceExcerpt(this)) {
  QFont bold = font();
  bold.setWeight(QFont::DemiBold);
  m_title->setFont(bold);
  m_numbers->setMuted(true);
  m_origin->setMuted(true);

  m_histogram->setModel(&m_sizes);
  m_histogram->setItemDelegateForColumn(SizeHistogramModel::Bar, new BarDelegate(this));
  m_histogram->setAccessibleName(tr("Sizes"));
  m_histogram->setEmptyText(tr("Select a call site to see the sizes of its blocks."));
  for (const int column : {SizeHistogramModel::Sizes, SizeHistogramModel::Allocations})
    m_histogram->setColumnDigits(column, kNumberDigits);
  m_histogram->setColumnDigits(SizeHistogramModel::LiveBlocks, kLiveDigits);
  m_histogram->stretchColumn(SizeHistogramModel::Bar, kLeastBarDigits,
                             {SizeHistogramModel::LiveBlocks, SizeHistogramModel::Allocations});

  m_stack->setAccessibleName(tr("Stack"));
  m_stack->setEmptyText(tr("Select a call site to see its stack."));
  connect(m_stack, &StackList::announced, this, &SitePanel::announced);

  auto* parts = new QSplitter(Qt::Vertical, this);
  parts->setObjectName(QStringLiteral("siteParts"));
  parts->setChildrenCollapsible(false);
  parts->addWidget(m_histogram);
  parts->addWidget(m_stack);
  parts->setStretchFactor(0, 2);
  parts->setStretchFactor(1, 3);
  parts->setSizes({2'000, 3'000});

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(m_title);
  layout->addWidget(m_numbers);
  layout->addWidget(m_origin);
  layout->addWidget(parts, 1);
  layout->addWidget(m_excerpt);
  m_excerpt->hide();
}

/// Where there is little room, sizes and stack need it.
void SitePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_excerpt->setVisible(height() >= kLinesWithExcerpt * fontMetrics().lineSpacing());
}

void SitePanel::showSite(const Site& site) {
  m_title->setText(siteLabel(site.lines).function);
  const QString share = shareText(site.temporaries, site.allocations);
  m_numbers->setText(
      tr("%1  ·  %2 temporary").arg(allocationsText(site), site.errors ? estimated(share) : share));
  m_origin->setText(originText(site));
  m_origin->setVisible(!m_origin->text().isEmpty());
  m_sizes.setSizes(site.sizes, site.errors.has_value());
  m_stack->setSections(siteStacks(site));
}

void SitePanel::showSites(const QString& title, const QString& about, const std::vector<Site>& sites) {
  std::map<quint64, SizeBucket> sizes;
  std::vector<StackSection> stacks;
  bool areEstimates = false;
  for (const Site& site : sites) {
    areEstimates = areEstimates || site.errors.has_value();
    for (const SizeBucket& bucket : site.sizes) {
      SizeBucket& sum = sizes.try_emplace(bucket.minBytes, SizeBucket{bucket.minBytes, bucket.maxBytes, 0, 0})
                            .first->second;
      sum.maxBytes = std::max(sum.maxBytes, bucket.maxBytes);
      sum.allocations += bucket.allocations;
      sum.liveBlocks += bucket.liveBlocks;
    }
    stacks.push_back({tr("%1 in %2, allocated at")
                          .arg(bytesText(site.liveBytes), numberOfText(site.liveBlocks, Noun::Block)),
                      site.lines});
  }
  std::vector<SizeBucket> buckets;
  for (const auto& [least, bucket] : sizes) buckets.push_back(bucket);
  m_title->setText(title);
  m_numbers->setText(about);
  m_origin->hide();
  m_sizes.setSizes(std::move(buckets), areEstimates);
  m_stack->setSections(std::move(stacks));
}

void SitePanel::clear() {
  for (ElidedLabel* label : {m_title, m_numbers, m_origin}) label->setText({});
  m_sizes.setSizes({});
  m_stack->clear();
}

}  // namespace heaptap::gui
