// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// An instant as it was written, before it is known of what.
struct WrittenInstant {
  enum class Kind : std::uint8_t { Time, BeforeEnd, Share, Start, End, Peak, Mark };
  Kind kind = Kind::Mark;
  std::string words;      ///< All of it.
  std::uint64_t ns = 0;   ///< Of Time: since the start; of BeforeEnd: before the end.
  double percent = 0;     ///< Of Share.
  std::string name = {};  ///< Of Mark.
};

/// Reads an instant as people write it, in all that asks for one: command line, SQL, viewer:
///
///     12.5  12.5s  90ms  3min  1h      since the session's start; without a unit seconds
///     -10s                             before its end
///     50%                              of its duration
///     start  end  peak
///     anything else                    the mark or snapshot of this name; "#N": the N-th snapshot
///
/// A mark that has one of the other names is written with a colon before: `:peak`.
[[nodiscard]] WrittenInstant readInstant(std::string_view words);
/// The time of one that is neither the peak nor a mark. `durationNs`: of `what`, for an error.
/// Errors: Usage: before the start, or after the end.
[[nodiscard]] Result<std::uint64_t> nsOf(const WrittenInstant& written, std::uint64_t durationNs,
                                         std::string_view what);

/// The instant of a session. Errors: NotFound: no such mark; Usage: as nsOf().
[[nodiscard]] Result<v1::Instant> instantOf(std::string_view words, const v1::Summary& summary);

/// The time of an instant: of the peak, and of a mark, that of the event before it.
/// Errors: NotFound: no such mark or snapshot.
[[nodiscard]] Result<std::uint64_t> timeOf(const v1::Instant& instant, const v1::Summary& summary);

/// A duration in nanoseconds, as above, without a sign. Errors: Usage.
[[nodiscard]] Result<std::uint64_t> durationOf(std::string_view words);

/// `12.5 s`, `the peak, 3.2 s`, `the mark "warm", 3.2 s`: for a sentence. Printable.
[[nodiscard]] std::string wordsFor(const v1::InstantReport& instant);
/// `at 12.5 s`, `snapshot warm`, `new from 1 s to 2 s`: for a title. Printable.
[[nodiscard]] std::string titleFor(const v1::InstantReport& instant);

}  // namespace heaptap::client
