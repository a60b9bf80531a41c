// SPDX-License-Identifier: Apache-2.0
#include "cli/block_filters.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "client/instant_words.h"

namespace heaptap::cli {

CLI::Option* addThread(CLI::App& app, std::string& thread) {
  return app.add_option("--thread", thread, "Only blocks allocated by this thread: its name, or its id")
      ->type_name("THREAD");
}

CLI::Option* addLifetime(CLI::App& app, std::string& lifetime) {
  return app
      .add_option("--lifetime", lifetime, "Only blocks that lived so long, or are so old: 10s-, -1ms, 1ms-1s")
      ->type_name("TIMES");
}

Result<std::vector<model::ThreadIndex>> threadsCalled(const std::string& words,
                                                      const client::Profile& profile) {
  std::vector<model::ThreadIndex> threads;
  if (words.empty()) return threads;
  const auto names = profile.definitions.threadNames();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == words || std::to_string(profile.definitions.threads[i].tid) == words)
      threads.push_back(static_cast<model::ThreadIndex>(i));
  if (threads.empty() && names.empty())
    return failure(Code::NotFound, "--thread " + words, "the session does not tell threads",
                   "leave the option out");
  if (threads.empty())
    return failure(Code::NotFound, "--thread " + words, "the session has no thread of this name or id",
                   "heaptap query SESSION 'SELECT * FROM threads' lists them");
  return threads;
}

Result<void> readLifetime(const std::string& words, model::BlockChoice& choice) {
  if (words.empty()) return {};
  const auto read = [](const std::string& time, std::uint64_t& ns) {
    if (time.empty()) return true;
    const auto duration = client::durationOf(time);
    if (duration) ns = *duration;
    return duration.has_value();
  };
  const std::size_t dash = words.find('-');
  if (dash != std::string::npos && words.size() > 1 && read(words.substr(0, dash), choice.minLifetimeNs) &&
      read(words.substr(dash + 1), choice.maxLifetimeNs) && choice.minLifetimeNs <= choice.maxLifetimeNs)
    return {};
  return failure(Code::Usage, "--lifetime " + words, "is no range of times",
                 "write it like 10s-, -1ms or 1ms-1s");
}

Result<model::BlockChoice> choiceOf(const BlockFilterOptions& filters, const client::Profile& profile) {
  model::BlockChoice choice;
  return readLifetime(filters.lifetime, choice)
      .and_then([&] { return threadsCalled(filters.thread, profile); })
      .map([&](std::vector<model::ThreadIndex> threads) {
        choice.threads = std::move(threads);
        return choice;
      });
}

void addWords(const BlockFilterOptions& filters, std::string& words) {
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) words += (words.empty() ? "" : ", ") + std::string(what) + " " + value;
  };
  add("thread", filters.thread);
  add("lifetime", filters.lifetime);
}

}  // namespace heaptap::cli
