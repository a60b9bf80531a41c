// SPDX-License-Identifier: Apache-2.0
#include "client/instant_words.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "client/when.h"
#include "text/duration.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::client {
namespace {

/// `0.2638s`: as exact as it can be asked for, where the rounded one may be beyond the end.
std::string exactSeconds(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  std::string fraction = std::to_string(kSecond + ns % kSecond).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(ns / kSecond) + (fraction.empty() ? "" : "." + fraction) + "s";
}

/// None: it is no percentage.
std::optional<double> percentOf(std::string_view words) {
  const auto number = leadingNumber(words);
  return number && number->second == "%" ? std::optional(number->first) : std::nullopt;
}

Result<v1::Instant> markNamed(std::string_view name, const v1::Summary& summary) {
  for (const v1::MarkReport& mark : summary.marks())
    if (mark.name() == name) return When::mark(std::string(name));
  if (name.starts_with('#')) return When::mark(std::string(name));  // The source counts them.
  std::string known;
  for (const v1::MarkReport& mark : summary.marks())
    if (!mark.name().empty() && known.size() < 200)
      known += (known.empty() ? "" : ", ") + printable(mark.name());
  return failure(Code::NotFound, std::string(name), "is no time, and no mark of the session",
                 "a time is written as 12.5s, 50%, -10s, start, peak or end" +
                     (known.empty() ? "" : "; marks: " + known));
}

/// "#3": the third of all snapshots.
std::optional<std::size_t> snapshotNumber(std::string_view name) {
  constexpr std::size_t kMost = 1'000'000;
  if (!name.starts_with('#')) return std::nullopt;
  std::size_t number = 0;
  for (const char digit : name.substr(1)) {
    if (digit < '0' || digit > '9' || number > kMost) return std::nullopt;
    number = 10 * number + static_cast<std::size_t>(digit - '0');
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

/// None: there is no such mark.
std::optional<std::uint64_t> timeOfMark(std::string_view name, const v1::Summary& summary) {
  std::optional<std::uint64_t> found;
  for (const v1::MarkReport& mark : summary.marks())
    if (mark.name() == name) found = mark.at_ns();  // The last one of several.
  if (found) return found;
  std::size_t snapshots = snapshotNumber(name).value_or(0);
  for (const v1::MarkReport& mark : summary.marks())
    if (mark.snapshot() && snapshots > 0 && --snapshots == 0) return mark.at_ns();
  return std::nullopt;
}

}  // namespace

WrittenInstant readInstant(std::string_view words) {
  using Kind = WrittenInstant::Kind;
  WrittenInstant written{.words = std::string(words)};
  const auto is = [&](Kind kind) {
    written.kind = kind;
    return written;
  };
  if (words == "start") return is(Kind::Start);
  if (words == "peak") return is(Kind::Peak);
  if (words == "end" || words == "now") return is(Kind::End);
  // A mark called 5 is rarely meant by 5.
  if (const auto ns = parseDuration(words)) {
    written.ns = *ns;
    return is(Kind::Time);
  }
  if (const auto percent = percentOf(words)) {
    written.percent = *percent;
    return is(Kind::Share);
  }
  if (words.starts_with('-')) {
    if (const auto before = parseDuration(words.substr(1))) {
      written.ns = *before;
      return is(Kind::BeforeEnd);
    }
  }
  written.name = std::string(words.starts_with(':') ? words.substr(1) : words);
  return is(Kind::Mark);
}

Result<std::uint64_t> nsOf(const WrittenInstant& written, std::uint64_t durationNs, std::string_view what) {
  using Kind = WrittenInstant::Kind;
  const auto outside = [&](const char* side) {
    return failure(Code::Usage, written.words, "is " + std::string(side) + " of " + std::string(what),
                   "it is " + exactSeconds(durationNs) + " long; its ends are called start and end");
  };
  switch (written.kind) {
    case Kind::Start: return 0;
    case Kind::Time:
      if (written.ns > durationNs) return outside("after the end");
      return written.ns;
    case Kind::BeforeEnd:
      if (written.ns > durationNs) return outside("before the start");
      return durationNs - written.ns;
    case Kind::Share: {
      if (written.percent > 100)
        return failure(Code::Usage, written.words, "is more than all of " + std::string(what),
                       "100% is its end");
      const double ns = std::floor(static_cast<double>(durationNs) * written.percent / 100);
      return std::min(static_cast<std::uint64_t>(ns), durationNs);
    }
    case Kind::End:
    case Kind::Peak:
    case Kind::Mark: break;
  }
  return durationNs;
}

Result<v1::Instant> instantOf(std::string_view words, const v1::Summary& summary) {
  const WrittenInstant written = readInstant(words);
  if (written.kind == WrittenInstant::Kind::Peak) return When::peak();
  if (written.kind == WrittenInstant::Kind::Mark) return markNamed(written.name, summary);
  const std::uint64_t duration = summary.info().duration_ns();
  return nsOf(written, duration, "the session").map([&](std::uint64_t ns) {
    // The end of one that runs moves on while it is asked for: that is now, whenever the answer is made.
    const bool isNow = ns == duration && summary.info().state() == v1::SESSION_LIVE;
    return isNow ? v1::Instant() : When::time(ns);
  });
}

Result<std::uint64_t> timeOf(const v1::Instant& instant, const v1::Summary& summary) {
  switch (instant.at_case()) {
    case v1::Instant::kTimeNs: return instant.time_ns();
    case v1::Instant::kPeak: return summary.peak_at_ns();
    case v1::Instant::kMark: {
      if (const auto at = timeOfMark(instant.mark(), summary)) return *at;
      return failure(Code::NotFound, instant.mark(), "the session has no such snapshot",
                     "the report lists them under marks, and the viewer in the view Marks");
    }
    case v1::Instant::AT_NOT_SET: break;
  }
  return summary.info().duration_ns();
}

Result<std::uint64_t> durationOf(std::string_view words) {
  if (const auto ns = parseDuration(words)) return *ns;
  return failure(Code::Usage, std::string(words), "is no duration", "write it as 12.5s, 90ms, 3min or 2h");
}

std::string wordsFor(const v1::InstantReport& instant) {
  const std::string time = formatDuration(instant.at_ns());
  if (instant.peak()) return "the peak, " + time;
  if (!instant.mark().empty())
    return std::string(instant.snapshot() ? "the snapshot \"" : "the mark \"") + printable(instant.mark()) +
           "\", " + time;
  return time;
}

std::string titleFor(const v1::InstantReport& instant) {
  if (instant.has_from())
    return (instant.gone() ? "gone from " : "new from ") + wordsFor(instant.from()) + " to " +
           wordsFor(instant);
  if (!instant.mark().empty())
    return std::string(instant.snapshot() ? "snapshot " : "mark ") + printable(instant.mark());
  return "at " + wordsFor(instant);
}

}  // namespace heaptap::client
