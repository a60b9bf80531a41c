// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/breadcrumbs.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kLeastStep = 48;  // Pixels of a name that is cut.
constexpr double kMostStep = 200;
const QString kArrow = QStringLiteral("  ›  ");

}  // namespace

Breadcrumbs::Breadcrumbs(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

QSize Breadcrumbs::sizeHint() const { return {200, fontMetrics().height() + 2}; }

QSize Breadcrumbs::minimumSizeHint() const { return {0, sizeHint().height()}; }

void Breadcrumbs::setSteps(std::vector<Step> steps) {
  if (steps == m_steps) return;
  m_steps = std::move(steps);
  QStringList names;
  for (const Step& step : m_steps) names << step.name;
  setAccessibleName(tr("Shown: %1").arg(names.mid(std::max<qsizetype>(0, names.size() - 8)).join(kArrow)));
  layOut();
}

void Breadcrumbs::layOut() {
  m_parts.clear();
  m_hovered = -1;
  const QFontMetricsF metrics(font());
  const double arrow = metrics.horizontalAdvance(kArrow);
  const QString omission = QStringLiteral("…");
  const auto wide = [&](const Step& step) {
    return std::min(kMostStep, metrics.horizontalAdvance(step.name.left(80)) + 1);
  };
  const int count = static_cast<int>(m_steps.size());
  // The first and the last ones, as many as there is room for.
  int firstOfEnd = count;
  double left = width() - (count > 0 ? std::min(wide(m_steps.front()), width() / 2.0) : 0);
  for (int step = count - 1; step > 0; --step) {
    const double needed =
        std::min(wide(m_steps[static_cast<std::size_t>(step)]), std::max(kLeastStep, left)) + arrow;
    const double omitted = step > 1 ? arrow + metrics.horizontalAdvance(omission) : 0;
    if (needed + omitted > left && step != count - 1) break;
    left -= needed;
    firstOfEnd = step;
  }
  double x = 0;
  const auto add = [&](int step, const QString& text, double most) {
    if (!m_parts.empty()) x += arrow;
    const QString shown = metrics.elidedText(text, Qt::ElideRight, std::max(0.0, most));
    const double width = metrics.horizontalAdvance(shown);
    m_parts.push_back({.step = step, .text = shown, .rect = QRectF(x, 0, width, height())});
    x += width;
  };
  if (count == 0) return update();
  add(0, m_steps.front().name.left(80), count == 1 ? width() : std::min(kMostStep, width() / 2.0));
  if (firstOfEnd > 1 && firstOfEnd < count) add(-1, omission, kLeastStep);
  for (int step = std::max(1, firstOfEnd); step < count; ++step)
    add(step, m_steps[static_cast<std::size_t>(step)].name.left(80),
        std::min(kMostStep, width() - x - arrow));
  update();
}

QStringList Breadcrumbs::texts() const {
  QStringList texts;
  for (const Part& part : m_parts) texts << part.text;
  return texts;
}

int Breadcrumbs::stepAt(const QPointF& at) const {
  for (const Part& part : m_parts)
    if (part.rect.contains(at)) return part.step;
  return -1;
}

QRectF Breadcrumbs::rectOf(int step) const {
  for (const Part& part : m_parts)
    if (part.step == step) return part.rect;
  return {};
}

void Breadcrumbs::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QColor muted = Colours::of(palette()).muted;
  const double arrow = QFontMetricsF(font()).horizontalAdvance(kArrow);
  const int last = static_cast<int>(m_steps.size()) - 1;
  for (std::size_t i = 0; i < m_parts.size(); ++i) {
    const Part& part = m_parts[i];
    if (i > 0) {
      painter.setPen(muted);
      painter.drawText(QRectF(part.rect.left() - arrow, 0, arrow, height()), Qt::AlignCenter,
                       kArrow.trimmed());
    }
    QFont shown = font();
    shown.setUnderline(part.step >= 0 && part.step == m_hovered);
    painter.setFont(shown);
    painter.setPen(part.step == last ? palette().color(QPalette::WindowText) : muted);
    painter.drawText(part.rect.adjusted(0, 0, 1, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     part.text);
  }
}

void Breadcrumbs::setHovered(int step) {
  if (step == m_hovered) return;
  m_hovered = step;
  setCursor(step >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  update();
}

void Breadcrumbs::resizeEvent(QResizeEvent*) { layOut(); }

void Breadcrumbs::mouseMoveEvent(QMouseEvent* event) { setHovered(stepAt(event->position())); }

void Breadcrumbs::mouseReleaseEvent(QMouseEvent* event) {
  const int step = stepAt(event->position());
  if (event->button() == Qt::LeftButton && step >= 0)
    emit chosen(m_steps[static_cast<std::size_t>(step)].node);
}

void Breadcrumbs::leaveEvent(QEvent*) { setHovered(-1); }

void Breadcrumbs::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) layOut();
  QWidget::changeEvent(event);
}

}  // namespace heaptap::gui
