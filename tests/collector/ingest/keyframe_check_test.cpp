// SPDX-License-Identifier: Apache-2.0
//
// Keyframes as a relay sends them, and such as no relay would send.
#include "collector/ingest/keyframe_check.h"

#include <gtest/gtest.h>

#include <functional>

#include "blob/blob_codec.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/session_ingest.h"
#include "tests/collector/recorded_program.h"
#include "tests/support/keyframe_columns.h"

namespace heaptap::ingest {
namespace {

/// A session with a keyframe of four blocks of three pairs, numbers 0, 2, 3 and 4 of five, in two parts.
class KeyframeTest : public testing::Test {
 protected:
  explicit KeyframeTest(std::uint32_t blocksInPart = 3) {
    const auto stack = program.stack({"main"});
    program.at(100).allocate(100, stack);
    const auto freed = program.at(200).allocate(100, stack);
    program.at(300).allocate(7, stack);
    program.flush();
    program.at(400).allocateIn(1, 4096, stack);
    program.at(500).allocate(100, stack);
    program.at(600).free(freed);
    program.keyframe(blocksInPart);
    messages = program.messages();
    while (messages.back().has_keyframe() || messages.back().has_symbols()) {
      if (messages.back().has_keyframe()) parts.insert(parts.begin(), messages.back());
      messages.pop_back();
    }
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].set_sequence(messages.size() + 1 + i);
  }
  SessionIngest ingested() {
    auto session = SessionIngest::begin(program.hello());
    for (const auto& message : messages) {
      const auto applied = session->apply(message);
      EXPECT_TRUE(applied) << applied.error().line();
    }
    return std::move(*session);
  }
  /// Applies a message as the next one.
  static Result<void> apply(SessionIngest& session, v1::RecordRequest message) {
    message.set_sequence(session.lastSequence() + 1);
    return session.apply(message).map([](auto) {});
  }

