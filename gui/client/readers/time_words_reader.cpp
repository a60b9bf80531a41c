// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/time_words_reader.h"

#include "client/instant_words.h"

namespace heaptap::gui {
namespace {

Result<std::uint64_t> timeOfWords(const QString& text, const v1::Summary& summary) {
  // The same words mean the same as on the command line, and are refused for the same reasons.
  return client::instantOf(text.toStdString(), summary).and_then([&](const v1::Instant& instant) {
    return client::timeOf(instant, summary);
  });
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
