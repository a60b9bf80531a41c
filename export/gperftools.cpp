// SPDX-License-Identifier: Apache-2.0
#include "export/gperftools.h"

#include <string>
#include <utility>
#include <vector>

#include "client/site_table.h"
#include "export/labels.h"
#include "export/writer.h"
#include "text/printable.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kMostPlaces = 200;  // Each stack is a line: deep ones are cut at the outer end.

/// The reader knows places by address only, and looks for callers one byte before.
std::uint64_t addressOf(model::FrameId frame) { return 0x10000 + 16 * index(frame); }

void writeSymbol(Writer& out, model::FrameId frame, std::string_view name) {
  for (const std::uint64_t at : {addressOf(frame) - 1, addressOf(frame)})
    (out << "0x").hex(at) << ' ' << name << '\n';
}

void writeSymbols(const client::Profile& profile, Writer& out) {
  writeSymbol(out, model::FrameId{}, kNoStack);
  for (std::size_t i = 1; i < profile.definitions.frames.size(); ++i) {
    const auto frame = static_cast<model::FrameId>(i);
    std::string names;
    for (std::uint32_t line = client::frameLines(profile, frame); line-- > 0;)
      names += (names.empty() ? "" : "--") + clipped(labelOf(client::lineOf(profile, frame, line)));
    writeSymbol(out, frame, names);
  }
}

void writeNumbers(Writer& out, const client::SiteCounters& counters) {
  out << counters.liveBlocks << ": " << counters.liveBytes << " [" << counters.allocations << ": "
      << counters.allocatedBytes << "] @";
}

void writeStack(const client::Profile& profile, model::StackId stack, Writer& out) {
  model::StackId at = client::startOf(profile, stack).stack;
  if (at == model::StackId{}) (out << " 0x").hex(addressOf(model::FrameId{}));
  for (std::size_t places = 0; at != model::StackId{} && places < kMostPlaces; ++places) {
    const model::StackNode& node = profile.definitions.stack(at);
    (out << " 0x").hex(addressOf(node.frame));
    at = node.parent;
  }
  out << '\n';
}

}  // namespace

void writeGperftools(const Subject& subject, Sink& sink) {
  const client::SiteTable table(subject.profile);
  std::vector<std::pair<model::StackId, client::SiteCounters>> sites;
  client::SiteCounters sum;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    const client::SiteKey key = table.key(site);
    if (key.heap != subject.heapId()) continue;
    client::SiteCounters counters = table.counters(site);
    if (subject.cost == Cost::Peak) {
      // How many blocks these were is not counted for a site; the reader needs some where there are bytes.
      counters.liveBytes = counters.peakBytes;
      counters.liveBlocks = counters.peakBytes == 0 ? 0 : 1;
    }
    sum.liveBlocks += counters.liveBlocks;
    sum.liveBytes += counters.liveBytes;
    sum.allocations += counters.allocations;
    sum.allocatedBytes += counters.allocatedBytes;
    sites.emplace_back(key.stack, counters);
  }
  Writer out(sink);
  out << "--- symbol\nbinary=" << printable(subject.summary().executable()) << '\n';
  writeSymbols(subject.profile, out);
  out << "---\nheap profile: ";
  writeNumbers(out, sum);
  out << " heapprofile\n";
  for (const auto& [stack, counters] : sites) {
    if (out.hasFailed()) return;
    writeNumbers(out, counters);
    writeStack(subject.profile, stack, out);
  }
  out << "\nMAPPED_LIBRARIES:\n";
}

}  // namespace heaptap::exporting
