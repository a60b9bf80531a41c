// SPDX-License-Identifier: Apache-2.0
#include "gui/views/elided_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/models/tool_tip.h"
#include "gui/views/colours.h"

namespace heaptap::gui {

ElidedLabel::ElidedLabel(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString& text) {
  if (text == m_text) return;
  m_text = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

QSize ElidedLabel::sizeHint() const {
  // Whole pixels beyond: advances are fractions, and a text that fits must not be cut.
  return {fontMetrics().horizontalAdvance(m_text) + 2, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const { return {0, fontMetrics().height()}; }

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(m_isMuted ? Colours::of(palette()).muted : palette().color(QPalette::WindowText));
  painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                   fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
}

bool ElidedLabel::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  // Whole texts leave the tip to what they are part of.
  if (fontMetrics().horizontalAdvance(m_text) <= width()) return QWidget::event(event);
  QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), gui::toolTip(m_text), this);
  return true;
}

}  // namespace heaptap::gui
