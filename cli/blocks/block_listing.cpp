// SPDX-License-Identifier: Apache-2.0
#include "cli/blocks/block_listing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "client/instant_words.h"
#include "export/report/folded_stack.h"
#include "export/report/json_tables.h"
#include "export/report/json_writer.h"
#include "export/report/layout.h"
#include "export/report/stack_text.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

using exporting::JsonWriter;

constexpr std::size_t kAddressColumns = 16;
constexpr std::size_t kSizeColumns = 12;
constexpr std::size_t kTimeColumns = 14;
constexpr std::size_t kThreadColumns = 14;
constexpr std::size_t kPidColumns = 9;

std::string addressText(std::uint64_t address) {
  std::array<char, 18> digits{'0', 'x'};
  const auto [end, error] = std::to_chars(digits.data() + 2, digits.data() + digits.size(), address, 16);
  return {digits.data(), end};
}

/// Names of threads, and of the places where blocks were allocated.
class Namer {
 public:
  Namer(const client::Profile& profile, exporting::NameStyle style)
      : m_profile(profile),
        m_style(style),
        m_folder(profile, style),
        m_threads(profile.definitions.threadNames()) {}

  std::string threadOf(std::optional<model::ThreadIndex> thread) const {
    if (!thread) return "?";
    const model::Thread& known = m_profile.definitions.threads[index(*thread)];
    const std::string_view name = m_threads[index(*thread)];
    std::string text = name.empty() ? std::to_string(known.tid) : printable(name);
    if (!m_style.full && text.size() > kThreadColumns - 2) text = text.substr(0, kThreadColumns - 3) + "…";
    return text;
  }
  std::string site(model::PairId pair, std::size_t columns) {
    return exporting::stackLabel(m_folder.labelLines(m_profile.definitions.pair(pair).stack), m_style,
                                 columns);
  }
  std::string stack(model::StackId id, std::size_t columns) {
    return exporting::stackLabel(m_folder.labelLines(id), m_style, columns);
  }
  [[nodiscard]] std::uint64_t sizeOf(model::PairId pair) const {
    return m_profile.definitions.pair(pair).size;
  }

 private:
  const client::Profile& m_profile;
  exporting::NameStyle m_style;
  exporting::StackFolder m_folder;
  std::vector<std::string_view> m_threads;
};

/// `1,234 ± 56 blocks of 57.0 MiB ± 1.87 MiB`.
std::string sumText(const model::BlockPage& page) {
  if (!page.estimated) return formatNumberOf(page.blocks, "block") + " of " + formatBytes(page.bytes);
  const model::BlockPage::Estimated& sum = *page.estimated;
  return formatCount(sum.blocks) + exporting::countError(std::sqrt(sum.blocksVariance)) + " blocks of " +
         formatBytes(page.bytes) + exporting::bytesError(std::sqrt(sum.bytesVariance));
}

/// Of a sampled session: which blocks are listed.
std::string samplesText(const BlockListing& listing, const model::BlockPage& page) {
  if (!page.estimated && !listing.profile.isSampled()) return {};
  return "  estimated from " + formatNumberOf(page.blocks, "block") +
         (page.blocks == 1 ? " that was sampled, and is" : " that were sampled, and are") + " listed\n";
}

std::string titleOf(const BlockListing& listing) { return printable(listing.title) + "\n\n"; }
std::string onlyText(const BlockListing& listing) {
  return listing.filter.empty() ? "" : ", only " + printable(listing.filter);
}

void writeNumbers(JsonWriter& json, std::string_view name, const auto& entries, auto&& number) {
  json.key(name);
  json.beginArray();
  for (const auto& entry : entries) number(entry);
  json.endArray();
}

const model::LiveBlock& blockOf(const model::LiveBlock& block) { return block; }
const model::LiveBlock& blockOf(const model::BlockLife& life) { return life.block; }

