// SPDX-License-Identifier: Apache-2.0
#include "gui/views/compare/other_side.h"

#include <QSignalBlocker>
#include <utility>

namespace heaptap::gui {
namespace {

constexpr int kBoxLetters = 10;
constexpr int kTimeDigits = 12;

}  // namespace

OtherSide::OtherSide(QComboBox& box, QWidget& parent)
    : QObject(&parent),
      m_box(box),
      m_at(new QLineEdit(&parent)),
      m_file(new QToolButton(&parent)),
      m_swap(new QToolButton(&parent)) {
  m_box.setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_box.setMinimumContentsLength(kBoxLetters);
  m_box.setAccessibleName(tr("Compared with"));
  m_box.setToolTip(tr("What the session is compared with: another one, or another time of it."));
  m_box.setPlaceholderText(tr("Compare with…"));
  m_at->setAccessibleName(tr("Time of the other side"));
  m_at->setPlaceholderText(tr("at: end"));
  m_at->setToolTip(
      tr("The time of the other side: 12.5s, 50%, -10s (before the end), peak, or a mark's name. Empty: its "
         "end."));
  m_at->setMaximumWidth(kTimeDigits * m_at->fontMetrics().horizontalAdvance('0'));
  m_at->setMinimumWidth(m_at->maximumWidth() / 2);
  m_file->setText(tr("File…"));
  m_file->setToolTip(
      tr("Compares with a file: a session, or what heaptrack, massif, pprof, gperftools or jemalloc has "
         "written."));
  m_swap->setText(tr("Swap"));
  m_swap->setCheckable(true);
  m_swap->setToolTip(tr("Lets the other side come after the session that is shown, not before."));
  connect(&m_box, &QComboBox::activated, this, &OtherSide::take);
  connect(m_at, &QLineEdit::editingFinished, this, &OtherSide::takeTime);
  connect(m_file, &QToolButton::clicked, this, &OtherSide::fileWanted);
  connect(m_swap, &QToolButton::toggled, this, &OtherSide::changed);
}

void OtherSide::offer(SessionStore& store, const TimeChoice& time) {
  std::vector<OtherChoice> choices = otherChoices(store, time, m_isChosen ? m_side : std::nullopt);
  if (choices == m_choices) return;
  m_choices = std::move(choices);
  const auto before = std::pair(m_side, m_kind);
  using Kind = OtherChoice::Kind;
  if (!m_isChosen) {
    m_side.reset();
    const Kind first = m_choices.front().kind;
    if (first == Kind::RunBefore || first == Kind::TimelineA) {
      m_side = m_choices.front().side;
      m_kind = first;
    }
  } else if (m_kind == Kind::TimelineA) {
    for (const OtherChoice& choice : m_choices)
      if (choice.kind == Kind::TimelineA) m_side = choice.side;
  }
  fill();
  if (before.first != m_side) emit changed();
}

void OtherSide::fill() {
  const QSignalBlocker quiet(m_box);
  m_box.clear();
  for (const OtherChoice& choice : m_choices) m_box.addItem(choice.text);
  const auto at = m_side ? choiceOf(m_choices, *m_side) : std::nullopt;
  m_box.setCurrentIndex(at ? static_cast<int>(*at) : -1);
  if (!m_at->hasFocus()) m_at->setText(m_side ? m_side->at : QString());
  m_at->setEnabled(m_side.has_value());
}

void OtherSide::choose(const ComparedSide& side) {
  m_isChosen = true;
  m_side = side;
  m_kind = OtherChoice::Kind::Fixed;
  m_choices.clear();  // What is offered has this side from now on.
  emit changed();
}

void OtherSide::forget() {
  m_isChosen = false;
  m_side.reset();
  m_choices.clear();
  m_box.clear();
  m_at->clear();
}

std::optional<ComparedSide> OtherSide::side() const {
  if (m_side && m_side->of == ComparedSide::Of::ThisSession && m_side->at.trimmed().isEmpty())
    return std::nullopt;
  return m_side;
}

void OtherSide::take(int row) {
  if (row < 0 || static_cast<std::size_t>(row) >= m_choices.size()) return;
  const OtherChoice choice = m_choices[static_cast<std::size_t>(row)];
  m_isChosen = true;
  m_side = choice.side;
  m_kind = choice.kind;
  fill();
  emit changed();
}

void OtherSide::takeTime() {
  if (!m_side || m_side->at == m_at->text().trimmed()) return;
  m_isChosen = true;
  m_kind = OtherChoice::Kind::Fixed;
  m_side->at = m_at->text().trimmed();
  fill();
  emit changed();
}

}  // namespace heaptap::gui
