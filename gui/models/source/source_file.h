// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// Where files of one folder are on this host: what begins with `from` is below `to`.
struct SourceMapping {
  QString from;
  QString to;
  bool operator==(const SourceMapping&) const = default;
};

/// Which source files may be read. Their paths are what a recorded program says: a collector's sessions may
/// name any file of this host.
struct SourceAccess {
  bool isAsked = false;  ///< Only files of the folders below may be read.
  QStringList folders = {};
  std::vector<SourceMapping> mappings = {};  ///< The newest first.
  bool operator==(const SourceAccess&) const = default;
};

/// A file to be read, and whose call sites are to be found in it.
struct SourceWish {
  QString file;
  Sites sites = nullptr;  ///< Null: only the text is wanted.
  quint32 heap = 0;
  SiteFilter filter = {};
  SourceAccess access = {};
  qint64 recordedAtUnixNs = 0;  ///< When the session began; 0: unknown.
  quint64 turn = 0;
  bool operator==(const SourceWish&) const = default;
};

/// Sums over the call sites of a line.
struct LineCost {
  quint64 liveBytes = 0;
  quint64 liveBlocks = 0;
  quint64 allocations = 0;
  quint64 allocatedBytes = 0;
  bool operator==(const LineCost&) const = default;
};
[[nodiscard]] LineCost lineCostOf(const SiteSet& sites, const std::vector<std::size_t>& rows);

/// A source file as it was read, with what its lines cost. Without lines: why it was not read.
struct SourceFile {
  enum class State {
    Read,
    NotFound,    ///< The user may say in which folder it is.
    NotAllowed,  ///< The user was not asked yet.
    NotRead,     ///< For the reason that is given.
  };
  State state = State::NotRead;
  QString file;    ///< As it was recorded.
  QString path;    ///< Where it was found, or would be.
  QString reason;  ///< A line.
  QStringList lines;
  QStringList notes;  ///< What the reader must know, a line each.
  Sites sites = nullptr;
  std::vector<SourceLineSites> costs;  ///< Ascending.

  /// The sites of a line, from 1; null: none.
  [[nodiscard]] const SourceLineSites* costOf(quint32 line) const;
};

/// Never changes.
using SourceFilePtr = std::shared_ptr<const SourceFile>;

/// A line of a file, as it was recorded.
struct SourceSpot {
  QString file;
  quint32 line = 0;
  bool operator==(const SourceSpot&) const = default;
};
/// The innermost line of the program's own that has a place in a file; without one, the innermost that has.
/// None: there is no such line.
[[nodiscard]] std::optional<SourceSpot> spotOf(const std::vector<StackLine>& lines);

/// Where a file is looked for: by the mappings, then as it was recorded.
[[nodiscard]] QStringList placesOf(const QString& file, const std::vector<SourceMapping>& mappings);

/// The mapping by which a file is found in or below a folder that the user has chosen: that of its longest
/// end that is there. `exists`: whether there is a file of this path. None: it is not there.
template <class Exists>
[[nodiscard]] std::optional<SourceMapping> mappingInto(const QString& file, const QString& folder,
                                                       const Exists& exists) {
  for (qsizetype at = 0; at >= 0; at = file.indexOf('/', at + 1)) {
    const QString end = file.mid(at).startsWith('/') ? file.mid(at + 1) : file.mid(at);
    if (!end.isEmpty() && exists(folder + '/' + end))
      return SourceMapping{file.left(file.size() - end.size()), folder + '/'};
    if (file.indexOf('/', at + 1) < 0) break;
  }
  return std::nullopt;
}

}  // namespace heaptap::gui
