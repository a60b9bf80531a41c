// SPDX-License-Identifier: Apache-2.0
#include "export/heaptrack.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/version.h"
#include "export/labels.h"
#include "export/string_table.h"
#include "export/writer.h"
#include "text/printable.h"
#include "text/shell_word.h"

namespace heaptap::exporting {
namespace {

constexpr std::uint64_t kFileVersion = 3;
constexpr std::uint64_t kVersionThatWritesIt = 0x010500;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kNsInMs = 1'000'000;

/// What becomes of the blocks of one pair.
struct Blocks {
  static constexpr std::uint64_t kNoNumber = ~std::uint64_t{0};

  std::uint64_t bytes = 0;  ///< Of each.
  std::uint64_t trace = 0;
  std::uint64_t number = kNoNumber;  ///< In the file, of what is allocated.
  std::uint64_t atPeak = 0;
  std::uint64_t live = 0;
  std::uint64_t temporary = 0;  ///< Of those beside the peak, likewise the next.
  std::uint64_t other = 0;
  bool isTemporaryAtPeak = false;  ///< One of those at the peak is temporary.
};

class HeaptrackWriter {
 public:
  HeaptrackWriter(const Subject& subject, Sink& sink)
      : m_subject(subject),
        m_profile(subject.profile),
        m_out(sink),
        m_ipOfFrame(m_profile.definitions.frames.size(), 0),
        m_traceOfStack(m_profile.definitions.stacks.size(), 0) {}

  void write() {
    writeAbout();
    std::vector<Blocks> all = tracedBlocks();
    m_isNumbering = true;
    writeEvents(all);
    m_isNumbering = false;
    // Frees have numbers of their own, which mean the same. heaptrack_gui wants the numbers that are
    // allocated to be used in their order, without a gap; and for all readers, a free of number 0 that
    // follows another free is one of a temporary block.
    for (int times = 0; times < 2; ++times)
      for (const Blocks* const blocks : m_numbered) {
        (m_out << "a ").hex(blocks->bytes) << ' ';
        m_out.hex(blocks->trace) << '\n';
      }
    writeEvents(all);
    const v1::Summary& summary = m_subject.summary();
    if (summary.has_max_rss_bytes()) (m_out << "R ").hex(summary.max_rss_bytes() / kPageBytes) << '\n';
  }

 private:
  void writeEvents(std::vector<Blocks>& all) {
    const v1::Summary& summary = m_subject.summary();
    const std::uint64_t peakNs =
        m_subject.heap.id() == 0 ? summary.peak_at_ns() : m_subject.heap.peak_at_ns();
    std::uint64_t peak = 0;
    for (const Blocks& blocks : all) peak += blocks.atPeak * blocks.bytes;
    std::uint64_t survivors = 0;
    for (const Blocks& blocks : all) survivors += std::min(blocks.atPeak, blocks.live) * blocks.bytes;
    at(0);
    // A block as large as the peak would be the peak, if it came before.
    for (Blocks& blocks : all)
      if (blocks.bytes < peak || survivors != 0) writeBesidePeak(blocks);
    at(peakNs);
    // Often the peak is reached by a block that goes at once. Of several, in as many threads, one can be so
    // here.
    const auto last =
        std::find_if(all.begin(), all.end(), [](const Blocks& blocks) { return blocks.isTemporaryAtPeak; });
    for (auto blocks = all.begin(); blocks != all.end(); ++blocks)
      if (blocks != last) allocate(*blocks, blocks->atPeak);
    if (last != all.end()) {
      allocate(*last, last->atPeak);
      freeAtOnce(*last);
    }
    for (auto blocks = all.begin(); blocks != all.end(); ++blocks)
      free(*blocks, blocks->atPeak - std::min(blocks->atPeak, blocks->live) - (blocks == last ? 1 : 0));
    for (Blocks& blocks : all)
      if (blocks.bytes >= peak && survivors == 0) writeBesidePeak(blocks);
    at(std::max(peakNs, summary.info().duration_ns()));
    for (Blocks& blocks : all) allocate(blocks, blocks.live - std::min(blocks.atPeak, blocks.live));
  }

  void at(std::uint64_t ns) {
    if (!m_isNumbering) (m_out << "c ").hex(ns / kNsInMs) << '\n';
  }

  void allocate(Blocks& blocks, std::uint64_t times) {
    if (!m_isNumbering) return repeat('+', blocks.number, times);
    if (times == 0 || blocks.number != Blocks::kNoNumber) return;
    blocks.number = m_numbered.size();
    m_numbered.push_back(&blocks);
  }
  void free(const Blocks& blocks, std::uint64_t times) {
    if (!m_isNumbering) repeat('-', m_numbered.size() + blocks.number, times);
  }
  /// A free of the same number directly after the allocation is one of a temporary block.
  void freeAtOnce(const Blocks& blocks) {
    if (!m_isNumbering) repeat('-', blocks.number, 1);
  }

  void writeAbout() {
    const v1::SessionInfo& info = m_subject.summary().info();
    (m_out << "v ").hex(kVersionThatWritesIt) << ' ';
    m_out.hex(kFileVersion) << '\n';
    m_out << "X " << printable(shellLine({info.command().begin(), info.command().end()})) << '\n';
    m_out << "# exported by heaptap " << kVersion << "; the order of events is not that of the run\n";
    if (m_profile.isSampled())
      m_out << "# allocations were sampled: bytes are estimates, blocks are samples\n";
    (m_out << "I ").hex(kPageBytes) << " 0\n";
  }