/// The columns that every list of blocks has.
void writeColumns(JsonWriter& json, const client::Profile& profile, const auto& entries,
                  exporting::StackTables& stacks) {
  const model::DefinitionsView& known = profile.definitions;
  writeNumbers(json, "number", entries, [&](const auto& each) { json.number(blockOf(each).number); });
  writeNumbers(json, "address", entries,
               [&](const auto& each) { json.text(addressText(blockOf(each).address)); });
  writeNumbers(json, "size", entries,
               [&](const auto& each) { json.number(known.pair(blockOf(each).pair).size); });
  writeNumbers(json, "allocatedSeconds", entries,
               [&](const auto& each) { json.number(static_cast<double>(blockOf(each).atNs) / 1e9); });
  writeNumbers(json, "thread", entries, [&](const auto& each) {
    const auto thread = blockOf(each).thread;
    thread ? json.number(known.threads[index(*thread)].tid) : json.null();
  });
  writeNumbers(json, "heap", entries, [&](const auto& each) {
    json.textOrNull(known.heapName(known.pair(blockOf(each).pair).heap));
  });
  writeNumbers(json, "stack", entries,
               [&](const auto& each) { stacks.write(json, known.pair(blockOf(each).pair).stack); });
}

/// A standard error; null: the number is exact, or nothing that stands for it was sampled.
void writeError(JsonWriter& json, double variance) {
  variance > 0 ? json.number(wholeError(std::sqrt(variance))) : json.null();
}

void writeOwners(JsonWriter& json, const std::vector<BlockListing::Owner>& owners) {
  using Owner = BlockListing::Owner;
  writeNumbers(json, "pid", owners,
               [&](const Owner& owner) { owner.pid == 0 ? json.null() : json.number(owner.pid); });
  writeNumbers(json, "sessionId", owners, [&](const Owner& owner) { json.text(owner.session); });
  writeNumbers(json, "treeSeconds", owners, [&](const Owner& owner) { json.number(owner.allocatedSeconds); });
  writeNumbers(json, "ageSeconds", owners,
               [&](const Owner& owner) { json.number(static_cast<double>(owner.ageNs) / 1e9); });
}

void beginJson(JsonWriter& json, const BlockListing& listing) {
  json.beginObject();
  json.key("schemaVersion");
  json.number(1);
  json.key("filter");
  json.textOrNull(listing.filter);
}

}  // namespace

void writeBlocks(exporting::Sink& out, const BlockListing& listing,
                 const client::ProfileSource::Blocks& found, exporting::NameStyle style) {
  const bool isTree = !listing.owners.empty();
  const std::size_t used =
      kAddressColumns + kSizeColumns + kTimeColumns + kThreadColumns + 2 + (isTree ? kPidColumns : 0);
  Namer names(listing.profile, style);
  const std::uint64_t nowNs = found.instant.at_ns();
  out.write(titleOf(listing));
  out.write("  " + sumText(found.blocks) + " live at " +
            (listing.when.empty() ? client::wordsFor(found.instant) : listing.when) + onlyText(listing) +
            "\n" + samplesText(listing, found.blocks) + listing.note);
  if (found.blocks.page.empty()) return;
  out.write("\n" +
            style.paint(Tone::Strong, (isTree ? paddedLeft("pid", kPidColumns) : "") +
                                          paddedLeft("address", kAddressColumns) +
                                          paddedLeft("size", kSizeColumns) + paddedLeft("age", kTimeColumns) +
                                          "  " + padded("thread", kThreadColumns) + "allocated by") +
            "\n");
  for (std::size_t i = 0; i < found.blocks.page.size(); ++i) {
    const model::LiveBlock& block = found.blocks.page[i];
    std::string pid;
    if (isTree) pid = listing.owners[i].pid == 0 ? "-" : std::to_string(listing.owners[i].pid);
    const std::uint64_t ageNs = isTree ? listing.owners[i].ageNs : nowNs - std::min(nowNs, block.atNs);
    out.write((isTree ? paddedLeft(pid, kPidColumns) : "") +
              paddedLeft(addressText(block.address), kAddressColumns) +
              paddedLeft(formatCount(names.sizeOf(block.pair)), kSizeColumns) +
              paddedLeft(formatDuration(ageNs), kTimeColumns) + "  " +
              padded(names.threadOf(block.thread), kThreadColumns) +
              names.site(block.pair, exporting::kReportColumns - used) + "\n");
  }
  const std::uint64_t shown = listing.skip + found.blocks.page.size();
  if (shown < found.blocks.blocks)
    out.write("\n  … " + formatNumberOf(found.blocks.blocks - shown, "more block") + " (" +
              (shown > model::BlockQuery::kMost
                   ? "ask for fewer, by --address, --size or --function"
                   : "--skip " + std::to_string(shown) + " goes on, --top N shows more") +
              ")\n");
}

