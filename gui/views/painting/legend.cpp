// SPDX-License-Identifier: Apache-2.0
#include "gui/views/painting/legend.h"

#include <QPainter>
#include <cmath>
#include <utility>

#include "gui/models/tool_tip.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kSwatch = 10;
constexpr double kTextGap = 4;
constexpr double kMeaningGap = 14;

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Legend::setMeanings(std::vector<Meaning> meanings) {
  m_meanings = std::move(meanings);
  QStringList texts;
  for (const Meaning& meaning : m_meanings) texts << meaning.text;
  setAccessibleName(tr("Colours: %1").arg(texts.join(QStringLiteral(", "))));
  setToolTip(gui::toolTip(texts.join('\n')));
  updateGeometry();
  update();
}

double Legend::widthOf(const Meaning& meaning) const {
  return kSwatch + kTextGap + std::ceil(QFontMetricsF(font()).horizontalAdvance(meaning.text)) + 1;
}

std::size_t Legend::shown() const {
  double left = width();
  for (std::size_t i = 0; i < m_meanings.size(); ++i) {
    left -= widthOf(m_meanings[i]) + (i > 0 ? kMeaningGap : 0);
    if (left < 0) return i;
  }
  return m_meanings.size();
}

QSize Legend::sizeHint() const {
  double wide = 0;
  for (const Meaning& meaning : m_meanings) wide += widthOf(meaning) + kMeaningGap;
  return {static_cast<int>(wide), fontMetrics().height()};
}

QSize Legend::minimumSizeHint() const { return {0, fontMetrics().height()}; }

void Legend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  double x = 0;
  const std::size_t count = shown();
  for (std::size_t i = 0; i < count; ++i) {
    const Meaning& meaning = m_meanings[i];
    painter.fillRect(QRectF(x, (height() - kSwatch) / 2, kSwatch, kSwatch), meaning.colour);
    painter.setPen(Colours::of(palette()).muted);
    painter.drawText(QRectF(x + kSwatch + kTextGap, 0, widthOf(meaning), height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, meaning.text);
    x += widthOf(meaning) + kMeaningGap;
  }
}

}  // namespace heaptap::gui
