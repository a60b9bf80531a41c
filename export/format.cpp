// SPDX-License-Identifier: Apache-2.0
#include "export/format.h"

#include <array>
#include <string>

#include "export/callgrind.h"
#include "export/csv.h"
#include "export/folded.h"
#include "export/gperftools.h"
#include "export/heaptrack.h"
#include "export/html/html.h"
#include "export/massif.h"
#include "export/perfetto.h"
#include "export/pictures/dot.h"
#include "export/pictures/svg.h"
#include "export/pprof.h"
#include "export/report_formats.h"
#include "export/speedscope.h"
#include "export/verdict/junit.h"
#include "export/verdict/sarif.h"

namespace heaptap::exporting {
namespace {

// clang-format off
constexpr std::array kFormats{
    Format{"text", ".txt", "text/plain", true, CostUse::All, Cost::Peak, {.findings = true, .leaks = true},
           "the report, for people", writeTextReport},
    Format{"json", ".json", "application/json", true, CostUse::All, Cost::Peak, {.findings = true, .leaks = true},
           "the report, for programs: docs/report-json.md", writeJsonReport},
    Format{"csv", ".csv", "text/csv", true, CostUse::All, Cost::Peak, {},
           "a line for each call site: spreadsheets, sqlite3, pandas", writeCsv},
    Format{"html", ".html", "text/html", true, CostUse::First, Cost::Peak,
           {.timeline = true, .leaks = true}, "a page with all of it, for any browser", writeHtml},
    Format{"folded", ".folded", "text/plain", true, CostUse::One, Cost::Peak, {},
           "a line for each stack: flamegraph.pl, inferno, speedscope", writeFolded},
    Format{"svg", ".svg", "image/svg+xml", true, CostUse::One, Cost::Peak, {},
           "a flame graph as a picture: browsers, inkscape", writeSvg},
    Format{"pprof", ".pb.gz", "application/gzip", false, CostUse::First, Cost::Peak, {},
           "pprof -http=: FILE, go tool pprof", writePprof},
    Format{"gperftools", ".heap", "text/plain", true, CostUse::One, Cost::Peak, {},
           "google-pprof --text FILE", writeGperftools},
    Format{"speedscope", ".speedscope.json", "application/json", true, CostUse::One, Cost::Peak, {},
           "https://www.speedscope.app", writeSpeedscope},
    Format{"perfetto", ".perfetto-trace", "application/octet-stream", false, CostUse::One, Cost::Live, {},
           "https://ui.perfetto.dev", writePerfetto},
    Format{"heaptrack", ".heaptrack", "text/plain", true, CostUse::All, Cost::Peak, {},
           "heaptrack_gui, heaptrack_print", writeHeaptrack},
    Format{"massif", ".massif", "text/plain", true, CostUse::All, Cost::Peak,
           {.timeline = true, .snapshots = true}, "ms_print, massif-visualizer", writeMassif},
    Format{"callgrind", ".callgrind", "text/plain", true, CostUse::First, Cost::Peak, {},
           "kcachegrind, callgrind_annotate", writeCallgrind},
    Format{"dot", ".dot", "text/vnd.graphviz", true, CostUse::One, Cost::Peak, {},
           "the call tree as a graph: graphviz", writeDot},
    Format{"sarif", ".sarif", "application/sarif+json", true, CostUse::All, Cost::Live, {.findings = true, .leaks = true},
           "what heaptap check says without a policy: GitHub, editors", writeSarif},
    Format{"junit", ".junit.xml", "application/xml", true, CostUse::All, Cost::Live, {.findings = true, .leaks = true},
           "the same as tests: Jenkins, GitLab", writeJunit},
};
// clang-format on

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
