// SPDX-License-Identifier: Apache-2.0
//
// An input is the unwind information of a binary, from the beginning of .eh_frame_hdr. It is laid where the
// memory before and after cannot be read, and asked for the rules at many places; what rules there are, are
// applied to registers and a stack.
#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "agent/capture/unwind/cfi.h"
#include "agent/capture/unwind/unwinder.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

/// Room with a page that may not be touched on either side: an input ends where the second one begins.
class GuardedRoom {
 public:
  GuardedRoom()
      : m_at(static_cast<std::uint8_t*>(
            mmap(nullptr, kMostBytes + 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}
  ~GuardedRoom() { munmap(m_at, kMostBytes + 2 * kPage); }
  GuardedRoom(const GuardedRoom&) = delete;
  GuardedRoom& operator=(const GuardedRoom&) = delete;

  /// Pages that hold the input; what is before it in its first page is zero.
  std::span<std::uint8_t> take(std::span<const std::uint8_t> input) {
    const std::size_t pages = (input.size() + kPage - 1) / kPage * kPage;
    std::uint8_t* const end = m_at + kPage + kMostBytes;
    mprotect(m_at + kPage, kMostBytes, PROT_NONE);
    mprotect(end - pages, pages, PROT_READ | PROT_WRITE);
    std::memset(end - pages, 0, pages - input.size());
    std::memcpy(end - input.size(), input.data(), input.size());
    return {end - input.size(), input.size()};
  }

 private:
  std::uint8_t* m_at;
};

std::uint64_t addressOf(const std::uint8_t* at) { return reinterpret_cast<std::uintptr_t>(at); }

/// Registers that lead somewhere: into a small stack of words.
struct Machine {
  std::uint64_t stack[64] = {};
  capture::arch::Registers registers{};
  capture::OwnStack own{reinterpret_cast<std::uintptr_t>(stack + 64)};
  capture::StackMemory memory{own};

  Machine() {
    for (unsigned i = 0; i < capture::arch::kRegisterCount; ++i)
      registers.set(i, reinterpret_cast<std::uintptr_t>(stack + i));
    memory.enterFrame(registers.value[capture::arch::kRsp]);
  }
};

Verdict read(std::span<const std::uint8_t> input) {
  static GuardedRoom room;
  if (input.size() < 16 || input.size() > kMostBytes) return Verdict::Refused;
  const auto bytes = room.take(input);
  capture::LoadedObject object;
  object.start = addressOf(bytes.data());
  object.end = object.start + bytes.size();
  object.path = "";
  object.ehFrameHdr = bytes.data();
  const auto scratch = std::make_unique<capture::UnwindScratch>();
  Machine machine;
  bool found = false;
  // Where the table, if it is one, says that functions begin; and a few bytes on.
  for (std::size_t entry = 12; entry + 8 <= bytes.size() && entry < 12 + 8 * std::size_t{60}; entry += 8) {
    std::int32_t start = 0;
    std::memcpy(&start, bytes.data() + entry, sizeof start);
    for (const std::uint64_t into : {0U, 1U, 5U, 40U}) {
      const std::uint64_t pc = object.start + static_cast<std::uint64_t>(std::int64_t{start}) + into;
      if (!capture::findUnwindRow(object, pc, scratch->cfi, scratch->row)) continue;
      found = true;
      (void)capture::stepToCaller(scratch->row, machine.registers, machine.memory, scratch->caller);
    }
  }
  return found ? Verdict::Taken : Verdict::Refused;
}

/// The unwind information of this very program, which lies behind its header; the table's offsets hold in a
/// copy.
int findOwn(dl_phdr_info* info, std::size_t, void* data) {
  auto& bytes = *static_cast<Bytes*>(data);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_GNU_EH_FRAME) continue;
    const auto* header = reinterpret_cast<const std::uint8_t*>(info->dlpi_addr + segment.p_vaddr);
    for (int j = 0; j < info->dlpi_phnum; ++j) {
      const auto& whole = info->dlpi_phdr[j];
      if (whole.p_type != PT_LOAD || segment.p_vaddr < whole.p_vaddr ||
          segment.p_vaddr >= whole.p_vaddr + whole.p_filesz)
        continue;
      const std::size_t room = whole.p_vaddr + whole.p_filesz - segment.p_vaddr;
      bytes.assign(header, header + std::min(room, kMostBytes));
    }
  }
  return bytes.empty() ? 0 : 1;
}

/// A header and one CIE with one FDE, without the table for searching.
Bytes smallest() {
  return {1,    0x1b, 0xff, 0xff, 4,    0, 0,    0,  // eh_frame follows at once; no table
          0x14, 0,    0,    0,    0,    0, 0,    0,    1, 'z', 'R', 0, 1, 0x78,  // CIE: code 1, data -8
          0x10, 1,    0x1b, 0x0c, 7,    8, 0x90, 1,    0, 0,  // ra 16, pcrel|sdata4; the program
          0x14, 0,    0,    0,    0x1c, 0, 0,    0,    0, 0,   0,   0, 0, 1,
          0,    0,  // FDE of 256 bytes from here
          0,    0x41, 0x0e, 16,   0x86, 2, 0x43, 0x0d, 0, 0,   0,   0};
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all{smallest()};
  Bytes own;
  dl_iterate_phdr(findOwn, &own);
  if (!own.empty()) all.push_back(std::move(own));
  return all;
}

}  // namespace

Subject unwindSubject() { return {"unwind", seeds, read, 6000}; }

}  // namespace heaptap::fuzz
