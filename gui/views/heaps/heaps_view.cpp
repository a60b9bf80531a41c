// SPDX-License-Identifier: Apache-2.0
#include "gui/views/heaps/heaps_view.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDigits = 13;
constexpr int kLeastNameDigits = 12;

}  // namespace

HeapsView::HeapsView(QWidget* parent) : View(parent), m_table(new DataTable(this)) {
  m_table->setObjectName(QStringLiteral("heaps"));
  m_table->setModel(&m_model);
  m_table->setAccessibleName(name());
  for (int column = 0; column < m_model.columnCount(); ++column)
    m_table->setColumnDigits(column, kNumberDigits);
  m_table->stretchColumn(HeapModel::Name, kLeastNameDigits,
                         {HeapModel::AllocatedBytes, HeapModel::Frees, HeapModel::PeakAt,
                          HeapModel::Allocations, HeapModel::LiveBlocks});
  setWidget(m_table);
}

void HeapsView::bound() {
  for (const auto signal : {&SessionStore::begun, &SessionStore::summaryChanged})
    connect(&store(), signal, this, &HeapsView::followSummary);
}

void HeapsView::followSummary() {
  m_model.setRemains(store().remains());
  m_model.setHeaps(store().summary() ? store().summary()->heaps : Heaps());
  emit titleChanged();
}

}  // namespace heaptap::gui
