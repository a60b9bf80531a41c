// SPDX-License-Identifier: Apache-2.0
#include "cli/blocks/blocks_command.h"

#include <optional>
#include <utility>

#include "cli/blocks/block_listing.h"
#include "cli/blocks/block_question.h"
#include "cli/blocks/tree_blocks.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "client/blocks_reader.h"
#include "client/instant_words.h"

namespace heaptap::cli {
namespace {

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
    auto nowNs = nsOf(opened, *at);
    if (!nowNs) return tl::unexpected(std::move(nowNs.error()));
    if (needsDefinitions(m_options)) {
      auto profile = opened.source->profile(opened.id);
      if (!profile) return tl::unexpected(std::move(profile.error()));
      m_profile = std::move(*profile);
    }
    auto query = queryFor(m_options, addresses, *nowNs, m_profile ? &*m_profile : nullptr);
    if (!query) return tl::unexpected(std::move(query.error()));
    auto found = opened.source->blocks(opened.id, *at, *query);
    if (!found) return tl::unexpected(std::move(found.error()));
    return named(opened, found->blocks.page).map([&](const BlockListing& listing) {
      m_options.json ? writeBlocksJson(out, listing, *found) : writeBlocks(out, listing, *found, m_style);
    });
  }

  /// Only ages need it. 0: no option asks for one.
  Result<std::uint64_t> nsOf(const OpenedSession& opened, const v1::Instant& at) const {
    if (at.has_time_ns()) return at.time_ns();
    if (m_options.older.empty() && m_options.younger.empty() && m_options.lifetime.empty()) return 0;
    if (at.peak())
      return opened.source->summary(opened.id).map(
          [](const v1::Summary& summary) { return summary.peak_at_ns(); });
    return opened.source->profile(opened.id, {.at = at}).map([](const client::Profile& profile) {
      return profile.instant->at_ns();
    });
  }

  template <class Entries>
  static Result<void> checkAll(const client::Profile& profile, const Entries& entries) {
    for (const auto& entry : entries)
      if (auto checked = client::checkNames(profile, entry); !checked) return checked;
    return {};
  }

  /// With a profile that knows all that the blocks name: one that was asked for before them does, unless the
  /// session has grown meanwhile. Errors: Corrupt, when none does.
  template <class Entries>
  Result<BlockListing> named(const OpenedSession& opened, const Entries& entries) {
    if (!m_profile || !checkAll(*m_profile, entries)) {
      auto profile = opened.source->profile(opened.id);
      if (!profile) return tl::unexpected(std::move(profile.error()));
      m_profile = std::move(*profile);
      if (auto checked = checkAll(*m_profile, entries); !checked) return tl::unexpected(checked.error());
    }
    return BlockListing{.title = m_options.session,
                        .filter = filterWords(m_options),
                        .skip = m_options.skip,
                        .profile = *m_profile};
  }

  const BlocksOptions& m_options;
  exporting::NameStyle m_style;
  std::optional<client::Profile> m_profile;  ///< Once it was asked for.
};

}  // namespace

int blocksCommand(const BlocksOptions& options) {
  Output out(options.json ? nullptr : options.display.pager());
  const Result<void> done = options.tree ? writeTreeBlocks(out, options) : Listing(options).write(out);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
