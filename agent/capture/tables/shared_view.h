// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Typed access to the mapped shared memory. Owns nothing; offsets are the relay's, checked at attach.
class SharedView {
 public:
  explicit SharedView(wire::Header* header) : m_header(header) {}

  [[nodiscard]] wire::ChunkHeader& chunk(std::uint32_t reference) const {
    return *at<wire::ChunkHeader>(geometry().chunks + std::uint64_t{reference - 1} * wire::kChunkBytes);
  }
  [[nodiscard]] wire::ThreadSlot& slot(std::uint32_t index) const {
    return at<wire::ThreadSlot>(geometry().threads)[index];
  }
  [[nodiscard]] wire::ProcessSlot& process(std::uint32_t index) const {
    return at<wire::ProcessSlot>(geometry().processes)[index];
  }
  [[nodiscard]] wire::ModuleEntry& module(std::uint32_t index) const {
    return at<wire::ModuleEntry>(geometry().modules)[index];
  }
  [[nodiscard]] wire::HeapEntry& heap(std::uint32_t index) const {
    return at<wire::HeapEntry>(geometry().heaps)[index];
  }
  [[nodiscard]] char* text(std::uint64_t offset) const { return at<char>(geometry().text + offset); }
  template <class Entry>
  [[nodiscard]] Entry* entries(const wire::TableGeometry& table) const {
    return at<Entry>(table.entries);
  }
  [[nodiscard]] std::atomic<std::uint32_t>* index(const wire::TableGeometry& table) const {
    return at<std::atomic<std::uint32_t>>(table.index);
  }
  [[nodiscard]] const wire::Geometry& geometry() const { return m_header->geometry; }

 private:
  template <class T>
  [[nodiscard]] T* at(std::uint64_t offset) const {
    return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(m_header) + offset);
  }
  wire::Header* m_header;
};

}  // namespace heaptap::capture
