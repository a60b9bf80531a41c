// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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
