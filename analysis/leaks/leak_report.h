// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/leaks/leak_history.h"
#include "client/profile.h"
#include "client/site_table.h"
#include "client/stack_lines.h"

namespace heaptap::analysis {

/// What is to be thought of memory that was not freed.
enum class LeakKind : std::uint8_t {
  Growing,     ///< It has become more and more until the end.
  Once,        ///< It has not; or nothing is known of its history.
  Kept,        ///< On purpose, until the end: by a runtime, or by a singleton. Named.
  Suppressed,  ///< The user has said that it is to be left out.
};
inline constexpr std::size_t kLeakKinds = 4;

/// `growing`, `once`, `kept`, `suppressed`: for JSON and other programs.
[[nodiscard]] std::string_view wordFor(LeakKind kind);

/// One site of a group.
struct LeakedSite {
  client::SiteKey key;         ///< Its stack: client::stackLines(report.profile, key.stack).
  std::uint32_t position = 0;  ///< In the site table that the report was made from.
  client::SiteCounters counters;
  std::optional<client::SiteErrors> errors = std::nullopt;  ///< Where numbers are estimates.
};

/// Sites that have one root cause: the program's own function that is innermost on their stacks; or one name
/// under which they are known.
struct LeakGroup {
  LeakKind kind = LeakKind::Once;
  /// The program's own innermost line, in the site that leaks most. Without a function and a module: there is
  /// no stack.
  client::StackLine place = {};
  /// Of what is kept: what it is. Of what is suppressed: the suppression. Else empty.
  std::string name = {};
  /// Of what is suppressed: the file of the suppression, as it was named to Suppressions. Else empty.
  std::string source = {};
  bool isOfFunction = false;  ///< Of what is kept: `place` has made it, and is a part of what it is known by.
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  std::uint64_t allocations = 0;       ///< Of its sites, those that were freed included.
  std::vector<LeakedSite> sites = {};  ///< Most bytes first, equal ones with more blocks first. At least one.
  std::optional<LeakHistory> history = std::nullopt;    ///< None: not asked for, or not known.
  std::optional<Confidence> confidence = std::nullopt;  ///< Of Growing and Once, where there is a history.

  /// Standard error of `bytes`, where they are an estimate; else 0.
  [[nodiscard]] double bytesError() const;
  /// Neither kept on purpose nor suppressed.
  [[nodiscard]] bool isLeak() const { return kind == LeakKind::Growing || kind == LeakKind::Once; }
};

struct LeakSum {
  std::uint64_t groups = 0;
  std::uint64_t sites = 0;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;

  bool operator==(const LeakSum&) const = default;
};

/// A suppression that no leak has matched.
struct UnusedSuppression {
  std::string source = {};
  std::uint32_t line = 0;
  std::string name = {};
};

/// All that was not freed in one heap of a session, by root cause.
///
/// Invariant: `bytes` of all groups add up to the live bytes of the heap, to the byte; `blocks` likewise,
/// where allocations are not sampled. Owns: a share of the profile, which the texts of `place` belong to.
/// Threads: any, as it never changes.
struct LeakReport {
  client::Profile profile;
  model::HeapId heap = model::kMallocHeap;
  /// Growing, then Once, Kept, Suppressed; within each, most bytes first.
  std::vector<LeakGroup> groups;
  std::array<LeakSum, kLeakKinds> sums = {};  ///< By kind.
  std::vector<UnusedSuppression> unused;      ///< Of the user's; built-in ones are not told.
  /// The process has not ended by itself (it still runs, or an exec or a signal has ended it): what is live
  /// is not leaked.
  bool isLive = false;

  /// Puts the groups in their order, and adds up the sums.
  void arrange();
  [[nodiscard]] const LeakSum& sum(LeakKind kind) const { return sums[static_cast<std::size_t>(kind)]; }
  /// What the headline is about: Growing and Once.
  [[nodiscard]] LeakSum leaked() const;
  /// What leaked() is called: "leaked", or what is live is called (words::leftWord()).
  [[nodiscard]] std::string leakedWord() const;
  /// Standard error of its bytes, where they are an estimate; else 0.
  [[nodiscard]] double leakedBytesError() const;
  /// All kinds.
  [[nodiscard]] LeakSum total() const;
};

}  // namespace heaptap::analysis
