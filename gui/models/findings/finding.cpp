// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings/finding.h"

#include <QCoreApplication>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class FindingText {
  Q_DECLARE_TR_FUNCTIONS(Finding)
};

const std::vector<StackLine>& placeOf(const Finding& finding) {
  return finding.free.empty() ? finding.allocation : finding.free;
}

}  // namespace

QString timesText(quint64 count) {
  return count == 1 ? FindingText::tr("once") : numberOfText(count, Noun::Time);
}

QString placeText(const Finding& finding) {
  const auto& place = placeOf(finding);
  if (place.empty()) return FindingText::tr("(no stack was recorded)");
  return stackLabel(place.size(), [&](std::size_t i) -> const StackLine& { return place[i]; });
}

QString placeLocationText(const Finding& finding) {
  const auto& place = placeOf(finding);
  return place.empty() ? QString() : shortLocationText(place.front());
}

QString circumstancesText(const Finding& finding) {
  QString text = timesText(finding.count);
  text += FindingText::tr("  ·  first after %1 in thread %2")
              .arg(durationText(finding.firstNs))
              .arg(finding.thread);
  if (!finding.threadName.isEmpty()) text += QStringLiteral(" (%1)").arg(finding.threadName);
  text += FindingText::tr("  ·  address 0x%1").arg(finding.address, 0, 16);
  if (finding.size) text += FindingText::tr(", a block of %1").arg(exactBytesText(*finding.size));
  return text;
}

QString meaningText(FindingKind kind) {
  switch (kind) {
    case FindingKind::DoubleFree:
      return FindingText::tr(
          "The block had been freed already. Its memory may have been handed out again by then: the second "
          "free would take it from its new owner.");
    case FindingKind::UnknownFree:
      return FindingText::tr(
          "No block begins at this address: it points into a block, at memory that is not from the heap, or "
          "at a block that was freed long ago.");
    case FindingKind::MismatchedFree:
      return FindingText::tr(
          "The block was freed by a function that does not belong to its allocation. It may happen "
          "to work with this allocator, and corrupt the heap with another one.");
    case FindingKind::WrongSize:
      return FindingText::tr(
          "The free declared another size than was allocated. An allocator that relies on it files the "
          "memory under the wrong size.");
    case FindingKind::WrongAlignment:
      return FindingText::tr(
          "The free declared another alignment than was allocated. An allocator that relies on it looks for "
          "the block in the wrong place.");
    case FindingKind::Other: break;
  }
  return FindingText::tr("The heap was used against its rules.");
}

}  // namespace heaptap::gui
