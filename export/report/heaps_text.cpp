// SPDX-License-Identifier: Apache-2.0
#include "export/report/heaps_text.h"

#include "export/report/folded_stack.h"
#include "export/report/stack_text.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kNameColumns = 28;
constexpr std::size_t kNumberColumns = 13;

std::string number(const std::string& value) { return paddedLeft(value, kNumberColumns); }

std::string nameColumn(const std::string& name) {
  const std::string shown = printable(name);
  if (width(shown) <= kNameColumns) return padded(shown, kNameColumns);
  return std::string(firstColumns(shown, kNameColumns - 1)) + "…";
}

}  // namespace

std::string heapsText(const v1::Summary& summary, NameStyle style) {
  if (summary.heaps().empty()) return {};
  std::string text = heading(
      "other heaps", "each with its own peak; --heap NAME shows the leaks and sites of one", style.paint);
  text += "  " + padded("", kNameColumns) + number("peak") + number(leftWord(summary)) + number("blocks") +
          number("allocations") + number("frees") + "\n";
  for (const v1::HeapReport& heap : summary.heaps())
    text += "  " + nameColumn(heap.name()) + number(formatBytes(heap.peak_bytes())) +
            number(formatBytes(heap.live_bytes())) + number(formatCount(heap.live_blocks())) +
            number(formatCount(heap.allocations())) + number(formatCount(heap.frees())) + "\n";
  return text;
}

std::string heapSitesText(const v1::HeapReport& heap, const client::SiteTable& table,
                          const std::vector<std::uint32_t>& sites, NameStyle style) {
  if (sites.empty()) return {};
  constexpr std::size_t kShareColumns = 9;
  constexpr std::size_t kUsed = kNumberColumns + kShareColumns + 2;
  std::string text =
      heading("top sites by peak",
              "in " + printable(heap.name()) + ", of " + formatBytes(heap.peak_bytes()) + " at its peak",
              style.paint);
  StackFolder folder(table.profile(), style);
  for (const std::uint32_t site : sites) {
    const std::uint64_t peak = table.counters(site).peakBytes;
    if (peak == 0) continue;
    text += number(formatBytes(peak)) + paddedLeft(formatShare(peak, heap.peak_bytes()), kShareColumns) +
            "  " + stackLabel(folder.labelLines(table.key(site).stack), style, kReportColumns - kUsed) + "\n";
  }
  return text;
}

std::string heapText(const v1::HeapReport& heap, NameStyle style) {
  if (heap.id() == 0) return {};
  return heading("heap",
                 printable(heap.name()) + ": " + formatNumberOf(heap.allocations(), "allocation") + " of " +
                     formatBytes(heap.allocated_bytes()) + " in all, " +
                     formatNumberOf(heap.frees(), "free") + "; peak " + formatBytes(heap.peak_bytes()) +
                     " after " + formatDuration(heap.peak_at_ns()),
                 style.paint);
}

Result<v1::HeapReport> findHeap(const v1::Summary& summary, const std::string& name) {
  if (name.empty() || name == "malloc") return v1::HeapReport();
  std::string known = "malloc";
  for (const v1::HeapReport& heap : summary.heaps()) {
    if (heap.name() == name) return heap;
    known += ", " + heap.name();
  }
  return failure(Code::NotFound, "--heap " + name, "the session has no such heap", "one of: " + known);
}

v1::Summary summaryOfHeap(const v1::Summary& summary, const v1::HeapReport& heap) {
  if (heap.id() == 0) return summary;
  v1::Summary own = summary;
  own.set_allocations(heap.allocations());
  own.set_frees(heap.frees());
  own.set_allocated_bytes(heap.allocated_bytes());
  own.set_peak_bytes(heap.peak_bytes());
  own.set_peak_at_ns(heap.peak_at_ns());
  own.set_live_blocks(heap.live_blocks());
  own.set_live_bytes(heap.live_bytes());
  own.set_temporary_allocations(0);
  own.clear_sampling();
  return own;
}

}  // namespace heaptap::exporting
