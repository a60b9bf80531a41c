// SPDX-License-Identifier: Apache-2.0
#include "gui/models/threads/thread_matrix.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

namespace heaptap::gui {
namespace {

class ThreadMatrixText {
  Q_DECLARE_TR_FUNCTIONS(ThreadMatrix)
};

using Who = std::optional<quint32>;

/// The rows or the columns: which threads have one of their own, and what each is.
class Lines {
 public:
  Lines(const std::vector<ThreadFlow>& flows, Who ThreadFlow::*side) {
    std::map<quint32, BlockSum> sums;
    for (const ThreadFlow& flow : flows) {
      const Who who = flow.*side;
      (who ? sums[*who] : m_unknown) += flow.sum;
    }
    std::vector<std::pair<quint32, BlockSum>> ranked(sums.begin(), sums.end());
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& one, const auto& other) {
      return one.second.bytes > other.second.bytes;
    });
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      m_positions[ranked[i].first] = std::min(i, kMostThreadLines);
      if (i < kMostThreadLines)
        m_own.push_back(ranked[i]);
      else
        m_others += ranked[i].second;
    }
    m_hasOthers = ranked.size() > kMostThreadLines;
  }

  /// Own ones, then the others, then what no thread is known of.
  [[nodiscard]] std::size_t positionOf(Who who) const {
    return who ? m_positions.at(*who) : m_own.size() + (m_hasOthers ? 1 : 0);
  }
  [[nodiscard]] std::vector<ThreadMatrix::Line> named(const std::vector<QString>& names,
                                                      const QString& unknown, bool alwaysHasUnknown) const {
    std::vector<ThreadMatrix::Line> lines;
    for (const auto& [thread, sum] : m_own)
      lines.push_back({thread < names.size() ? names[thread] : QString::number(thread), sum});
    if (m_hasOthers) lines.push_back({ThreadMatrixText::tr("other threads"), m_others});
    if (alwaysHasUnknown || m_unknown.blocks > 0) lines.push_back({unknown, m_unknown});
    return lines;
  }

 private:
  std::vector<std::pair<quint32, BlockSum>> m_own;
  std::map<quint32, std::size_t> m_positions;
  BlockSum m_others;
  BlockSum m_unknown;
  bool m_hasOthers = false;
};

}  // namespace

ThreadMatrix threadMatrixOf(const std::vector<ThreadFlow>& flows, const std::vector<QString>& names) {
  const Lines rows(flows, &ThreadFlow::allocatedBy);
  const Lines columns(flows, &ThreadFlow::freedBy);
  ThreadMatrix matrix;
  matrix.allocated = rows.named(names, ThreadMatrixText::tr("allocated before"), false);
  matrix.freed = columns.named(names, ThreadMatrixText::tr("not freed"), true);
  matrix.cells.resize(matrix.allocated.size() * matrix.freed.size());
  for (const ThreadFlow& flow : flows) {
    const std::size_t at =
        rows.positionOf(flow.allocatedBy) * matrix.freed.size() + columns.positionOf(flow.freedBy);
    if (at < matrix.cells.size()) matrix.cells[at] += flow.sum;  // A row of nothing is left out.
  }
  return matrix;
}

}  // namespace heaptap::gui
