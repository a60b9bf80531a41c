// SPDX-License-Identifier: Apache-2.0
//
// Compares the stack of every allocation with libunwind's, inside the program. The linker puts this file in
// the call of the stack walker (-Wl,--wrap); all other code is that of the real libraries, the
// very same object files.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "agent/capture/record/connection.h"
#include "agent/capture/record/context.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/loaded_objects.h"
#include "agent/capture/tables/shared_view.h"
#include "tests/stack_check/check_totals.h"
#include "tests/stack_check/reference_walk.h"

extern "C" __attribute__((visibility("hidden"))) const char __ehdr_start[];  // NOLINT: the linker's names.
extern "C" __attribute__((visibility("hidden"))) const char _end[];          // NOLINT

namespace heaptap::stack_check {
namespace {

using namespace heaptap::capture;

constexpr std::uint64_t kMostShown = 5;

constinit CheckTotals* g_totals = nullptr;
constinit bool g_unproven = false;

void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
  counter.fetch_add(by, std::memory_order_relaxed);
}

template <class... Args>
void say(const char* format, Args... args) {
  char line[512];
  const int length = snprintf(line, sizeof line, format, args...);
  if (length <= 0) return;
  const std::uint64_t bytes =
      static_cast<std::size_t>(length) < sizeof line ? static_cast<std::size_t>(length) : sizeof line - 1;
  const std::uint64_t at = g_totals->textUsed.fetch_add(bytes);
  if (at + bytes <= sizeof g_totals->text) std::memcpy(g_totals->text + at, line, bytes);
}

bool isOwnCode(std::uint64_t pc) {
  return pc >= reinterpret_cast<std::uintptr_t>(__ehdr_start) && pc < reinterpret_cast<std::uintptr_t>(_end);
}

/// A stored stack, from its innermost frame outward.
class StoredStack {
 public:
  explicit StoredStack(std::uint32_t node) : m_node(node) {}

  [[nodiscard]] bool atEnd() const { return m_node == wire::kRootNode; }
  [[nodiscard]] std::uint32_t frameId() const {
    return atEnd() ? wire::kNoFrame : wire::NodeEntry::frame(g_stacks.entry(m_node));
  }
  [[nodiscard]] const wire::FrameEntry& frame() const {
    const SharedView view(g_connection.header);
    return view.entries<wire::FrameEntry>(view.geometry().frames)[frameId()];
  }
  [[nodiscard]] bool frameIsExact() const {
    return (frame().flags.load(std::memory_order_relaxed) & wire::kFrameExactPc) != 0;
  }
  /// Where the frame is, if its module has not been loaded elsewhere since.
  [[nodiscard]] std::uint64_t place() const {
    const wire::FrameEntry& entry = frame();
    if (entry.module == wire::kNoModule || entry.module == wire::kModuleBeyond) return entry.pc;
    return entry.pc + SharedView(g_connection.header).module(entry.module).bias;
  }
  void goOutward() { m_node = wire::NodeEntry::parent(g_stacks.entry(m_node)); }

 private:
  std::uint32_t m_node;
};

/// Is the stored frame the place `pc` of what is loaded there? A module may have been loaded elsewhere
/// before. Null: it is.
const char* differenceOf(const wire::FrameEntry& stored, std::uint64_t pc, std::uint64_t codeAt) {
  LoadedObject object;
  if (!findLoadedObject(codeAt, object)) {
    if (stored.module != wire::kNoModule) return "another module";
    return stored.pc == pc ? nullptr : "another pc";
  }
  if (stored.pc != pc - object.bias) return "another pc";
  if (stored.module == wire::kNoModule) return "another module";
  const SharedView view(g_connection.header);
  const wire::ModuleEntry& module = view.module(stored.module);
  const bool isIt = module.end - module.start == object.end - object.start &&
                    module.pathLength == std::strlen(object.path) &&
                    std::memcmp(view.text(module.pathOffset), object.path, module.pathLength) == 0;
  return isIt ? nullptr : "another module";
}

/// Takes libunwind's frames, innermost first, and holds the stored ones against them.
class Comparison {
 public:
  Comparison(std::uint32_t node, const CallSite& site, std::uint32_t capacity)
      : m_stored(node), m_site(site), m_capacity(capacity) {}

  /// False when the rest need not be seen.
  bool take(const ReferenceFrame& frame) {
    if (!m_reached) m_reached = frame.pc == m_site.pc && frame.sp == m_site.sp;
    if (!m_reached || isOwnCode(frame.pc)) return true;
    const std::uint32_t id = m_stored.frameId();
    if (id == wire::kNoFrame) return differ("libunwind goes on");
    if (id == wire::kLostFrame) return differ("heaptap gave up");
    if (id != wire::kTruncatedFrame) return takeEqual(frame);
    if (m_frames < leastOfCut(m_capacity)) return differ("truncated too early");
    m_truncated = true;
    return false;
  }

  /// After the last frame. Null when all that must be equal was.
  const char* judge() {
    if (m_truncated) count(g_totals->truncated);
    if (!m_reached) differ("libunwind does not find the call site");
    if (m_difference == nullptr && !m_truncated && !m_stored.atEnd()) differ("libunwind ends");
    if (m_difference == nullptr || !m_leadsThroughUnknownCode) return m_difference;
    count(g_totals->guessed);
    return nullptr;
  }
  [[nodiscard]] std::uint64_t frames() const { return m_frames; }

