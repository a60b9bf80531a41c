// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <QWidget>
#include <vector>

namespace heaptap::gui {

/// The way from the whole to what is shown, as links: `the whole program › main › … › parse`. Where there is
/// no room, what is in the middle is left out.
class Breadcrumbs : public QWidget {
  Q_OBJECT

 public:
  explicit Breadcrumbs(QWidget* parent = nullptr);

  struct Step {
    quint32 node = 0;
    QString name;
    bool operator==(const Step&) const = default;
  };
  /// From the outside.
  void setSteps(std::vector<Step> steps);
  /// What is read, from left to right.
  [[nodiscard]] QStringList texts() const;
  /// The step at a place; -1: none.
  [[nodiscard]] int stepAt(const QPointF& at) const;
  [[nodiscard]] QRectF rectOf(int step) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void chosen(quint32 node);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  /// A step, or what stands for those that are left out.
  struct Part {
    int step = -1;
    QString text;
    QRectF rect;
  };
  void layOut();
  void setHovered(int step);

  std::vector<Step> m_steps;
  std::vector<Part> m_parts;
  int m_hovered = -1;
};

}  // namespace heaptap::gui
