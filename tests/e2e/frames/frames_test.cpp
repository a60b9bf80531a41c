// SPDX-License-Identifier: Apache-2.0
// What is said of single frames: which are left out, which have no name, which are marked and counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

/// The only site that allocated so many bytes.
nlohmann::json siteOf(const Report& report, std::int64_t bytes) {
  for (const auto& site : report.report().at("sites"))
    if (site.at("allocatedBytes") == bytes) return site;
  ADD_FAILURE() << "no site of " << bytes << " bytes:\n"
                << report.report().at("sites").dump(1).substr(0, 4000);
  return {{"stack", nlohmann::json::array({nlohmann::json::object(), nlohmann::json::object()})}};
}

std::string functionOf(const nlohmann::json& frame) {
  const auto function = frame.find("function");
  return function == frame.end() || !function->is_string() ? "?" : function->get<std::string>();
}

class LookAlikes : public testing::TestWithParam<const char*> {};

TEST_P(LookAlikes, OfTheProgramAreShown) {
  const Recording recording({recordedProgram(GetParam())});
  const std::map<std::int64_t, std::string> callers = {
      {7001, "heaptap_cache_fill"},    {7002, "__rust_alloc_table"}, {7003, "__rdl_cache"},
      {7004, "heaptap::plugin::load"}, {7005, "heaptap::Recorder"},  {7006, "alloc::alloc::exchange"},
      {7007, "alloc::raw_vec::grow"},  {7010, "inFileOfRust"},       {7011, "inFileOfTheLibrary"}};
  for (const auto& [bytes, caller] : callers) {
    const auto stack = siteOf(recording, bytes).at("stack");
    EXPECT_NE(functionOf(stack[0]).find("keep"), std::string::npos) << stack;
    EXPECT_NE(functionOf(stack[1]).find(caller), std::string::npos) << stack;
  }
  const auto placement = siteOf(recording, 7008).at("stack");
  EXPECT_TRUE(functionOf(placement[0]).starts_with("operator new(unsigned long, ")) << placement;
  const auto namesake = siteOf(recording, 7009).at("stack");
  EXPECT_NE(functionOf(namesake[0]).find("reallocarray"), std::string::npos) << namesake;
}

INSTANTIATE_TEST_SUITE_P(Programs, LookAlikes, testing::Values("look_alikes", "look_alikes_bare"));

TEST(Frames, OfWhichOnlyTheInnermostLineIsKnownAreShown) {
  const Recording recording({recordedProgram("half_known")});
  const auto stack = siteOf(recording, 6001).at("stack");
  EXPECT_EQ(functionOf(stack[0]), "keep_on_shelf") << stack;
  EXPECT_EQ(functionOf(stack[1]), "main") << stack;
}

TEST(Frames, WithoutANameAreToldApartByTheirAddresses) {
  const Recording recording({recordedProgram("stripped_exports")});
  const auto first = siteOf(recording, 5001).at("stack");
  const auto second = siteOf(recording, 5002).at("stack");
  for (const auto& stack : {first, second}) {
    EXPECT_EQ(functionOf(stack[0]), "?") << stack;
    EXPECT_EQ(functionOf(stack[1]), "public_call") << stack;
    EXPECT_EQ(functionOf(stack[2]), "?") << stack;
    for (const auto& frame : {stack[0], stack[1], stack[2]}) {
      EXPECT_FALSE(frame.at("guessed").get<bool>());
      EXPECT_EQ(frame.at("address").get<std::int64_t>() - frame.at("moduleOffset").get<std::int64_t>(),
                first[0].at("address").get<std::int64_t>() - first[0].at("moduleOffset").get<std::int64_t>());
    }
  }
  EXPECT_NE(first[0].at("moduleOffset"), second[0].at("moduleOffset"));
  EXPECT_EQ(first[2].at("moduleOffset"), second[2].at("moduleOffset"));
  EXPECT_EQ(recording["lostStacks"], 0);
  EXPECT_EQ(recording["guessedStacks"], 0);
  EXPECT_EQ(recording["truncatedStacks"], 0);
  EXPECT_EQ(recording["overflowedStacks"], 0);
}

/// From `first` on: the functions up to main, each marked with a `~` where it was guessed.
std::string path(const nlohmann::json& stack) {
  std::string text;
  for (const auto& frame : stack) {
    constexpr std::string_view kScope = "(anonymous namespace)::";
    std::string function = functionOf(frame);
    if (function.starts_with(kScope)) function = function.substr(kScope.size());
    function = function.substr(0, function.find('('));
    text += (text.empty() ? "" : " ") + std::string(frame.at("guessed").get<bool>() ? "~" : "") + function;
    if (function == "main") break;
  }
  return text;
}

TEST(Frames, BeyondMadeCodeAreFoundWhateverItsFramePointerHolds) {
  const Recording recording({recordedProgram("made_frames")});
  if (recording.outcome().status == 77)
    GTEST_SKIP() << "memory that can be written and run is forbidden here";
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(path(siteOf(recording, 3 * 9001).at("stack")), "keep allocates ? ~runGarbage main");
  EXPECT_EQ(path(siteOf(recording, 3 * 9002).at("stack")), "keep allocates ? ~runZero main");
  EXPECT_EQ(path(siteOf(recording, 3 * 9003).at("stack")), "keep allocatesOne ? ~runLinks main");
  EXPECT_EQ(path(siteOf(recording, 3 * 9004).at("stack")), "keep allocates ? ~throughTwo ? ~runTwo main");
  std::string alternating = "keep descend";
  for (int i = 0; i < 10; ++i) alternating += " ? ~descend";
  EXPECT_EQ(path(siteOf(recording, 3 * 9100).at("stack")), alternating + " main");
  EXPECT_EQ(recording["lostStacks"], 0);
}

TEST(Frames, ThatWereLostOrGuessedAreCountedHoweverFew) {
  for (const char* program : {"signals_and_fibers", "just_in_time", "garbage_frame_pointers"}) {
    const Recording recording({recordedProgram(program)});
    std::int64_t lost = 0;
    std::int64_t guessed = 0;
    for (const auto& site : recording.report().at("sites")) {
      const auto& stack = site.at("stack");
      const auto has = [&stack](auto&& isSo) { return std::any_of(stack.begin(), stack.end(), isSo); };
      const auto allocations = site.at("allocations").get<std::int64_t>();
      if (has([](const auto& frame) { return functionOf(frame) == "[outer frames: could not be followed]"; }))
        lost += allocations;
      if (has([](const auto& frame) { return frame.at("guessed").template get<bool>(); }))
        guessed += allocations;
    }
    EXPECT_EQ(recording["lostStacks"], lost) << program;
    EXPECT_EQ(recording["guessedStacks"], guessed) << program;
    const std::string notes = recording.report().at("summary").at("notes").dump();
    EXPECT_EQ(notes.find("could not be followed") != std::string::npos, lost > 0) << program << notes;
    EXPECT_EQ(notes.find("without unwind information") != std::string::npos, guessed > 0) << program << notes;
  }
}

}  // namespace
}  // namespace heaptap::test
