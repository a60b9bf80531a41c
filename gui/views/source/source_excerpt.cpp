// SPDX-License-Identifier: Apache-2.0
#include "gui/views/source/source_excerpt.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kAround = 3;
constexpr qsizetype kMostExcerptLetters = 160;

}  // namespace

SourceExcerpt::SourceExcerpt(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_more(new QToolButton(this)),
      m_text(new QPlainTextEdit(this)) {
  m_title->setMuted(true);
  m_more->setText(tr("Source"));
  m_more->setAutoRaise(true);
  m_more->setToolTip(tr("The whole file, with what each of its lines costs."));
  m_text->setReadOnly(true);
  m_text->setAccessibleName(tr("Source excerpt"));
  m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
  m_text->setTabChangesFocus(true);
  m_text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const int lines = 2 * kAround + 1;
  m_text->setFixedHeight(lines * m_text->fontMetrics().lineSpacing() + 2 * m_text->frameWidth() +
                         static_cast<int>(2 * m_text->document()->documentMargin()));
  auto* const above = new QHBoxLayout;
  above->addWidget(m_title, 1);
  above->addWidget(m_more);
  auto* const column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addLayout(above);
  column->addWidget(m_text);
  connect(m_more, &QToolButton::clicked, this, [this] {
    if (m_spot) emit sourceWanted(m_spot->file, m_spot->line);
  });
  expect(std::nullopt);
}

void SourceExcerpt::expect(const std::optional<SourceSpot>& spot) {
  m_spot = spot;
  // Without a line, its room is the stack's.
  m_text->setVisible(spot.has_value());
  m_more->setVisible(spot.has_value());
  m_title->setText(spot ? spot->file.section('/', -2).simplified() + ':' + QString::number(spot->line)
                        : QString());
  m_text->clear();
  m_text->setExtraSelections({});
}

void SourceExcerpt::show(const SourceFilePtr& file) {
  if (!m_spot || !file || file->file != m_spot->file) return;
  m_text->setExtraSelections({});
  // A message is read whole, a line of code is as it is.
  m_text->setLineWrapMode(file->state == SourceFile::State::Read && !file->lines.isEmpty()
                              ? QPlainTextEdit::NoWrap
                              : QPlainTextEdit::WidgetWidth);
  if (!file->reason.isEmpty()) return m_text->setPlainText(file->reason);
  const auto line = static_cast<qsizetype>(m_spot->line);
  if (line > file->lines.size()) return m_text->setPlainText(tr("The file ends before line %1.").arg(line));
  const qsizetype first = std::max<qsizetype>(1, line - kAround);
  const qsizetype last = std::min<qsizetype>(file->lines.size(), line + kAround);
  const qsizetype digits = QString::number(last).size();
  QStringList shown;
  for (qsizetype at = first; at <= last; ++at) {
    const QString& text = file->lines[at - 1];
    shown << QStringLiteral("%1  %2")
                 .arg(at, static_cast<int>(digits))
                 .arg(text.size() > kMostExcerptLetters ? text.left(kMostExcerptLetters) + QChar(0x2026)
                                                        : text);
  }
  m_text->setPlainText(shown.join('\n'));
  QTextEdit::ExtraSelection mark;
  mark.cursor = QTextCursor(m_text->document()->findBlockByNumber(static_cast<int>(line - first)));
  mark.format.setBackground(Colours::of(palette()).warningArea);
  mark.format.setProperty(QTextFormat::FullWidthSelection, true);
  m_text->setExtraSelections({mark});
}

}  // namespace heaptap::gui
