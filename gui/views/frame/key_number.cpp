// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/key_number.h"

#include <QEvent>
#include <QVBoxLayout>

#include "gui/models/tool_tip.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

void setTextColour(QLabel& label, const QColor& colour) {
  QPalette palette;
  palette.setColor(QPalette::WindowText, colour);
  label.setPalette(palette);
}

}  // namespace

KeyNumber::KeyNumber(QWidget* parent)
    : QWidget(parent),
      m_caption(new QLabel(this)),
      m_number(new QLabel(this)),
      m_relation(new ElidedLabel(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(1);
  for (QLabel* label : {m_caption, m_number}) {
    label->setTextFormat(Qt::PlainText);
    layout->addWidget(label);
  }
  layout->addWidget(m_relation);
  m_relation->setMuted(true);
  // As wide as its text where there is room; it is what gives way in a narrow window.
  m_relation->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.55);
  large.setWeight(QFont::DemiBold);
  m_number->setFont(large);
  m_number->setTextInteractionFlags(Qt::TextSelectableByMouse);
  applyColours();
}

void KeyNumber::show(const Content& content) {
  m_caption->setText(content.caption);
  m_number->setText(content.number);
  m_relation->setText(content.relation);
  setToolTip(gui::toolTip(content.definition));
  setAccessibleName(content.caption + ' ' + content.number + ' ' + content.relation);
  if (content.isWarning == m_isWarning) return;
  m_isWarning = content.isWarning;
  applyColours();
}

void KeyNumber::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) applyColours();
  QWidget::changeEvent(event);
}

void KeyNumber::applyColours() {
  const Colours colours = Colours::of(palette());
  setTextColour(*m_caption, colours.muted);
  setTextColour(*m_number, m_isWarning ? colours.warning : palette().color(QPalette::WindowText));
}

}  // namespace heaptap::gui