  test::RecordedProgram program;
  std::vector<v1::RecordRequest> messages;
  std::vector<v1::RecordRequest> parts;
};

TEST_F(KeyframeTest, ItsPartsComeOneAfterTheOther) {
  ASSERT_EQ(parts.size(), 2U);
  SessionIngest session = ingested();
  for (const auto& part : parts) EXPECT_TRUE(apply(session, part));
  for (const auto& part : parts) EXPECT_TRUE(apply(session, part)) << "again, of the same moment";
}

TEST_F(KeyframeTest, OneThatWasNotEndedIsNone) {
  SessionIngest session = ingested();
  EXPECT_TRUE(apply(session, parts[0]));
  v1::RecordRequest other;
  other.mutable_obeyed();
  EXPECT_TRUE(apply(session, other));
  EXPECT_FALSE(apply(session, parts[1])) << "it does not go on behind something else";
  EXPECT_TRUE(apply(session, parts[0]));
  EXPECT_TRUE(apply(session, parts[0])) << "another begins";
  EXPECT_TRUE(apply(session, parts[1]));
}

TEST_F(KeyframeTest, ACollectorThatBeganAnewPassesTheRestOver) {
  SessionIngest before = ingested();
  ASSERT_TRUE(apply(before, parts[0]));
  auto builder = RecordBuilder::begin(program.hello()).value();
  SessionIngest session(std::move(builder), before.lastSequence());
  EXPECT_TRUE(apply(session, parts[1])) << "of a keyframe of which the collector has forgotten the beginning";
  v1::RecordRequest other;
  other.mutable_obeyed();
  EXPECT_TRUE(apply(session, other));
  EXPECT_FALSE(apply(session, parts[1]));
}

TEST_F(KeyframeTest, DoesNotComeAfterTheGoodbye) {
  SessionIngest session = ingested();
  v1::RecordRequest goodbye;
  goodbye.mutable_goodbye()->set_end(v1::Goodbye::END_EXITED);
  ASSERT_TRUE(apply(session, goodbye));
  EXPECT_FALSE(apply(session, parts[0]));
}

/// The relay may not know yet that the collector keeps none.
TEST_F(KeyframeTest, IsPassedOverInASessionWithoutEvents) {
  v1::Hello hello = program.hello();
  hello.set_protocol(kProtocol);
  hello.set_without_events(true);
  auto session = SessionIngest::begin(hello).value();
  v1::RecordRequest empty;
  empty.mutable_keyframe()->set_last(true);
  empty.mutable_keyframe()->set_columns(BlobEncoder().encode(v1::KeyframeColumns{}).value());
  EXPECT_TRUE(apply(session, empty));
}

TEST_F(KeyframeTest, OfNothingIsAnEmptyPart) {
  auto session = SessionIngest::begin(program.hello()).value();
  v1::RecordRequest empty;
  empty.mutable_keyframe()->set_last(true);
  empty.mutable_keyframe()->set_columns(BlobEncoder().encode(v1::KeyframeColumns{}).value());
  EXPECT_TRUE(apply(session, empty));
  empty.mutable_keyframe()->set_last(false);
  EXPECT_FALSE(apply(session, empty)) << "an empty part that is not all";
}

struct Lie {
  const char* name;
  std::function<void(v1::Keyframe& part, test::UnpackedKeyframe& columns)> tell;
};

/// In one part.
class LyingKeyframe : public KeyframeTest, public testing::WithParamInterface<Lie> {
 protected:
  LyingKeyframe() : KeyframeTest(1000) {}
};

TEST_P(LyingKeyframe, IsRefusedAndSaidToBeCorrupt) {
  ASSERT_EQ(parts.size(), 1U);
  SessionIngest session = ingested();
  v1::RecordRequest lie = parts[0];
  v1::KeyframeColumns packed;
  ASSERT_TRUE(BlobDecoder().decode(lie.keyframe().columns(), packed));
  test::UnpackedKeyframe columns = test::unpacked(packed);
  GetParam().tell(*lie.mutable_keyframe(), columns);
  if (lie.keyframe().columns() == parts[0].keyframe().columns())
    lie.mutable_keyframe()->set_columns(BlobEncoder().encode(test::packed(columns)).value());
  const auto applied = apply(session, lie);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::Corrupt) << applied.error().line();
  EXPECT_TRUE(apply(session, parts[0])) << "the true one still fits";
}

