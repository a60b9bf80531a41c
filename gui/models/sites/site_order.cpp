// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_order.h"

namespace heaptap::gui {

SiteOrder::SiteOrder(const SiteModel& source, int column, Qt::SortOrder order)
    : m_source(source), m_order(order) {
  const int rows = source.rowCount();
  const bool isNumber = SiteModel::isNumber(column);
  if (isNumber)
    m_numbers.reserve(static_cast<std::size_t>(rows));
  else
    m_texts.reserve(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    if (isNumber)
      m_numbers.push_back(source.number(row, column));
    else
      m_texts.push_back(source.text(row, column).toCaseFolded());
  }
}

bool SiteOrder::isLess(int left, int right) const {
  const auto a = static_cast<std::size_t>(left);
  const auto b = static_cast<std::size_t>(right);
  if (m_texts.empty()) {
    if (m_numbers[a] != m_numbers[b]) return m_numbers[a] < m_numbers[b];
  } else if (const int order = m_texts[a].compare(m_texts[b])) {
    return order < 0;
  }
  return m_source.numbersAt(left).key() < m_source.numbersAt(right).key();
}

}  // namespace heaptap::gui
