// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/wire/page.h"

namespace heaptap::capture {

/// The stack that a thread was made with: which part of it is known to be readable. From the lowest place at
/// which the thread was ever seen to be on it, everything up to its end is, for as long as the thread lives.
///
/// Nothing tells where another stack (a fiber's, a signal stack) lies, so that one right below the thread's
/// own must not be taken for a part of it: it may be unmapped while the thread lives. What is below the known
/// part belongs to it only if it is not below the begin of the stack, where libc's descriptor of the thread
/// says that, and if there is no hole between. Threads: one, signal handlers too: a nested use only ever
/// extends what is known.
class OwnStack {
 public:
  OwnStack() = default;
  /// `end`: 0 when unknown; down to whole words. `low`: where the known part begins. `restrictions`: of the
  /// thread (wire::kNo… bits); null: none. A thread without system calls cannot find out more than it knows:
  /// such a one is trusted to be on its own stack where that may be.
  explicit OwnStack(std::uint64_t end, std::uint64_t low = 0,
                    const std::atomic<std::uint32_t>* restrictions = nullptr)
      : m_low(low != 0 ? low : end & ~std::uint64_t{7}),
        m_end(end & ~std::uint64_t{7}),
        m_restrictions(restrictions) {}
  /// The same, known by another context of the thread.
  OwnStack(const OwnStack& other, const std::atomic<std::uint32_t>* restrictions) : OwnStack(other) {
    m_restrictions = restrictions;
  }

  /// Does `address` lie in the known part? Hot path.
  [[nodiscard]] bool contains(std::uint64_t address) const { return address - m_low < m_end - m_low; }
  [[nodiscard]] std::uint64_t end() const { return m_end; }
  /// Says where the stack begins, its guard left out: nothing below belongs to it. 0: unknown.
  void beginsAt(std::uint64_t begin) { m_begin = begin; }

  /// Whether `address`, which the thread is using as its stack, lies on its own one; extends the known part
  /// down to it. Costs a system call for each page between, the first time.
  bool reaches(std::uint64_t address);

  /// Returns true when the thread may ask the kernel.
  [[nodiscard]] bool mayAsk() const;
  /// Whether the page that holds `address` may be read. Asks the kernel.
  [[nodiscard]] bool isReadable(std::uint64_t address) const;

  static constexpr std::uint64_t kPage = wire::kPage;
  static std::uint64_t pageOf(std::uint64_t address) { return address & ~(kPage - 1); }

 private:
  // Far more than any default; what is further away is another mapping.
  static constexpr std::uint64_t kLargest = 64ULL << 20;

  std::uint64_t m_low = 0;  // Of a page, unless nothing is known.
  std::uint64_t m_end = 0;
  std::uint64_t m_begin = 0;
  std::uint64_t m_hole = 0;  // A page that may not be read, below the known part: what is below is elsewhere.
  const std::atomic<std::uint32_t>* m_restrictions = nullptr;
};

/// That of the calling thread. `isMain`: it is the first thread of its process. Looks at no page of it but
/// those of the thread's descriptor.
OwnStack stackOfThisThread(bool isMain, const std::atomic<std::uint32_t>* restrictions);

}  // namespace heaptap::capture
