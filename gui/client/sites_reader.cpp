// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites_reader.h"

#include <QHash>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "gui/client/reply_reader.h"
#include "proto/words/origin_name.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostSites = 1 << 20;
constexpr std::size_t kMostLines = 1 << 22;
constexpr int kMostSizes = 256;
constexpr int kMostEntryPoints = 256;
constexpr int kMostFreeSites = 1 << 16;

SiteErrors readErrors(const v1::SiteErrors& reply) {
  return {.allocations = readError(reply.allocations()),
          .allocatedBytes = readError(reply.allocated_bytes()),
          .liveBlocks = readError(reply.live_blocks()),
          .liveBytes = readError(reply.live_bytes()),
          .peakBytes = readError(reply.peak_bytes()),
          .temporaries = readError(reply.temporaries())};
}

Site numbersOf(const v1::Site& reply) {
  Site site;
  site.stack = reply.stack();
  site.heap = reply.heap();
  site.allocations = reply.allocations();
  site.frees = reply.frees();
  site.allocatedBytes = reply.allocated_bytes();
  site.liveBlocks = reply.live_blocks();
  site.liveBytes = reply.live_bytes();
  site.peakBytes = reply.peak_bytes();
  site.temporaries = reply.temporaries();
  if (reply.has_errors()) site.errors = readErrors(reply.errors());
  site.slack = readSlack(reply);
  return site;
}

}  // namespace

/// Gives equal lines one position and equal texts one QString: thousands of stacks end in the same `main`.
class SitesReader::LinePool {
 public:
  explicit LinePool(std::vector<StackLine>& lines) : m_lines(lines) {}

  quint32 positionOf(const v1::StackLine& line) {
    StackLine read = m_texts.read(line);
    const auto next = static_cast<quint32>(m_lines.size());
    const auto [found, isNew] =
        m_positions.try_emplace(Key{read.pc, read.address, read.module.constData(), read.function.constData(),
                                    read.file.constData(), read.line, read.inlined, read.guessed},
                                next);
    if (isNew) m_lines.push_back(std::move(read));
    return found->second;
  }
  QString text(const std::string& utf8) { return m_texts.shared(utf8); }

 private:
  /// Equal texts are one text here, so that their addresses identify them.
  struct Key {
    quint64 pc;
    quint64 address;  // Another library at the same path has another one.
    const QChar* module;
    const QChar* function;
    const QChar* file;
    quint32 line;
    bool inlined;
    bool guessed;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return qHashMulti(0, key.pc, key.module, key.function, key.file, key.line, key.inlined, key.address);
    }
  };

  std::vector<StackLine>& m_lines;
  std::unordered_map<Key, quint32, KeyHash> m_positions;
  TextPool m_texts;
};

SitesReader::SitesReader()
    : m_set(std::make_unique<SiteSet>()), m_pool(std::make_unique<LinePool>(m_set->lines)) {}
SitesReader::~SitesReader() = default;

Result<std::vector<quint32>> SitesReader::stack(
    const google::protobuf::RepeatedPtrField<v1::StackLine>& lines) {
  if (lines.size() > kMostLinesOfAStack)
    return brokenAnswer("a stack of " + std::to_string(lines.size()) + " lines");
  std::vector<quint32> stack;
  stack.reserve(static_cast<std::size_t>(lines.size()));
  for (const v1::StackLine& line : lines) stack.push_back(m_pool->positionOf(line));
  if (m_set->lines.size() > kMostLines) return brokenAnswer("too many different lines of code");
  return stack;
}

Result<void> SitesReader::add(const v1::SitesReply& reply) {
  if (m_set->sites.size() + static_cast<std::size_t>(reply.sites_size()) > kMostSites)
    return brokenAnswer("more than " + std::to_string(kMostSites) + " call sites");
  for (const v1::Site& read : reply.sites()) {
    if (read.size_histogram_size() > kMostSizes || read.origins_size() > kMostEntryPoints ||
        read.freed_at_size() > kMostFreeSites)
      return brokenAnswer("a call site with more ranges of sizes, entry points or frees than there can be");
    Site site = numbersOf(read);
    site.heapName = m_pool->text(read.heap_name()).simplified();
    for (const int origin : read.origins()) {
      const QString name = m_pool->text(std::string(originName(static_cast<v1::Origin>(origin))));
      if (!site.entryPoints.contains(name)) site.entryPoints.append(name);
    }
    for (const v1::SizeBucket& bucket : read.size_histogram())
      site.sizes.push_back({.minBytes = bucket.min_bytes(),
                            .maxBytes = bucket.max_bytes(),
                            .allocations = bucket.allocations(),
                            .liveBlocks = bucket.live_blocks()});
    auto lines = stack(read.lines());
    if (!lines) return tl::unexpected(std::move(lines.error()));
    site.lines = std::move(*lines);
    for (const v1::FreeSite& freeSite : read.freed_at()) {
      auto freedAt = stack(freeSite.lines());
      if (!freedAt) return tl::unexpected(std::move(freedAt.error()));
      site.freedAt.push_back({.frees = freeSite.frees(), .lines = std::move(*freedAt)});
    }
    describe(site, *m_set);
    m_set->sites.push_back(std::move(site));
  }
  return {};
}

Sites SitesReader::finish() {
  m_pool.reset();
  return Sites(std::move(m_set));
}

}  // namespace heaptap::gui
