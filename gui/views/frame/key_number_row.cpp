// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/key_number_row.h"

#include <QEvent>
#include <QStringList>
#include <algorithm>

#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr int kDistance = 32;
constexpr int kLeastDistance = 16;
const QString kMore = QStringLiteral("…");

int widthOf(const QList<KeyNumber*>& numbers, int distance, int (*width)(const KeyNumber&)) {
  int sum = 0;
  for (const KeyNumber* number : numbers) sum += width(*number) + distance;
  return numbers.isEmpty() ? 0 : sum - distance;
}

int wholeWidth(const KeyNumber& number) { return number.sizeHint().width(); }
int leastWidth(const KeyNumber& number) { return number.minimumSizeHint().width(); }

}  // namespace

KeyNumberRow::KeyNumberRow(const QList<KeyNumber*>& numbers, QWidget* parent)
    : QWidget(parent), m_numbers(numbers), m_more(new ElidedLabel(this)) {
  for (KeyNumber* number : numbers) number->setParent(this);
  m_more->setText(kMore);
  m_more->hide();
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

QList<KeyNumber*> KeyNumberRow::used() const {
  QList<KeyNumber*> used = m_numbers;
  used.removeIf([this](KeyNumber* number) { return m_unused.contains(number); });
  return used;
}

void KeyNumberRow::setUsed(KeyNumber& number, bool isUsed) {
  m_unused.removeAll(&number);
  if (!isUsed) m_unused.append(&number);
}

void KeyNumberRow::fit() {
  QList<KeyNumber*> fitting = used();
  const QList<KeyNumber*> all = fitting;
  const int moreWidth = m_more->sizeHint().width();
  int room = width();
  // One number is there in any case: a row of an ellipsis alone says nothing.
  while (fitting.size() > 1 && widthOf(fitting, kLeastDistance, leastWidth) > room) {
    if (fitting.size() == all.size()) room -= moreWidth + kLeastDistance;
    fitting.removeLast();
  }
  m_leftOut = all.mid(fitting.size());

  const int least = widthOf(fitting, 0, leastWidth);
  const int gaps = static_cast<int>(fitting.size()) - 1;
  const int distance = gaps == 0 ? 0 : std::clamp((room - least) / gaps, kLeastDistance, kDistance);
  // What is left belongs to the relations, in order.
  int left = room - least - gaps * distance;
  int x = 0;
  for (KeyNumber* number : fitting) {
    const int wanted = wholeWidth(*number) - leastWidth(*number);
    const int extra = std::clamp(wanted, 0, std::max(0, left));
    left -= extra;
    number->setGeometry(x, 0, leastWidth(*number) + extra, height());
    number->setVisible(true);
    x += number->width() + distance;
  }
  for (KeyNumber* number : m_unused) number->hide();
  QStringList missing;
  for (KeyNumber* number : m_leftOut) {
    number->hide();
    missing << number->accessibleName();
  }
  m_more->setVisible(!m_leftOut.isEmpty());
  m_more->setToolTip(gui::toolTip(missing.join('\n')));
  m_more->setAccessibleName(missing.join(QStringLiteral(", ")));
  m_more->setGeometry(std::min(x, width() - moreWidth), 0, moreWidth, height());
  if (minimumHeight() != rowHeight()) setFixedHeight(rowHeight());
}

int KeyNumberRow::rowHeight() const {
  int height = 0;
  for (const KeyNumber* number : m_numbers) height = std::max(height, number->sizeHint().height());
  return height;
}

QSize KeyNumberRow::sizeHint() const { return {widthOf(used(), kDistance, wholeWidth), rowHeight()}; }

QSize KeyNumberRow::minimumSizeHint() const { return {0, rowHeight()}; }

void KeyNumberRow::resizeEvent(QResizeEvent*) { fit(); }

void KeyNumberRow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) fit();
  QWidget::changeEvent(event);
}

}  // namespace heaptap::gui
