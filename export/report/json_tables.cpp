// SPDX-License-Identifier: Apache-2.0
#include "export/report/json_tables.h"

#include <string>

#include "proto/words/origin_name.h"

namespace heaptap::exporting {
namespace {

/// A column: a value for each of `rows`.
template <class Rows, class WriteValue>
void column(JsonWriter& json, std::string_view name, const Rows& rows, WriteValue&& writeValue) {
  json.key(name);
  json.beginArray();
  for (const auto& row : rows) writeValue(row);
  json.endArray();
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

StackTables::StackTables(const client::Profile& profile)
    : m_profile(profile),
      m_rowOfNode(profile.definitions.stacks.size(), kUnknown),
      m_rowOfFrame(profile.definitions.frames.size(), kUnknown) {
  m_rowOfNode.front() = kNone;
}

std::uint32_t StackTables::frameRow(model::FrameId frame) {
  std::uint32_t& row = m_rowOfFrame[index(frame)];
  if (row != kUnknown) return row;
  row = static_cast<std::uint32_t>(m_lines.size());
  const std::uint32_t lines = client::frameLines(m_profile, frame);
  for (std::uint32_t line = 0; line < lines; ++line) m_lines.emplace_back(frame, line);
  return row;
}

std::uint32_t StackTables::place(model::StackId node) {
  std::vector<model::StackId> path;
  while (m_rowOfNode[index(node)] == kUnknown) {
    path.push_back(node);
    node = m_profile.definitions.stack(node).parent;
  }
  std::uint32_t caller = m_rowOfNode[index(node)];
  for (; !path.empty(); path.pop_back()) {
    const model::FrameId frame = m_profile.definitions.stack(path.back()).frame;
    for (std::uint32_t line = client::frameLines(m_profile, frame); line-- > 0;) {
      m_rows.push_back({.frame = frameRow(frame) + line, .caller = caller});
      caller = static_cast<std::uint32_t>(m_rows.size() - 1);
    }
    m_rowOfNode[index(path.back())] = caller;
  }
  return caller;
}

std::optional<std::uint32_t> StackTables::rowOf(model::StackId stack) {
  if (index(stack) >= m_rowOfNode.size()) return std::nullopt;
  const client::StackStart start = client::startOf(m_profile, stack);
  if (start.stack == model::StackId{}) return std::nullopt;
  // Rows of one node follow each other, the outermost line first.
  return place(start.stack) - start.line;
}

void StackTables::writeTables(JsonWriter& json) const {
  json.key("stacks");
  json.beginObject();
  column(json, "frame", m_rows, [&](const Row& row) { json.number(row.frame); });
  column(json, "caller", m_rows,
         [&](const Row& row) { row.caller == kNone ? json.null() : json.number(row.caller); });
  json.endObject();

  const auto frames = [&](std::string_view name, auto&& writeValue) {
    column(json, name, m_lines, [&](const auto& row) {
      writeValue(client::lineOf(m_profile, row.first, row.second), m_profile.definitions.frame(row.first));
    });
  };
  using Line = client::StackLine;
  using Frame = model::Frame;
  const auto numberOrNull = [&](bool isKnown, std::uint64_t number) {
    isKnown ? json.number(number) : json.null();
  };
  json.key("frames");
  json.beginObject();
  frames("function", [&](const Line& line, const Frame&) { json.textOrNull(line.function); });
  frames("file", [&](const Line& line, const Frame&) { json.textOrNull(line.file); });
  frames("line", [&](const Line& line, const Frame&) { numberOrNull(line.line != 0, line.line); });
  frames("module", [&](const Line& line, const Frame& frame) {
    numberOrNull(!line.module.empty() && frame.module != 0, frame.module - 1U);
  });
  frames("moduleOffset", [&](const Line& line, const Frame&) {
    numberOrNull(line.address != 0 && !line.module.empty(), line.pc);
  });
  frames("address", [&](const Line& line, const Frame&) { numberOrNull(line.address != 0, line.address); });
  frames("inlined", [&](const Line& line, const Frame&) { json.boolean(line.isInlined); });
  frames("guessed", [&](const Line& line, const Frame&) { json.boolean(line.isGuessed); });
  json.endObject();

  json.key("modules");
  json.beginObject();
  const auto& modules = m_profile.definitions.modules;
  column(json, "path", modules, [&](const model::Module& module) { json.textOrNull(module.path); });
  column(json, "buildId", modules,
         [&](const model::Module& module) { json.textOrNull(hex(module.buildId)); });
  json.endObject();
}

void writeSites(JsonWriter& json, const client::SiteTable& table, const std::vector<std::uint32_t>& sites,
                StackTables& stacks) {
  using Counters = client::SiteCounters;
  using Errors = client::SiteErrors;
  json.beginObject();
  column(json, "stack", sites, [&](std::uint32_t site) { stacks.write(json, table.key(site).stack); });
  const auto counter = [&](std::string_view name, std::uint64_t Counters::*number) {
    column(json, name, sites, [&](std::uint32_t site) { json.number(table.counters(site).*number); });
  };
  counter("bytes", &Counters::liveBytes);
  counter("blocks", &Counters::liveBlocks);
  counter("allocations", &Counters::allocations);
  counter("allocatedBytes", &Counters::allocatedBytes);
  counter("peakBytes", &Counters::peakBytes);
  column(json, "temporaries", sites, [&](std::uint32_t site) {  // Counted in malloc's heap only.
    table.key(site).heap == model::kMallocHeap ? json.number(table.counters(site).temporaries) : json.null();
  });
  column(json, "heap", sites, [&](std::uint32_t site) {
    json.textOrNull(table.profile().definitions.heapName(table.key(site).heap));
  });
  column(json, "sizeHistogram", sites, [&](std::uint32_t site) {
    json.beginArray();
    for (const client::SizeBucket& bucket : table.sizes(site)) {
      json.beginArray();
      for (const std::uint64_t number :
           {bucket.minBytes, bucket.maxBytes, bucket.allocations, bucket.liveBlocks})
        json.number(number);
      json.endArray();
    }
    json.endArray();
  });
  column(json, "entryPoints", sites, [&](std::uint32_t site) {
    json.beginArray();
    for (const v1::Origin origin : table.origins(site)) json.text(originName(origin));
    json.endArray();
  });
  const auto slack = [&](std::string_view name, std::uint64_t model::Slack::*number) {
    column(json, name, sites, [&](std::uint32_t site) {
      const model::Slack each = table.slack(site);
      each.known ? json.number(each.*number) : json.null();
    });
  };
  slack("overAllocatedBytes", &model::Slack::allocated);
  slack("liveOverAllocatedBytes", &model::Slack::live);
  slack("peakOverAllocatedBytes", &model::Slack::atPeak);
  if (table.profile().isSampled()) {
    const auto error = [&](std::string_view name, double Errors::*number) {
      column(json, name, sites, [&](std::uint32_t site) {
        const auto errors = table.errors(site);
        errors ? json.number((*errors).*number) : json.null();
      });
    };
    error("bytesError", &Errors::liveBytes);
    error("blocksError", &Errors::liveBlocks);
    error("allocationsError", &Errors::allocations);
    error("allocatedBytesError", &Errors::allocatedBytes);
    error("peakBytesError", &Errors::peakBytes);
    error("temporariesError", &Errors::temporaries);
  }
  if (!table.profile().counts->freeSites.empty())
    column(json, "freedAt", sites, [&](std::uint32_t site) {
      json.beginArray();
      for (const client::FreedAt& freed : table.freedAt(site)) {
        json.beginArray();
        json.number(freed.frees);
        stacks.write(json, freed.stack);
        json.endArray();
      }
      json.endArray();
    });
  json.endObject();
}

}  // namespace heaptap::exporting
