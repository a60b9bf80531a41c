// SPDX-License-Identifier: Apache-2.0
#include "export/perfetto.h"

#include <string>
#include <vector>

#include "client/site_table.h"
#include "export/labels.h"
#include "export/proto_buffer.h"
#include "export/string_table.h"
#include "export/writer.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

/// Each stack is there in full, so that of a deep recursion they would grow with the square of the depth.
constexpr std::size_t kMostFrames = 1024;
constexpr std::size_t kPacketBytes = 1 << 20;
constexpr std::string_view kLeftOut = "[outer frames: left out of this export]";

/// Published numbers of fields: https://perfetto.dev/docs/reference/trace-packet-proto
constexpr std::uint32_t kTracePacket = 1;
namespace packet {
constexpr std::uint32_t kTimestamp = 8, kSequence = 10, kProfile = 37;
}
namespace profile {
constexpr std::uint32_t kString = 1, kFrame = 2, kCallstack = 3, kMapping = 4, kProcess = 5, kContinued = 6,
                        kIndex = 7;
}
namespace process {
constexpr std::uint32_t kPid = 1, kSample = 2, kFromStartup = 3, kTimestamp = 9, kHeapName = 11,
                        kIntervalBytes = 12;
}
namespace sample {
constexpr std::uint32_t kCallstack = 1, kAllocated = 2, kFreed = 3, kTimestamp = 4, kAllocations = 5,
                        kFrees = 6, kPeak = 8;
}

class PerfettoWriter {
 public:
  PerfettoWriter(const Subject& subject, Sink& sink)
      : m_subject(subject),
        m_profile(subject.profile),
        m_out(sink),
        m_framesOf(m_profile.definitions.frames.size()) {}

  void write() {
    writeMappings();
    const client::SiteTable table(m_profile);
    for (std::uint32_t site = 0; site < table.size() && !m_out.hasFailed(); ++site) {
      const client::SiteKey key = table.key(site);
      if (key.heap != m_subject.heapId()) continue;
      writeCallstack(key.stack);
      writeSample(table.counters(site));
      if (m_packet.bytes().size() + m_samples.bytes().size() > kPacketBytes) flush(true);
    }
    flush(false);
  }

 private:
  [[nodiscard]] std::uint64_t endNs() const {
    return m_profile.instant ? m_profile.instant->at_ns() : m_subject.summary().info().duration_ns();
  }

  void flush(bool goesOn) {
    ProtoBuffer dump;
    const v1::Summary& summary = m_subject.summary();
    dump.number(process::kPid, summary.info().pid());
    dump.number(process::kFromStartup, 1);
    dump.number(process::kTimestamp, endNs());
    dump.text(process::kHeapName,
              m_subject.heap.id() == 0 ? "libc.malloc" : validUtf8(m_subject.heap.name()));
    dump.number(process::kIntervalBytes, summary.has_sampling() ? summary.sampling().interval() : 1);
    dump.append(m_samples);
    m_packet.message(profile::kProcess, dump);
    if (goesOn) m_packet.number(profile::kContinued, 1);
    m_packet.number(profile::kIndex, m_packets++);
    ProtoBuffer tracePacket;
    tracePacket.number(packet::kTimestamp, endNs());
    tracePacket.number(packet::kSequence, 1);
    tracePacket.message(packet::kProfile, m_packet);
    ProtoBuffer trace;
    trace.message(kTracePacket, tracePacket);
    m_out << trace.bytes();
    m_packet.clear();
    m_samples.clear();
  }

  std::uint64_t text(std::string_view value) {
    const auto [number, isNew] = m_strings.add(value);
    if (isNew) {
      ProtoBuffer message;
      message.number(1, number);
      message.text(2, value);
      m_packet.message(profile::kString, message);
    }
    return number;
  }

