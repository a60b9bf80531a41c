// SPDX-License-Identifier: Apache-2.0
#include "sql/blocks/instant_argument.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace heaptap::sql {
namespace {

struct TimeUnit {
  std::string_view name;
  double ns;
};
constexpr std::array kTimeUnits{TimeUnit{"", 1e9},   TimeUnit{"s", 1e9},  TimeUnit{"ms", 1e6},
                                TimeUnit{"us", 1e3}, TimeUnit{"ns", 1.0}, TimeUnit{"min", 60e9}};

replay::Target atTime(double ns) {
  if (!(ns > 0)) return replay::AtTime{0};
  static constexpr double kMostNs = 9e18;
  return replay::AtTime{static_cast<std::uint64_t>(ns < kMostNs ? ns : kMostNs)};
}

std::optional<replay::Target> timeIn(std::string_view text, const DecodedSession& session) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit == "%") return atTime(number / 100 * static_cast<double>(session.overview().durationNs()));
  for (const TimeUnit& known : kTimeUnits)
    if (unit == known.name) return atTime(number * known.ns);
  return std::nullopt;
}

}  // namespace

replay::Target endOf(const DecodedSession& session) {
  return replay::AtTime{session.view().counts.totals.lastEventNs};
}

Result<replay::Target> instantOf(sqlite3_value* value, const DecodedSession& session) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: {
      const sqlite3_int64 ns = sqlite3_value_int64(value);
      return replay::AtTime{ns < 0 ? 0 : static_cast<std::uint64_t>(ns)};
    }
    case SQLITE_FLOAT: return atTime(sqlite3_value_double(value));
    case SQLITE_TEXT: break;
    default: return failure(Code::Usage, "", "the instant is NULL, or no text and no number");
  }
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string text(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  const auto& marks = session.view().history.marks;
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark)
    if (mark->name == text)
      return replay::AtMark{.mark = *mark, .position = static_cast<std::size_t>(marks.rend() - mark - 1)};
  const model::Totals& totals = session.view().counts.totals;
  if (text == "end") return endOf(session);
  if (text == "peak") return replay::AtPeak{.bytes = totals.peakBytes, .ns = totals.peakAtNs};
  if (const auto time = timeIn(text, session)) return *time;
  return failure(
      Code::Usage, "",
      "'" + text + "' is no instant: a number of ns, '1.5s', '50%', 'peak', 'end', or the name of a mark");
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
