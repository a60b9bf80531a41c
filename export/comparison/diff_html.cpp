// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/diff_html.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison/change_words.h"
#include "client/stack_lines.h"
#include "export/comparison/drawn_changes.h"
#include "export/comparison/side_names.h"
#include "export/comparison/summary_changes.h"
#include "export/html/json_array.h"
#include "export/html/page_writer.h"
#include "export/json_text.h"
#include "export/labels.h"
#include "export/string_table.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using analysis::Change;

constexpr std::uint64_t kLeastShareInPage = 2000;  // One in so many; less is added up.
constexpr std::size_t kMostDepthInPage = 120;
constexpr std::size_t kMostLinesInPage = 40;  // Of a stack.
constexpr std::size_t kMostChangeBytes = 300;

/// The data of the page, as JSON that may stand in a script of HTML.
class DiffData {
 public:
  DiffData(const ComparisonSubject& subject, Writer& out)
      : m_subject(subject), m_comparison(subject.comparison), m_out(out) {}

  void write() {
    m_out << "{\"title\":" << jsonText(title()) << ",\n";
    writeRuns("before", m_subject.before);
    writeRuns("after", m_subject.after);
    m_out << "\"headline\":"
          << jsonText(analysis::headlineOf(m_comparison, m_subject.costTitle, m_subject.isBytes))
          << ",\n\"verdict\":" << jsonText(analysis::verdictOn(m_comparison.total)) << ",\n";
    writeFacts();
    writeTexts("notes", m_comparison.notes);
    m_out << ",\n\"cost\":" << jsonText(m_subject.costTitle)
          << ",\n\"bytes\":" << (m_subject.isBytes ? "true" : "false") << ",\n";
    writeTree();
    if (m_subject.hasSites) writeSites();
    if (m_subject.hasFunctions) writeFunctions();
    writeTexts("lines", m_lines.texts());
    m_out << "}";
  }

 private:
  template <class Texts>
  void writeTexts(std::string_view key, const Texts& texts) {
    writeArray(m_out, key, texts, [this](const std::string& text) { m_out << jsonText(text); });
  }

  [[nodiscard]] std::string title() const {
    const auto [before, after] = sideNames(m_subject.before, m_subject.after);
    return before + " → " + after;
  }

  void writeRuns(std::string_view key, const std::vector<analysis::ComparedRun>& runs) {
    writeArray(m_out, key, runs, [this](const analysis::ComparedRun& run) {
      m_out << jsonText(clipped(printable(run.name), kMostLabelBytes));
    });
    m_out << ",\n";
  }

  void writeFacts() {
    const auto changes = summaryChanges(m_subject.before, m_subject.after);
    writeArray(m_out, "facts", changes, [this](const SummaryChange& fact) {
      const Change& change = fact.change;
      std::string more = analysis::quantity(change.before, fact.isBytes) + " → " +
                         analysis::quantity(change.after, fact.isBytes);
      if (const std::string relative = analysis::relativeChange(change); !relative.empty())
        more += ", " + relative;
      if (change.noise != 0)
        more +=
            (change.isNoise() ? "; noise, within ±" : "; ±") + analysis::quantity(change.noise, fact.isBytes);
      m_out << '[' << jsonText(fact.label) << ','
            << jsonText(change.magnitude() == 0 ? "as before"
                                                : analysis::signedQuantity(change, fact.isBytes))
            << ',' << jsonText(more) << ']';
    });
    m_out << ",\n";
  }

  void writeTree() {
    const std::vector<DrawnChange> drawn = drawnChanges(
        m_subject, {.leastShare = kLeastShareInPage, .mostDepth = kMostDepthInPage, .hasSmallChanges = true});
    StringTable names(0);
    m_out << "\"tree\":{";
    writeArray(m_out, "parent", drawn, [this](const DrawnChange& node) { m_out << node.parent; });
    m_out << ',';
    // Below 0: so many functions that are added up.
    writeArray(m_out, "name", drawn, [&](const DrawnChange& node) {
      node.functions != 0 ? m_out << '-' << node.functions : m_out << names[node.name];
    });
    const auto column = [&](std::string_view key, auto&& number) {
      m_out << ',';
      writeArray(m_out, key, drawn, [&](const DrawnChange& node) { m_out << number(node); });
    };
    column("before", [](const DrawnChange& node) { return node.total.before; });
    column("after", [](const DrawnChange& node) { return node.total.after; });
    column("noise", [](const DrawnChange& node) { return node.total.noise; });
    column("selfBefore", [](const DrawnChange& node) { return node.self.before; });
    column("selfAfter", [](const DrawnChange& node) { return node.self.after; });
    m_out << "},\n";
    writeTexts("names", names.texts());
    std::size_t folded = 0;
    Change sum;
    for (const DrawnChange& node : drawn) {
      if (node.functions == 0) continue;
      folded += node.functions;
      sum.before += node.total.before;
      sum.after += node.total.after;
    }
    std::string text = "Every function is shown.";
    if (folded != 0)
      text = formatNumberOf(folded, "call") + " too small to be drawn, with " +
             analysis::quantity(sum.before, m_subject.isBytes) + " before and " +
             analysis::quantity(sum.after, m_subject.isBytes) + " after together, are added up.";
    m_out << ",\n\"folded\":" << jsonText(text) << ",\n";
  }