void writeBlocksJson(exporting::Sink& out, const BlockListing& listing,
                     const client::ProfileSource::Blocks& found) {
  JsonWriter json(out);
  exporting::StackTables stacks(listing.profile);
  beginJson(json, listing);
  json.key("atSeconds");
  json.number(static_cast<double>(found.instant.at_ns()) / 1e9);
  const auto& estimated = found.blocks.estimated;
  json.key("blocks");
  json.number(estimated ? estimated->blocks : found.blocks.blocks);
  json.key("blocksError");
  writeError(json, estimated ? estimated->blocksVariance : 0);
  json.key("bytes");
  json.number(found.blocks.bytes);
  json.key("bytesError");
  writeError(json, estimated ? estimated->bytesVariance : 0);
  json.key("recordedBlocks");
  json.number(found.blocks.blocks);
  json.key("skipped");
  json.number(listing.skip);
  json.key("list");
  json.beginObject();
  writeColumns(json, listing.profile, found.blocks.page, stacks);
  if (!listing.owners.empty()) writeOwners(json, listing.owners);
  json.endObject();
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

void writeHistory(exporting::Sink& out, const BlockListing& listing, const model::AddressHistory& history,
                  exporting::NameStyle style) {
  Namer names(listing.profile, style);
  constexpr std::size_t kIndent = 6;
  out.write(titleOf(listing));
  out.write("  " + formatNumberOf(history.blocks, "block") + " lay there" +
            (listing.profile.isSampled() ? ", of those that were sampled" : "") +
            (history.knownFromNs == 0 ? std::string()
                                      : "; the events before " + formatDuration(history.knownFromNs) +
                                            " are not stored any more") +
            "\n");
  for (const model::BlockLife& life : history.lives) {
    const model::LiveBlock& block = life.block;
    out.write("\n" + paddedLeft(addressText(block.address), kAddressColumns) + "  " +
              formatCount(names.sizeOf(block.pair)) + " bytes\n" + std::string(kIndent, ' ') +
              "allocated at " + formatDuration(block.atNs) + " by " + names.threadOf(block.thread) + ": " +
              names.site(block.pair, exporting::kReportColumns) + "\n");
    if (!life.end) {
      out.write(std::string(kIndent, ' ') + "not freed\n");
      continue;
    }
    out.write(
        std::string(kIndent, ' ') + "freed at " + formatDuration(life.end->atNs) + " (after " +
        formatDuration(life.end->atNs - std::min(life.end->atNs, block.atNs)) + ") by " +
        names.threadOf(life.end->thread) +
        (index(life.end->stack) == 0 ? "" : ": " + names.stack(life.end->stack, exporting::kReportColumns)) +
        "\n");
  }
  if (history.blocks > history.lives.size())
    out.write("\n  … " + formatNumberOf(history.blocks - history.lives.size(), "later block") +
              " (--top N shows more)\n");
}

void writeHistoryJson(exporting::Sink& out, const BlockListing& listing,
                      const model::AddressHistory& history) {
  const model::DefinitionsView& known = listing.profile.definitions;
  JsonWriter json(out);
  exporting::StackTables stacks(listing.profile);
  beginJson(json, listing);
  json.key("blocks");
  json.number(history.blocks);
  json.key("knownFromSeconds");
  json.number(static_cast<double>(history.knownFromNs) / 1e9);
  json.key("list");
  json.beginObject();
  writeColumns(json, listing.profile, history.lives, stacks);
  writeNumbers(json, "freedSeconds", history.lives, [&](const model::BlockLife& life) {
    life.end ? json.number(static_cast<double>(life.end->atNs) / 1e9) : json.null();
  });
  writeNumbers(json, "freedThread", history.lives, [&](const model::BlockLife& life) {
    life.end ? json.number(known.threads[index(life.end->thread)].tid) : json.null();
  });
  writeNumbers(json, "freedStack", history.lives, [&](const model::BlockLife& life) {
    life.end ? stacks.write(json, life.end->stack) : json.null();
  });
  json.endObject();
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

}  // namespace heaptap::cli
