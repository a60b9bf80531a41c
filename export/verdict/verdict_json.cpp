// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/verdict_json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "export/report/report_json.h"
#include "export/verdict/source_path.h"
#include "export/verdict/verdict_text.h"

namespace heaptap::exporting {
namespace {

using Json = nlohmann::ordered_json;

Json textOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json placeJson(const analysis::CodePlace& place, const VerdictStyle& style) {
  Json json = Json::object();
  json["function"] = textOrNull(place.function);
  json["file"] = textOrNull(sourcePath(place.file, style.root).path);
  json["line"] = place.line == 0 ? Json() : Json(place.line);
  json["module"] = textOrNull(place.module);
  return json;
}

Json violationJson(const analysis::Violation& violation, const VerdictStyle& style) {
  Json json = Json::object();
  json["message"] = messageOf(violation, style);
  json["detail"] = textOrNull(detailOf(violation, style));
  json["bytes"] = violation.bytes ? Json(*violation.bytes) : Json();
  json["grows"] = violation.isGrowing ? Json(*violation.isGrowing) : Json();
  json["confidence"] = violation.confidence ? Json(*violation.confidence) : Json();
  json["session"] = violation.session;
  json["sessions"] = violation.sessions;
  json["fingerprint"] = violation.fingerprint;
  json["place"] = placeJson(violation.place, style);
  json["stack"] = Json::array();
  for (const analysis::CodePlace& place : violation.stack) json["stack"].push_back(placeJson(place, style));
  return json;
}

}  // namespace

void writeVerdictJson(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  Json json = Json::object();
  json["checkSchemaVersion"] = kVerdictSchemaVersion;
  json["passed"] = verdict.passed();
  json["sessions"] = verdict.sessions;
  json["notes"] = verdict.notes;
  json["checks"] = Json::array();
  for (const analysis::Check& check : verdict.checks) {
    Json one = Json::object();
    one["id"] = check.id;
    one["rule"] = textOrNull(check.rule);
    one["program"] = check.program;
    one["title"] = check.title;
    one["measured"] = textOrNull(check.measured);
    one["passed"] = check.passed();
    one["violations"] = Json::array();
    for (const analysis::Violation& violation : check.violations)
      one["violations"].push_back(violationJson(violation, style));
    json["checks"].push_back(std::move(one));
  }
  sink.write(dumped(json) + "\n");
}

}  // namespace heaptap::exporting
