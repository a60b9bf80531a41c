// SPDX-License-Identifier: Apache-2.0
#include "gui/views/blocks/address_pane.h"

#include <QHBoxLayout>
#include <QShortcut>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kTimeDigits = 12;
constexpr int kLifeSizeDigits = 11;
constexpr int kLifeThreadDigits = 12;
constexpr int kLifeFunctionDigits = 18;

}  // namespace

AddressPane::AddressPane(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_close(new QToolButton(this)),
      m_table(new DataTable(this)) {
  m_close->setText(tr("Close"));
  m_close->setToolTip(tr("Only the blocks again (Esc)"));
  m_table->setObjectName(QStringLiteral("address-history"));
  m_table->setModel(&m_model);
  m_table->setAccessibleName(tr("History of the address"));
  for (const int column : {LifeModel::Born, LifeModel::Lived, LifeModel::Freed})
    m_table->setColumnDigits(column, kTimeDigits);
  m_table->setColumnDigits(LifeModel::Size, kLifeSizeDigits);
  for (const int column : {LifeModel::Thread, LifeModel::FreedBy, LifeModel::Heap})
    m_table->setColumnDigits(column, kLifeThreadDigits);
  m_table->setColumnDigits(LifeModel::Location, kLifeFunctionDigits);
  m_table->setColumnDigits(LifeModel::FreedIn, kLifeFunctionDigits);
  m_table->stretchColumn(LifeModel::Function, kLifeFunctionDigits,
                         {LifeModel::Location, LifeModel::Heap, LifeModel::Freed, LifeModel::FreedIn,
                          LifeModel::Size, LifeModel::Thread});
  auto* above = new QHBoxLayout;
  above->setSpacing(measure::kSpacing);
  above->addWidget(m_title, 1);
  above->addWidget(m_close);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_table, 1);
  connect(m_close, &QToolButton::clicked, this, &AddressPane::closeWanted);
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
  escape->setContext(Qt::WidgetWithChildrenShortcut);
  connect(escape, &QShortcut::activated, this, &AddressPane::closeWanted);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid()) emit siteChosen(m_model.at(current.row()).site);
          });
}

QString AddressPane::titleFor(quint64 address, const AddressHistory& history) {
  QString text =
      tr("0x%1 has had %2").arg(QString::number(address, 16), numberOfText(history.blocks, Noun::Block));
  if (history.areSamples) text += tr(" that were sampled");
  if (history.isCut)
    text += tr(", of which the last ones are not looked at");
  else if (history.lives.size() < history.blocks)
    text += tr(", the last %1 listed").arg(countText(history.lives.size()));
  if (history.knownFromNs > 0)
    text += tr("; events before %1 are not stored").arg(durationText(history.knownFromNs));
  return text;
}

void AddressPane::showAnswer(const Asked<AddressWish, AddressHistory>& asked, quint64 atNs) {
  const quint64 address = asked.wish() ? asked.wish()->address : 0;
  const AddressHistory* history = asked.isCurrent() ? asked.known() : nullptr;
  m_model.setLives(history != nullptr ? history->lives : std::vector<BlockLife>());
  const auto isUsed = [this](auto part) {
    for (int row = 0; row < m_model.rowCount(); ++row)
      if (!(m_model.at(row).*part).isEmpty()) return true;
    return false;
  };
  m_table->setColumnUsed(LifeModel::FreedIn, isUsed(&BlockLife::freedIn));
  m_table->setColumnUsed(LifeModel::Heap, isUsed(&BlockLife::heap));
  m_title->setText(history != nullptr ? titleFor(address, *history)
                                      : tr("History of 0x%1").arg(QString::number(address, 16)));
  if (!asked.problem().isEmpty())
    m_table->setEmptyText(asked.problem());
  else
    m_table->setEmptyText(history != nullptr ? tr("No block that is recorded has had this address.")
                                             : tr("Loading…"));
  int current = m_model.rowCount() - 1;
  for (int row = 0; row < m_model.rowCount(); ++row)
    if (m_model.at(row).isLiveAt(atNs)) current = row;
  if (current < 0) return;
  m_table->setCurrentIndex(m_model.index(current, LifeModel::Born));
  m_table->scrollTo(m_table->currentIndex(), QAbstractItemView::PositionAtCenter);
}

}  // namespace heaptap::gui
