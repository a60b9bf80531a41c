// SPDX-License-Identifier: Apache-2.0
#include "collector/query/notes.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string_view>

#include "collector/model/copied_session.h"
#include "proto/words/drop_words.h"
#include "text/quantity.h"

namespace heaptap::query {
namespace {

std::string counted(std::uint64_t count, std::string_view singular) {
  return formatCount(count) + " " + std::string(singular) + (count == 1 ? "" : "s");
}

void noteCounter(std::uint64_t count, std::string_view noun, std::string_view note,
                 std::vector<std::string>& notes) {
  if (count > 0 && !note.empty()) notes.push_back(counted(count, noun) + std::string(note));
}

/// Shorter than what lies between two looks at whether it is paused.
constexpr std::uint64_t kLeastPauseNs = 1'000'000;

void notePauses(const Overview& session, std::vector<std::string>& notes) {
  const model::RelayCounters& relay = session.relay;
  if (session.custody.state == State::Live && relay.pausedSinceNs)
    notes.push_back("recording is paused since " + formatDuration(*relay.pausedSinceNs) +
                    ": no new allocations are recorded until it is resumed");
  if (relay.pausedNs == 0) return;
  notes.push_back("recording was paused for " +
                  (relay.pausedNs < kLeastPauseNs ? std::string("moments too short to be timed")
                                                  : "about " + formatDuration(relay.pausedNs)) +
                  ": what was newly allocated meanwhile is in no number");
}

void noteLosses(const Overview& session, std::vector<std::string>& notes) {
  for (std::size_t reason = 0; reason < model::kDropReasons; ++reason) {
    const model::Dropped& dropped = session.drops.of(static_cast<model::DropReason>(reason));
    if (dropped.events() == 0) continue;
    const DropWords words = dropWords(static_cast<v1::DropReason>(reason));
    notes.push_back(counted(dropped.allocations, "allocation") + " (" + counted(dropped.bytes, "byte") +
                    ") and " + counted(dropped.frees, "free") + " were dropped because " +
                    std::string(words.cause) + ": all numbers lack them; " + std::string(words.remedy));
  }
  if (session.relay.bypassed) {
    notes.emplace_back(
        "the program defines malloc itself, in front of heaptap's: what it allocates by that is recorded "
        "only "
        "where it hands the call on");
  }
  if (session.relay.lookedPast) {
    notes.emplace_back(
        "the program has opened libraries by dlmopen or with RTLD_DEEPBIND, which call libc's malloc and not "
        "heaptap's: what the former allocate and free is not recorded, nor what the latter do while they are "
        "opened");
  }
#define HEAPTAP_RELAY_COUNTER(member, field, noun, note) noteCounter(session.relay.member, noun, note, notes);
#include "base/relay_counters.def"
}

void noteUnrecorded(const Overview& session, std::vector<std::string>& notes) {
  for (const model::UnrecordedProgram& each : session.unrecorded) {
    const std::string program = each.program.empty() ? "another program" : each.program;
    if (each.inPlace)
      notes.push_back("the process went on as " + program + ", which was not recorded: " + each.why);
    else
      notes.push_back(program + ", which it started" +
                      (each.times > 1 ? " " + formatCount(each.times) + " times" : "") +
                      ", was not recorded: " + each.why);
  }
}

void noteSnapshots(const Overview& session, std::vector<std::string>& notes) {
  const auto lost = std::count_if(session.marks.begin(), session.marks.end(), [](const model::Mark& mark) {
    return mark.snapshot == model::Mark::Snapshot::NotKept;
  });
  if (lost > 0)
    notes.push_back(counted(static_cast<std::uint64_t>(lost), "snapshot") +
                    " could not be kept, as there were too many or the disk was full: see the marks of their "
                    "names");
}

void noteStorage(const Overview& session, std::vector<std::string>& notes) {
  const Custody& custody = session.custody;
  if (custody.newerFormat)
    notes.push_back("a newer heaptap has written this (format " + *custody.newerFormat +
                    "): what this one does not know of it is left out");
  if (custody.state == State::RecordedElsewhere)
    notes.emplace_back("the record goes on: numbers hold up to the last message that was stored by now");
  if (custody.state == State::CutShort)
    notes.emplace_back("the record is cut short: numbers hold up to the last message that was stored");
  if (session.identity.withoutEvents) {
    notes.emplace_back(
        "recorded without single events (--no-events): all numbers are there, but how they came to be cannot "
        "be asked: no history of a leak, whether it grows and how old its blocks are, and nothing that "
        "heaptap "
        "verify could count again");
  } else if (custody.eventsNotStored > 0) {
    notes.push_back(counted(custody.eventsNotStored, "event") +
                    " are counted, but not kept one by one: the disk was full or the file at its limit");
  }
  if (custody.storeFailed) notes.push_back("the file does not hold everything: " + *custody.storeFailed);
}

void noteStacks(const Overview& session, std::vector<std::string>& notes) {
  const StackQuality& stacks = session.stacks;
  if (stacks.unknown > 0) {
    notes.push_back(counted(stacks.unknown, "allocation") +
                    " have no stack because the table of stacks was full; they are one site");
  }
  const std::initializer_list<std::pair<std::uint64_t, std::string_view>> partial = {
      {stacks.truncated, " a stack deeper than heaptap walks; its outer part is missing"},
      {stacks.lost, " a stack that could not be followed to its end"},
      {stacks.guessed, " frames that were found without unwind information, and may be wrong"}};
  for (const auto& [allocations, what] : partial) {
    if (allocations == 0) continue;
    notes.push_back(counted(allocations, "allocation") + (allocations == 1 ? " has" : " have") +
                    std::string(what));
  }
}

/// What follows the names of such modules.
std::string_view whyNameless(model::NamesMissing why) {
  using Why = model::NamesMissing;
  switch (why) {
    case Why::FileGone:
    case Why::AllButExported: return "the file was removed before it could be read";
    case Why::OtherFile: return "the file was replaced or changed before it could be read";
    case Why::NotPermitted: return "heaptap may not read the file";
    case Why::NoDescriptor:
      return "heaptap had no file descriptor left; raise the limit (ulimit -n) for all names";
    case Why::FileUnknown: return "the file it was loaded from is not known";
    case Why::Unreadable: return "the file is damaged, or not the one that was loaded";
    case Why::SplitFiles: return "they are in .dwo or .dwp files that were not found";
    case Why::OtherDebugFile: return "the debug file that was found belongs to another build";
    case Why::DebugDamaged: return "the debug information is damaged, or larger than heaptap reads";
    case Why::No: break;
  }
  return {};
}

/// What such modules lack.
std::string_view lackOf(model::NamesMissing why) {
  using Why = model::NamesMissing;
  switch (why) {
    case Why::AllButExported: return "only exported names from ";
    case Why::SplitFiles:
    case Why::OtherDebugFile:
    case Why::DebugDamaged: return "no lines and no inlined functions from ";
    default: return "no names from ";
  }
}

/// One line for each reason.
void noteModules(const Overview& session, std::vector<std::string>& notes) {
  constexpr std::size_t kMostPaths = 3;
  std::map<model::NamesMissing, std::vector<std::string>> paths;
  for (const NamelessModule& module : session.nameless) {
    auto& those = paths[module.missing];
    if (std::find(those.begin(), those.end(), module.path) == those.end()) those.push_back(module.path);
  }
  for (const auto& [why, those] : paths) {
    std::string note = std::string(lackOf(why)) + (those[0].empty() ? "a binary without a path" : those[0]);
    for (std::size_t i = 1; i < std::min(those.size(), kMostPaths); ++i) note += ", " + those[i];
    if (those.size() > kMostPaths) note += " and " + counted(those.size() - kMostPaths, "other");
    notes.push_back(note + ": " + std::string(whyNameless(why)));
  }
}

}  // namespace

void noteSampling(const Overview& session, std::vector<std::string>& notes) {
  if (!session.sampling) return;
  notes.emplace_back(
      "allocations were sampled: what has a ± is an estimate with its standard error; wrong uses of the "
      "heap are only seen of sampled blocks");
  if (!session.relay.exact)
    notes.emplace_back("the program has not said how much it allocated: that is estimated, too");
}

std::vector<std::string> notesOn(const Overview& session) {
  std::vector<std::string> notes;
  // A session that was made of another profiler's file says in place of a version what that lacks.
  const std::string& version = session.identity.agentVersion;
  if (model::isAnonymized(version))
    notes.emplace_back(
        "this is an anonymized copy: names, paths and arguments are other ones, and there are no sources; "
        "what "
        "the program's own suppressions leave out is leaked here");
  if (model::isImported(version)) notes.emplace_back(model::originalVersion(version));
  noteSampling(session, notes);
  notePauses(session, notes);
  noteLosses(session, notes);
  noteUnrecorded(session, notes);
  noteSnapshots(session, notes);
  noteStorage(session, notes);
  noteStacks(session, notes);
  noteModules(session, notes);
  return notes;
}

}  // namespace heaptap::query
