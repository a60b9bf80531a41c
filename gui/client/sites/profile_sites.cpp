// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/profile_sites.h"

#include <map>
#include <utility>

#include "client/stack_lines.h"
#include "gui/client/readers/lines_of_file.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/profile_trees.h"
#include "gui/client/sites/stack_filter.h"
#include "gui/client/sites/stacks_along.h"
#include "proto/words/origin_name.h"

namespace heaptap::gui {
namespace {

std::vector<SiteNumbers> numbersOf(const client::SiteTable& table,
                                   const std::vector<std::uint32_t>& positions) {
  std::vector<SiteNumbers> numbers;
  numbers.reserve(positions.size());
  for (const std::uint32_t at : positions) {
    const client::SiteKey key = table.key(at);
    const client::SiteCounters counters = table.counters(at);
    numbers.push_back({.stack = model::index(key.stack),
                       .heap = static_cast<quint32>(model::index(key.heap)),
                       .allocations = counters.allocations,
                       .allocatedBytes = counters.allocatedBytes,
                       .liveBlocks = counters.liveBlocks,
                       .liveBytes = counters.liveBytes,
                       .peakBytes = counters.peakBytes,
                       .temporaries = counters.temporaries});
  }
  return numbers;
}

QString heapNameOf(const client::Profile& profile, quint32 heap) {
  return readText(profile.definitions.heapName(static_cast<model::HeapId>(heap))).simplified();
}

Slack readSlack(const model::Slack& slack) {
  if (!slack.known) return {};
  return {.allocated = slack.allocated, .live = slack.live, .peak = slack.atPeak};
}

/// The innermost line of a stack; none: it has none.
std::optional<client::StackLine> innermostLine(const client::Profile& profile, model::StackId stack) {
  if (model::index(stack) >= profile.definitions.stacks.size()) return std::nullopt;
  const client::StackStart start = client::startOf(profile, stack);
  if (start.stack == model::StackId{}) return std::nullopt;
  return client::lineOf(profile, profile.definitions.stack(start.stack).frame, start.line);
}

}  // namespace

ProfileSites::ProfileSites(std::shared_ptr<const client::SiteTable> table,
                           std::vector<std::uint32_t> positions, quint64 series, quint64 namesVersion,
                           std::shared_ptr<NameTexts> texts)
    : SiteSet(series, namesVersion, numbersOf(*table, positions)),
      m_table(std::move(table)),
      m_positions(std::move(positions)),
      m_texts(std::move(texts)) {}
ProfileSites::~ProfileSites() = default;

std::optional<SiteErrors> ProfileSites::errors(std::size_t row) const {
  const auto errors = m_table->errors(m_positions[row]);
  if (!errors) return std::nullopt;
  return SiteErrors{.allocations = errors->allocations,
                    .allocatedBytes = errors->allocatedBytes,
                    .liveBlocks = errors->liveBlocks,
                    .liveBytes = errors->liveBytes,
                    .peakBytes = errors->peakBytes,
                    .temporaries = errors->temporaries};
}

QString ProfileSites::heapName(std::size_t row) const { return heapNameOf(profile(), numbers()[row].heap); }

SiteLabel ProfileSites::label(std::size_t row) const {
  if (model::index(stackOf(row)) >= profile().definitions.stacks.size()) return siteLabel({});
  if (!m_ownCode) m_ownCode = std::make_unique<analysis::OwnCode>(profile());
  const std::vector<client::StackLine> lines = m_ownCode->ownLines(stackOf(row), kNamedLines);
  if (lines.empty()) return siteLabel({});
  QString function;
  for (const client::StackLine& line : lines) {
    if (!function.isEmpty()) function += QStringLiteral(" ← ");
    function += m_texts->spoken(line);
  }
  return {.function = std::move(function), .location = shortLocationText(m_texts->line(lines.front()))};
}

std::optional<StackLine> ProfileSites::innermost(std::size_t row) const {
  const auto line = innermostLine(profile(), stackOf(row));
  return line ? std::optional(m_texts->line(*line)) : std::nullopt;
}

Site ProfileSites::site(std::size_t row) const {
  const std::uint32_t at = m_positions[row];
  Site site;
  static_cast<SiteNumbers&>(site) = numbers()[row];
  site.errors = errors(row);
  site.slack = readSlack(m_table->slack(at));
  site.heapName = heapName(row);
  for (const v1::Origin origin : m_table->origins(at)) {
    const QString name = readText(originName(origin));
    if (!site.entryPoints.contains(name)) site.entryPoints.append(name);
  }
  for (const client::FreedAt& freed : m_table->freedAt(at))
    site.freedAt.push_back({.frees = freed.frees, .lines = readStack(profile(), freed.stack, *m_texts)});
  for (const client::SizeBucket& bucket : m_table->sizes(at))
    site.sizes.push_back({.minBytes = bucket.minBytes,
                          .maxBytes = bucket.maxBytes,
                          .allocations = bucket.allocations,
                          .liveBlocks = bucket.liveBlocks});
  site.lines = readStack(profile(), stackOf(row), *m_texts);
  return site;
}

SiteSet::Passing ProfileSites::rowsThatPass(const SiteFilter& filter) const {
  const SiteFilter names = filter.names();
  if (names.isEmpty()) return nullptr;
  {
    const std::lock_guard lock(m_mutex);
    if (m_passing && m_filter == names) return m_passing;
  }
  const StackFilter stacks(profile(), names);  // Without the lock.
  std::vector<bool> rows;
  rows.reserve(numbers().size());
  for (std::size_t row = 0; row < numbers().size(); ++row)
    rows.push_back(stacks.passes(stackOf(row), static_cast<model::HeapId>(numbers()[row].heap)));
  auto passing = std::make_shared<const std::vector<bool>>(std::move(rows));
  const std::lock_guard lock(m_mutex);
  m_passing = passing;
  m_filter = names;
  return passing;
}

std::vector<SourceLineSites> ProfileSites::linesOf(const QString& file, quint32 heap,
                                                   const SiteFilter& filter,
                                                   const std::stop_token& stop) const {
  const LinesOfFile lines(profile(), file);
  const Passing passing = rowsThatPass(filter);
  std::map<quint32, std::vector<std::size_t>> rows;
  for (std::size_t row = 0; row < numbers().size(); ++row) {
    if (stop.stop_requested()) return {};
    if (numbers()[row].heap != heap || (passing && !(*passing)[row])) continue;
    for (const quint32 line : lines.along(stackOf(row))) rows[line].push_back(row);
  }
  std::vector<SourceLineSites> found;
  for (auto& [line, ofLine] : rows) found.push_back({.line = line, .rows = std::move(ofLine)});
  return found;
}

CostTreePtr ProfileSites::tree(const TreeQuery& query, const std::stop_token& stop) const {
  // The numbers of the rows, so that trees and tables of a moment say the same.
  std::vector<std::uint64_t> costs(profile().definitions.stacks.size(), 0);
  const Passing passing = rowsThatPass(query.filter);
  for (std::size_t row = 0; row < numbers().size(); ++row) {
    const SiteNumbers& site = numbers()[row];
    if (site.heap == query.heap && site.stack < costs.size() && (!passing || (*passing)[row]))
      costs[site.stack] += costOf(site, query.cost);
  }
  if (stop.stop_requested()) return nullptr;
  const client::StackCosts stacks(profile(), std::move(costs));
  return query.direction == TreeDirection::TopDown ? topDownTree(profile(), stacks, stop)
                                                   : bottomUpTree(profile(), stacks, stop);
}

std::vector<std::size_t> ProfileSites::rowsAt(const TreeQuery& query,
                                              const std::vector<quint32>& path) const {
  const StacksAlong along(profile(), query.direction, path);
  const Passing passing = rowsThatPass(query.filter);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < numbers().size(); ++row) {
    const SiteNumbers& site = numbers()[row];
    if (site.heap == query.heap && costOf(site, query.cost) > 0 && (!passing || (*passing)[row]) &&
        along.contains(stackOf(row)))
      rows.push_back(row);
  }
  return rows;
}

std::vector<bool> ProfileSites::functionsWith(const QString& text, const std::stop_token& stop) const {
  return gui::functionsWith(profile(), text, stop);
}

FunctionLabel ProfileSites::function(quint32 id) const { return functionLabel(profile(), id, *m_texts); }

bool ProfileSites::isEstimated(quint32 heap) const { return heap == 0 && profile().isSampled(); }

std::vector<StackLine> readStack(const client::Profile& profile, model::StackId stack, NameTexts& texts) {
  std::vector<StackLine> lines;
  for (const client::StackLine& line : client::stackLines(profile, stack)) {
    lines.push_back(texts.line(line));
    lines.back().foreign =
        analysis::ownerOf(line.function, line.module, line.file) != analysis::CodeOwner::Program;
  }
  return lines;
}

}  // namespace heaptap::gui
