// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_format.h"

#include <array>
#include <limits>
#include <string>

#include "cli/diff/diff_json.h"
#include "cli/diff/diff_text.h"
#include "export/comparison/diff_html.h"
#include "export/comparison/diff_svg.h"

namespace heaptap::cli {
namespace {

exporting::ComparisonSubject comparisonSubject(const Diff& diff) {
  exporting::ComparisonSubject subject{.before = diff.compared.before,
                                       .after = diff.compared.after,
                                       .comparison = diff.comparison,
                                       .costTitle = diff.cost.meaning,
                                       .isBytes = diff.cost.isBytes,
                                       .hasSites = diff.options.rows != DiffRows::Functions,
                                       .hasFunctions = diff.options.rows != DiffRows::Sites};
  subject.mostRows = diff.shown(std::numeric_limits<std::size_t>::max(), subject.mostRows);
  return subject;
}

void writeHtmlDiff(exporting::Sink& out, const Diff& diff) {
  exporting::writeDiffHtml(comparisonSubject(diff), out);
}
void writeSvgDiff(exporting::Sink& out, const Diff& diff) {
  exporting::writeDiffSvg(comparisonSubject(diff), out);
}

constexpr std::array kDiffFormats{
    DiffFormat{"text", ".txt", "for people, in a terminal", writeDiffText},
    DiffFormat{"json", ".json", "for programs: docs/comparing.md", writeDiffJson},
    DiffFormat{"html", ".html", "a page for any browser: differential flame graph, tables", writeHtmlDiff},
    DiffFormat{"svg", ".svg", "the differential flame graph as a picture", writeSvgDiff},
};

}  // namespace

std::span<const DiffFormat> diffFormats() { return kDiffFormats; }

Result<const DiffFormat*> chosenDiffFormat(const DiffOptions& options) {
  std::string known;
  for (const DiffFormat& format : kDiffFormats) {
    if (options.format == format.name) return &format;
    if (options.format.empty() && options.output.ends_with(format.extension)) return &format;
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  if (options.format.empty()) return &kDiffFormats.front();
  return failure(Code::Usage, "--format", "'" + options.format + "' is no format of comparisons",
                 "one of: " + known);
}

}  // namespace heaptap::cli
