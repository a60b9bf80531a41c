// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/time_bar.h"

#include <QHBoxLayout>

#include "gui/models/quantity_text.h"
#include "gui/models/timeline/axis.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

/// Of the shorter stretch more digits are told.
constexpr quint64 kPartsOfAStretch = 100;

QString wordsFor(const TimeChoice& time) {
  if (!time.isStretch()) return TimeBar::tr("At %1").arg(momentText(*time.atNs, 1'000'000));
  const quint64 width = *time.atNs - *time.fromNs;
  const quint64 resolution = width / kPartsOfAStretch;
  return TimeBar::tr("A %1 – B %2  ·  %3")
      .arg(momentText(*time.fromNs, resolution), momentText(*time.atNs, resolution), durationText(width));
}

}  // namespace

TimeBar::TimeBar(SessionStore& store, Selection& selection, QWidget* parent)
    : QWidget(parent),
      m_store(store),
      m_selection(selection),
      m_text(new ElidedLabel(this)),
      m_of(new QComboBox(this)),
      m_now(new QToolButton(this)) {
  m_of->addItem(tr("new and still there"), static_cast<int>(TimeChoice::Of::Grown));
  m_of->addItem(tr("gone since A"), static_cast<int>(TimeChoice::Of::Gone));
  m_of->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_of->setAccessibleName(tr("What of the stretch"));
  m_of->setToolTip(
      tr("What was allocated between A and B and is still there at B; or what was there at A, and is no "
         "more at B."));
  m_now->setText(tr("Now"));
  m_now->setAutoRaise(true);
  m_now->setToolTip(tr("Back to the newest moment, or the end (Escape in the timeline)."));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(measure::kSpacing);
  row->addWidget(m_text, 1);
  row->addWidget(m_of);
  row->addWidget(m_now);
  connect(m_of, &QComboBox::activated, this, [this](int chosen) {
    TimeChoice time = m_selection.time();
    time.of = static_cast<TimeChoice::Of>(m_of->itemData(chosen).toInt());
    m_selection.setTime(time);
  });
  connect(m_now, &QToolButton::clicked, this, [this] { m_selection.setTime({}); });
  connect(&selection, &Selection::changed, this, &TimeBar::refresh);
  connect(&store, &SessionStore::heapChanged, this, &TimeBar::refresh);
  refresh();
}

void TimeBar::refresh() {
  const TimeChoice& time = m_selection.time();
  const QList<QWidget*> parts{m_text, m_of, m_now};
  for (QWidget* part : parts) part->setVisible(!time.isNow());
  if (time.isNow()) return m_text->setText({});
  m_of->setVisible(time.isStretch());
  m_of->setCurrentIndex(m_of->findData(static_cast<int>(time.of)));
  QString words = wordsFor(time);
  if (!m_store.heapProblem().isEmpty())
    words += QStringLiteral("  ·  ") + m_store.heapProblem();
  else if (m_store.heapWords().isEmpty())
    words += QStringLiteral("  ·  ") + tr("Loading…");
  m_text->setText(words);
}

}  // namespace heaptap::gui
