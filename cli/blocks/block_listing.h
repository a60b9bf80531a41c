// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/profile_source.h"
#include "export/report/layout.h"
#include "export/sink.h"

/// What `heaptap blocks` prints.
namespace heaptap::cli {

/// What was asked, in words for the first line.
struct BlockListing {
  std::string title;   ///< What the caller calls the session.
  std::string filter;  ///< Empty: all blocks.
  std::uint64_t skip = 0;
  client::Profile profile;  ///< With the names of all that the blocks name.
  /// Of a tree of processes: whose each block of the page is. Empty: all are of one session.
  struct Owner {
    std::uint32_t pid = 0;  ///< 0: not known.
    std::string session = {};
    std::uint64_t ageNs = 0;
    double allocatedSeconds = 0;  ///< Since the first session of the tree began.
  };
  std::vector<Owner> owners = {};
  std::string when = {};  ///< Of a tree, in words; else the instant says it.
  std::string note = {};  ///< Lines on what is missing; empty: nothing.
};

void writeBlocks(exporting::Sink& out, const BlockListing& listing,
                 const client::ProfileSource::Blocks& found, exporting::NameStyle style);
void writeBlocksJson(exporting::Sink& out, const BlockListing& listing,
                     const client::ProfileSource::Blocks& found);

void writeHistory(exporting::Sink& out, const BlockListing& listing, const model::AddressHistory& history,
                  exporting::NameStyle style);
void writeHistoryJson(exporting::Sink& out, const BlockListing& listing,
                      const model::AddressHistory& history);

}  // namespace heaptap::cli
