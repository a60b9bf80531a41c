// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/attach.h"

#include <sys/resource.h>

#include "agent/capture/attach/buffer_file.h"
#include "agent/capture/attach/exec_notes.h"
#include "agent/capture/attach/obstacle.h"
#include "agent/capture/attach/relay_socket.h"
#include "agent/capture/attach/user_relay.h"
#include "agent/capture/memory/own_memory.h"
#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/sampled_blocks.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/system/loaded_objects.h"

namespace heaptap::capture {
namespace {

constexpr std::uint64_t kPatienceNs = 2'000'000'000;
constexpr std::uint64_t kLittlePatienceNs = 100'000'000;
constexpr char kRelayVariable[] = "HEAPTAP_RELAY";

bool isBelow(int resource, std::uint64_t least) {
  rlimit limit{};
  return arch::systemCall(SYS_prlimit64, 0, resource, 0, kernel::asWord(&limit)) == 0 &&
         limit.rlim_cur < least;
}

// What heaptap maps counts for the program's limits, although little of it is ever real: where they are low,
// the program would run out before its time.
bool mayLackMemory() {
  constexpr std::uint64_t kLeastAddressSpace = 8ULL << 30;
  constexpr std::uint64_t kLeastData = 1ULL << 30;
  return isBelow(RLIMIT_AS, kLeastAddressSpace) || isBelow(RLIMIT_DATA, kLeastData);
}

// Then the relay knows.
bool isRelaysAnswer(Obstacle why) {
  return why == Obstacle::OtherVersion || why == Obstacle::NoRoom || why == Obstacle::Stopped ||
         why == Obstacle::OtherName || why == Obstacle::CollectorRefused;
}

wire::Header* findMemory(Obstacle& why) {
  why = Obstacle::NotAsked;
  if (cLibrary().isSecure) return nullptr;
  const std::uint64_t deadlineNs = kernel::monotonicNs() + kPatienceNs;
  Wishes wishes{.collector = environmentVariable("HEAPTAP_COLLECTOR")};
  if (const char* interval = environmentVariable("HEAPTAP_SAMPLE")) {
    wishes.sampleInterval = bytesIn(interval, wire::kMaxSampleInterval);
    why = Obstacle::BadSampleInterval;
    if (wishes.sampleInterval == 0) return nullptr;
  }
  why = Obstacle::NoMemory;
  if (mayLackMemory()) return nullptr;
  if (const char* path = environmentVariable(kRelayVariable))
    return requestMemory(path, wishes, deadlineNs, why);
  if (const char* pattern = environmentVariable("HEAPTAP_BUFFER"))
    return makeBufferFile(pattern, environmentVariable("HEAPTAP_BUFFER_SIZE"), wishes, why);
  return requestMemoryOfUserRelay(wishes, deadlineNs, why);
}

}  // namespace

bool attach() {
  prepareObjectLookup();
  Obstacle why = Obstacle::None;
  wire::Header* header = findMemory(why);
  if (header == nullptr) {
    noteObstacle(why);
    return false;
  }
  g_clock.read = cLibrary().readClock;
  g_clock.mode = header->clockMode;
  g_clock.base = header->clockBase;
  g_connection.processId = kernel::processId();
  LoadedObject self;
  if (findLoadedObject(reinterpret_cast<std::uintptr_t>(&attach), self)) {
    g_modules.addAgentRange(self.start, self.end);
  }
  g_modules.attach(header);
  g_stacks.attach(header);
  header->mappedAt.store(reinterpret_cast<std::uintptr_t>(header), std::memory_order_relaxed);
  g_connection.sampleInterval = header->sampleInterval;
  openOwnMemory(header);
  g_paths.open(g_connection.sampleInterval != 0);
  if (g_connection.sampleInterval == 0) {
    g_tags.open();
  } else if (!g_samples.open()) {
    noteObstacle(Obstacle::NoMemory);
    return false;
  }
  g_unloads.open();
  prepareExecNotes();
  g_connection.header = header;
  return true;
}

void tellWhyNot() {
  tellObstacle();
  const Obstacle why = obstacle();
  if (why == Obstacle::None || isRelaysAnswer(why) || cLibrary().isSecure) return;
  const std::uint64_t patienceNs = why == Obstacle::NoAnswer ? kLittlePatienceNs : kPatienceNs;
  if (const char* path = environmentVariable(kRelayVariable))
    tellRelay(path, why, kernel::monotonicNs() + patienceNs);
}

}  // namespace heaptap::capture
