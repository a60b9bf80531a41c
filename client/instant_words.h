// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// Reads an instant of a session as people write it:
///
///     12.5  12.5s  90ms  3min  1h      since the session's start; without a unit seconds
///     -10s                             before its end
///     50%                              of its duration
///     start  end  peak
///     anything else                    the mark or snapshot of this name; "#N": the N-th snapshot
///
/// A mark that has one of the other names is written with a colon before: `:peak`.
/// Errors: NotFound: no such mark; Usage: before the start, or after the end.
[[nodiscard]] Result<v1::Instant> instantOf(std::string_view words, const v1::Summary& summary);

/// A duration in nanoseconds, as above, without a sign. Errors: Usage.
[[nodiscard]] Result<std::uint64_t> durationOf(std::string_view words);

/// `12.5 s`, `the peak, 3.2 s`, `the mark "warm", 3.2 s`: for a sentence. Printable.
[[nodiscard]] std::string wordsFor(const v1::InstantReport& instant);
/// `at 12.5 s`, `snapshot warm`, `new from 1 s to 2 s`: for a title. Printable.
[[nodiscard]] std::string titleFor(const v1::InstantReport& instant);

}  // namespace heaptap::client