  /// Its number in the file; 0 for none.
  std::uint64_t text(std::string_view bytes) {
    if (bytes.empty()) return 0;
    const auto [number, isNew] = m_strings.add(printable(bytes));
    if (isNew) {
      const std::string& shown = m_strings.texts().back();
      (m_out << "s ").hex(shown.size()) << ' ' << shown << '\n';
    }
    return number;
  }

  /// The number of a place: a frame from its line `first` on.
  std::uint64_t newIp(model::FrameId frame, std::uint32_t first) {
    const std::uint32_t count = client::frameLines(m_profile, frame);
    std::vector<std::uint64_t> fields;
    std::uint64_t address = 0;
    std::uint64_t module = 0;
    for (std::uint32_t i = first; i < count; ++i) {
      const client::StackLine line = client::lineOf(m_profile, frame, i);
      address = line.address;
      module = text(line.module);
      fields.push_back(line.function.empty() ? 0 : text(line.function));
      fields.push_back(text(line.file));
      fields.push_back(line.line);
    }
    (m_out << "i ").hex(address) << ' ';
    m_out.hex(module);
    // Without a name, the readers show module and address by themselves.
    if (fields.size() > 3 || fields.front() != 0)
      for (const std::uint64_t field : fields) (m_out << ' ').hex(field);
    m_out << '\n';
    return ++m_ips;
  }

  std::uint64_t newTrace(std::uint64_t ip, std::uint64_t caller) {
    (m_out << "t ").hex(ip) << ' ';
    m_out.hex(caller) << '\n';
    return ++m_traces;
  }

  /// The trace of a stack without the allocator's own leading lines.
  std::uint64_t traceOf(model::StackId stack) {
    const client::StackStart start = client::startOf(m_profile, stack);
    if (start.stack == model::StackId{}) return bareTrace();
    std::vector<model::StackId> path;
    model::StackId at = start.line == 0 ? start.stack : m_profile.definitions.stack(start.stack).parent;
    for (; at != model::StackId{} && m_traceOfStack[index(at)] == 0;
         at = m_profile.definitions.stack(at).parent)
      path.push_back(at);
    std::uint64_t trace = at == model::StackId{} ? 0 : m_traceOfStack[index(at)];
    for (std::size_t i = path.size(); i-- > 0;) {
      const model::FrameId frame = m_profile.definitions.stack(path[i]).frame;
      std::uint64_t& ip = m_ipOfFrame[index(frame)];
      if (ip == 0) ip = newIp(frame, 0);
      m_traceOfStack[index(path[i])] = trace = newTrace(ip, trace);
    }
    if (start.line == 0) return trace;
    return newTrace(newIp(m_profile.definitions.stack(start.stack).frame, start.line), trace);
  }

  std::uint64_t bareTrace() {
    if (m_bareTrace != 0) return m_bareTrace;
    const std::uint64_t name = text(kNoStack);
    (m_out << "i 0 0 ").hex(name) << " 0 0\n";
    return m_bareTrace = newTrace(++m_ips, 0);
  }

  std::vector<Blocks> tracedBlocks() {
    std::vector<Blocks> all;
    const model::DefinitionsView& definitions = m_profile.definitions;
    const std::size_t pairs = std::min(definitions.pairs.size(), m_profile.counts->pairs.size());
    model::StackId last{};
    std::uint64_t trace = 0;
    for (std::size_t i = 0; i < pairs && !m_out.hasFailed(); ++i) {
      const model::Pair& pair = definitions.pairs[i];
      const model::PairCounters& counted = m_profile.counts->pairs[i];
      if (pair.heap != m_subject.heapId() || counted.allocations == 0) continue;
      if (trace == 0 || pair.stack != last) trace = traceOf(last = pair.stack);
      Blocks blocks{
          .bytes = pair.bytes(), .trace = trace, .atPeak = counted.liveAtPeak, .live = counted.live};
      // A block that lived at the peak, or lives at the end, has its place there.
      const std::uint64_t beside =
          counted.allocations - std::min(counted.allocations, std::max(counted.liveAtPeak, counted.live));
      blocks.temporary = std::min(counted.temporaries, beside);
      blocks.other = beside - blocks.temporary;
      blocks.isTemporaryAtPeak = counted.temporaries > beside && counted.liveAtPeak > counted.live;
      all.push_back(blocks);
    }
    return all;
  }

  void writeBesidePeak(Blocks& blocks) {
    if (m_isNumbering) return allocate(blocks, blocks.temporary + blocks.other);
    for (std::uint64_t i = 0; i < blocks.temporary && !m_out.hasFailed(); ++i) {
      allocate(blocks, 1);
      freeAtOnce(blocks);
    }
    for (std::uint64_t i = 0; i < blocks.other && !m_out.hasFailed(); ++i) {
      allocate(blocks, 1);
      free(blocks, 1);
    }
  }

  void repeat(char kind, std::uint64_t number, std::uint64_t times) {
    for (std::uint64_t i = 0; i < times && !m_out.hasFailed(); ++i)
      (m_out << kind << ' ').hex(number) << '\n';
  }

  const Subject& m_subject;
  const client::Profile& m_profile;
  Writer m_out;
  StringTable m_strings{1};
  std::vector<std::uint64_t> m_ipOfFrame;  ///< 0: none yet, likewise the next.
  std::vector<std::uint64_t> m_traceOfStack;
  std::uint64_t m_ips = 0;
  std::uint64_t m_traces = 0;
  std::uint64_t m_bareTrace = 0;
  std::vector<const Blocks*> m_numbered;  ///< By number.
  bool m_isNumbering = false;             ///< Nothing is written: what is allocated gets its numbers.
};

}  // namespace

void writeHeaptrack(const Subject& subject, Sink& sink) { HeaptrackWriter(subject, sink).write(); }

}  // namespace heaptap::exporting
