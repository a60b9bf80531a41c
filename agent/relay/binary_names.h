// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/relay/module_import.h"
#include "agent/symbols/resolver.h"

namespace heaptap::relay {

/// The debug information of binaries, shared by all sessions of a relay: a child mostly runs its parent's
/// code, and to open the C library's alone takes some 50 ms. What was not used for some seconds is forgotten,
/// because it is large once it is parsed. Threads: any.
class BinaryNames {
 public:
  using Clock = std::chrono::steady_clock;

  /// One file. Look-ups in it wait for each other.
  class Binary {
   public:
    /// Keeps the file open for itself.
    explicit Binary(const Module& module);
    Binary(const Binary&) = delete;
    Binary& operator=(const Binary&) = delete;

    /// As symbols::Resolver::resolve. The first call reads the file: seconds, when it is large.
    [[nodiscard]] std::vector<symbols::SourceLine> at(std::uint64_t fileAddress);

   private:
    const UniqueFd m_file;
    std::mutex m_mutex;
    symbols::Resolver m_resolver;
    const symbols::Resolver::ModuleHandle m_handle;
  };

  explicit BinaryNames(std::chrono::milliseconds keep = std::chrono::seconds(5)) : m_keep(keep) {}

  /// Null: the module's file could not be opened. Cheap.
  [[nodiscard]] std::shared_ptr<Binary> of(const Module& module);
  /// Forgets the binaries that nobody holds and nobody asked for lately.
  void forgetUnused(Clock::time_point now = Clock::now());
  /// How many binaries are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  /// The same file with the same content, for the same reader of separate debug files.
  struct Key {
    std::uint64_t device, inode, bytes, modifiedNs;
    std::string path, buildId;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Entry {
    std::shared_ptr<Binary> binary;
    Clock::time_point lastUse;
  };

  const std::chrono::milliseconds m_keep;
  mutable std::mutex m_mutex;
  std::map<Key, Entry> m_entries;
};

}  // namespace heaptap::relay
