// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSplitter>

#include "gui/views/frame/asking_pane.h"
#include "gui/views/sizes/histogram_chart.h"

namespace heaptap::gui {

/// How large blocks are, and how long they lived, each stacked by the largest call sites. A click on a part
/// filters.
class SizesView : public AskingPane {
  Q_OBJECT

 public:
  explicit SizesView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Sizes and lifetimes"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_sizes; }
  [[nodiscard]] QList<QWidget*> keyOrder() override;
  void becomeCurrent() override;

  [[nodiscard]] QComboBox& unit() { return *m_unit; }
  [[nodiscard]] HistogramChart& sizes() { return *m_sizes; }
  [[nodiscard]] HistogramChart& lifetimes() { return *m_lifetimes; }
  [[nodiscard]] Legend& legend() { return *m_legend; }
  /// What is said above the lifetimes.
  [[nodiscard]] QString aboutLifetimes() const { return m_lifetimesTitle->text(); }

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().sizes().wish().has_value(); }
  void showAnswer() override;

 private:
  SizesView(QSplitter* parts, QWidget* parent);
  void addPart(ElidedLabel* title, HistogramChart* chart);
  void choose(const HistogramChart& chart, std::size_t bar, std::optional<std::size_t> series);
  void showReadOut();
  void showLifetimes(HistogramUnit unit);
  [[nodiscard]] HistogramOf of() const;
  [[nodiscard]] QString sizesTitle() const;
  [[nodiscard]] QString lifetimesTitle() const;
  [[nodiscard]] QString nothingText() const;

  QSplitter* m_parts;
  QComboBox* m_unit;
  ElidedLabel* m_sizesTitle;
  ElidedLabel* m_lifetimesTitle;
  HistogramChart* m_sizes;
  HistogramChart* m_lifetimes;
  ElidedLabel* m_readOut;
  Legend* m_legend;
};

}  // namespace heaptap::gui
