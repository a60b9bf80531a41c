// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "heaptap/v1/query.pb.h"

/// The objects of `heaptap report --json`: a contract, described in docs/report-json.md.
namespace heaptap::cli {

inline constexpr int kReportSchemaVersion = 1;

[[nodiscard]] nlohmann::ordered_json summaryJson(const v1::Summary& summary);
[[nodiscard]] nlohmann::ordered_json markJson(const v1::MarkReport& mark);
[[nodiscard]] nlohmann::ordered_json siteJson(const v1::Site& site);
[[nodiscard]] nlohmann::ordered_json findingJson(const v1::FindingReport& finding);

/// One line of JSON; text that is not UTF-8 gets U+FFFD.
[[nodiscard]] std::string dumped(const nlohmann::ordered_json& value);

}  // namespace heaptap::cli
