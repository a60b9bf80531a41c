// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/relay/decoded_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/pack/keyframe_writer.h"
#include "base/varint.h"
#include "blob/blob_codec.h"
#include "columns/chunk_bytes.h"
#include "tests/support/whole_batch.h"

namespace heaptap::relay::test {

void DecodedSession::apply(const v1::RecordRequest& request) {
  for (const auto& m : request.modules().modules()) modules.push_back(m);
  for (const auto& t : request.threads().threads()) threads.push_back(t);
  for (const auto& r : request.threads().renamed()) threads.at(r.thread()).set_name(r.name());
  for (int i = 0; i < request.frames().pc_size(); ++i) EXPECT_LE(request.frames().module(i), modules.size());
  frames.MergeFrom(request.frames());
  for (int i = 0; i < request.stack_nodes().parent_size(); ++i) {
    EXPECT_LE(request.stack_nodes().parent(i), static_cast<std::uint32_t>(nodes.parent_size()));
    EXPECT_LE(request.stack_nodes().frame(i), static_cast<std::uint32_t>(frames.pc_size()));
    EXPECT_NE(request.stack_nodes().frame(i), 0U);
    nodes.add_parent(request.stack_nodes().parent(i));
    nodes.add_frame(request.stack_nodes().frame(i));
  }
  for (const std::uint32_t stack : request.pairs().stack())
    EXPECT_LE(stack, static_cast<std::uint32_t>(nodes.parent_size()));
  for (const std::string& name : request.heaps().name()) heapNames.push_back(name);
  for (const std::uint32_t heap : request.pairs().heap()) EXPECT_LT(heap, 2 + heapNames.size());
  pairs.MergeFrom(request.pairs());
  for (int i = 0; i < request.pairs().size_size(); ++i)
    m_chunks.push_back(columns::chunkBytes(request.pairs().size(i), request.pairs().slack_plus_1_size() == 0
                                                                        ? 0
                                                                        : request.pairs().slack_plus_1(i)));
  while (pairs.heap_size() < pairs.size_size()) pairs.add_heap(0);  // Where all are malloc's, nobody says so.
  if (request.has_counted()) applyCounted(request.counted());
  if (request.has_keyframe())
    applyKeyframe(request.keyframe());
  else
    EXPECT_EQ(m_nextPart, 0U) << "something comes between the parts of a keyframe";
  if (request.has_batch()) applyBatch(heaptap::test::unpacked(request.batch()));
  if (request.has_gap()) {
    EXPECT_LE(request.gap().thread(), threads.size());
    EXPECT_LE(request.gap().from_ns(), request.gap().to_ns());
    gaps.push_back(request.gap());
  }
  for (const auto& finding : request.findings().findings()) {
    EXPECT_LE(finding.pair(), static_cast<std::uint32_t>(pairs.size_size()));
    EXPECT_LE(finding.free_stack(), static_cast<std::uint32_t>(nodes.parent_size()));
    EXPECT_LT(finding.heap(), 2 + heapNames.size());
    EXPECT_LT(finding.thread(), threads.size());
    ASSERT_LE(finding.id(), findings.size());
    if (finding.id() == findings.size()) findings.emplace_back();
    findings[finding.id()] = finding;
  }
  if (request.has_counters()) counters = request.counters();
  if (request.has_symbols()) symbols.push_back(request.symbols());
  if (request.has_goodbye()) goodbyes.push_back(request.goodbye());
  if (request.has_mark()) marks.push_back(request.mark());
  if (request.has_obeyed()) obeyed.push_back(request.obeyed().command());
  if (request.has_resident()) applyResident(request.resident());
}

void DecodedSession::applyResident(const v1::ResidentMemory& message) {
  EXPECT_TRUE(goodbyes.empty());
  ASSERT_EQ(message.rss_bytes_size(), message.at_ns_size());
  ASSERT_EQ(message.pss_bytes_size(), message.at_ns_size());
  ASSERT_EQ(message.pool_bytes_size(), message.at_ns_size());
  resident.MergeFrom(message);
  EXPECT_TRUE(std::is_sorted(resident.at_ns().begin(), resident.at_ns().end()));
}

void DecodedSession::applyCounted(const v1::CountedBatch& counted) {
  v1::EventBatch batch;
  const auto decoded = BlobDecoder().decode(counted.columns(), batch);
  ASSERT_TRUE(decoded) << decoded.error().line();
  EXPECT_EQ(batch.events(), counted.events());
  EXPECT_EQ(batch.first_allocation(), counted.first_allocation());
  EXPECT_EQ(batch.base_time_ns(), counted.base_time_ns());
  heaptap::test::KnownChunks chunks(m_chunks);
  applyBatch(heaptap::test::whole(batch, chunks, BatchEncoder::kTimeUnitNs));
  EXPECT_EQ(counted.end_time_ns(), m_lastTimeNs);
}

void DecodedSession::applyBatch(const v1::UnpackedEventBatch& batch) {
  batchSizes.push_back(batch.events());
  EXPECT_EQ(batch.first_allocation(), m_allocations);
  EXPECT_GE(batch.base_time_ns(), m_lastTimeNs);
  ASSERT_EQ(static_cast<std::uint32_t>(batch.time_size()), batch.events());
  ASSERT_EQ(batch.kinds().size(), (batch.events() + 7) / 8);
  ASSERT_EQ(batch.address_size(), batch.pair_size());
  ASSERT_EQ(batch.freed_size(), batch.freed_pair_size());
  ASSERT_EQ(static_cast<std::size_t>(batch.freed_size()), batch.lifetime_log2().size());
  ASSERT_EQ(static_cast<std::uint32_t>(batch.freed_size() + batch.pair_size()), batch.events());

  std::vector<std::uint32_t> threadOf;
  ASSERT_EQ(batch.run_thread_size(), batch.run_length_size());
  for (int run = 0; run < batch.run_thread_size(); ++run) {
    EXPECT_LT(batch.run_thread(run), threads.size());
    threadOf.insert(threadOf.end(), batch.run_length(run), batch.run_thread(run));
  }
  ASSERT_EQ(threadOf.size(), batch.events());

  std::uint64_t time = batch.base_time_ns();
  std::uint64_t address = 0;
  std::uint64_t freed = batch.first_allocation();
  int allocations = 0;
  int frees = 0;
  for (std::uint32_t i = 0; i < batch.events(); ++i) {
    Event event;
    event.isFree = (batch.kinds()[i / 8] >> i % 8 & 1) != 0;
    event.timeNs = time += batch.time(static_cast<int>(i)) * BatchEncoder::kTimeUnitNs;
    event.thread = threadOf[i];
    if (event.isFree) {
      event.number = freed += static_cast<std::uint64_t>(batch.freed(frees));
      event.pair = batch.freed_pair(frees);
      event.lifetimeLog2 =
          static_cast<unsigned char>(batch.lifetime_log2()[static_cast<std::size_t>(frees++)]);
      EXPECT_LT(event.number, m_allocations);
    } else {
      event.number = m_allocations++;
      event.address = address += static_cast<std::uint64_t>(batch.address(allocations));
      event.pair = batch.pair(allocations++);
    }
    EXPECT_LT(event.pair, static_cast<std::uint32_t>(pairs.size_size()));
    events.push_back(event);
    if (event.isFree)
      m_live.erase(event.number);
    else
      m_live[event.number] = event;
  }
  m_lastTimeNs = time;
}

void DecodedSession::sendKeyframe(LiveBlocks live) {
  BlobEncoder blobs;
  EXPECT_TRUE(KeyframeWriter().write(live, 3, blobs, [this](v1::RecordRequest& request) { apply(request); }));
}

void DecodedSession::applyKeyframe(const v1::Keyframe& part) {
  EXPECT_EQ(part.part(), m_nextPart);
  EXPECT_EQ(part.first_allocation(), m_allocations);
  v1::KeyframeColumns columns;
  const auto decoded = BlobDecoder().decode(part.columns(), columns);
  ASSERT_TRUE(decoded) << decoded.error().line();
  VarintReader numbers(columns.number()), addresses(columns.address()), pairsOf(columns.pair()),
      times(columns.time());
  Event block;
  for (std::uint32_t i = 0; i < part.blocks(); ++i) {
    std::uint64_t number = 0, address = 0, pair = 0, time = 0;
    ASSERT_TRUE(numbers.next(number) && addresses.next(address) && pairsOf.next(pair) && times.next(time));
    block.number += number;
    block.address += static_cast<std::uint64_t>(unzigzag(address));
    block.pair = static_cast<std::uint32_t>(pair);
    block.timeNs += time * BatchEncoder::kTimeUnitNs;
    m_keyframe.push_back(block);
  }
  EXPECT_TRUE(numbers.atEnd() && addresses.atEnd() && pairsOf.atEnd() && times.atEnd());
  m_nextPart = part.last() ? 0 : part.part() + 1;
  if (!part.last()) return;
  ASSERT_EQ(m_keyframe.size(), m_live.size());
  auto live = m_live.begin();
  for (const Event& found : m_keyframe) {
    const Event& expected = (live++)->second;
    EXPECT_EQ(found.number, expected.number);
    EXPECT_EQ(found.address, expected.address) << found.number;
    EXPECT_EQ(found.pair, expected.pair) << found.number;
    EXPECT_EQ(found.timeNs, expected.timeNs) << found.number;
  }
  keyframeSizes.push_back(m_keyframe.size());
  m_keyframe.clear();
}

std::vector<std::string> DecodedSession::story() const {
  std::vector<std::string> lines;
  for (const Event& e : events) {
    std::ostringstream line;
    if (e.isFree)
      line << "free " << e.number << " by " << e.thread;
    else
      line << "alloc " << e.number << ": " << pairs.size(static_cast<int>(e.pair)) << " bytes at 0x"
           << std::hex << e.address << std::dec << " by " << e.thread;
    lines.push_back(line.str());
  }
  return lines;
}

std::vector<std::string> DecodedSession::stackOf(std::uint64_t allocation) const {
  const auto made = std::find_if(events.begin(), events.end(),
                                 [&](const Event& e) { return !e.isFree && e.number == allocation; });
  std::vector<std::string> lines;
  if (made == events.end()) return lines;
  for (std::uint32_t node = pairs.stack(static_cast<int>(made->pair)); node != 0;
       node = nodes.parent(static_cast<int>(node - 1))) {
    const int frame = static_cast<int>(nodes.frame(static_cast<int>(node - 1)) - 1);
    std::ostringstream line;
    line << std::hex << "0x" << frames.pc(frame);
    if (frames.module(frame) != 0) line << " in " << modules.at(frames.module(frame) - 1).path();
    if (frames.flags(frame) != 0) line << " " << v1::FrameFlag_Name(frames.flags(frame));
    lines.push_back(line.str());
  }
  return lines;
}

std::uint64_t DecodedSession::liveBytes() const {
  std::uint64_t live = 0;
  for (const Event& e : events) {
    const std::uint64_t size = pairs.size(static_cast<int>(e.pair));
    live = e.isFree ? live - size : live + size;
  }
  return live;
}

std::uint64_t DecodedSession::peakBytes() const {
  std::uint64_t live = 0;
  std::uint64_t peak = 0;
  for (const Event& e : events) {
    const std::uint64_t size = pairs.size(static_cast<int>(e.pair));
    live = e.isFree ? live - size : live + size;
    peak = std::max(peak, live);
  }
  return peak;
}

}  // namespace heaptap::relay::test