  void writeMappings() {
    std::uint64_t id = 0;
    for (const model::Module& module : m_profile.definitions.modules) {
      const std::uint64_t buildId = text(module.buildId);
      const std::uint64_t path = text(validUtf8(module.path));
      ProtoBuffer message;
      message.number(1, ++id);
      message.number(2, buildId);
      message.number(4, module.start);
      message.number(5, module.end);
      message.number(6, module.bias);
      message.number(7, path);
      m_packet.message(profile::kMapping, message);
    }
  }

  std::uint64_t newFrame(const client::StackLine& line, std::uint64_t mapping) {
    const std::uint64_t name = text(line.function.empty() ? labelOf(line) : validUtf8(line.function));
    ProtoBuffer message;
    message.number(1, ++m_frames);
    message.number(2, name);
    message.number(3, mapping);
    message.number(4, line.pc);
    m_packet.message(profile::kFrame, message);
    return m_frames;
  }

  /// One for each line, innermost first.
  const std::vector<std::uint64_t>& framesOf(model::FrameId frame) {
    std::vector<std::uint64_t>& frames = m_framesOf[index(frame)];
    if (!frames.empty()) return frames;
    const std::uint32_t count = client::frameLines(m_profile, frame);
    for (std::uint32_t i = 0; i < count; ++i)
      frames.push_back(
          newFrame(client::lineOf(m_profile, frame, i), m_profile.definitions.frame(frame).module));
    return frames;
  }

  void writeCallstack(model::StackId stack) {
    std::vector<std::uint64_t> frames;
    client::StackStart at = client::startOf(m_profile, stack);
    if (at.stack == model::StackId{}) frames.push_back(standIn(m_bareFrame, kNoStack));
    for (; at.stack != model::StackId{}; at.line = 0) {
      const model::StackNode& node = m_profile.definitions.stack(at.stack);
      const std::vector<std::uint64_t>& lines = framesOf(node.frame);
      if (frames.size() + lines.size() >= kMostFrames) {
        frames.push_back(standIn(m_leftOutFrame, kLeftOut));
        break;
      }
      frames.insert(frames.end(), lines.begin() + at.line, lines.end());
      at.stack = node.parent;
    }
    ProtoBuffer message;
    message.number(1, ++m_callstacks);
    for (std::size_t i = frames.size(); i-- > 0;) message.number(2, frames[i]);  // The outermost first.
    m_packet.message(profile::kCallstack, message);
  }

  std::uint64_t standIn(std::uint64_t& frame, std::string_view meaning) {
    if (frame == 0) frame = newFrame({.function = meaning}, 0);
    return frame;
  }

  void writeSample(const client::SiteCounters& counters) {
    ProtoBuffer message;
    message.number(sample::kCallstack, m_callstacks);
    // A reader shows either what was allocated and freed, or the peak.
    if (m_subject.cost == Cost::Peak) {
      message.number(sample::kPeak, counters.peakBytes);
    } else {
      message.number(sample::kAllocated, counters.allocatedBytes);
      message.number(sample::kFreed, counters.allocatedBytes - counters.liveBytes);
      message.number(sample::kAllocations, counters.allocations);
      message.number(sample::kFrees, counters.frees);
    }
    message.number(sample::kTimestamp, endNs());
    m_samples.message(process::kSample, message);
  }

  const Subject& m_subject;
  const client::Profile& m_profile;
  Writer m_out;
  ProtoBuffer m_packet;   ///< What the next packet has so far.
  ProtoBuffer m_samples;  ///< Likewise, of its process.
  StringTable m_strings{1};
  std::vector<std::vector<std::uint64_t>> m_framesOf;
  std::uint64_t m_frames = 0;
  std::uint64_t m_callstacks = 0;
  std::uint64_t m_bareFrame = 0;
  std::uint64_t m_leftOutFrame = 0;
  std::uint64_t m_packets = 0;
};

}  // namespace

void writePerfetto(const Subject& subject, Sink& sink) { PerfettoWriter(subject, sink).write(); }

}  // namespace heaptap::exporting
