// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gui/models/sites/site_model.h"

namespace heaptap::gui {

/// Compares call sites by one column; sites that are equal in it by their stack and heap, so that an order
/// never depends on chance.
/// Cost: of a text column, the texts of all rows are made once.
/// Threads: GUI thread; used up before the source changes.
class SiteOrder {
 public:
  SiteOrder(const SiteModel& source, int column, Qt::SortOrder order);

  /// Whether the source's row `left` comes before `right`.
  [[nodiscard]] bool operator()(int left, int right) const {
    return m_order == Qt::AscendingOrder ? isLess(left, right) : isLess(right, left);
  }

 private:
  [[nodiscard]] bool isLess(int left, int right) const;

  const SiteModel& m_source;
  Qt::SortOrder m_order;
  std::vector<quint64> m_numbers;  ///< By row; empty: sorted by text.
  std::vector<QString> m_texts;
};

}  // namespace heaptap::gui
