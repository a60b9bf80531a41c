// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "client/finding_names.h"
#include "export/report/json_tables.h"
#include "heaptap/v1/query.pb.h"

/// The objects of `heaptap report --json`: a contract, described in docs/report-json.md.
namespace heaptap::exporting {

inline constexpr int kReportSchemaVersion = 2;

[[nodiscard]] nlohmann::ordered_json summaryJson(const v1::Summary& summary);
[[nodiscard]] nlohmann::ordered_json markJson(const v1::MarkReport& mark);
/// Its stacks are rows of the table `stacks`.
[[nodiscard]] nlohmann::ordered_json findingJson(const v1::FindingReport& finding,
                                                 const client::FindingNames& names, StackTables& stacks);

/// One line of JSON; text that is not UTF-8 gets U+FFFD.
[[nodiscard]] std::string dumped(const nlohmann::ordered_json& value);

}  // namespace heaptap::exporting
