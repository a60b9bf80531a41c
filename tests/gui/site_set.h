// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <algorithm>
#include <utility>
#include <vector>

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
  [[nodiscard]] std::vector<bool> rowsWith(const QString& text) const override {
    const auto contains = [&](const QString& name) { return name.contains(text, Qt::CaseInsensitive); };
    std::vector<bool> rows;
    for (const Site& site : m_sites)
      rows.push_back(contains(site.heapName) ||
                     std::any_of(site.lines.begin(), site.lines.end(), [&](const StackLine& line) {
                       return contains(line.function) || contains(line.file) || contains(line.module);
                     }));
    return rows;
  }

  mutable int detailed = 0;  ///< How often the details of a site were asked for.

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
