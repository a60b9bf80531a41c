// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/time_words_reader.h"

#include <string_view>

#include "client/instant_words.h"

namespace heaptap::gui {
namespace {

/// "#3": the third of all snapshots.
std::optional<std::size_t> snapshotNumber(std::string_view name) {
  if (!name.starts_with('#')) return std::nullopt;
  std::size_t number = 0;
  for (const char digit : name.substr(1)) {
    if (digit < '0' || digit > '9' || number > 1'000'000) return std::nullopt;
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

Result<std::uint64_t> timeOfWords(const QString& text, const v1::Summary& summary) {
  const std::string words = text.toStdString();
  // The same words mean the same as on the command line, and are refused for the same reasons.
  const auto instant = client::instantOf(words, summary);
  if (!instant) return tl::unexpected(instant.error());
  switch (instant->at_case()) {
    case v1::Instant::kTimeNs: return instant->time_ns();
    case v1::Instant::kPeak: return summary.peak_at_ns();
    case v1::Instant::kMark: {
      if (const auto at = timeOfMark(instant->mark(), summary)) return *at;
      return failure(Code::NotFound, words, "the session has no such snapshot", "the view Marks lists them");
    }
    default: return summary.info().duration_ns();
  }
}

bool isNowWord(const QString& words) {
  return client::readInstant(words.toStdString()).kind == client::WrittenInstant::Kind::End;
}

}  // namespace

Result<TimeChoice> readTimeWords(client::ProfileSource& source, const std::string& session,
                                 const TimeWords& words, const std::stop_token& stop) {
  const auto summary = source.summary(session, stop);
  if (!summary) return tl::unexpected(summary.error());
  if (!words.at.isEmpty()) {
    if (isNowWord(words.at)) return TimeChoice();
    return timeOfWords(words.at, *summary).map([](std::uint64_t ns) { return TimeChoice::instant(ns); });
  }
  const auto from = timeOfWords(words.from.isEmpty() ? QStringLiteral("start") : words.from, *summary);
  if (!from) return tl::unexpected(from.error());
  const auto to = timeOfWords(words.to.isEmpty() ? QStringLiteral("end") : words.to, *summary);
  if (!to) return tl::unexpected(to.error());
  if (*from >= *to)
    return failure(Code::Usage, words.to.toStdString(), "is not later than the beginning",
                   "give the earlier time first");
  return TimeChoice::stretch(*from, *to, words.isSince ? TimeChoice::Of::Since : TimeChoice::Of::Grown);
}

}  // namespace heaptap::gui
