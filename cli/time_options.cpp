// SPDX-License-Identifier: Apache-2.0
#include "cli/time_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "client/instant_words.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

std::optional<client::TextPattern> patternOf(const char* option, const std::string& words) {
  if (words.empty()) return std::nullopt;
  if (words.size() > 2 && words.front() == '/' && words.back() == '/' &&
      words.find('/', 1) == words.size() - 1)
    return client::TextPattern{.text = words.substr(1, words.size() - 2), .isRegex = true, .option = option};
  return client::TextPattern{.text = words, .isRegex = false, .option = option};
}

/// An error of what an option was given, with the option.
template <class Value>
Result<Value> ofOption(const char* option, Result<Value> read) {
  if (!read && (read.error().code == Code::Usage || read.error().code == Code::NotFound))
    read.error().where = std::string(option) + " " + read.error().where;
  return read;
}

/// "#N" is counted by the source. Errors: NotFound.
Result<void> findSnapshot(const std::string& name, const v1::Summary& summary) {
  const auto isIt = [&](const v1::MarkReport& mark) { return mark.snapshot() && mark.name() == name; };
  if (name.starts_with('#') || std::any_of(summary.marks().begin(), summary.marks().end(), isIt)) return {};
  return failure(Code::NotFound, name, "the session has no snapshot of this name",
                 "the report lists them under marks; --at shows the heap at a mark, too");
}

}  // namespace

void addTimes(CLI::App& app, TimeOptions& times) {
  auto* const at =
      app.add_option("--at", times.at,
                     "The heap as it was then: 12.5s, 50%, -10s (before the end), peak, or a mark's name")
          ->type_name("TIME");
  auto* const from =
      app.add_option("--from", times.from, "What was allocated from then on, and is still there at --to")
          ->type_name("TIME")
          ->excludes(at);
  app.add_option("--to", times.to, "The end of that time [end]")->type_name("TIME")->excludes(at);
  app.add_flag("--gone", times.gone, "Instead, what was there at --from, and is no more at --to")
      ->needs(from);
  app.add_option("--snapshot", times.snapshot,
                 "The heap as it was at this snapshot (heaptap snapshot PID NAME)")
      ->type_name("NAME")
      ->excludes(at)
      ->excludes(from);
}

void addInterval(CLI::App& app, TimeOptions& times) {
  app.add_option("--from", times.from,
                 "Only what happened after that: 12.5s, 50%, -10s (before the end), peak, or a mark's name "
                 "[start]")
      ->type_name("TIME");
  app.add_option("--to", times.to, "Only what happened until then [end]")->type_name("TIME");
}

Result<v1::Instant> instantOf(const std::string& words, client::ProfileSource& source,
                              const std::string& session) {
  return source.summary(session, {}).and_then([&](const v1::Summary& summary) {
    return client::instantOf(words.empty() ? "end" : words, summary);
  });
}

Result<client::When> whenOf(const TimeOptions& times, client::ProfileSource& source,
                            const std::string& session) {
  client::When when{.gone = times.gone};
  if (!times.isGiven()) return when;
  return source.summary(session, {}).and_then([&](const v1::Summary& summary) -> Result<client::When> {
    if (!times.snapshot.empty()) {
      if (auto found = findSnapshot(times.snapshot, summary); !found)
        return tl::unexpected(std::move(found.error()));
      when.at = client::When::mark(times.snapshot);
      return when;
    }
    const std::string& end = !times.at.empty() ? times.at : !times.to.empty() ? times.to : "end";
    auto at = ofOption(times.at.empty() ? "--to" : "--at", client::instantOf(end, summary));
    if (!at) return tl::unexpected(std::move(at.error()));
    when.at = *at;
    if (!times.at.empty()) return when;
    auto from = ofOption("--from", client::instantOf(times.from.empty() ? "start" : times.from, summary));
    if (!from) return tl::unexpected(std::move(from.error()));
    if (from->has_time_ns() && at->has_time_ns() && from->time_ns() > at->time_ns())
      return failure(Code::Usage, "--from " + (times.from.empty() ? "start" : times.from),
                     "is after --to " + end, "give a later --to");
    when.from = std::move(*from);
    return when;
  });
}

void addFilters(CLI::App& app, FilterOptions& filters) {
  app.add_option("--function", filters.function,
                 "Only stacks with a function whose name has this, or /matches/")
      ->type_name("TEXT");
  app.add_option("--file", filters.file, "Likewise, with a source file")->type_name("TEXT");
  app.add_option("--module", filters.module, "Likewise, with a library or program")->type_name("TEXT");
  app.add_option("--size", filters.size, "Only blocks of this size: 100, 4K-1M, 4K-, -64")
      ->type_name("SIZES");
}

Result<client::Filter> filterOf(const FilterOptions& filters) {
  client::Filter filter{.function = patternOf("--function", filters.function),
                        .file = patternOf("--file", filters.file),
                        .module = patternOf("--module", filters.module)};
  if (filters.size.empty()) return filter;
  const auto wrong = [&] {
    return failure(Code::Usage, "--size " + filters.size, "is no size, and no range of sizes",
                   "write it like 100, 4K-1M, 4K- or -64");
  };
  const std::size_t dash = filters.size.find('-');
  const std::string least = filters.size.substr(0, dash);
  const std::string most = dash == std::string::npos ? least : filters.size.substr(dash + 1);
  if (least.empty() && most.empty()) return wrong();
  if (!least.empty() && !parseBytes(least, filter.minSize)) return wrong();
  if (!most.empty() && !parseBytes(most, filter.maxSize)) return wrong();
  if (filter.minSize > filter.maxSize) return wrong();
  return filter;
}

std::string wordsFor(const FilterOptions& filters) {
  std::string words;
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) words += (words.empty() ? "" : ", ") + std::string(what) + " " + value;
  };
  add("function", filters.function);
  add("file", filters.file);
  add("module", filters.module);
  add("size", filters.size);
  return words;
}

}  // namespace heaptap::cli
