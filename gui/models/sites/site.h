// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "gui/models/estimate.h"
#include "gui/models/filter/site_filter.h"
#include "gui/models/sites/stack_line.h"
#include "gui/models/trees/cost_tree.h"
#include "gui/models/trees/function_label.h"
#include "gui/models/trees/tree_query.h"

namespace heaptap::gui {

/// Allocations of `minBytes` to `maxBytes`, both included.
struct SizeBucket {
  quint64 minBytes = 0;
  quint64 maxBytes = 0;
  quint64 allocations = 0;
  quint64 liveBlocks = 0;

  bool operator==(const SizeBucket&) const = default;
};

/// A place where blocks of a site are freed.
struct FreeSite {
  quint64 frees = 0;
  std::vector<StackLine> lines;  ///< Innermost first.

  bool operator==(const FreeSite&) const = default;
};

/// What the allocator gave beyond what was asked for. Absent: it did not say.
/// Units: bytes.
struct Slack {
  std::optional<quint64> allocated;
  std::optional<quint64> live;
  std::optional<quint64> peak;  ///< Of the blocks that were live at the session's peak.

  bool operator==(const Slack&) const = default;
};

/// Standard errors of a site's numbers, where allocations are sampled.
struct SiteErrors {
  double allocations = 0;
  double allocatedBytes = 0;
  double liveBlocks = 0;
  double liveBytes = 0;
  double peakBytes = 0;
  double temporaries = 0;

  bool operator==(const SiteErrors&) const = default;
};

/// A call site in numbers: one stack of one heap, and what was allocated from it.
struct SiteNumbers {
  quint64 stack = 0;  ///< Id within the session.
  quint32 heap = 0;   ///< Id within the session; 0: malloc's.
  quint64 allocations = 0;
  quint64 allocatedBytes = 0;
  quint64 liveBlocks = 0;
  quint64 liveBytes = 0;
  quint64 peakBytes = 0;  ///< Bytes of this site that were live at the session's peak.
  quint64 temporaries = 0;

  /// What tells it from all others of its session.
  using Key = std::pair<quint64, quint32>;
  [[nodiscard]] Key key() const { return {stack, heap}; }
  bool operator==(const SiteNumbers&) const = default;
};

/// What a site adds to a tree.
[[nodiscard]] quint64 costOf(const SiteNumbers& site, TreeCost cost);

/// Everything that is known of one call site.
struct Site : SiteNumbers {
  std::optional<SiteErrors> errors;  ///< Present where the numbers are estimates.
  Slack slack;
  QString heapName;               ///< Empty: malloc's.
  QStringList entryPoints;        ///< What the program called: "malloc", "operator new[]", ….
  std::vector<FreeSite> freedAt;  ///< Most frees first; only where the stacks of frees were recorded.
  std::vector<SizeBucket> sizes;
  std::vector<StackLine> lines;  ///< Innermost first.

  [[nodiscard]] Estimate estimateOf(quint64 value, double SiteErrors::*error) const {
    return {value, errors ? std::optional((*errors).*error) : std::nullopt};
  }
  bool operator==(const Site&) const = default;
};

/// What a row of a table says about a stack.
struct SiteLabel {
  QString function;  ///< The innermost functions: `inner ← caller ← …`.
  QString location;  ///< Of the innermost line.

  bool operator==(const SiteLabel&) const = default;
};

/// A line of a source file, and the call sites whose stacks go through it.
struct SourceLineSites {
  quint32 line = 0;
  std::vector<std::size_t> rows = {};  ///< Of a set; ascending.
  bool operator==(const SourceLineSites&) const = default;
};

/// The label of a stack, innermost line first.
[[nodiscard]] SiteLabel siteLabel(const std::vector<StackLine>& lines);

/// All sites of a session at one moment: numbers by row; everything else is made when it is asked for, so
/// that a hundred thousand sites cost what is looked at of them.
///
/// A site keeps its row in every later set of its series; new sites are appended. Another session is another
/// series. Functions of trees keep their numbers in a series.
/// Threads: made on any thread, then used by one at a time; where it says so, by any meanwhile.
class SiteSet {
 public:
  virtual ~SiteSet() = default;
  SiteSet(const SiteSet&) = delete;
  SiteSet& operator=(const SiteSet&) = delete;

