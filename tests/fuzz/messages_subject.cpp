// SPDX-License-Identifier: Apache-2.0
//
// An input is a stream as a relay sends it: messages, each after its length in four bytes.
#include <cstring>

#include "collector/ingest/session_ingest.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/recorded_program.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

Verdict read(std::span<const std::uint8_t> input) {
  std::optional<ingest::SessionIngest> session;
  while (input.size() > sizeof(std::uint32_t)) {
    std::uint32_t length = 0;
    std::memcpy(&length, input.data(), sizeof length);
    input = input.subspan(sizeof length);
    length = std::min(length, static_cast<std::uint32_t>(input.size()));
    v1::RecordRequest message;
    if (!message.ParseFromArray(input.data(), static_cast<int>(length))) return Verdict::Refused;
    input = input.subspan(length);
    if (session) {
      if (!session->apply(message)) return Verdict::Refused;
      continue;
    }
    auto begun = ingest::SessionIngest::begin(message.hello());
    if (!begun) return Verdict::Refused;
    session.emplace(std::move(*begun));
  }
  return session ? Verdict::Taken : Verdict::Refused;
}

void append(Bytes& stream, const v1::RecordRequest& message) {
  const std::string bytes = message.SerializeAsString();
  const auto length = static_cast<std::uint32_t>(bytes.size());
  std::uint8_t prefix[sizeof length];
  std::memcpy(prefix, &length, sizeof length);
  stream.insert(stream.end(), std::begin(prefix), std::end(prefix));
  stream.insert(stream.end(), bytes.begin(), bytes.end());
}

Bytes streamOf(int events, bool isCounted) {
  test::RecordedProgram program;
  const std::uint32_t stacks[] = {program.stack({"parse", "main"}), program.stack({"main"})};
  std::vector<test::RecordedProgram::Block> blocks;
  for (int i = 0; i < events; ++i) {
    program.at(static_cast<std::uint64_t>(i) * 100);
    blocks.push_back(program.allocate(static_cast<std::uint64_t>(i % 7) * 16, stacks[i % 2]));
    if (i % 3 == 2) {
      program.free(blocks.back());
      blocks.pop_back();
    }
    if (i % 50 == 49) program.flush();
    if (i % 70 == 9) program.keyframe(20);
  }
  program.exit(0);
  Bytes stream;
  v1::RecordRequest hello;
  *hello.mutable_hello() = program.hello();
  append(stream, hello);
  const auto messages = program.messages();
  for (const auto& message : isCounted ? test::counted(program.hello(), messages) : messages)
    append(stream, message);
  return stream;
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> streams;
  for (const bool isCounted : {false, true})
    for (const int events : {1, 10, 200}) streams.push_back(streamOf(events, isCounted));
  return streams;
}

}  // namespace

Subject messagesSubject() { return {"messages", seeds, read, 20'000}; }

}  // namespace heaptap::fuzz
