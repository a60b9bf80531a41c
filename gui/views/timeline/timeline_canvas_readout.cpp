// SPDX-License-Identifier: Apache-2.0
//
// What the timeline says about a moment.
#include <algorithm>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/timeline/axis.h"
#include "gui/views/timeline/timeline_canvas.h"
#include "gui/views/timeline/timeline_layers.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kNamedMarks = 8;  // In one read-out.

}  // namespace

const Timeline::Resident* TimelineCanvas::residentAt(quint64 atNs) const {
  const auto next =
      std::upper_bound(m_timeline.resident.begin(), m_timeline.resident.end(), atNs,
                       [](quint64 ns, const Timeline::Resident& moment) { return ns < moment.atNs; });
  return next == m_timeline.resident.begin() ? nullptr : &*std::prev(next);
}

QStringList TimelineCanvas::readOut(std::size_t bucket) const {
  const Timeline::Bucket& shown = drawn().buckets[bucket];
  if (!shown.isKnown) return {tr("The events of this time are not stored.")};
  const Estimate shownLive{shown.liveBytes, shown.liveBytesError};
  const auto marked = [&](const QString& text) { return shownLive.isExact() ? text : estimated(text); };
  const quint64 at = endOfBucket(drawn(), m_scale, bucket);
  QString live = tr("%1 live").arg(bytesText(shownLive));
  if (shown.maxLiveBytes > shown.liveBytes)
    live += tr(", at most %1").arg(marked(bytesText(shown.maxLiveBytes)));
  QString events = tr("%1, %2").arg(numberOfText(shown.allocations, Noun::Allocation),
                                    numberOfText(shown.frees, Noun::Free));
  if (shown.temporaries) events = tr("%1 (%2 temporary)").arg(events, countText(*shown.temporaries));
  QStringList lines{tr("at %1").arg(momentText(at, drawn().bucketNs)), live, marked(events)};
  // Steps of the series are others than the buckets.
  const quint64 within = std::max<quint64>(at, 1) - 1;
  const auto step = m_series.stepAt(within);
  if (!shown.temporaries && step && m_series.steps[*step].temporaries)
    lines << marked(tr("%1 temporary in %2")
                        .arg(numberOfText(*m_series.steps[*step].temporaries, Noun::Allocation),
                             durationText(m_series.windowOf(*step).width())));
  if (drawsLayers()) lines << layerLines(m_series, within);
  if (const Timeline::Resident* const resident = drawsResident() ? residentAt(at) : nullptr) {
    QString text = tr("%1 resident").arg(bytesText(resident->rssBytes));
    if (resident->pssBytes)
      text += tr(", %1 PSS (heaptap's share included)").arg(bytesText(*resident->pssBytes));
    lines << text;
    if (resident->poolBytes) lines << tr("and %1 shared with heaptap").arg(bytesText(*resident->poolBytes));
  }
  return lines;
}

QStringList TimelineCanvas::readOutOfSpot(const MarkSpot& spot) const {
  if (spot.count == 1) return markLines(m_marks[spot.first]);
  QStringList lines{labelOf(spot)};
  for (std::size_t i = spot.first; i < spot.first + std::min(spot.count, kNamedMarks); ++i)
    lines << tr("%1: %2, %3 live")
                 .arg(durationText(m_marks[i].atNs), markName(m_marks[i]), bytesText(m_marks[i].liveBytes));
  if (spot.count > kNamedMarks) lines << tr("and %1 more").arg(countText(spot.count - kNamedMarks));
  return lines;
}

QStringList TimelineCanvas::readOutOf(const Cursor& cursor) const {
  QStringList lines;
  // Before the rest, as it is what the pointer is on.
  if (m_lane && *m_lane < m_series.lanes.size() && cursor.of != Cursor::Of::Spot)
    lines << (cursor.of == Cursor::Of::Nothing
                  ? m_series.lanes[*m_lane].name
                  : TimelineLanes::line(m_series, *m_lane, std::max<quint64>(momentOf(cursor), 1) - 1));
  switch (cursor.of) {
    case Cursor::Of::Bucket: return lines + readOut(cursor.position);
    case Cursor::Of::Spot: return readOutOfSpot(m_spots[cursor.position]);
    case Cursor::Of::Nothing: break;
  }
  return lines;
}

void TimelineCanvas::describe() { setAccessibleDescription(readOutOf(m_cursor).join(QStringLiteral(", "))); }

}  // namespace heaptap::gui
