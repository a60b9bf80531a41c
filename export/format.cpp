// SPDX-License-Identifier: Apache-2.0
#include "export/format.h"

#include <array>
#include <string>

#include "export/csv.h"
#include "export/folded.h"
#include "export/report_formats.h"

namespace heaptap::exporting {
namespace {

constexpr std::array kFormats{
    Format{"text",
           ".txt",
           "text/plain",
           true,
           CostUse::All,
           Cost::Live,
           {.findings = true},
           "the report, for people",
           writeTextReport},
    Format{"json",
           ".json",
           "application/json",
           true,
           CostUse::All,
           Cost::Live,
           {.findings = true},
           "the report, for programs: docs/report-json.md",
           writeJsonReport},
    Format{"csv",
           ".csv",
           "text/csv",
           true,
           CostUse::All,
           Cost::Peak,
           {},
           "a line for each call site: spreadsheets, sqlite3, pandas",
           writeCsv},
    Format{"folded",
           ".folded",
           "text/plain",
           true,
           CostUse::One,
           Cost::Peak,
           {},
           "a line for each stack: flamegraph.pl, inferno, speedscope",
           writeFolded},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<const Format*> formatNamed(std::string_view name) {
  std::string known;
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  return failure(Code::Usage, "--format", "'" + std::string(name) + "' is no format", "one of: " + known);
}

const Format* formatOfFile(std::string_view fileName) {
  const Format* found = nullptr;
  for (const Format& format : kFormats)
    if (fileName.ends_with(format.extension) &&
        (found == nullptr || found->extension.size() < format.extension.size()))
      found = &format;
  return found;
}

}  // namespace heaptap::exporting
