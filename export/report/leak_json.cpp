// SPDX-License-Identifier: Apache-2.0
#include "export/report/leak_json.h"

#include <optional>
#include <span>
#include <string_view>

namespace heaptap::exporting {
namespace {

using analysis::LeakGroup;
using analysis::LeakKind;
using analysis::LeakReport;
using analysis::LeakSum;

constexpr double kNsPerSecond = 1e9;

void writeSum(JsonWriter& json, std::string_view key, const LeakSum& sum) {
  json.key(key);
  json.beginObject();
  const auto number = [&json](std::string_view name, std::uint64_t value) {
    json.key(name);
    json.number(value);
  };
  number("groups", sum.groups);
  number("sites", sum.sites);
  number("bytes", sum.bytes);
  number("blocks", sum.blocks);
  json.endObject();
}

void writeSummary(JsonWriter& json, const LeakReport& leaks) {
  json.key("leakSummary");
  json.beginObject();
  writeSum(json, "leaked", leaks.leaked());
  for (const LeakKind kind : {LeakKind::Growing, LeakKind::Once, LeakKind::Kept, LeakKind::Suppressed})
    writeSum(json, wordFor(kind), leaks.sum(kind));
  json.key("unusedSuppressions");
  json.beginArray();
  for (const analysis::UnusedSuppression& each : leaks.unused) {
    json.beginObject();
    json.key("file");
    json.text(each.source);
    json.key("line");
    json.number(each.line);
    json.key("suppression");
    json.text(each.name);
    json.endObject();
  }
  json.endArray();
  json.endObject();
}

class Groups {
 public:
  Groups(JsonWriter& json, std::span<const LeakGroup> groups) : m_json(json), m_groups(groups) {}

  /// A column: a value for each group.
  template <class WriteValue>
  void column(std::string_view name, WriteValue&& writeValue) {
    m_json.key(name);
    m_json.beginArray();
    for (const LeakGroup& group : m_groups) writeValue(group);
    m_json.endArray();
  }
  /// A column of what is only known where there is a history.
  template <class WriteValue>
  void ofHistory(std::string_view name, WriteValue&& writeValue) {
    column(name, [&](const LeakGroup& group) { group.history ? writeValue(*group.history) : m_json.null(); });
  }
  void secondsOfHistory(std::string_view name, std::optional<std::uint64_t> analysis::LeakHistory::*member) {
    ofHistory(name, [&](const analysis::LeakHistory& history) {
      const auto& ns = history.*member;
      ns ? m_json.number(static_cast<double>(*ns) / kNsPerSecond) : m_json.null();
    });
  }

 private:
  JsonWriter& m_json;
  std::span<const LeakGroup> m_groups;
};

void writeHistories(JsonWriter& json, Groups& groups, const LeakReport& leaks) {
  using History = analysis::LeakHistory;
  groups.ofHistory("liveBytesOverTime", [&](const History& history) {
    json.beginArray();
    for (const std::uint64_t bytes : history.liveBytes) json.number(bytes);
    json.endArray();
  });
  groups.ofHistory("knownFromSeconds", [&](const History& history) {
    json.number(static_cast<double>(history.knownFromNs) / kNsPerSecond);
  });
  groups.secondsOfHistory("firstAllocationSeconds", &History::firstAllocationNs);
  groups.secondsOfHistory("lastAllocationSeconds", &History::lastAllocationNs);
  groups.secondsOfHistory("medianLifetimeSeconds", &History::medianLifetimeNs);
  groups.secondsOfHistory("p95LifetimeSeconds", &History::p95LifetimeNs);
  groups.secondsOfHistory("oldestAgeSeconds", &History::oldestAgeNs);
  groups.secondsOfHistory("medianAgeSeconds", &History::medianAgeNs);
  groups.ofHistory("threads", [&](const History& history) {
    json.beginArray();
    for (const model::ThreadIndex thread : history.threads)
      json.number(index(thread) < leaks.profile.definitions.threads.size()
                      ? leaks.profile.definitions.threads[index(thread)].tid
                      : 0);
    json.endArray();
  });
  groups.ofHistory("threadCount", [&](const History& history) { json.number(history.threadCount); });
  groups.ofHistory("addresses", [&](const History& history) {
    json.beginArray();
    for (const std::uint64_t address : history.addresses) json.number(address);
    json.endArray();
  });
  const auto confidence = [&](std::string_view name, double analysis::Confidence::*member) {
    groups.column(name, [&](const LeakGroup& group) {
      group.confidence ? json.number((*group.confidence).*member) : json.null();
    });
  };
  confidence("confidence", &analysis::Confidence::score);
  confidence("growth", &analysis::Confidence::growth);
  confidence("balance", &analysis::Confidence::balance);
  confidence("age", &analysis::Confidence::age);
}

}  // namespace

void writeLeaks(JsonWriter& json, const LeakReport& leaks,
                const std::map<std::uint32_t, std::size_t>& rowOfSite, std::uint64_t limit,
                StackTables& stacks) {
  writeSummary(json, leaks);
  const std::size_t count =
      limit == 0 ? leaks.groups.size() : std::min<std::size_t>(limit, leaks.groups.size());
  Groups groups(json, std::span(leaks.groups).first(count));
  json.key("leakGroups");
  json.beginObject();
  groups.column("kind", [&](const LeakGroup& group) { json.text(wordFor(group.kind)); });
  groups.column("name", [&](const LeakGroup& group) { json.textOrNull(group.name); });
  groups.column("suppressedBy", [&](const LeakGroup& group) { json.textOrNull(group.source); });
  groups.column("function", [&](const LeakGroup& group) { json.textOrNull(group.place.function); });
  groups.column("file", [&](const LeakGroup& group) { json.textOrNull(group.place.file); });
  groups.column("line", [&](const LeakGroup& group) {
    group.place.line == 0 ? json.null() : json.number(group.place.line);
  });
  groups.column("module", [&](const LeakGroup& group) { json.textOrNull(group.place.module); });
  groups.column("bytes", [&](const LeakGroup& group) { json.number(group.bytes); });
  groups.column("blocks", [&](const LeakGroup& group) { json.number(group.blocks); });
  groups.column("allocations", [&](const LeakGroup& group) { json.number(group.allocations); });
  groups.column("stack", [&](const LeakGroup& group) { stacks.write(json, group.sites.front().key.stack); });
  groups.column("siteCount", [&](const LeakGroup& group) { json.number(group.sites.size()); });
  groups.column("sites", [&](const LeakGroup& group) {
    json.beginArray();
    for (const analysis::LeakedSite& site : group.sites)
      if (const auto row = rowOfSite.find(site.position); row != rowOfSite.end()) json.number(row->second);
    json.endArray();
  });
  writeHistories(json, groups, leaks);
  json.endObject();
}

}  // namespace heaptap::exporting
