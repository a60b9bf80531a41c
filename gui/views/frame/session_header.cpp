// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/session_header.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr int kLineDistance = 4;
constexpr int kPartDistance = 12;
constexpr int kShownNotes = 4;  // The tool tip has all of them.

QString numberText(const Estimate& bytes) {
  return bytes.isExact() ? bytesText(bytes.value) : estimated(bytesText(bytes.value));
}

/// The error has a line of its own: in large type it would crowd out the numbers.
QString relationText(const Estimate& bytes, const QString& text) {
  return bytes.isExact() ? text : bytesErrorText(bytes) + QStringLiteral(", ") + text;
}

}  // namespace

SessionHeader::SessionHeader(QWidget* parent)
    : QWidget(parent),
      m_command(new ElidedLabel(this)),
      m_process(new ElidedLabel(this)),
      m_live(new LiveBar(this)),
      m_remains(new KeyNumber(this)),
      m_peak(new KeyNumber(this)),
      m_allocations(new KeyNumber(this)),
      m_temporaries(new KeyNumber(this)),
      m_dropped(new KeyNumber(this)),
      m_resident(new KeyNumber(this)),
      m_cost(new KeyNumber(this)),
      m_numbers(new KeyNumberRow(
          {m_remains, m_peak, m_allocations, m_temporaries, m_dropped, m_resident, m_cost}, this)),
      m_sampling(new ElidedLabel(this)),
      m_notes(new NoticeBar(NoticeBar::Stays::UntilCleared, this)) {
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.25);
  large.setWeight(QFont::DemiBold);
  m_command->setFont(large);
  m_process->setMuted(true);
  m_sampling->setMuted(true);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kLineDistance);
  auto* title = new QHBoxLayout;
  title->addWidget(m_command, 1);
  title->addWidget(m_live);
  layout->addLayout(title);
  layout->addWidget(m_process);
  layout->addSpacing(kPartDistance - kLineDistance);
  layout->addWidget(m_numbers);
  layout->addWidget(m_sampling);
  layout->addSpacing(kPartDistance - 2 * kLineDistance);
  layout->addWidget(m_notes);
}

void SessionHeader::begin(const Session& session) {
  m_summary = {};
  m_summary.session = session;
  m_kept = {};
  m_suppressed = {};
  m_stale.clear();
  showProcess(m_summary);
  const QString unknown = QStringLiteral("…");
  m_remains->show({remainsText(m_summary.remains()), unknown, {}, definition::remains(m_summary.remains())});
  m_peak->show({tr("Peak"), unknown, {}, definition::peak()});
  m_allocations->show({tr("Allocations"), unknown, {}, definition::allocations()});
  m_temporaries->show({tr("Temporary"), unknown, {}, definition::temporaries()});
  m_dropped->show({tr("Dropped"), unknown, {}, definition::dropped()});
  m_numbers->setUsed(*m_resident, false);
  m_numbers->setUsed(*m_cost, false);
  m_numbers->fit();
  m_sampling->hide();
  m_notes->setText({});
}

void SessionHeader::setApart(const SetApart& kept, const SetApart& suppressed) {
  m_kept = kept;
  m_suppressed = suppressed;
  showLive(m_summary);
  m_numbers->fit();
}

void SessionHeader::setControllable(bool isControllable) {
  m_isControllable = isControllable;
  showControls();
}

void SessionHeader::showControls() { m_live->setVisible(m_isControllable && m_summary.session.isLive()); }

void SessionHeader::setStale(const QString& why) {
  m_stale = why;
  showProcess(m_summary);
}

void SessionHeader::setSummary(const Summary& summary) {
  m_summary = summary;
  m_stale.clear();
  showProcess(summary);
  showLive(summary);
  showPeak(summary, summary.peakAtNs);
  showAllocations(summary.allocations, summary.allocatedBytes);
  showTemporaries(summary);
  showDropped(summary);
  showResident(summary, std::nullopt);
  showCost(summary);
  m_numbers->fit();
  m_sampling->setText(summary.sampling ? samplingText(*summary.sampling) : QString());
  m_sampling->setVisible(summary.sampling.has_value());
  QStringList notes = summary.notes.mid(0, kShownNotes);
  if (summary.notes.size() > kShownNotes) notes << tr("and %1 more").arg(summary.notes.size() - kShownNotes);
  m_notes->setText(notes.join('\n'));
  m_notes->setToolTip(gui::toolTip(summary.notes.join('\n')));
}

void SessionHeader::setStatus(const LiveStatus& status) {
  m_stale.clear();
  showStatus(status);
  m_numbers->fit();
}

void SessionHeader::showStatus(const LiveStatus& status) {
  Summary summary = m_summary;
  if (status.session.durationNs) summary.session.durationNs = status.session.durationNs;
  summary.pausedSinceNs = status.pausedSinceNs;
  summary.liveBytes = status.liveBytes;
  summary.liveBlocks = status.liveBlocks;
  if (summary.sampling && status.liveBytesError) summary.sampling->liveBytesError = *status.liveBytesError;
  showProcess(summary);
  showLive(summary);
  showResident(summary, status.residentBytes);
  if (status.peakAtNs || status.peakBytes > summary.peakBytes) {
    summary.peakBytes = status.peakBytes;
    showPeak(summary, status.peakAtNs);
  }
  // Of a sampled session the status has estimates, and the summary what was counted.
  if (summary.sampling) return;
  showAllocations(status.allocations, status.allocatedBytes);
  if (!status.temporaries) return;
  summary.allocations = status.allocations;
  summary.temporaries = *status.temporaries;
  showTemporaries(summary);
}

