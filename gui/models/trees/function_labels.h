// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// The labels of a set's functions, each made when it is first asked for, and kept for later sets of the
/// series with the same names.
/// Threads: GUI thread.
class FunctionLabels {
 public:
  /// Null: there are none.
  void setSites(const Sites& sites);
  /// Valid until the sites change. Without sites: empty.
  [[nodiscard]] const FunctionLabel& of(quint32 function) const;

 private:
  static constexpr qsizetype kMostKept = 200'000;

  Sites m_sites;
  mutable QHash<quint32, FunctionLabel> m_labels;
};

}  // namespace heaptap::gui
