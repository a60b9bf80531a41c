// SPDX-License-Identifier: Apache-2.0
#include "export/pprof.h"

#include <absl/container/flat_hash_map.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/version.h"
#include "client/instant_words.h"
#include "client/site_table.h"
#include "export/gzip_sink.h"
#include "export/labels.h"
#include "export/proto_buffer.h"
#include "export/string_table.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

/// A sample has its whole stack, so that of a deep recursion they would grow with the square of the depth.
constexpr std::size_t kMostLocations = 1024;
constexpr std::string_view kOuterLeftOut = "[outer frames: left out of this export]";

/// Published numbers of fields: https://github.com/google/pprof/blob/main/proto/profile.proto
namespace pprof_field {
constexpr std::uint32_t kSampleType = 1, kSample = 2, kMapping = 3, kLocation = 4, kFunction = 5,
                        kStringTable = 6, kTimeNanos = 9, kDurationNanos = 10, kPeriodType = 11, kPeriod = 12,
                        kComment = 13, kDefaultSampleType = 14;
}

struct ValueType {
  std::string_view type;
  std::string_view unit;
  std::uint64_t client::SiteCounters::*number;
};
using Counters = client::SiteCounters;
constexpr std::array kTypes{
    ValueType{"alloc_objects", "count", &Counters::allocations},
    ValueType{"alloc_space", "bytes", &Counters::allocatedBytes},
    ValueType{"inuse_objects", "count", &Counters::liveBlocks},
    ValueType{"inuse_space", "bytes", &Counters::liveBytes},
    ValueType{"peak_space", "bytes", &Counters::peakBytes},
    ValueType{"temporary_objects", "count", &Counters::temporaries},
};

