// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_json.h"

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "analysis/comparison/change_words.h"
#include "client/stack_lines.h"
#include "export/report/json_writer.h"

namespace heaptap::cli {
namespace {

using analysis::Change;
using analysis::CommonStacks;
using exporting::JsonWriter;

/// Rows of the tables `stacks` and `functions`: what was referred to.
class CommonTables {
 public:
  explicit CommonTables(const CommonStacks& stacks)
      : m_stacks(stacks),
        m_rowOfNode(stacks.nodes().size(), kNone),
        m_rowOfFunction(stacks.functions().size(), kNone) {}

  std::uint32_t functionRow(std::uint32_t function) {
    std::uint32_t& row = m_rowOfFunction[function];
    if (row == kNone) {
      row = static_cast<std::uint32_t>(m_functions.size());
      m_functions.push_back(function);
    }
    return row;
  }
  /// Writes a row, or null for the empty stack.
  void writeStack(JsonWriter& json, std::uint32_t node) {
    if (node == CommonStacks::kRoot) return json.null();
    // Callers first, as rows refer to them.
    std::vector<std::uint32_t> path;
    for (std::uint32_t at = node; at != CommonStacks::kRoot && m_rowOfNode[at] == kNone;
         at = m_stacks.nodes()[at].parent)
      path.push_back(at);
    for (std::size_t i = path.size(); i-- > 0;) {
      functionRow(m_stacks.nodes()[path[i]].function);
      m_rowOfNode[path[i]] = static_cast<std::uint32_t>(m_nodes.size());
      m_nodes.push_back(path[i]);
    }
    json.number(m_rowOfNode[node]);
  }
  void writeTables(JsonWriter& json) {
    column(json, "stacks", "function", m_nodes,
           [&](std::uint32_t node) { json.number(m_rowOfFunction[m_stacks.nodes()[node].function]); });
    column(json, nullptr, "caller", m_nodes, [&](std::uint32_t node) {
      const std::uint32_t parent = m_stacks.nodes()[node].parent;
      parent == CommonStacks::kRoot ? json.null() : json.number(m_rowOfNode[parent]);
    });
    json.endObject();
    column(json, "functions", "name", m_functions,
           [&](std::uint32_t function) { json.textOrNull(m_stacks.functions()[function].name); });
    column(json, nullptr, "module", m_functions,
           [&](std::uint32_t function) { json.textOrNull(m_stacks.functions()[function].module); });
    column(json, nullptr, "ofProgram", m_functions,
           [&](std::uint32_t function) { json.boolean(m_stacks.functions()[function].isProgram); });
    json.endObject();
  }

