// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "gui/models/filter/name_filter.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui::test {

/// A stack as readable text, innermost first: "parse;main".
inline std::vector<StackLine> siteLines(const QString& functions) {
  std::vector<StackLine> lines;
  for (const QString& function : functions.split(';', Qt::SkipEmptyParts))
    lines.push_back({.function = function,
                     .file = QStringLiteral("/src/") + function + QStringLiteral(".cpp"),
                     .line = 12,
                     .module = QStringLiteral("/usr/bin/program"),
                     .inlined = false,
                     .guessed = false,
                     .pc = 0x1000});
  return lines;
}

/// The functions of all sets, by number. Threads: any.
class FunctionNumbers {
 public:
  static quint32 of(const QString& name) {
    const std::lock_guard lock(mutex());
    const auto [found, isNew] = numbers().try_emplace(name, static_cast<quint32>(names().size()));
    if (isNew) names().push_back(name);
    return found->second;
  }
  static QString name(quint32 number) {
    const std::lock_guard lock(mutex());
    return number < names().size() ? names()[number] : QStringLiteral("the whole program");
  }
  static std::vector<QString> all() {
    const std::lock_guard lock(mutex());
    return names();
  }

 private:
  static std::mutex& mutex() {
    static std::mutex mutex;
    return mutex;
  }
  static std::map<QString, quint32>& numbers() {
    static std::map<QString, quint32> numbers;
    return numbers;
  }
  static std::vector<QString>& names() {
    static std::vector<QString> names;
    return names;
  }
};

/// Call sites that are held as they are.
class SiteList : public SiteSet {
 public:
  explicit SiteList(std::vector<Site> sites, quint64 series = 1, quint64 namesVersion = 1)
      : SiteSet(series, namesVersion, {sites.begin(), sites.end()}), m_sites(std::move(sites)) {}

  [[nodiscard]] std::optional<SiteErrors> errors(std::size_t row) const override {
    return m_sites[row].errors;
  }
  [[nodiscard]] QString heapName(std::size_t row) const override { return m_sites[row].heapName; }
  [[nodiscard]] SiteLabel label(std::size_t row) const override { return siteLabel(m_sites[row].lines); }
  [[nodiscard]] std::optional<StackLine> innermost(std::size_t row) const override {
    return m_sites[row].lines.empty() ? std::nullopt : std::optional(m_sites[row].lines.front());
  }
  [[nodiscard]] Site site(std::size_t row) const override {
    ++detailed;
    return m_sites[row];
  }
  [[nodiscard]] Passing rowsThatPass(const SiteFilter& filter) const override {
    const NameFilter names(filter);
    if (names.passesAll()) return nullptr;
    std::vector<bool> rows;
    for (const Site& site : m_sites) rows.push_back(names.passes(site.heapName, site.lines));
    return std::make_shared<const std::vector<bool>>(std::move(rows));
  }

  [[nodiscard]] std::vector<SourceLineSites> linesOf(const QString& file, quint32 heap,
                                                     const SiteFilter& filter,
                                                     const std::stop_token&) const override {
    const Passing passing = rowsThatPass(filter);
    std::map<quint32, std::set<std::size_t>> found;
    for (std::size_t row = 0; row < m_sites.size(); ++row)
      for (const StackLine& line : m_sites[row].lines)
        if ((!passing || (*passing)[row]) && m_sites[row].heap == heap && line.file == file && line.line > 0)
          found[line.line].insert(row);
    std::vector<SourceLineSites> lines;
    for (const auto& [line, ofLine] : found)
      lines.push_back({.line = line, .rows = {ofLine.begin(), ofLine.end()}});
    return lines;
  }

