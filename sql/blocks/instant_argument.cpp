// SPDX-License-Identifier: Apache-2.0
#include "sql/blocks/instant_argument.h"

#include <string>

#include "client/instant_words.h"
#include "collector/replay/named_mark.h"
#include "text/printable.h"

namespace heaptap::sql {
namespace {

/// As the command line reads it.
Result<replay::Target> written(const std::string& text, const DecodedSession& session) {
  const client::WrittenInstant instant = client::readInstant(text);
  const model::Totals& totals = session.view().counts.totals;
  if (instant.kind == client::WrittenInstant::Kind::Peak) {
    if (totals.peakBytes == 0) return replay::AtTime{0};
    return replay::AtPeak{.bytes = totals.peakBytes, .ns = totals.peakAtNs};
  }
  if (instant.kind == client::WrittenInstant::Kind::Mark) {
    const auto& marks = session.view().history.marks;
    const auto position = replay::markCalled(marks, instant.name);
    if (!position)
      return failure(
          Code::Usage, text,
          "is no instant: a number of ns, '1.5s', '-10s', '50%', 'peak', 'end', or the name of a mark");
    return replay::AtMark{.mark = marks[*position], .position = *position};
  }
  return client::nsOf(instant, session.overview().durationNs(), "the session")
      .map([](std::uint64_t ns) -> replay::Target { return replay::AtTime{ns}; });
}

}  // namespace

Result<std::uint64_t> nsOfNumber(sqlite3_value* value, std::uint64_t durationNs, std::string_view what) {
  const int type = sqlite3_value_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
    return failure(Code::Usage, "", type == SQLITE_NULL ? "the instant is NULL" : "the instant is a blob",
                   "write a number of ns, or a text such as '1.5s', '50%' or 'end'");
  const auto outside = [&](const char* side) {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return failure(Code::Usage, "",
                   "the instant " + std::string(text == nullptr ? "" : text) + " is " + side + " of " +
                       std::string(what),
                   "a number is of ns since the start, here from 0 to " + std::to_string(durationNs));
  };
  // A number of 64 bits is compared as one; the next double above them is 2^63.
  if (type == SQLITE_INTEGER) {
    const sqlite3_int64 ns = sqlite3_value_int64(value);
    if (ns < 0) return outside("before the start");
    if (static_cast<std::uint64_t>(ns) > durationNs) return outside("after the end");
    return static_cast<std::uint64_t>(ns);
  }
  const double ns = sqlite3_value_double(value);
  static constexpr double kBeyondIntegers = 9223372036854775808.0;
  if (ns < 0) return outside("before the start");
  if (ns >= kBeyondIntegers || static_cast<std::uint64_t>(ns) > durationNs) return outside("after the end");
  return static_cast<std::uint64_t>(ns);
}

replay::Target endOf(const DecodedSession& session) {
  return replay::AtTime{session.overview().durationNs()};
}

Result<replay::Target> instantOf(sqlite3_value* value, const DecodedSession& session) {
  if (sqlite3_value_type(value) != SQLITE_TEXT)
    return nsOfNumber(value, session.overview().durationNs(), "the session")
        .map([](std::uint64_t ns) -> replay::Target { return replay::AtTime{ns}; });
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string text(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  return written(text, session).map_error([&](const Error& error) {
    return Error{
        error.code,
        "",
        "'" + printable(text) + "' " + error.what + (error.remedy.empty() ? "" : "; " + error.remedy),
        {}};
  });
}

std::uint64_t nsOfInstant(const replay::Target& target) {
  struct {
    std::uint64_t operator()(const replay::AtTime& time) const { return time.ns; }
    std::uint64_t operator()(const replay::AtPeak& peak) const { return peak.ns; }
    std::uint64_t operator()(const replay::AtMark& mark) const { return mark.mark.atNs; }
  } constexpr kNs;
  return std::visit(kNs, target);
}

}  // namespace heaptap::sql