void SessionHeader::showProcess(const Summary& summary) {
  // One line, whatever is in an argument.
  const QString command = commandText(summary.session.command).replace('\n', ' ');
  m_command->setText(command.isEmpty() ? summary.executable : command);
  showControls();
  m_live->setPaused(summary.pausedSinceNs.has_value());
  const QString process = processText(summary);
  m_process->setText(m_stale.isEmpty() ? process : m_stale + QStringLiteral("  ·  ") + process);
}

void SessionHeader::showAllocations(quint64 allocations, std::optional<quint64> bytes) {
  m_allocations->show({.caption = tr("Allocations"),
                       .number = countText(allocations),
                       .relation = bytes ? tr("%1 in all").arg(bytesText(*bytes)) : tr("so far"),
                       .definition = definition::allocations()});
}

void SessionHeader::showTemporaries(const Summary& summary) {
  const Estimate temporaries = summary.estimateOf(summary.temporaries, &Sampling::temporariesError);
  const QString share = shareText(summary.temporaries, summary.allocations);
  m_temporaries->show(
      {.caption = tr("Temporary"),
       .number = temporaries.isExact() ? countText(temporaries) : estimated(countText(temporaries.value)),
       .relation = tr("%1 of allocations")
                       .arg(temporaries.isExact() || share.startsWith('<') ? share : estimated(share)),
       .definition = definition::temporaries() + '\n' + countText(temporaries)});
}

void SessionHeader::showDropped(const Summary& summary) {
  const quint64 dropped = summary.droppedEvents();
  m_dropped->show(
      {.caption = tr("Dropped"),
       .number = countText(dropped),
       .relation = dropped == 0 ? tr("nothing was lost") : tr("events not recorded"),
       .definition =
           (QStringList(definition::dropped()) + dropLines(summary.dropCauses) + summary.counters).join('\n'),
       .isWarning = dropped != 0});
}

void SessionHeader::showLive(const Summary& summary) {
  const Remains remains = summary.remains();
  const bool isLeaked = remains == Remains::Leaked;
  const auto without = [&](quint64 all, quint64 apart) {
    return all - (isLeaked ? std::min(all, apart) : 0);
  };
  const Estimate live = summary.estimateOf(without(summary.liveBytes, m_kept.bytes + m_suppressed.bytes),
                                           &Sampling::liveBytesError);
  const Estimate blocks = summary.estimateOf(without(summary.liveBlocks, m_kept.blocks + m_suppressed.blocks),
                                             &Sampling::liveBlocksError);
  const auto notCounted = [&](const SetApart& apart, const QString& sentence) {
    return isLeaked && apart.blocks != 0
               ? '\n' + sentence.arg(bytesText(apart.bytes), numberOfText(apart.blocks, Noun::Block))
               : QString();
  };
  const QString others = notCounted(m_kept, tr("Not counted: %1 in %2, kept on purpose.")) +
                         notCounted(m_suppressed, tr("Not counted: %1 in %2, suppressed."));
  const QString blocksText = numberOfText(blocks.value, Noun::Block);
  m_remains->show(
      {.caption = remainsText(remains),
       .number = numberText(live),
       .relation = relationText(live, tr("in %1").arg(blocks.isExact() ? blocksText : estimated(blocksText))),
       .definition = definition::remains(remains) + '\n' +
                     (live.isExact() ? exactBytesText(live.value)
                                     : tr("%1 in %2 blocks").arg(bytesText(live), countText(blocks))) +
                     others});
}

void SessionHeader::showPeak(const Summary& summary, std::optional<quint64> atNs) {
  const Estimate peak = summary.estimateOf(summary.peakBytes, &Sampling::peakBytesError);
  m_peak->show({.caption = tr("Peak"),
                .number = numberText(peak),
                .relation = relationText(peak, atNs ? tr("after %1").arg(durationText(*atNs)) : tr("so far")),
                .definition = definition::peak() + '\n' +
                              (peak.isExact() ? exactBytesText(peak.value) : bytesText(peak))});
}

void SessionHeader::showResident(const Summary& summary, const std::optional<quint64>& now) {
  const std::optional<quint64> shown = now ? now : summary.residentBytes;
  m_numbers->setUsed(*m_resident, shown.has_value());
  if (!shown) return;
  const QString share = !now && summary.residentIncludesOwn ? tr("With heaptap's own memory.\n") : QString();
  m_resident->show({.caption = tr("Resident"),
                    .number = bytesText(*shown),
                    .relation = now ? tr("now") : tr("at most"),
                    .definition = definition::resident() + '\n' + share + exactBytesText(*shown)});
}

void SessionHeader::showCost(const Summary& summary) {
  const std::optional<quint64> cost = summary.ownCost ? costNs(*summary.ownCost) : std::nullopt;
  m_numbers->setUsed(*m_cost, cost.has_value());
  if (!cost) return;
  const bool isEstimate = summary.ownCost->agentCpuNs.has_value();
  const bool isIncomplete = summary.ownCost->overflowedStacks != 0;
  m_cost->show({.caption = tr("Own cost"),
                .number = isEstimate ? estimated(durationText(*cost)) : durationText(*cost),
                .relation = isIncomplete ? tr("stacks are missing") : tr("of CPU time"),
                .definition = definition::ownCost() + '\n' + costLines(*summary.ownCost).join('\n'),
                .isWarning = isIncomplete});
}

}  // namespace heaptap::gui