std::string hexOf(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

class PprofWriter {
 public:
  PprofWriter(const Subject& subject, Sink& sink)
      : m_subject(subject), m_profile(subject.profile), m_out(sink) {}

  void write() {
    (void)m_strings[""];  // As the format wants it.
    for (const ValueType& type : kTypes)
      m_top.message(pprof_field::kSampleType, valueType(type.type, type.unit));
    writeMappings();
    writeSamples();
    writeAbout();
    flush(0);
    for (const std::string& text : m_strings.texts()) {
      m_top.text(pprof_field::kStringTable, text);
      flush(kFlushBytes);
    }
    flush(0);
  }

 private:
  static constexpr std::size_t kFlushBytes = 1 << 16;

  void flush(std::size_t limit) {
    if (m_top.bytes().size() < limit) return;
    m_out.write(m_top.bytes());
    m_top.clear();
  }

  ProtoBuffer valueType(std::string_view type, std::string_view unit) {
    ProtoBuffer message;
    message.number(1, m_strings[type]);
    message.number(2, m_strings[unit]);
    return message;
  }

  /// For readers, the first one is the program.
  void writeMappings() {
    const auto& modules = m_profile.definitions.modules;
    for (const bool isProgram : {true, false})
      for (std::size_t i = 0; i < modules.size(); ++i)
        if ((modules[i].path == m_subject.summary().executable()) == isProgram)
          writeMapping(modules[i], i + 1);
  }

  void writeMapping(const model::Module& module, std::uint64_t id) {
    ProtoBuffer message;
    message.number(1, id);
    message.number(2, module.start);
    message.number(3, module.end);
    message.number(5, m_strings[validUtf8(module.path)]);
    message.number(6, m_strings[hexOf(module.buildId)]);
    // All names that there are are in the profile: pprof need not look for the files.
    for (const std::uint32_t field : {7U, 8U, 9U, 10U}) message.number(field, 1);
    m_top.message(pprof_field::kMapping, message);
  }

  std::uint64_t function(const client::StackLine& line) {
    const std::uint64_t name = m_strings[line.function.empty() ? labelOf(line) : validUtf8(line.function)];
    const std::uint64_t file = line.file.empty() ? 0 : m_strings[validUtf8(line.file)];
    const auto [found, isNew] = m_functions.try_emplace({name, file}, m_functions.size() + 1);
    if (isNew) {
      ProtoBuffer message;
      message.number(1, found->second);
      message.number(2, name);
      message.number(3, name);
      message.number(4, file);
      m_top.message(pprof_field::kFunction, message);
    }
    return found->second;
  }

  /// Of a frame from its line `first` on: the lines before are the allocator's own.
  std::uint64_t location(model::FrameId frame, std::uint32_t first) {
    if (first == 0) {
      if (m_locationOfFrame.empty()) m_locationOfFrame.resize(m_profile.definitions.frames.size(), 0);
      std::uint64_t& known = m_locationOfFrame[index(frame)];
      if (known == 0) known = newLocation(frame, 0);
      return known;
    }
    const auto [found, isNew] = m_locations.try_emplace({index(frame), first}, 0);
    if (isNew) found->second = newLocation(frame, first);
    return found->second;
  }

  std::uint64_t newLocation(model::FrameId frame, std::uint32_t first) {
    ProtoBuffer message;
    const std::uint64_t id = ++m_locationCount;
    message.number(1, id);
    const std::uint32_t count = client::frameLines(m_profile, frame);
    for (std::uint32_t i = first; i < count; ++i) {
      const client::StackLine line = client::lineOf(m_profile, frame, i);
      if (i == first && line.address != 0) {
        message.number(2, m_profile.definitions.frame(frame).module);
        message.number(3, line.address);
      }
      ProtoBuffer lineMessage;
      lineMessage.number(1, function(line));
      lineMessage.number(2, line.line);
      message.message(4, lineMessage);
    }
    m_top.message(pprof_field::kLocation, message);
    return id;
  }

  /// A place that is none in the code.
  std::uint64_t location(std::string_view meaning) {
    std::uint64_t& known = m_meanings[meaning];
    if (known != 0) return known;
    ProtoBuffer line;
    line.number(1, function({.function = meaning}));
    ProtoBuffer message;
    message.number(1, known = ++m_locationCount);
    message.message(4, line);
    m_top.message(pprof_field::kLocation, message);
    return known;
  }

  void writeSamples() {
    const client::SiteTable table(m_profile);
    std::vector<std::uint64_t> locations;
    std::vector<std::uint64_t> values(kTypes.size());
    ProtoBuffer sample;
    for (std::uint32_t site = 0; site < table.size() && !m_out.hasFailed(); ++site) {
      const client::SiteKey key = table.key(site);
      if (key.heap != m_subject.heapId()) continue;
      locations.clear();
      client::StackStart at = client::startOf(m_profile, key.stack);
      if (at.stack == model::StackId{}) locations.push_back(location(kNoStack));
      while (at.stack != model::StackId{}) {
        if (locations.size() + 1 == kMostLocations) {
          locations.push_back(location(kOuterLeftOut));
          break;
        }
        const model::StackNode& node = m_profile.definitions.stack(at.stack);
        locations.push_back(location(node.frame, at.line));
        at = {.stack = node.parent, .line = 0};
      }
      const client::SiteCounters counters = table.counters(site);
      for (std::size_t i = 0; i < kTypes.size(); ++i) values[i] = counters.*kTypes[i].number;
      sample.clear();
      sample.packed(1, locations);
      sample.packed(2, values);
      m_top.message(pprof_field::kSample, sample);
      flush(kFlushBytes);
    }
  }

  void writeAbout() {
    const v1::Summary& summary = m_subject.summary();
    const v1::SessionInfo& info = summary.info();
    m_top.number(pprof_field::kTimeNanos, static_cast<std::uint64_t>(info.started_at_unix_ns()));
    m_top.number(pprof_field::kDurationNanos, info.duration_ns());
    m_top.message(pprof_field::kPeriodType, valueType("space", "bytes"));
    m_top.number(pprof_field::kPeriod, summary.has_sampling() ? summary.sampling().interval() : 1);
    std::vector<std::string> comments{
        "heaptap " + std::string(kVersion),
        "command: " + shellLine({info.command().begin(), info.command().end()})};
    if (info.pid() != 0) comments.push_back("pid: " + std::to_string(info.pid()));
    if (m_subject.heap.id() != 0) comments.push_back("heap: " + m_subject.heap.name());
    if (m_profile.instant) comments.push_back("time: " + client::titleFor(*m_profile.instant));
    if (summary.has_sampling())
      comments.push_back("sampled: one allocation in " + std::to_string(summary.sampling().interval()) +
                         " bytes on average; all values are estimates");
    for (const std::string& note : summary.notes()) comments.push_back("note: " + note);
    for (const std::string& comment : comments)
      m_top.number(pprof_field::kComment, m_strings[validUtf8(comment)]);
    m_top.number(pprof_field::kDefaultSampleType, m_strings[typeOf(m_subject.cost)]);
  }

  static std::string_view typeOf(Cost cost) {
    for (const ValueType& type : kTypes)
      if (type.number == wordsOf(cost).ofSite) return type.type;
    return {};
  }

  const Subject& m_subject;
  const client::Profile& m_profile;
  GzipSink m_out;
  ProtoBuffer m_top;
  StringTable m_strings{0};
  absl::flat_hash_map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> m_functions;
  std::vector<std::uint64_t> m_locationOfFrame;
  absl::flat_hash_map<std::pair<std::size_t, std::uint32_t>, std::uint64_t> m_locations;
  absl::flat_hash_map<std::string_view, std::uint64_t> m_meanings;
  std::uint64_t m_locationCount = 0;
};

}  // namespace

void writePprof(const Subject& subject, Sink& sink) { PprofWriter(subject, sink).write(); }

}  // namespace heaptap::exporting
