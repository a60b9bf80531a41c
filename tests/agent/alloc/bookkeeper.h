// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <heaptap/alloc/allocator_traits.h>

#include <cstddef>
#include <cstring>
#include <map>
#include <mutex>
#include <new>

namespace heaptap {

/// The allocator below those under test: it holds them to the contract. Each block must end with the layout
/// that it began with, and once. Threads: any.
class Bookkeeper {
 public:
  void* alloc(Layout layout) const noexcept {
    EXPECT_GT(layout.size(), 0U);
    if (layout.size() > kMost || layout.align() > kMost) return nullptr;
    void* const block = ::operator new(layout.size(), std::align_val_t(layout.align()), std::nothrow);
    if (block == nullptr) return nullptr;
    std::memset(block, 0x5A, layout.size());  // No zeros by luck.
    const std::lock_guard lock(m_mutex);
    EXPECT_TRUE(m_live.emplace(block, layout).second);
    return block;
  }

  void dealloc(void* block, Layout layout) const noexcept {
    {
      const std::lock_guard lock(m_mutex);
      const auto found = m_live.find(block);
      if (found == m_live.end()) {
        ADD_FAILURE() << "no live block: " << block;
        return;
      }
      EXPECT_EQ(found->second.size(), layout.size());
      EXPECT_EQ(found->second.align(), layout.align());
      m_live.erase(found);
    }
    ::operator delete(block, std::align_val_t(layout.align()));
  }

  bool owns(const void* block, Layout /*layout*/) const noexcept {
    const std::lock_guard lock(m_mutex);
    return m_live.contains(const_cast<void*>(block));
  }

  std::size_t live() const {
    const std::lock_guard lock(m_mutex);
    return m_live.size();
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1}
                                       << 30;  // Sanitizers end the program for some requests above.

  mutable std::mutex m_mutex;
  mutable std::map<void*, Layout> m_live;
};

}  // namespace heaptap
