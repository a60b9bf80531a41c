// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/baseline.h"

#include <nlohmann/json.hpp>

#include "text/utf8.h"

namespace heaptap::analysis {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVersionKey = "heaptapBaseline";
constexpr int kVersion = 1;

Json measuresJson(const Measures& measures) {
  Json json = Json::object();
  for (const MetricWord& word : kMetricWords)
    if (const auto& value = measures[word.metric]) json[std::string(word.word)] = *value;
  return json;
}

Json runJson(const RunMeasures& run) {
  Json json = measuresJson(run.whole);
  if (!run.rules.empty()) {
    json["rules"] = Json::object();
    for (const auto& [name, measures] : run.rules) json["rules"][validUtf8(name)] = measuresJson(measures);
  }
  json["leaks"] = Json::array();
  for (const auto& [key, size] : run.leaks) {
    Json leak = Json::object();
    leak["function"] = validUtf8(key.function);
    if (!key.module.empty()) leak["module"] = validUtf8(key.module);
    leak["bytes"] = size.bytes;
    leak["blocks"] = size.blocks;
    json["leaks"].push_back(std::move(leak));
  }
  return json;
}

/// What is read may be anything.
class Reader {
 public:
  [[nodiscard]] bool isDamaged() const { return m_damaged; }

  Baseline baseline(const Json& json) {
    Baseline read;
    const Json* const programs = member(json, "programs", Json::value_t::object);
    if (programs == nullptr) return read;
    for (const auto& [name, runs] : programs->items()) {
      if (!runs.is_array()) m_damaged = true;
      if (m_damaged) break;
      for (const Json& each : runs) read[name].push_back(run(each));
    }
    return read;
  }

 private:
  const Json* member(const Json& json, const char* key, Json::value_t type) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (json.is_object() && found != json.end() && found->type() == type) return &*found;
    m_damaged = true;
    return nullptr;
  }
  std::uint64_t number(const Json& json) {
    if (json.is_number_unsigned()) return json.get<std::uint64_t>();
    m_damaged = true;
    return 0;
  }
  Measures measures(const Json& json) {
    Measures read;
    for (const MetricWord& word : kMetricWords)
      if (const auto found = json.find(word.word); found != json.end()) read[word.metric] = number(*found);
    return read;
  }
  RunMeasures run(const Json& json) {
    RunMeasures read;
    if (!json.is_object()) {
      m_damaged = true;
      return read;
    }
    read.whole = measures(json);
    if (const auto rules = json.find("rules"); rules != json.end() && rules->is_object())
      for (const auto& [name, each] : rules->items())
        if (each.is_object()) read.rules[name] = measures(each);
    const Json* const leaks = member(json, "leaks", Json::value_t::array);
    if (leaks == nullptr) return read;
    for (const Json& leak : *leaks) {
      const Json* const function = member(leak, "function", Json::value_t::string);
      if (function == nullptr) break;
      const std::string module =
          leak.contains("module") && leak["module"].is_string() ? leak["module"].get<std::string>() : "";
      LeakSize& size = read.leaks[{function->get<std::string>(), module}];
      size.bytes += leak.contains("bytes") ? number(leak["bytes"]) : 0;
      size.blocks += leak.contains("blocks") ? number(leak["blocks"]) : 0;
    }
    return read;
  }

  bool m_damaged = false;
};

}  // namespace

std::string writeBaseline(const Baseline& baseline) {
  Json json = Json::object();
  json[kVersionKey] = kVersion;
  json["programs"] = Json::object();
  for (const auto& [program, runs] : baseline) {
    Json all = Json::array();
    for (const RunMeasures& run : runs) all.push_back(runJson(run));
    json["programs"][validUtf8(program)] = std::move(all);
  }
  return json.dump(1) + "\n";
}

Result<Baseline> readBaseline(const std::string& source, std::string_view text) {
  const auto isNone = [&source] {
    return failure(Code::Usage, source, "neither a session nor a baseline",
                   "baselines are made by heaptap check --write-baseline FILE SESSION...");
  };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains(kVersionKey) ||
      !json[kVersionKey].is_number_integer())
    return isNone();
  if (json[kVersionKey].get<std::int64_t>() > kVersion)
    return failure(Code::SchemaTooNew, source, "a baseline of a newer heaptap",
                   "use that one, or write the baseline anew");
  Reader reader;
  Baseline baseline = reader.baseline(json);
  if (reader.isDamaged() || json[kVersionKey].get<std::int64_t>() < 1) return isNone();
  return baseline;
}

}  // namespace heaptap::analysis
