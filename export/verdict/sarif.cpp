// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/sarif.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/version.h"
#include "export/labels.h"
#include "export/report/report_json.h"
#include "export/verdict/source_path.h"
#include "export/verdict/usual_verdict.h"
#include "export/verdict/verdict_text.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using Json = nlohmann::ordered_json;

Json messageJson(const std::string& text) {
  Json json = Json::object();
  json["text"] = text;
  return json;
}

/// Empty where the file is not known.
Json physicalLocation(const analysis::CodePlace& place, const VerdictStyle& style) {
  const SourcePath file = sourcePath(place.file, style.root);
  Json json = Json::object();
  if (file.path.empty()) return json;
  Json& artifact = json["artifactLocation"] = Json::object();
  artifact["uri"] =
      file.isRelative || file.path.front() != '/' ? uriPath(file.path) : "file://" + uriPath(file.path);
  if (file.isRelative) artifact["uriBaseId"] = "%SRCROOT%";
  if (place.line != 0) json["region"] = Json{{"startLine", place.line}};
  return json;
}

Json locationJson(const analysis::CodePlace& place, const VerdictStyle& style) {
  Json json = Json::object();
  if (Json physical = physicalLocation(place, style); !physical.empty())
    json["physicalLocation"] = std::move(physical);
  if (!place.function.empty()) {
    Json function = Json::object();
    function["fullyQualifiedName"] = clipped(validUtf8(place.function));
    function["kind"] = "function";
    json["logicalLocations"] = Json::array({std::move(function)});
  }
  return json;
}

Json resultJson(const analysis::Check& check, const analysis::Violation& violation, std::size_t rule,
                const VerdictStyle& style) {
  Json json = Json::object();
  json["ruleId"] = check.id;
  json["ruleIndex"] = rule;
  json["level"] = "error";
  std::string text = partOf(check) + ": " + lineOf(violation, style);
  if (const std::string detail = detailOf(violation, style); !detail.empty())
    text += "\n" + validUtf8(detail);
  json["message"] = messageJson(text);
  if (Json location = locationJson(violation.place, style); !location.empty())
    json["locations"] = Json::array({std::move(location)});
  if (!violation.stack.empty()) {
    Json frames = Json::array();
    for (const analysis::CodePlace& place : violation.stack) {
      Json frame = Json::object();
      frame["location"] = locationJson(place, style);
      if (!place.module.empty()) frame["module"] = printable(fileNameOf(place.module));
      frames.push_back(std::move(frame));
    }
    Json stack = Json::object();
    stack["message"] = messageJson("where it was made");
    stack["frames"] = std::move(frames);
    json["stacks"] = Json::array({std::move(stack)});
  }
  json["partialFingerprints"] = Json{{"heaptap/v1", violation.fingerprint}};
  json["properties"] = Json{{"session", violation.session}, {"program", check.program}};
  if (violation.bytes) json["properties"]["bytes"] = *violation.bytes;
  if (violation.isGrowing) json["properties"]["grows"] = *violation.isGrowing;
  if (violation.confidence) json["properties"]["confidence"] = *violation.confidence;
  return json;
}

}  // namespace

void writeSarifVerdict(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  std::map<std::string, std::size_t> indices;
  Json rules = Json::array();
  Json results = Json::array();
  for (const analysis::Check& check : verdict.checks) {
    const auto [index, isNew] = indices.try_emplace(check.id, indices.size());
    if (isNew) {
      Json rule = Json::object();
      rule["id"] = check.id;
      rule["shortDescription"] = messageJson(analysis::descriptionOf(check.id));
      rules.push_back(std::move(rule));
    }
    for (const analysis::Violation& violation : check.violations)
      results.push_back(resultJson(check, violation, index->second, style));
  }
  Json invocation = Json::object();
  invocation["executionSuccessful"] = true;
  if (!verdict.notes.empty()) {
    invocation["toolExecutionNotifications"] = Json::array();
    for (const std::string& note : verdict.notes)
      invocation["toolExecutionNotifications"].push_back(
          Json{{"level", "note"}, {"message", messageJson(note)}});
  }
  Json run = Json::object();
  run["tool"]["driver"] =
      Json{{"name", "heaptap"}, {"semanticVersion", std::string(kVersion)}, {"rules", std::move(rules)}};
  if (!style.root.empty())
    run["originalUriBaseIds"]["%SRCROOT%"]["uri"] =
        "file://" + uriPath(style.root) + (style.root.back() == '/' ? "" : "/");
  run["invocations"] = Json::array({std::move(invocation)});
  run["results"] = std::move(results);
  run["columnKind"] = "unicodeCodePoints";
  Json json = Json::object();
  json["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  json["version"] = "2.1.0";
  json["runs"] = Json::array({std::move(run)});
  sink.write(dumped(json) + "\n");
}

void writeSarif(const Subject& subject, Sink& sink) { writeSarifVerdict(usualVerdict(subject), {}, sink); }

}  // namespace heaptap::exporting
