// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSortFilterProxyModel>
#include <QString>

#include "gui/models/findings/finding_model.h"

namespace heaptap::gui {

/// Which findings the table shows, and in what order. A text matches a finding that says it itself, or has it
/// in a function, file or module of any of its stacks, in any case. Threads: GUI thread.
class FindingFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit FindingFilterModel(FindingModel& source, QObject* parent = nullptr);

  void setText(const QString& text);
  [[nodiscard]] const Finding& findingAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  const FindingModel& m_source;
  QString m_text;
};

}  // namespace heaptap::gui