  void writeChange(const Change& change) {
    m_out << "\"before\":" << change.before << ",\"after\":" << change.after << ",\"noise\":" << change.noise;
  }

  /// The end of a list: what is not in it.
  template <class Rows, class ChangeOf>
  void writeLeft(std::string_view key, const Rows& left, ChangeOf&& changeOf) {
    std::uint64_t grew = 0;
    std::uint64_t shrank = 0;
    for (const auto& row : left) (changeOf(row).grew() ? grew : shrank) += changeOf(row).magnitude();
    std::string text;
    if (!left.empty())
      text = formatCount(left.size()) + " more, +" + analysis::quantity(grew, m_subject.isBytes) + " and -" +
             analysis::quantity(shrank, m_subject.isBytes) +
             " together, are not in this page (heaptap diff --json has all).";
    m_out << ",\n\"" << key << "\":" << jsonText(text) << ",\n";
  }

  void writeSites() {
    const std::span<const analysis::SiteChange> all(m_comparison.sites);
    const std::size_t shown = std::min(all.size(), m_subject.mostRows);
    writeArray(m_out, "sites", all.first(shown), [this](const analysis::SiteChange& site) {
      m_out << "\n{";
      writeChange(site.change);
      std::string verdict(analysis::verdictOn(site));
      m_out << ",\"verdict\":" << jsonText(verdict)
            << ",\"isSimilar\":" << (site.match == analysis::SiteMatch::Similar ? "true" : "false") << ',';
      writeStack(site);
      m_out << '}';
    });
    writeLeft("sitesLeft", all.subspan(shown),
              [](const analysis::SiteChange& site) -> const Change& { return site.change; });
  }

  static std::string lineText(const client::StackLine& line) {
    std::string text = shortLabelOf(line, kMostChangeBytes);
    if (!line.file.empty())
      text += "  " + clipped(printable(line.file.substr(0, 2 * kMostChangeBytes)), kMostChangeBytes) + ":" +
              std::to_string(line.line);
    return text;
  }

  /// The place that allocates, and the stack; of both sides where the place is another line.
  void writeStack(const analysis::SiteChange& site) {
    const auto linesOf = [this](const std::optional<analysis::Example>& example) {
      return example ? client::stackLines(m_subject.run(example->run).profile, example->stack)
                     : std::vector<client::StackLine>();
    };
    const std::vector<client::StackLine> lines = linesOf(site.after ? site.after : site.before);
    std::string name = lines.empty() ? std::string(kNoStack) : lineText(lines.front());
    if (site.before && site.after) {
      const auto before = linesOf(site.before);
      const std::string was = before.empty() ? std::string(kNoStack) : lineText(before.front());
      if (was != name) name += "; before: " + was;
    }
    m_out << "\"name\":" << jsonText(name) << ',';
    std::vector<std::uint64_t> shown;
    for (const client::StackLine& line : lines) {
      if (shown.size() == kMostLinesInPage) {
        shown.push_back(m_lines["… " + formatCount(lines.size() - kMostLinesInPage) + " more"]);
        break;
      }
      shown.push_back(m_lines[lineText(line)]);
    }
    writeArray(m_out, "stack", shown, [this](std::uint64_t line) { m_out << line; });
  }

  void writeFunctions() {
    const std::span<const analysis::FunctionChange> all(m_comparison.functions);
    const std::size_t shown = std::min(all.size(), m_subject.mostRows);
    writeArray(m_out, "functions", all.first(shown), [this](const analysis::FunctionChange& row) {
      m_out << "\n{";
      writeChange(row.self);
      const auto& function = m_comparison.stacks.functions()[row.function];
      std::string name =
          row.function == analysis::CommonStacks::kNoFunction ? std::string(kNoStack) : labelOf(function);
      if (!function.name.empty() && !function.module.empty())
        name += "  (" + clipped(printable(function.module), kMostChangeBytes) + ")";
      // What a function only passes on is told by the sum.
      const Change& judged = row.self.magnitude() != 0 ? row.self : row.total;
      m_out << ",\"totalBefore\":" << row.total.before << ",\"totalAfter\":" << row.total.after
            << ",\"verdict\":" << jsonText(analysis::verdictOn(judged)) << ",\"name\":" << jsonText(name)
            << '}';
    });
    writeLeft("functionsLeft", all.subspan(shown),
              [](const analysis::FunctionChange& row) -> const Change& { return row.self; });
  }

  const ComparisonSubject& m_subject;
  const analysis::Comparison& m_comparison;
  Writer& m_out;
  StringTable m_lines{0};
};

}  // namespace

void writeDiffHtml(const ComparisonSubject& subject, Sink& sink) {
  Writer out(sink);
  writePage({.body = "diff.html",
             .script = "diff.js",
             .fill =
                 [&](std::string_view place, Writer& page) {
                   if (place == "data") DiffData(subject, page).write();
                 }},
            out);
}

}  // namespace heaptap::exporting