  /// By row.
  [[nodiscard]] const std::vector<SiteNumbers>& numbers() const { return m_numbers; }
  [[nodiscard]] quint64 series() const { return m_series; }
  /// The row of a site; none: it is not in this set. Cost: a pass over the rows.
  [[nodiscard]] std::optional<std::size_t> rowOf(const SiteNumbers::Key& key) const;
  /// Another number: other names may be known than in a set before, so that labels and filters change.
  [[nodiscard]] quint64 namesVersion() const { return m_namesVersion; }
  /// Whether there are sites of other heaps than malloc's.
  [[nodiscard]] bool hasHeaps() const { return m_hasHeaps; }

  /// Present where the numbers are estimates.
  [[nodiscard]] virtual std::optional<SiteErrors> errors(std::size_t row) const = 0;
  /// Empty: malloc's.
  [[nodiscard]] virtual QString heapName(std::size_t row) const = 0;
  [[nodiscard]] virtual SiteLabel label(std::size_t row) const = 0;
  /// The innermost line; none: no stack was recorded.
  [[nodiscard]] virtual std::optional<StackLine> innermost(std::size_t row) const = 0;
  /// All of one site. Cost: what it has of lines, sizes and frees.
  [[nodiscard]] virtual Site site(std::size_t row) const = 0;
  /// By row: whether it passes; null: all do. Terms on sizes, lifetimes and threads are those of the numbers,
  /// and not looked at. Threads: any. Cost: each name is looked at once, then each stack.
  using Passing = std::shared_ptr<const std::vector<bool>>;
  [[nodiscard]] virtual Passing rowsThatPass(const SiteFilter& filter) const = 0;

  /// The lines of a source file (as StackLine::file has it), ascending, that stacks of a heap's sites go
  /// through. `filter`: as rowsThatPass() takes it. Empty also: it was to stop. Threads: any.
  /// Cost: a pass over the stacks.
  [[nodiscard]] virtual std::vector<SourceLineSites> linesOf(const QString& file, quint32 heap,
                                                             const SiteFilter& filter,
                                                             const std::stop_token& stop) const = 0;
  /// A tree of calls. Null: it was to stop. Threads: any.
  /// Cost: one pass over the stacks; hundreds of milliseconds where there are a million.
  [[nodiscard]] virtual CostTreePtr tree(const TreeQuery& query, const std::stop_token& stop) const = 0;
  /// The rows that a node of such a tree is made of: those whose stacks go along these functions, from the
  /// root on. Ascending. Threads: any. Cost: at most one pass over the stacks.
  [[nodiscard]] virtual std::vector<std::size_t> rowsAt(const TreeQuery& query,
                                                        const std::vector<quint32>& path) const = 0;
  /// By number of a function of the trees: whether its name or its module contains the text, in any case.
  /// Empty: it was to stop. Threads: any.
  [[nodiscard]] virtual std::vector<bool> functionsWith(const QString& text,
                                                        const std::stop_token& stop) const = 0;
  /// What is said of a function of the trees; of CostTree::kNoFunction: of the whole program.
  [[nodiscard]] virtual FunctionLabel function(quint32 id) const = 0;
  /// Whether the numbers of this heap's sites are estimates, as its allocations are sampled.
  [[nodiscard]] virtual bool isEstimated(quint32 heap) const = 0;

  [[nodiscard]] Estimate estimateOf(std::size_t row, quint64 value, double SiteErrors::*error) const;

 protected:
  SiteSet(quint64 series, quint64 namesVersion, std::vector<SiteNumbers> numbers);

 private:
  std::vector<SiteNumbers> m_numbers;
  quint64 m_series;
  quint64 m_namesVersion;
  bool m_hasHeaps;
};

using Sites = std::shared_ptr<const SiteSet>;

}  // namespace heaptap::gui
