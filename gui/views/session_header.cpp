// SPDX-License-Identifier: Apache-2.0
#include "gui/views/session_header.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/models/session_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDistance = 40;
constexpr int kLineDistance = 4;
constexpr int kPartDistance = 12;
constexpr int kShownNotes = 4;  // The tool tip has all of them.

}  // namespace

SessionHeader::SessionHeader(QWidget* parent)
    : QWidget(parent),
      m_command(new ElidedLabel(this)),
      m_process(new ElidedLabel(this)),
      m_remains(new KeyNumber(this)),
      m_peak(new KeyNumber(this)),
      m_allocations(new KeyNumber(this)),
      m_temporaries(new KeyNumber(this)),
      m_dropped(new KeyNumber(this)),
      m_notes(new NoticeBar(NoticeBar::Stays::UntilCleared, this)) {
  QFont title = font();
  title.setPointSizeF(title.pointSizeF() * 1.25);
  title.setWeight(QFont::DemiBold);
  m_command->setFont(title);
  m_process->setMuted(true);

  auto* numbers = new QHBoxLayout;
  numbers->setSpacing(kNumberDistance);
  for (KeyNumber* number : {m_remains, m_peak, m_allocations, m_temporaries, m_dropped})
    numbers->addWidget(number, 0, Qt::AlignTop);
  numbers->addStretch();

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kLineDistance);
  layout->addWidget(m_command);
  layout->addWidget(m_process);
  layout->addSpacing(kPartDistance - kLineDistance);
  layout->addLayout(numbers);
  layout->addSpacing(kPartDistance - 2 * kLineDistance);
  layout->addWidget(m_notes);
}

void SessionHeader::setSummary(const Summary& summary) {
  m_summary = summary;
  showNumbers(summary);
  QStringList notes = summary.notes.mid(0, kShownNotes);
  if (summary.notes.size() > kShownNotes) notes << tr("and %1 more").arg(summary.notes.size() - kShownNotes);
  m_notes->setText(notes.join('\n'));
  m_notes->setToolTip(gui::toolTip(summary.notes.join('\n')));
}

void SessionHeader::setStatus(const LiveStatus& status) {
  Summary summary = m_summary;
  if (status.session.durationNs) summary.session.durationNs = status.session.durationNs;
  summary.liveBytes = status.liveBytes;
  summary.liveBlocks = status.liveBlocks;
  summary.peakBytes = std::max(summary.peakBytes, status.peakBytes);
  summary.allocations = std::max(summary.allocations, status.allocations);
  showNumbers(summary);
}

void SessionHeader::showNumbers(const Summary& summary) {
  const QString command = commandText(summary.session.command);
  m_command->setText(command.isEmpty() ? summary.executable : command);
  m_process->setText(processText(summary));
  const Remains remains = summary.remains();
  m_remains->show({.caption = remainsText(remains),
                   .number = bytesText(summary.liveBytes),
                   .relation = tr("in %1").arg(numberOfText(summary.liveBlocks, tr("block"))),
                   .definition = definition::remains(remains) + '\n' + exactBytesText(summary.liveBytes)});
  m_peak->show({.caption = tr("Peak"),
                .number = bytesText(summary.peakBytes),
                .relation = tr("after %1").arg(durationText(summary.peakAtNs)),
                .definition = definition::peak() + '\n' + exactBytesText(summary.peakBytes)});
  m_allocations->show({.caption = tr("Allocations"),
                       .number = countText(summary.allocations),
                       .relation = tr("%1 in all").arg(bytesText(summary.allocatedBytes)),
                       .definition = definition::allocations()});
  m_temporaries->show(
      {.caption = tr("Temporary"),
       .number = countText(summary.temporaries),
       .relation = tr("%1 of allocations").arg(shareText(summary.temporaries, summary.allocations)),
       .definition = definition::temporaries()});
  const quint64 dropped = summary.droppedEvents();
  m_dropped->show({.caption = tr("Dropped"),
                   .number = countText(dropped),
                   .relation = dropped == 0 ? tr("nothing was lost") : tr("events not recorded"),
                   .definition = definition::dropped(),
                   .isWarning = dropped != 0});
}

}  // namespace heaptap::gui
