// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/recorded_program.h"

#include <bit>
#include <utility>

#include "blob/blob_codec.h"
#include "tests/support/event_batch.h"
#include "tests/support/keyframe_columns.h"

namespace heaptap::test {

std::string sessionId(char fill) { return std::string(16, fill); }

RecordedProgram::RecordedProgram() {
  m_hello.set_protocol(1);
  m_hello.set_session_id(sessionId('a'));
  m_hello.set_tree_id(sessionId('t'));
  m_hello.set_agent_version("0.1.0");
  m_hello.add_command("/usr/bin/program");
  m_hello.add_command("--fast");
  m_hello.set_executable("/usr/bin/program");
  m_hello.set_working_directory("/home/user");
  m_hello.set_host("host");
  m_hello.set_pid(4711);
  m_hello.set_started_at_unix_ns(1'700'000'000'000'000'000);
  m_hello.set_time_unit_ns(1);
  auto& module = *m_modules.add_modules();
  module.set_path("/usr/bin/program");
  module.set_build_id("\x12\xAB");
  module.set_start(0x400000);
  module.set_end(0x500000);
  m_symbols.add_text("");
  m_symbols.add_text("/src/program.cpp");
  thread("main");
}

std::uint32_t RecordedProgram::thread(const std::string& name) {
  auto& thread = *m_threads.add_threads();
  thread.set_tid(4711 + m_threadCount);
  thread.set_name(name);
  thread.set_first_seen_ns(m_nowNs);
  return m_threadCount++;
}

std::uint32_t RecordedProgram::frame(const std::string& function, std::uint32_t flags) {
  const auto [known, isNew] = m_frameIds.try_emplace(function, m_frameCount + 1);
  if (!isNew) return known->second;
  ++m_frameCount;
  m_frames.add_module(1);
  m_frames.add_pc(0x1000 + 16 * m_frameCount);
  m_frames.add_flags(flags);
  m_symbols.add_text(function);
  m_symbols.add_frame(m_frameCount);
  m_symbols.add_function(static_cast<std::uint32_t>(m_symbols.text_size() - 1));
  m_symbols.add_file(1);
  m_symbols.add_line(10 * m_frameCount);
  m_symbols.add_inlined(false);
  m_symbols.add_allocator(function == "malloc" || function == "calloc" || function == "realloc" ||
                          function.starts_with("operator new") || function.starts_with("operator delete"));
  return m_frameCount;
}

std::uint32_t RecordedProgram::stack(const std::vector<std::string>& functions) {
  std::vector<std::uint32_t> frames;
  for (const std::string& function : functions) frames.push_back(frame(function));
  return stackOf(frames);
}

std::uint32_t RecordedProgram::stackOf(const std::vector<std::uint32_t>& frames) {
  std::uint32_t stack = 0;
  for (auto at = frames.rbegin(); at != frames.rend(); ++at) {
    const auto next = static_cast<std::uint32_t>(m_stackIds.size() + 1);
    const auto [known, isNew] = m_stackIds.try_emplace({stack, *at}, next);
    if (isNew) {
      m_nodes.add_parent(stack);
      m_nodes.add_frame(*at);
    }
    stack = known->second;
  }
  return stack;
}

RecordedProgram::Block RecordedProgram::allocate(std::uint64_t size, std::uint32_t stack, v1::Origin origin) {
  const auto next = static_cast<std::uint32_t>(m_pairIds.size());
  const auto [pair, isNew] = m_pairIds.try_emplace({size, stack, origin, m_heap}, next);
  if (isNew) {
    m_pairs.add_size(size);
    m_pairs.add_stack(stack);
    m_pairs.add_origin(static_cast<std::uint32_t>(origin));
    m_pairs.add_align_log2(0);
    m_pairs.add_heap(m_heap);
    m_pairs.add_slack_plus_1(0);
  }
  if (m_batch.events() == 0) m_batch.set_first_allocation(m_blocks.size());
  event(false);
  const std::uint64_t address = 0x10000 + 0x100 * (m_blocks.size() % 1000);
  m_batch.add_address(static_cast<std::int64_t>(address - m_lastAddress));
  m_lastAddress = address;
  m_batch.add_pair(pair->second);
  m_blocks.push_back({.pair = pair->second, .bornNs = m_nowNs, .address = address});
  return m_blocks.size() - 1;
}

std::uint32_t RecordedProgram::heap(const std::string& name) {
  m_heaps.add_name(name);
  return m_heapCount++;
}

RecordedProgram::Block RecordedProgram::allocateIn(std::uint32_t heap, std::uint64_t size,
                                                   std::uint32_t stack) {
  m_heap = heap;
  const Block block = allocate(size, stack, heap == 1 ? v1::ORIGIN_MMAP : v1::ORIGIN_CUSTOM_ALLOCATE);
  m_heap = 0;
  return block;
}

void RecordedProgram::free(Block block) {
  if (m_batch.events() == 0) m_batch.set_first_allocation(m_blocks.size());
  event(true);
  if (m_batch.freed_size() == 0) m_lastFreed = m_batch.first_allocation();
  m_batch.add_freed(static_cast<std::int64_t>(block - m_lastFreed));
  m_lastFreed = block;
  m_batch.add_freed_pair(m_blocks[block].pair);
  const std::uint64_t lifetime = m_nowNs - m_blocks[block].bornNs;
  m_batch.mutable_lifetime_log2()->push_back(
      static_cast<char>(lifetime < 2 ? 0 : std::bit_width(lifetime) - 1));
  m_blocks[block].isFreed = true;
}

void RecordedProgram::event(bool isFree) {
  if (m_batch.events() == 0) {
    m_batch.set_base_time_ns(m_batchEndNs);
    m_lastAddress = 0;
  }
  const std::uint32_t i = m_batch.events();
  if (i % 8 == 0) m_batch.mutable_kinds()->push_back('\0');
  if (isFree) m_batch.mutable_kinds()->back() = static_cast<char>(m_batch.kinds().back() | 1 << (i % 8));
  m_batch.add_time((m_nowNs - m_batchEndNs) / m_hello.time_unit_ns());
  m_batchEndNs = m_nowNs;
  const int runs = m_batch.run_thread_size();
  if (runs > 0 && m_batch.run_thread(runs - 1) == m_thread) {
    m_batch.set_run_length(runs - 1, m_batch.run_length(runs - 1) + 1);
  } else {
    m_batch.add_run_thread(m_thread);
    m_batch.add_run_length(1);
  }
  m_batch.set_events(i + 1);
}

RecordedProgram& RecordedProgram::at(std::uint64_t ns) {
  m_nowNs = ns;
  return *this;
}

RecordedProgram& RecordedProgram::on(std::uint32_t thread) {
  m_thread = thread;
  return *this;
}

void RecordedProgram::send(v1::RecordRequest message) {
  message.set_sequence(m_messages.size() + 1);
  m_messages.push_back(std::move(message));
}

void RecordedProgram::flush() {
  v1::RecordRequest message;
  const auto sendIf = [&](bool present, auto* into, auto& from) {
    if (present) {
      *into = std::exchange(from, {});
      send(message);
    }
    message.Clear();
  };
  sendIf(m_modules.modules_size() > 0, message.mutable_modules(), m_modules);
  sendIf(m_threads.threads_size() > 0, message.mutable_threads(), m_threads);
  sendIf(m_frames.pc_size() > 0, message.mutable_frames(), m_frames);
  sendIf(m_nodes.parent_size() > 0, message.mutable_stack_nodes(), m_nodes);
  sendIf(m_heaps.name_size() > 0, message.mutable_heaps(), m_heaps);
  sendIf(m_pairs.size_size() > 0, message.mutable_pairs(), m_pairs);
  v1::EventBatch batch = packed(std::exchange(m_batch, {}));
  sendIf(batch.events() > 0, message.mutable_batch(), batch);
  sendIf(m_symbols.frame_size() > 0, message.mutable_symbols(), m_symbols);
  if (m_symbols.text_size() == 0) {
    m_symbols.add_text("");
    m_symbols.add_text("/src/program.cpp");
  }
}

void RecordedProgram::keyframe(std::uint32_t blocksInPart) {
  flush();
  std::vector<Block> live;
  for (Block block = 0; block < m_blocks.size(); ++block)
    if (!m_blocks[block].isFreed) live.push_back(block);
  BlobEncoder blobs;
  std::size_t at = 0;
  std::uint32_t part = 0;
  do {
    UnpackedKeyframe columns;
    Block before = 0;
    Live last{};
    for (; at < live.size() && columns.pair.size() < blocksInPart; ++at) {
      const Live& block = m_blocks[live[at]];
      columns.number.push_back(live[at] - before);
      columns.address.push_back(static_cast<std::int64_t>(block.address - last.address));
      columns.pair.push_back(block.pair);
      columns.time.push_back((block.bornNs - last.bornNs) / m_hello.time_unit_ns());
      before = live[at];
      last = block;
    }
    v1::RecordRequest message;
    v1::Keyframe& keyframe = *message.mutable_keyframe();
    keyframe.set_first_allocation(m_blocks.size());
    keyframe.set_part(part++);
    keyframe.set_last(at == live.size());
    keyframe.set_blocks(static_cast<std::uint32_t>(columns.pair.size()));
    keyframe.set_columns(blobs.encode(packed(columns)).value());
    send(message);
  } while (at < live.size());
}

void RecordedProgram::exit(int status) {
  flush();
  v1::RecordRequest message;
  message.mutable_goodbye()->set_end(v1::Goodbye::END_EXITED);
  message.mutable_goodbye()->set_status(status);
  message.mutable_goodbye()->set_ended_ns(m_nowNs);
  send(std::move(message));
}

std::vector<v1::RecordRequest> RecordedProgram::messages() {
  flush();
  return m_messages;
}

}  // namespace heaptap::test
