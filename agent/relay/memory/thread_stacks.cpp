// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/thread_stacks.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace heaptap::relay {
namespace {

// glibc on x86-64: struct pthread lies at the upper end of a thread's stack. It begins with a pointer to
// itself (tcbhead_t::tcb), has another one (tcbhead_t::self), and, since 2.3, the thread's id, which the
// kernel clears when the thread ends (CLONE_CHILD_CLEARTID).
constexpr std::uint64_t kTableAt = 8;  // tcbhead_t::dtv
constexpr std::uint64_t kSelfAt = 16;
constexpr std::uint64_t kThreadIdAt = 720;
constexpr std::uint64_t kDescriptorBytes = 2304;
constexpr std::uint64_t kRedZone = 128;
/// The main thread's is in a mapping of its own, which is small.
constexpr std::uint64_t kMostOfMain = 1 << 20;

struct Descriptor {
  std::uint64_t address = 0;
  std::uint32_t threadId = 0;  ///< As the process names it; 0: the thread has ended.
};

std::vector<Descriptor> descriptorsIn(const WritableMapping& mapping, ProcessWords& words) {
  std::vector<std::uint64_t> selves;
  words.forEach(mapping.start, mapping.end, [&](std::uint64_t address, std::uint64_t word) {
    if (word == address) selves.push_back(address);
  });
  std::vector<Descriptor> all;
  for (const std::uint64_t each : selves) {
    const auto self = words.at(each + kSelfAt);
    const auto id = words.at(each + kThreadIdAt);
    if (!self || !id || *self != each) continue;
    // Negative once another thread has joined it.
    const auto number = static_cast<std::int32_t>(*id);
    all.push_back({each, number < 0 ? 0 : static_cast<std::uint32_t>(number)});
  }
  return all;
}

/// Where the stack of a thread that waits in the kernel ends. None: it runs, or is gone.
std::optional<std::uint64_t> stackPointer(const TargetProcess& process, std::uint32_t threadId) {
  const UniqueFd file = process.openEntry(("task/" + std::to_string(threadId) + "/syscall").c_str());
  std::array<char, 256> buffer{};
  const ssize_t got = file ? read(file.get(), buffer.data(), buffer.size()) : 0;
  std::string_view text(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::size_t pc = text.rfind(" 0x");
  if (pc == std::string_view::npos || pc == 0) return std::nullopt;
  const std::size_t sp = text.rfind(" 0x", pc - 1);
  if (sp == std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const std::string_view digits = text.substr(sp + 3, pc - sp - 3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

std::vector<AddressRange> unusedStacks(const TargetProcess& process, ProcessWords& words,
                                       const std::vector<WritableMapping>& mappings) {
  std::vector<AddressRange> unused;
  bool isLayoutKnown = false;
  for (const WritableMapping& mapping : mappings) {
    if (!mapping.isAnonymous || mapping.isHeap) continue;
    if (!mapping.isGuarded && mapping.end - mapping.start > kMostOfMain) continue;
    std::uint64_t start = mapping.start;
    for (const Descriptor& thread : descriptorsIn(mapping, words)) {
      isLayoutKnown = isLayoutKnown || thread.threadId == process.ownPid();
      const std::uint64_t end = std::min(thread.address + kDescriptorBytes, mapping.end);
      if (mapping.isGuarded && thread.threadId == 0) {
        // But the table of thread-local storage, which is kept for the stack's next thread.
        unused.push_back({start, thread.address + kTableAt});
        unused.push_back({thread.address + kTableAt + sizeof(std::uint64_t), end});
      } else if (mapping.isGuarded && !process.hasForeignIds()) {
        const auto pointer = stackPointer(process, thread.threadId);
        if (pointer && *pointer > start + kRedZone && *pointer < end)
          unused.push_back({start, *pointer - kRedZone});
      }
      start = end;
    }
  }
  if (!isLayoutKnown) unused.clear();
  return unused;
}

}  // namespace heaptap::relay
