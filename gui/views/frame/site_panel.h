// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/sites/site.h"
#include "gui/models/sites/size_histogram_model.h"
#include "gui/views/elided_label.h"
#include "gui/views/source/source_excerpt.h"
#include "gui/views/tables/data_table.h"
#include "gui/views/tables/stack_list.h"

namespace heaptap::gui {

/// One call site in detail: what it called and what the allocator gave, its size histogram, its stack, and
/// where its blocks are freed, when that is known.
class SitePanel : public QWidget {
  Q_OBJECT

 public:
  explicit SitePanel(QWidget* parent = nullptr);

  void showSite(const Site& site);
  /// Several sites that are one leak, called so: their sizes together, and the stack of each.
  void showSites(const QString& title, const QString& about, const std::vector<Site>& sites);
  void clear();

  [[nodiscard]] DataTable& histogram() { return *m_histogram; }
  [[nodiscard]] StackList& stack() { return *m_stack; }
  /// Some lines of source of the site, or of the line of the stack that is selected.
  [[nodiscard]] SourceExcerpt& excerpt() { return *m_excerpt; }
  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QString numbers() const { return m_numbers->text(); }
  [[nodiscard]] QString origin() const { return m_origin->text(); }

 signals:
  /// Something was done that the user does not see; one line.
  void announced(const QString& message);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  SizeHistogramModel m_sizes;
  ElidedLabel* m_title;
  ElidedLabel* m_numbers;
  ElidedLabel* m_origin;
  DataTable* m_histogram;
  StackList* m_stack;
  SourceExcerpt* m_excerpt;
};

}  // namespace heaptap::gui
