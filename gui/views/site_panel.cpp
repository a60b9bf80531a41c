// SPDX-License-Identifier: Apache-2.0
#include "gui/views/site_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/models/quantity_text.h"
#include "gui/views/bar_delegate.h"
#include "gui/views/stack_delegate.h"

namespace heaptap::gui {

SitePanel::SitePanel(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_numbers(new ElidedLabel(this)),
      m_histogram(new DataTable(this)),
      m_stack(new DataTable(this)) {
  QFont bold = font();
  bold.setWeight(QFont::DemiBold);
  m_title->setFont(bold);
  m_numbers->setMuted(true);

  m_histogram->setModel(&m_sizes);
  m_histogram->setItemDelegateForColumn(SizeHistogramModel::Bar, new BarDelegate(this));
  m_histogram->setAccessibleName(tr("Sizes"));
  m_histogram->setEmptyText(tr("Select a call site to see the sizes of its blocks."));
  const int digit = fontMetrics().horizontalAdvance('0');
  for (const int column : {SizeHistogramModel::Sizes, SizeHistogramModel::Allocations})
    m_histogram->horizontalHeader()->resizeSection(column, 12 * digit);
  m_histogram->horizontalHeader()->resizeSection(SizeHistogramModel::LiveBlocks, 7 * digit);

  m_stack->setModel(&m_lines);
  m_stack->setItemDelegate(new StackDelegate(this));
  m_stack->setAccessibleName(tr("Stack"));
  m_stack->setEmptyText(tr("Select a call site to see its stack."));
  m_stack->setToolTip(tr("Double click copies the location."));
  m_stack->stretchColumn(StackModel::Function);
  m_stack->horizontalHeader()->resizeSection(StackModel::Location, 18 * digit);
  m_stack->horizontalHeader()->resizeSection(StackModel::Module, 10 * digit);
  connect(m_stack, &QAbstractItemView::activated, this, &SitePanel::copyLocation);

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
  layout->addWidget(parts, 1);
}

void SitePanel::showSite(const Site& site, const SiteSet& set) {
  m_title->setText(site.function);
  m_numbers->setText(tr("%1 of %2 in all  ·  %3 temporary")
                         .arg(numberOfText(site.allocations, tr("allocation")),
                              bytesText(site.allocatedBytes), shareText(site.temporaries, site.allocations)));
  m_sizes.setSizes(site.sizes);
  std::vector<StackLine> lines;
  lines.reserve(site.lines.size());
  for (const quint32 line : site.lines) lines.push_back(set.lines[line]);
  m_lines.setLines(std::move(lines));
  if (site.stack != m_shown) m_stack->scrollToTop();
  m_shown = site.stack;
}

void SitePanel::clear() {
  m_title->setText({});
  m_numbers->setText({});
  m_sizes.setSizes({});
  m_lines.setLines({});
}

void SitePanel::copyLocation(const QModelIndex& index) {
  const QString location = index.data(StackModel::FullLocationRole).toString();
  if (location.isEmpty()) return;
  QGuiApplication::clipboard()->setText(location);
  emit told(tr("Copied %1").arg(location));
}

}  // namespace heaptap::gui
