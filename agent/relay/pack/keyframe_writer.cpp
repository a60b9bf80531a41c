// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/keyframe_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/encode/event_column.h"
#include "base/prefetch.h"

namespace heaptap::relay {
namespace {

/// Rows by number: each key has the number above the row's position.
class RowOrder {
 public:
  explicit RowOrder(const std::vector<LiveBlocks::Row>& rows)
      : m_positionBits(static_cast<unsigned>(std::bit_width(rows.size()))) {
    std::uint64_t largest = 0;
    for (const LiveBlocks::Row& row : rows) largest = std::max(largest, row.number);
    // Rows have numbers of 40 bits; there are no 2^24 rows.
    m_keys.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) m_keys.push_back(rows[i].number << m_positionBits | i);
    sort(static_cast<unsigned>(std::bit_width(largest)));
  }
  [[nodiscard]] std::size_t size() const { return m_keys.size(); }
  [[nodiscard]] std::size_t operator[](std::size_t i) const {
    return m_keys[i] & ((std::uint64_t{1} << m_positionBits) - 1);
  }

 private:
  /// By the `bits` of the number, eleven at a time from the lowest on: comparing would take three times as
  /// long.
  void sort(unsigned bits) {
    constexpr unsigned kDigitBits = 11;
    std::vector<std::uint64_t> other(m_keys.size());
    for (unsigned shift = m_positionBits; shift < m_positionBits + bits; shift += kDigitBits) {
      std::array<std::size_t, std::size_t{1} << kDigitBits> places{};
      const auto digit = [&](std::uint64_t key) { return key >> shift & (places.size() - 1); };
      for (const std::uint64_t key : m_keys) ++places[digit(key)];
      std::size_t before = 0;
      for (std::size_t& place : places) before += std::exchange(place, before);
      for (const std::uint64_t key : m_keys) other[places[digit(key)]++] = key;
      m_keys.swap(other);
    }
  }

  unsigned m_positionBits;
  std::vector<std::uint64_t> m_keys;
};

/// The times of one table's rows, asked for in the order of their numbers.
class TableTimes {
 public:
  explicit TableTimes(const std::vector<TimeMoment>& moments) : m_moments(moments) {}
  std::uint64_t of(const LiveBlocks::Row& row) {
    while (m_at + 1 < m_moments.size() && row.number >= m_moments[m_at + 1].firstNumber) ++m_at;
    return m_moments.empty() ? 0 : m_moments[m_at].timeNs + row.shortTime;
  }

 private:
  const std::vector<TimeMoment>& m_moments;
  std::size_t m_at = 0;
};

/// Hands out all blocks by their numbers.
class BlocksInOrder {
 public:
  explicit BlocksInOrder(const LiveBlocks& live)
      : m_live(live), m_rows(live.rows), m_whole(live.wholeRows), m_left(live.size()) {
    for (const LiveBlocks::Table& table : live.tables) m_times.emplace_back(table.moments);
    std::sort(m_whole.begin(), m_whole.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  }
  [[nodiscard]] std::size_t left() const { return m_left; }
  /// Precondition: some are left.
  LiveBlocks::WholeRow next() {
    constexpr std::size_t kAhead = 16;
    if (m_nextRow + kAhead < m_rows.size()) prefetch(&m_live.rows[m_rows[m_nextRow + kAhead]]);
    --m_left;
    if (m_nextRow == m_rows.size()) return m_whole[m_nextWhole++];
    const std::size_t position = m_rows[m_nextRow];
    const LiveBlocks::Row& row = m_live.rows[position];
    if (m_nextWhole < m_whole.size() && m_whole[m_nextWhole].number < row.number)
      return m_whole[m_nextWhole++];
    ++m_nextRow;
    return {row.number, row.address, timesOf(position).of(row), row.pair};
  }

 private:
  /// There is one table, or very few have most of the rows.
  TableTimes& timesOf(std::size_t position) {
    const auto table =
        std::upper_bound(m_live.tables.begin(), m_live.tables.end(), position,
                         [](std::size_t at, const LiveBlocks::Table& each) { return at < each.end; });
    return m_times[static_cast<std::size_t>(table - m_live.tables.begin())];
  }

  const LiveBlocks& m_live;
  RowOrder m_rows;
  std::vector<LiveBlocks::WholeRow> m_whole;
  std::vector<TableTimes> m_times;
  std::size_t m_nextRow = 0;
  std::size_t m_nextWhole = 0;
  std::size_t m_left;
};

}  // namespace

bool writeKeyframe(const LiveBlocks& live, std::size_t blocksInPart, BlobEncoder& blobs,
                   const std::function<void(v1::RecordRequest&)>& send) {
  BlocksInOrder blocks(live);
  const std::size_t room = std::min(blocksInPart, live.size());
  EventColumn numbers(room), addresses(room), pairs(room), times(room);
  v1::KeyframeColumns columns;
  v1::RecordRequest request;
  v1::Keyframe& part = *request.mutable_keyframe();
  part.set_first_allocation(live.firstAllocation);
  std::uint32_t sent = 0;
  do {
    const std::size_t count = std::min(blocksInPart, blocks.left());
    LiveBlocks::WholeRow before;
    for (std::size_t i = 0; i < count; ++i) {
      LiveBlocks::WholeRow block = blocks.next();
      block.timeNs /= BatchEncoder::kTimeUnitNs;
      numbers.add(block.number - before.number);
      addresses.addSigned(static_cast<std::int64_t>(block.address - before.address));
      pairs.add(block.pair);
      times.add(block.timeNs - before.timeNs);
      before = block;
    }
    numbers.moveTo(*columns.mutable_number());
    addresses.moveTo(*columns.mutable_address());
    pairs.moveTo(*columns.mutable_pair());
    times.moveTo(*columns.mutable_time());
    auto compressed = blobs.encode(columns);
    if (!compressed) return false;
    part.set_part(sent++);
    part.set_last(blocks.left() == 0);
    part.set_blocks(static_cast<std::uint32_t>(count));
    part.set_columns(std::move(*compressed));
    send(request);
  } while (blocks.left() != 0);
  return true;
}

}  // namespace heaptap::relay
