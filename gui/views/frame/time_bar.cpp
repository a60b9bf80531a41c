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
constexpr int kFieldDigits = 11;

QString wordsFor(const TimeChoice& time) {
  if (!time.hasBeginning()) return TimeBar::tr("At %1").arg(momentText(*time.atNs, 1'000'000));
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
      m_field(new QLineEdit(this)),
      m_text(new ElidedLabel(this)),
      m_of(new QComboBox(this)),
      m_now(new QToolButton(this)) {
  m_of->addItem(tr("new and still there"), static_cast<int>(TimeChoice::Of::Grown));
  m_of->addItem(tr("at B, with the change since A"), static_cast<int>(TimeChoice::Of::Since));
  m_of->addItem(tr("gone since A"), static_cast<int>(TimeChoice::Of::Gone));
  m_of->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_of->setAccessibleName(tr("What of the stretch"));
  m_of->setToolTip(tr(
      "What was allocated between A and B and is still there at B; the heap at B, with how it differs from "
      "the one at A; or what was there at A, and is no more at B."));
  m_now->setText(tr("Now"));
  m_now->setAutoRaise(true);
  m_now->setToolTip(tr("Back to the newest moment, or the end (Escape in the timeline)."));
  m_field->setPlaceholderText(tr("time"));
  m_field->setAccessibleName(tr("Time"));
  m_field->setToolTip(
      tr("A time to look at: 12.5s, 90ms, 50%, -10s (before the end), start, peak, end, or a mark's name; "
         "10s..20s is what was allocated from one to the other. Enter goes there."));
  m_field->setFixedWidth(kFieldDigits * m_field->fontMetrics().horizontalAdvance('0'));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(measure::kSpacing);
  row->addWidget(m_field);
  row->addWidget(m_text, 1);
  row->addWidget(m_of);
  row->addWidget(m_now);
  connect(m_of, &QComboBox::activated, this, [this](int chosen) {
    TimeChoice time = m_selection.time();
    time.of = static_cast<TimeChoice::Of>(m_of->itemData(chosen).toInt());
    m_selection.setTime(time);
  });
  connect(m_field, &QLineEdit::returnPressed, this, [this] {
    const TimeWords words = timeWordsOf(m_field->text());
    // The same words may be wanted again, after the session has gone on.
    m_store.writtenTime().clear();
    if (!words.isEmpty()) m_store.writtenTime().want(words);
  });
  connect(&store.writtenTime(), &AskedSignals::answered, this, &TimeBar::takeWritten);
  connect(m_now, &QToolButton::clicked, this, [this] { m_selection.setTime({}); });
  connect(&selection, &Selection::changed, this, [this](Selection::Parts parts) {
    // Another time was chosen: what was wrong with the one that was written is of no interest any more.
    if (parts & Selection::Time) m_store.writtenTime().clear();
    refresh();
  });
  connect(&store, &SessionStore::heapChanged, this, &TimeBar::refresh);
  refresh();
}

void TimeBar::takeWritten() {
  auto& written = m_store.writtenTime();
  if (!written.isCurrent()) return refresh();
  const TimeChoice time = *written.known();
  written.clear();
  m_field->clear();
  m_selection.setTime(time);
  refresh();
}

void TimeBar::refresh() {
  const TimeChoice& time = m_selection.time();
  const QString& problem = m_store.writtenTime().problem();
  for (QWidget* part : QList<QWidget*>{m_of, m_now}) part->setVisible(!time.isNow());
  if (!problem.isEmpty() || time.isNow()) return m_text->setText(problem);
  m_of->setVisible(time.hasBeginning());
  m_of->setCurrentIndex(m_of->findData(static_cast<int>(time.of)));
  QString words = wordsFor(time);
  if (!m_store.heapProblem().isEmpty())
    words += QStringLiteral("  ·  ") + m_store.heapProblem();
  else if (m_store.heapWords().isEmpty())
    words += QStringLiteral("  ·  ") + tr("Loading…");
  m_text->setText(words);
}

}  // namespace heaptap::gui
