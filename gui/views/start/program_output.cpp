// SPDX-License-Identifier: Apache-2.0
#include "gui/views/start/program_output.h"

#include <QElapsedTimer>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kMostLines = 10'000;
constexpr int kShownLines = 4;
constexpr qsizetype kMostWaiting = 1 << 19;
constexpr int kShowIntervalMs = 100;
constexpr int kLongestIntervalMs = 2'000;
constexpr qint64 kRestPerShow = 10;  ///< Times as long as it took.

/// The last lines of a text, as many as are kept.
QString lastLines(const QString& text) {
  qsizetype at = text.size();
  for (int lines = 0; lines < kMostLines; ++lines) {
    if (at <= 0) return text;
    at = text.lastIndexOf('\n', at - 1);
  }
  return text.mid(at + 1);
}

}  // namespace

ProgramOutput::ProgramOutput(QWidget* parent)
    : QDockWidget(tr("Output of the Program"), parent),
      m_state(new ElidedLabel(this)),
      m_stop(new QToolButton(this)),
      m_text(new QPlainTextEdit(this)) {
  setObjectName(QStringLiteral("program-output"));
  m_text->setReadOnly(true);
  m_text->setMaximumBlockCount(kMostLines);
  m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_text->setAccessibleName(tr("Output of the program"));
  m_text->setTabChangesFocus(true);
  m_text->setMinimumHeight(kShownLines * m_text->fontMetrics().lineSpacing());
  m_stop->setText(tr("End the Program"));
  m_stop->setToolTip(tr("Asks it to end, by SIGTERM. What it has allocated until then is in the session."));
  m_show.setSingleShot(true);
  m_show.setInterval(kShowIntervalMs);
  connect(&m_show, &QTimer::timeout, this, &ProgramOutput::showWaiting);
  connect(m_stop, &QToolButton::clicked, this, &ProgramOutput::stopWanted);
  auto* const above = new QHBoxLayout;
  above->addWidget(m_state, 1);
  above->addWidget(m_stop);
  auto* const content = new QWidget(this);
  auto* const column = new QVBoxLayout(content);
  column->setContentsMargins(measure::kMargin, 0, measure::kMargin, measure::kSpacing / 2);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_text, 1);
  setWidget(content);
  hide();
}

void ProgramOutput::begin(const QString& command) {
  m_waiting.clear();
  m_text->clear();
  m_state->setText(tr("%1 is running").arg(command.simplified()));
  m_stop->setEnabled(true);
  show();
}

/// A program that writes much would wait for each line to be laid out, and so would the rest of the viewer:
/// they are shown some times a second, less often where that takes long, and what would be gone again at once
/// is not shown at all.
void ProgramOutput::add(const QString& text) {
  m_waiting += text;
  if (m_waiting.size() > 2 * kMostWaiting) m_waiting = m_waiting.right(kMostWaiting);
  if (!m_show.isActive()) m_show.start();
}

void ProgramOutput::showWaiting() {
  m_show.stop();
  const QString text = lastLines(std::exchange(m_waiting, {}));
  if (text.isEmpty()) return;
  QElapsedTimer clock;
  clock.start();
  QScrollBar* const bar = m_text->verticalScrollBar();
  const bool isAtEnd = bar->value() == bar->maximum();
  QTextCursor end(m_text->document());
  end.movePosition(QTextCursor::End);
  end.insertText(text);
  if (isAtEnd) bar->setValue(bar->maximum());
  m_show.setInterval(static_cast<int>(
      std::clamp<qint64>(kRestPerShow * clock.elapsed(), kShowIntervalMs, kLongestIntervalMs)));
}

void ProgramOutput::end(const QString& how) {
  showWaiting();
  m_state->setText(how);
  m_stop->setEnabled(false);
}

}  // namespace heaptap::gui