 private:
  bool takeEqual(const ReferenceFrame& frame) {
    const std::uint64_t codeAt = frame.exact ? frame.pc : frame.pc - 1;
    if (const char* const how = differenceOf(m_stored.frame(), frame.pc, codeAt)) return differ(how);
    if (m_stored.frameIsExact() != frame.exact) return differ("only one is an interrupted instruction");
    m_leadsThroughUnknownCode |= !hasUnwindInformation(codeAt);
    ++m_frames;
    m_stored.goOutward();
    return true;
  }

  bool differ(const char* how) {
    m_difference = how;
    return false;
  }

  StoredStack m_stored;
  const CallSite& m_site;
  std::uint32_t m_capacity;
  bool m_reached = false;
  bool m_truncated = false;
  bool m_leadsThroughUnknownCode = false;  ///< Has a frame that was equal no unwind information?
  std::uint64_t m_frames = 0;
  const char* m_difference = nullptr;
};

void sayFrame(const char* whose, unsigned number, std::uint64_t pc, const char* mark) {
  LoadedObject object;
  if (!findLoadedObject(pc, object)) object.path = "?";
  say("  %s %3u %016llx %s+%llx%s\n", whose, number, static_cast<unsigned long long>(pc),
      *object.path == 0 ? "(program)" : object.path, static_cast<unsigned long long>(pc - object.bias), mark);
}

void show(const Reference& unwind, std::uint32_t node, const CallSite& site, const char* difference,
          std::uint64_t at) {
  say("process %d: %s, at frame %llu; sp %llx\n", getpid(), difference, static_cast<unsigned long long>(at),
      static_cast<unsigned long long>(site.sp));
  unsigned number = 0;
  for (StoredStack stored(node); !stored.atEnd() && number < 200; stored.goOutward(), ++number) {
    const bool guessed = (stored.frame().flags.load(std::memory_order_relaxed) & wire::kFrameGuessed) != 0;
    sayFrame("heaptap  ", number, stored.place(),
             guessed                 ? " guessed"
             : stored.frameIsExact() ? " interrupted"
                                     : "");
  }
  number = 0;
  bool reached = false;
  walkReference(unwind, [&](const ReferenceFrame& frame) {
    reached = reached || (frame.pc == site.pc && frame.sp == site.sp);
    if (reached && !isOwnCode(frame.pc)) {
      char sp[32];
      snprintf(sp, sizeof sp, " sp %llx%s", static_cast<unsigned long long>(frame.sp),
               frame.exact ? " interrupted" : "");
      sayFrame("libunwind", number++, frame.pc, sp);
    }
    return number < 200;
  });
}

void compare(std::uint32_t node, const CallSite& site, std::uint32_t capacity) {
  const Reference* unwind = reference();
  if (unwind == nullptr) return count(g_totals->early);
  if (node == wire::kOverflowNode) return count(g_totals->overflows);
  const NoSignals noSignals;
  refreshReference();
  Comparison comparison(node, site, capacity);
  walkReference(*unwind, [&](const ReferenceFrame& frame) { return comparison.take(frame); });
  const char* difference = comparison.judge();
  count(g_totals->stacks);
  count(g_totals->frames, comparison.frames());
  if (difference == nullptr) return;
  if (g_totals->mismatches.fetch_add(1) < kMostShown)
    show(*unwind, node, site, difference, comparison.frames());
}

// Makes each frame lie where the return address of the next inner one says now, so that the walker finds all
// of them unchanged.
void believe(WalkerSpace& space) {
  const StackMemo& memo = space.memo;
  for (std::uint32_t i = 1; i < memo.reusable(); ++i) {
    auto& caller = const_cast<FramePlace&>(memo.place(i - 1));
    if (!memo.place(i).hasMoreToProve())
      caller.pc = *reinterpret_cast<const std::uint64_t*>(arch::returnAddressPlace(caller.sp()));
  }
}

[[gnu::constructor]] void begin() {
  const int savedErrno = errno;
  const char* path = secure_getenv(kTotalsVariable);
  const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file >= 0) {
    void* at = mmap(nullptr, sizeof(CheckTotals), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    g_unproven = secure_getenv(kUnprovenVariable) != nullptr;
    if (at != MAP_FAILED) g_totals = static_cast<CheckTotals*>(at);
    loadReference();
  }
  errno = savedErrno;
}

}  // namespace

std::uint32_t foundStack(WalkerSpace& space, const WalkTables& tables, const CallSite& site,
                         OwnStack& own) asm("__real_" HEAPTAP_WRAPPED);
std::uint32_t checkedStack(WalkerSpace& space, const WalkTables& tables, const CallSite& site,
                           OwnStack& own) asm("__wrap_" HEAPTAP_WRAPPED);

std::uint32_t checkedStack(WalkerSpace& space, const WalkTables& tables, const CallSite& site,
                           OwnStack& own) {
  if (g_totals == nullptr) return foundStack(space, tables, site, own);
  const int savedErrno = errno;
  if (g_unproven) believe(space);
  const std::uint32_t node = foundStack(space, tables, site, own);
  compare(node, site, space.capacity);
  errno = savedErrno;
  return node;
}

}  // namespace heaptap::stack_check
