// SPDX-License-Identifier: Apache-2.0
#include "cli/blocks/block_question.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/block_filters.h"
#include "client/filter.h"
#include "client/instant_words.h"

namespace heaptap::cli {
namespace {

std::optional<std::uint64_t> hexOf(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Pairs that pass, ascending.
Result<std::vector<model::PairId>> pairsThatPass(const client::Profile& profile,
                                                 const client::Filter& filter) {
  return client::FilterMatch::of(profile, filter).map([&](const client::FilterMatch& match) {
    std::vector<model::PairId> pairs;
    for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i)
      if (match.passes(profile.definitions.pairs[i])) pairs.push_back(static_cast<model::PairId>(i));
    return pairs;
  });
}

void askForNothing(model::BlockQuery& query) {
  query.bornFromNs = ~std::uint64_t{0};
  query.bornToNs = 0;
}

Result<std::uint64_t> ageOf(const char* option, const std::string& words) {
  return client::durationOf(words).map_error([&](Error error) {
    error.where = std::string(option) + " " + words;
    return error;
  });
}

/// Ages are those at the instant.
Result<void> limitAges(const BlocksOptions& options, std::uint64_t nowNs, model::BlockQuery& query) {
  if (!options.younger.empty()) {
    const auto age = ageOf("--younger", options.younger);
    if (!age) return tl::unexpected(age.error());
    query.bornFromNs = *age > nowNs ? 0 : nowNs - *age + 1;
  }
  model::BlockChoice ages;
  if (auto read = readLifetime(options.lifetime, ages); !read) return read;
  std::uint64_t least = ages.minLifetimeNs;
  if (!options.older.empty()) {
    const auto age = ageOf("--older", options.older);
    if (!age) return tl::unexpected(age.error());
    least = std::max(least, *age);
  }
  if (ages.maxLifetimeNs < nowNs) query.bornFromNs = std::max(query.bornFromNs, nowNs - ages.maxLifetimeNs);
  if (least == 0) return {};
  // Nothing is older than the session.
  if (least > nowNs)
    askForNothing(query);
  else
    query.bornToNs = nowNs - least;
  return {};
}

}  // namespace

Result<Addresses> addressesOf(const std::string& words) {
  if (words.empty()) return Addresses();
  const std::size_t dash = words.find('-');
  const auto from = hexOf(std::string_view(words).substr(0, dash));
  const auto to = dash == std::string::npos ? from : hexOf(std::string_view(words).substr(dash + 1));
  if (!from || !to || *from == ~std::uint64_t{0} || (dash != std::string::npos && *to <= *from))
    return failure(Code::Usage, "--address " + words, "is no address, and no range of them",
                   "write it like 0x7f3a2010, or 0x7f3a2000-0x7f3a3000");
  return dash == std::string::npos ? Addresses{.from = *from, .to = *from + 1, .isOne = true}
                                   : Addresses{.from = *from, .to = *to};
}

bool needsDefinitions(const BlocksOptions& options) {
  return options.filters.isGiven() || !options.thread.empty();
}

Result<model::BlockQuery> queryFor(const BlocksOptions& options, const Addresses& addresses,
                                   std::uint64_t nowNs, const client::Profile* profile) {
  model::BlockQuery query{.fromAddress = addresses.from,
                          .toAddress = addresses.to,
                          .order = options.order,
                          .skip = options.skip,
                          .limit = options.limit};
  query.containsFrom = addresses.isOne;
  if (auto limited = limitAges(options, nowNs, query); !limited)
    return tl::unexpected(std::move(limited.error()));
  const auto filter = filterOf(options.filters);
  if (!filter) return tl::unexpected(filter.error());
  if (profile == nullptr) return query;
  auto threads = threadsCalled(options.thread, *profile);
  if (!threads) return tl::unexpected(std::move(threads.error()));
  query.threads = std::move(*threads);
  if (!options.filters.isGiven()) return query;
  return pairsThatPass(*profile, *filter).map([&](std::vector<model::PairId> pairs) {
    // No pair at all would mean any.
    if (pairs.empty()) askForNothing(query);
    query.pairs = std::move(pairs);
    return query;
  });
}

std::string filterWords(const BlocksOptions& options) {
  std::string words = wordsFor(options.filters);
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) words += (words.empty() ? "" : ", ") + std::string(what) + " " + value;
  };
  add("address", options.address);
  add("thread", options.thread);
  add("older than", options.older);
  add("younger than", options.younger);
  add("lifetime", options.lifetime);
  return words;
}

}  // namespace heaptap::cli
