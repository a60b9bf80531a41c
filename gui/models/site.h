// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <vector>

namespace heaptap::gui {

/// One line of a stack: a function, perhaps inlined into the line that follows it.
struct StackLine {
  QString function;  ///< Empty: unknown.
  QString file;      ///< Empty: unknown.
  quint32 line = 0;  ///< 0: unknown.
  QString module;    ///< Path of the binary.
  bool inlined = false;
  bool guessed = false;  ///< Found without unwind information.
  quint64 pc = 0;        ///< Address in the module's file.

  bool operator==(const StackLine&) const = default;
};

/// The function's name, or `module+0x1234` when the name is unknown.
[[nodiscard]] QString functionText(const StackLine& line);

/// `file.c:12` with the whole path or its last two parts; the module when the file is unknown.
[[nodiscard]] QString locationText(const StackLine& line);
[[nodiscard]] QString shortLocationText(const StackLine& line);

/// Allocations of `minBytes` to `maxBytes`, both included.
struct SizeBucket {
  quint64 minBytes = 0;
  quint64 maxBytes = 0;
  quint64 allocations = 0;
  quint64 liveBlocks = 0;
};

/// A call site: one stack, and everything that was allocated from it.
struct Site {
  quint64 stack = 0;  ///< Id within the session.
  quint64 allocations = 0;
  quint64 frees = 0;
  quint64 allocatedBytes = 0;
  quint64 liveBlocks = 0;
  quint64 liveBytes = 0;
  quint64 peakBytes = 0;  ///< Bytes of this site that were live at the session's peak.
  quint64 temporaries = 0;
  std::vector<SizeBucket> sizes;
  std::vector<quint32> lines;  ///< Positions in SiteSet::lines, innermost first.
  QString function;            ///< The innermost functions: `inner ← caller ← …`.
  QString location;            ///< Of the innermost line.
};

/// All sites of a session at one moment. Lines are stored once, however many stacks pass through them.
/// Threads: immutable once shared.
struct SiteSet {
  std::vector<StackLine> lines;
  std::vector<Site> sites;
};

using Sites = std::shared_ptr<const SiteSet>;

/// Fills `function` and `location` of a site from its lines.
void describe(Site& site, const SiteSet& set);

}  // namespace heaptap::gui
