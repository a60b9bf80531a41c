// SPDX-License-Identifier: Apache-2.0
#include "cli/blocks/blocks_command.h"

#include <charconv>
#include <utility>

#include "cli/blocks/block_listing.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "client/blocks_reader.h"
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

struct Addresses {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};  ///< Not included.
  bool isOne = false;
};

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

Result<std::vector<model::ThreadIndex>> threadsCalled(const std::string& words,
                                                      const client::Profile& profile) {
  std::vector<model::ThreadIndex> threads;
  if (words.empty()) return threads;
  const auto names = profile.definitions.threadNames();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == words || std::to_string(profile.definitions.threads[i].tid) == words)
      threads.push_back(static_cast<model::ThreadIndex>(i));
  if (threads.empty())
    return failure(Code::NotFound, "--thread " + words, "the session has no thread of this name or id",
                   "heaptap query SESSION 'SELECT * FROM threads' lists them");
  return threads;
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

std::string filterWords(const BlocksOptions& options) {
  std::string words = wordsFor(options.filters);
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) words += (words.empty() ? "" : ", ") + std::string(what) + " " + value;
  };
  add("address", options.address);
  add("thread", options.thread);
  add("older than", options.older);
  add("younger than", options.younger);
  return words;
}

class Listing {
 public:
  explicit Listing(const BlocksOptions& options)
      : m_options(options),
        m_style({.full = options.fullNames,
                 .allFrames = false,
                 .paint = options.json ? Paint() : options.display.paint()}) {}

  Result<void> write(Output& out) {
    const auto addresses = addressesOf(m_options.address);
    if (!addresses) return tl::unexpected(addresses.error());
    Progress progress(m_options.display.isQuiet);
    auto opened = openSession(m_options.session, m_options.collector, &progress);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    progress.begin("looking at events");
    auto written = m_options.history ? writeHistoryOf(out, *opened, *addresses)
                                     : writeBlocksOf(out, *opened, *addresses);
    return written.and_then([&] { return out.finish(); });
  }

 private:
  Result<void> writeHistoryOf(Output& out, const OpenedSession& opened, const Addresses& addresses) {
    auto history = opened.source->lives(opened.id, addresses.from, addresses.to, m_options.limit);
    if (!history) return tl::unexpected(std::move(history.error()));
    return named(opened, history->lives).map([&](const BlockListing& listing) {
      m_options.json ? writeHistoryJson(out, listing, *history)
                     : writeHistory(out, listing, *history, m_style);
    });
  }

  Result<void> writeBlocksOf(Output& out, const OpenedSession& opened, const Addresses& addresses) {
    auto at = instantOf(m_options.at, *opened.source, opened.id);
    if (!at) return tl::unexpected(std::move(at.error()));
    auto query = queryFor(opened, addresses, *at);
    if (!query) return tl::unexpected(std::move(query.error()));
    auto found = opened.source->blocks(opened.id, *at, *query);
    if (!found) return tl::unexpected(std::move(found.error()));
    return named(opened, found->blocks.page).map([&](const BlockListing& listing) {
      m_options.json ? writeBlocksJson(out, listing, *found) : writeBlocks(out, listing, *found, m_style);
    });
  }

  Result<model::BlockQuery> queryFor(const OpenedSession& opened, const Addresses& addresses,
                                     const v1::Instant& at) {
    model::BlockQuery query{.fromAddress = addresses.from,
                            .toAddress = addresses.to,
                            .order = m_options.order,
                            .skip = m_options.skip,
                            .limit = m_options.limit};
    query.containsFrom = addresses.isOne;
    if (auto limited = limitAges(opened, at, query); !limited)
      return tl::unexpected(std::move(limited.error()));
    if (!m_options.filters.isGiven() && m_options.thread.empty()) return query;
    auto filter = filterOf(m_options.filters);
    if (!filter) return tl::unexpected(std::move(filter.error()));
    auto profile = opened.source->profile(opened.id);
    if (!profile) return tl::unexpected(std::move(profile.error()));
    auto threads = threadsCalled(m_options.thread, *profile);
    if (!threads) return tl::unexpected(std::move(threads.error()));
    query.threads = std::move(*threads);
    if (!m_options.filters.isGiven()) return query;
    return pairsThatPass(*profile, *filter).map([&](std::vector<model::PairId> pairs) {
      // No pair at all would mean any.
      if (pairs.empty()) query.limit = query.toAddress = 0;
      query.pairs = std::move(pairs);
      return query;
    });
  }

  /// Ages are those at the instant.
  Result<void> limitAges(const OpenedSession& opened, const v1::Instant& at, model::BlockQuery& query) {
    if (m_options.older.empty() && m_options.younger.empty()) return {};
    return nsOf(opened, at).and_then([&](std::uint64_t nowNs) -> Result<void> {
      if (!m_options.older.empty()) {
        const auto age = client::durationOf(m_options.older);
        if (!age) return tl::unexpected(age.error());
        // Nothing is older than the session.
        if (*age > nowNs) query.limit = query.toAddress = 0;
        query.bornToNs = nowNs - std::min(nowNs, *age);
      }
      if (!m_options.younger.empty()) {
        const auto age = client::durationOf(m_options.younger);
        if (!age) return tl::unexpected(age.error());
        query.bornFromNs = *age > nowNs ? 0 : nowNs - *age + 1;
      }
      return {};
    });
  }

  static Result<std::uint64_t> nsOf(const OpenedSession& opened, const v1::Instant& at) {
    if (at.has_time_ns()) return at.time_ns();
    if (at.peak())
      return opened.source->summary(opened.id).map(
          [](const v1::Summary& summary) { return summary.peak_at_ns(); });
    return opened.source->profile(opened.id, {.at = at}).map([](const client::Profile& profile) {
      return profile.instant->at_ns();
    });
  }

  /// Got after the blocks, so that all that they name is defined. Errors: Corrupt, when it is not.
  template <class Entries>
  Result<BlockListing> named(const OpenedSession& opened, const Entries& entries) {
    return opened.source->profile(opened.id).and_then([&](client::Profile profile) -> Result<BlockListing> {
      for (const auto& entry : entries)
        if (auto checked = client::checkNames(profile, entry); !checked)
          return tl::unexpected(checked.error());
      return BlockListing{.title = m_options.session,
                          .filter = filterWords(m_options),
                          .skip = m_options.skip,
                          .profile = std::move(profile)};
    });
  }

  const BlocksOptions& m_options;
  exporting::NameStyle m_style;
};

}  // namespace

int blocksCommand(const BlocksOptions& options) {
  Output out(options.json ? nullptr : options.display.pager());
  const Result<void> done = Listing(options).write(out);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
