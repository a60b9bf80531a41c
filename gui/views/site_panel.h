// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/site.h"
#include "gui/models/size_histogram_model.h"
#include "gui/models/stack_model.h"
#include "gui/views/data_table.h"
#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// One call site in detail: its size histogram and its stack.
class SitePanel : public QWidget {
  Q_OBJECT

 public:
  explicit SitePanel(QWidget* parent = nullptr);

  void showSite(const Site& site, const SiteSet& set);
  void clear();

  [[nodiscard]] DataTable& histogram() { return *m_histogram; }
  [[nodiscard]] DataTable& stack() { return *m_stack; }
  [[nodiscard]] QString title() const { return m_title->text(); }

 signals:
  /// Something was done that the user does not see; one line.
  void told(const QString& message);

 private:
  void copyLocation(const QModelIndex& index);

  SizeHistogramModel m_sizes;
  StackModel m_lines;
  quint64 m_shown = 0;
  ElidedLabel* m_title;
  ElidedLabel* m_numbers;
  DataTable* m_histogram;
  DataTable* m_stack;
};

}  // namespace heaptap::gui