using Columns = test::UnpackedKeyframe;
void drop(Columns& c) {
  c.number.pop_back();
  c.address.pop_back();
  c.pair.pop_back();
  c.time.pop_back();
}
const Lie kLies[] = {
    {"startsWithAnotherPart", [](auto& k, auto&) { k.set_part(1); }},
    {"ofAnotherMoment", [](auto& k, auto&) { k.set_first_allocation(4); }},
    {"saysFewerBlocks", [](auto& k, auto&) { k.set_blocks(3); }},
    {"saysMoreBlocks", [](auto& k, auto&) { k.set_blocks(5); }},
    {"saysNoBlocks", [](auto& k, auto&) { k.set_blocks(0); }},
    {"saysTooManyBlocks", [](auto& k, auto&) { k.set_blocks(kMaxKeyframeBlocks + 1); }},
    {"saysFourBillionBlocks", [](auto& k, auto&) { k.set_blocks(0xFFFF'FFFF); }},
    {"missesABlock", [](auto& k, auto& c) { drop(c), k.set_blocks(3); }},
    {"missesAllBlocks", [](auto& k, auto& c) { c = {}, k.set_blocks(0); }},
    {"hasAnotherPairInstead", [](auto&, auto& c) { c.pair[0] = c.pair[1]; }},
    {"hasAPairThatIsNotDefined", [](auto&, auto& c) { c.pair[0] = 3; }},
    {"hasAPairOfMoreThan32Bits", [](auto&, auto& c) { c.pair[0] += std::uint64_t{1} << 32; }},
    {"hasABlockTwice", [](auto&, auto& c) { c.number[1] = 0; }},
    {"hasABlockOfTheFuture", [](auto&, auto& c) { c.number[3] = 2; }},
    {"hasNumbersThatWrapAround", [](auto&, auto& c) { c.number[3] = ~0ULL; }},
    {"hasAHugeFirstNumber", [](auto&, auto& c) { c.number[0] = ~0ULL; }},
    {"hasABlockAtNothing", [](auto&, auto& c) { c.address[1] -= c.address[0], c.address[0] = 0; }},
    {"hasAnAddressOfTheKernel", [](auto&, auto& c) { c.address[0] = -1; }},
    {"hasABlockAfterTheLastEvent", [](auto&, auto& c) { c.time[3] = 300; }},
    {"hasTimesThatWrapAround", [](auto&, auto& c) { c.time[1] = ~0ULL; }},
    {"hasOneNumberTooFew", [](auto&, auto& c) { c.number.pop_back(); }},
    {"hasOneAddressTooFew", [](auto&, auto& c) { c.address.pop_back(); }},
    {"hasOnePairTooMany", [](auto&, auto& c) { c.pair.push_back(0); }},
    {"hasOneTimeTooMany", [](auto&, auto& c) { c.time.push_back(0); }},
    {"hasColumnsThatAreNoFrame", [](auto& k, auto&) { k.set_columns("columns"); }},
    {"hasNoColumns", [](auto& k, auto&) { k.clear_columns(); }},
    {"hasColumnsThatGrow",
     [](auto& k, auto&) {
       k.set_columns(BlobEncoder().encode(std::string_view(std::string(1 << 20, '\0'))).value());
     }},
};
INSTANTIATE_TEST_SUITE_P(Of, LyingKeyframe, testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.name); });

TEST_F(KeyframeTest, ItsLaterPartsLieInVainToo) {
  const auto lie = [&](const std::function<void(v1::Keyframe&, Columns&)>& tell) {
    SessionIngest session = ingested();
    EXPECT_TRUE(apply(session, parts[0]));
    v1::RecordRequest second = parts[1];
    v1::KeyframeColumns packed;
    EXPECT_TRUE(BlobDecoder().decode(second.keyframe().columns(), packed));
    Columns columns = test::unpacked(packed);
    tell(*second.mutable_keyframe(), columns);
    second.mutable_keyframe()->set_columns(BlobEncoder().encode(test::packed(columns)).value());
    return !apply(session, second);
  };
  EXPECT_FALSE(lie([](auto&, auto&) {})) << "the true one fits";
  EXPECT_TRUE(lie([](auto&, auto& c) { c.number[0] = 3; })) << "the number of a block of the part before";
  EXPECT_TRUE(lie([](auto&, auto& c) { c.time[0] = 399; })) << "older than the block before";
  EXPECT_TRUE(lie([](auto&, auto& c) { c.pair[0] = 1; })) << "all of that pair were in the part before";
  EXPECT_TRUE(lie([](auto& k, auto&) { k.set_part(2); }));
  EXPECT_TRUE(lie([](auto& k, auto& c) { c = {}, k.set_blocks(0); }));
}

TEST_F(KeyframeTest, AMappingMayLieAtAddressNothing) {
  SessionIngest session = ingested();
  v1::KeyframeColumns packed;
  ASSERT_TRUE(BlobDecoder().decode(parts[0].keyframe().columns(), packed));
  Columns columns = test::unpacked(packed);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < 2; ++i) before += columns.address[i];
  columns.address[2] = -before;
  parts[0].mutable_keyframe()->set_columns(BlobEncoder().encode(test::packed(columns)).value());
  EXPECT_TRUE(apply(session, parts[0]));
  EXPECT_TRUE(apply(session, parts[1]));
}

}  // namespace
}  // namespace heaptap::ingest
