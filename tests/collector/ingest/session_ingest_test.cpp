// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/session_ingest.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "tests/collector/recorded_program.h"

namespace heaptap::ingest {
namespace {

using Outcome = SessionIngest::Outcome;

std::vector<v1::RecordRequest> smallProgram(test::RecordedProgram& program) {
  const auto stack = program.stack({"parse", "main"});
  const auto first = program.at(100).allocate(64, stack);
  program.at(200).allocate(32, stack);
  program.at(300).free(first);
  program.exit(0);
  return program.messages();
}

TEST(SessionIngest, aWholeProgramAddsUp) {
  test::RecordedProgram program;
  const auto messages = smallProgram(program);
  auto ingest = SessionIngest::begin(program.hello());
  ASSERT_TRUE(ingest);
  for (const auto& message : messages) {
    const auto outcome = ingest->apply(message);
    ASSERT_TRUE(outcome) << outcome.error().line();
    EXPECT_EQ(*outcome, Outcome::Applied);
  }
  const auto& record = ingest->record();
  EXPECT_EQ(record.model.totals().allocations, 2U);
  EXPECT_EQ(record.model.totals().liveBytes, 32U);
  EXPECT_EQ(record.model.totals().peakBytes, 96U);
  EXPECT_EQ(record.ending->status, 0);
  EXPECT_EQ(ingest->lastSequence(), messages.size());
}

TEST(SessionIngest, duplicatesAreDroppedAndCountOnce) {
  test::RecordedProgram program;
  const auto messages = smallProgram(program);
  auto ingest = SessionIngest::begin(program.hello());
  for (const auto& message : messages) ASSERT_TRUE(ingest->apply(message));
  for (const auto& message : messages) EXPECT_EQ(*ingest->apply(message), Outcome::Duplicate);
  EXPECT_EQ(ingest->record().model.totals().allocations, 2U);
}

TEST(SessionIngest, aHoleInTheNumbersIsRefused) {
  test::RecordedProgram program;
  const auto messages = smallProgram(program);
  auto ingest = SessionIngest::begin(program.hello());
  ASSERT_TRUE(ingest->apply(messages[0]));
  const auto outcome = ingest->apply(messages[2]);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().line(), "message 3: expected message 2");
  EXPECT_TRUE(ingest->apply(messages[1]));
}

TEST(SessionIngest, aRefusedMessageKeepsItsNumberFree) {
  test::RecordedProgram program;
  const auto messages = smallProgram(program);
  auto ingest = SessionIngest::begin(program.hello());
  v1::RecordRequest broken;
  broken.set_sequence(1);
  broken.mutable_gap()->set_thread(7);
  EXPECT_FALSE(ingest->apply(broken));
  EXPECT_EQ(ingest->lastSequence(), 0U);
  EXPECT_TRUE(ingest->apply(messages[0]));
}

TEST(SessionIngest, whatIsNotAMessageIsRefused) {
  auto ingest = SessionIngest::begin(test::RecordedProgram().hello());
  v1::RecordRequest message;
  EXPECT_FALSE(ingest->apply(message)) << "number 0";
  message.set_sequence(1);
  EXPECT_FALSE(ingest->apply(message)) << "no item";
  *message.mutable_hello() = test::RecordedProgram().hello();
  EXPECT_FALSE(ingest->apply(message)) << "a second hello";
}

TEST(SessionIngest, anItemOfANewerRelayIsPassedOver) {
  test::RecordedProgram program;
  smallProgram(program);
  auto messages = program.messages();
  auto ingest = SessionIngest::begin(program.hello());
  ASSERT_TRUE(ingest);
  v1::RecordRequest unknown;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddLengthDelimited(99, "what is to come");
  std::uint64_t sequence = 0;
  for (auto& message : messages) {
    unknown.set_sequence(++sequence);
    EXPECT_EQ(ingest->apply(unknown).value(), SessionIngest::Outcome::Applied);
    message.set_sequence(++sequence);
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(1000, 7);
    EXPECT_EQ(ingest->apply(message).value(), SessionIngest::Outcome::Applied);
  }
  EXPECT_EQ(ingest->lastSequence(), sequence);
  EXPECT_GT(ingest->record().model.totals().allocations, 0U);
}

TEST(SessionIngest, afterTheGoodbyeComeSymbolsButNoEvents) {
  test::RecordedProgram program;
  smallProgram(program);
  program.frame("late");
  program.flush();
  program.allocate(1, program.stack({"main"}));
  const auto messages = program.messages();
  auto ingest = SessionIngest::begin(program.hello());
  ASSERT_TRUE(ingest);
  for (const auto& message : messages) {
    EXPECT_EQ(ingest->apply(message).has_value(),
              message.sequence() != messages.size() || !message.has_batch())
        << message.ShortDebugString();
  }
  EXPECT_EQ(ingest->record().model.totals().allocations, 2U);
}

}  // namespace
}  // namespace heaptap::ingest