  /// A column; `table`: of a new table, which it begins.
  template <class Rows, class Write>
  static void column(JsonWriter& json, const char* table, const char* name, const Rows& rows, Write&& write) {
    if (table != nullptr) {
      json.key(table);
      json.beginObject();
    }
    json.key(name);
    json.beginArray();
    for (const auto& row : rows) write(row);
    json.endArray();
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  const CommonStacks& m_stacks;
  std::vector<std::uint32_t> m_rowOfNode;
  std::vector<std::uint32_t> m_rowOfFunction;
  std::vector<std::uint32_t> m_nodes;
  std::vector<std::uint32_t> m_functions;
};

void writeChange(JsonWriter& json, const Change& change) {
  json.beginObject();
  json.key("before");
  json.number(change.before);
  json.key("after");
  json.number(change.after);
  json.key("change");
  json.number(analysis::differenceOf(change));
  json.key("noise");
  json.number(change.noise);
  json.key("verdict");
  json.text(analysis::verdictOn(change));
  json.endObject();
}

/// The columns of a change, in a table of rows that have one.
template <class Rows, class Of>
void writeChanges(JsonWriter& json, const char* prefix, const Rows& rows, Of&& of) {
  const auto name = [prefix](const char* word) {
    if (*prefix == '\0') return std::string(word);
    std::string capital(word);
    capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
    return prefix + capital;
  };
  const auto column = [&](const char* word, auto&& write) {
    CommonTables::column(json, nullptr, name(word).c_str(), rows, [&](const auto& row) { write(of(row)); });
  };
  column("before", [&](const Change& change) { json.number(change.before); });
  column("after", [&](const Change& change) { json.number(change.after); });
  column("change", [&](const Change& change) { json.number(analysis::differenceOf(change)); });
  column("noise", [&](const Change& change) { json.number(change.noise); });
}

void writeRuns(JsonWriter& json, const char* key, const std::vector<analysis::ComparedRun>& runs) {
  json.key(key);
  json.beginArray();
  for (const analysis::ComparedRun& run : runs) json.text(run.name);
  json.endArray();
}

/// Of each row an array: a number for each run, those before first.
template <class Rows>
void writeValues(JsonWriter& json, const Rows& rows, const analysis::RunValues& values) {
  CommonTables::column(json, nullptr, "runs", rows, [&](const auto& row) {
    json.beginArray();
    for (const std::uint64_t value : values.row(row.row)) json.number(value);
    json.endArray();
  });
}

void writeSites(JsonWriter& json, const Diff& diff, std::span<const analysis::SiteChange> sites,
                CommonTables& tables) {
  const auto column = [&](const char* table, const char* name, auto&& write) {
    CommonTables::column(json, table, name, sites, write);
  };
  column("sites", "stack", [&](const auto& site) { tables.writeStack(json, site.node); });
  column(nullptr, "verdict", [&](const auto& site) { json.text(analysis::verdictOn(site)); });
  column(nullptr, "match", [&](const auto& site) {
    json.text(site.match == analysis::SiteMatch::Same      ? "same"
              : site.match == analysis::SiteMatch::Similar ? "similar"
                                                           : "none");
  });
  writeChanges(json, "", sites, [](const analysis::SiteChange& site) { return site.change; });
  const auto place = [&](const char* fileKey, const char* lineKey, auto member) {
    std::vector<client::StackLine> innermost;
    for (const analysis::SiteChange& site : sites) {
      const std::optional<analysis::Example>& example = site.*member;
      client::StackLine line;
      if (example) {
        const client::Profile& profile = diff.compared.run(example->run).profile;
        const client::StackStart start = client::startOf(profile, example->stack);
        if (start.stack != model::StackId{})
          line = client::lineOf(profile, profile.definitions.stack(start.stack).frame, start.line);
      }
      innermost.push_back(line);
    }
    CommonTables::column(json, nullptr, fileKey, innermost,
                         [&](const client::StackLine& line) { json.textOrNull(line.file); });
    CommonTables::column(json, nullptr, lineKey, innermost, [&](const client::StackLine& line) {
      line.line == 0 ? json.null() : json.number(line.line);
    });
  };
  place("fileBefore", "lineBefore", &analysis::SiteChange::before);
  place("fileAfter", "lineAfter", &analysis::SiteChange::after);
  writeValues(json, sites, diff.comparison.siteValues);
  json.endObject();
}

void writeFunctions(JsonWriter& json, const Diff& diff, std::span<const analysis::FunctionChange> rows,
                    CommonTables& tables) {
  CommonTables::column(json, "byFunction", "function", rows,
                       [&](const auto& row) { json.number(tables.functionRow(row.function)); });
  CommonTables::column(json, nullptr, "verdict", rows,
                       [&](const auto& row) { json.text(analysis::verdictOn(row.self)); });
  writeChanges(json, "", rows, [](const analysis::FunctionChange& row) { return row.self; });
  writeChanges(json, "total", rows, [](const analysis::FunctionChange& row) { return row.total; });
  writeValues(json, rows, diff.comparison.functionValues);
  json.endObject();
}

}  // namespace

void writeDiffJson(exporting::Sink& out, const Diff& diff) {
  const analysis::Comparison& comparison = diff.comparison;
  JsonWriter json(out);
  CommonTables tables(comparison.stacks);
  json.beginObject();
  json.key("diffSchemaVersion");
  json.number(kDiffSchemaVersion);
  writeRuns(json, "before", diff.compared.before);
  writeRuns(json, "after", diff.compared.after);
  json.key("cost");
  json.text(diff.cost.word);
  json.key("unit");
  json.text(diff.cost.isBytes ? "bytes" : "count");
  json.key("notes");
  json.beginArray();
  for (const std::string& note : comparison.notes) json.text(note);
  json.endArray();
  json.key("summary");
  json.beginObject();
  for (const CostWord& word : kCostWords) {
    json.key(word.word);
    writeChange(json, analysis::summaryChange(diff.compared.before, diff.compared.after, word.cost));
  }
  json.endObject();
  json.key("total");
  writeChange(json, comparison.total);
  json.key("sumOfSites");
  writeChange(json, comparison.sum);
  const std::span all(comparison.sites);
  const std::span functions(comparison.functions);
  if (diff.options.rows != DiffRows::Functions)
    writeSites(json, diff, all.first(diff.shown(all.size(), 0)), tables);
  if (diff.options.rows != DiffRows::Sites)
    writeFunctions(json, diff, functions.first(diff.shown(functions.size(), 0)), tables);
  tables.writeTables(json);
  json.endObject();
  json.endLine();
}

}  // namespace heaptap::cli