  /// Merged by name, stack by stack.
  [[nodiscard]] CostTreePtr tree(const TreeQuery& query, const std::stop_token& stop) const override {
    struct Call {
      quint64 total = 0;
      std::map<quint32, Call> callees;
    };
    if (stop.stop_requested()) return nullptr;
    const Passing passing = rowsThatPass(query.filter);
    Call whole;
    for (std::size_t row = 0; row < m_sites.size(); ++row) {
      const quint64 cost = costOf(m_sites[row], query.cost);
      if ((passing && !(*passing)[row]) || m_sites[row].heap != query.heap || cost == 0) continue;
      std::vector<StackLine> lines = m_sites[row].lines;
      if (query.direction == TreeDirection::TopDown) std::reverse(lines.begin(), lines.end());
      Call* at = &whole;
      at->total += cost;
      for (const StackLine& line : lines) {
        at = &at->callees[FunctionNumbers::of(line.function)];
        at->total += cost;
      }
    }
    CostTree::Builder tree(whole.total);
    std::vector<std::pair<quint32, const Call*>> pending{{CostTree::kRoot, &whole}};
    for (std::size_t i = 0; i < pending.size(); ++i) {
      const auto [node, call] = pending[i];
      std::vector<CostTree::Child> children;
      for (const auto& [function, callee] : call->callees)
        children.push_back({.function = function, .total = callee.total});
      const quint32 first = tree.addChildren(node, children);
      for (std::size_t child = 0; child < children.size(); ++child) {
        const quint32 added = first + static_cast<quint32>(child);
        pending.emplace_back(added, &call->callees.at(tree.node(added).function));
      }
    }
    ++trees;
    return tree.build();
  }
  [[nodiscard]] std::vector<std::size_t> rowsAt(const TreeQuery& query,
                                                const std::vector<quint32>& path) const override {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < m_sites.size(); ++row) {
      std::vector<quint32> functions;
      for (const StackLine& line : m_sites[row].lines)
        functions.push_back(FunctionNumbers::of(line.function));
      if (query.direction == TreeDirection::TopDown) std::reverse(functions.begin(), functions.end());
      if (costOf(m_sites[row], query.cost) > 0 && functions.size() >= path.size() &&
          std::equal(path.begin(), path.end(), functions.begin()))
        rows.push_back(row);
    }
    return rows;
  }
  [[nodiscard]] std::vector<bool> functionsWith(const QString& text, const std::stop_token&) const override {
    std::vector<bool> found;
    for (const QString& name : FunctionNumbers::all())
      found.push_back(name.contains(text, Qt::CaseInsensitive));
    return found;
  }
  [[nodiscard]] FunctionLabel function(quint32 id) const override {
    FunctionLabel label;
    label.name = FunctionNumbers::name(id);
    label.spoken = label.name.left(label.name.indexOf('('));
    if (id == CostTree::kNoFunction) return label;
    label.owner = QStringLiteral("the program");
    label.module = QStringLiteral("/usr/bin/program");
    label.location = QStringLiteral("/src/%1.cpp:12").arg(label.spoken);
    if (label.name.startsWith(QStringLiteral("std::"))) {
      label.kind = CodeKind::CppRuntime;
      label.owner = QStringLiteral("the C++ library");
      label.module = QStringLiteral("/usr/lib/libstdc++.so.6");
    }
    return label;
  }
  [[nodiscard]] bool isEstimated(quint32) const override {
    return std::any_of(m_sites.begin(), m_sites.end(), [](const Site& site) { return site.errors; });
  }

  mutable std::atomic<int> trees = 0;  ///< How many were made.
  mutable int detailed = 0;            ///< How often the details of a site were asked for.

 private:
  std::vector<Site> m_sites;
};

/// Makes sets of call sites as readable text:
///   siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 128, .liveBlocks = 2}})
struct SiteText {
  quint64 stack = 0;
  QString functions;  ///< Innermost first.
  quint64 liveBytes = 0;
  quint64 liveBlocks = 0;
  quint64 allocations = 0;
  quint64 peakBytes = 0;
  quint64 temporaries = 0;
  std::vector<SizeBucket> sizes = {};
};

inline Site siteOf(const SiteText& text) {
  Site site;
  site.stack = text.stack;
  site.liveBytes = text.liveBytes;
  site.liveBlocks = text.liveBlocks;
  site.allocations = text.allocations;
  site.peakBytes = text.peakBytes;
  site.temporaries = text.temporaries;
  site.sizes = text.sizes;
  site.lines = siteLines(text.functions);
  return site;
}

/// Sets of one series: rows in the order given.
inline std::shared_ptr<const SiteList> siteSet(const std::vector<SiteText>& texts, quint64 series = 1,
                                               quint64 namesVersion = 1) {
  std::vector<Site> sites;
  for (const SiteText& text : texts) sites.push_back(siteOf(text));
  return std::make_shared<const SiteList>(std::move(sites), series, namesVersion);
}

}  // namespace heaptap::gui::test
