// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/names/module_import.h"
#include "agent/symbols/resolver.h"

namespace heaptap::relay {

/// The debug information of binaries, shared by all sessions of a relay: a child mostly runs its parent's
/// code, and to open the C library's alone takes some 50 ms. What was not used for some seconds is forgotten,
/// because it is large once it is parsed; and so is what was used longest ago, when there are many, because
/// each holds some descriptors.
/// Threads: any.
class BinaryNames {
 public:
  using Clock = std::chrono::steady_clock;
  using Missing = v1::ModuleNames::Missing;

  /// One file. Look-ups in it wait for each other.
  class Binary {
   public:
    Binary(const Module& module, const symbols::SearchPlaces& places);
    Binary(const Binary&) = delete;
    Binary& operator=(const Binary&) = delete;

    /// As symbols::Resolver::resolve. The first call reads the file: seconds, when it is large.
    [[nodiscard]] std::vector<symbols::SourceLine> at(std::uint64_t fileAddress);
    /// As symbols::Resolver says.
    [[nodiscard]] symbols::CalledAllocator calledBefore(std::uint64_t fileAddress);
    [[nodiscard]] std::optional<symbols::CalledAllocator> calledByName(const std::string& function);
    [[nodiscard]] bool hasOwnOperators();
    /// Why there are no names, or not all; of some lines that is known only once they were asked for. The
    /// first call reads the file, and so do others where there were too few descriptors.
    [[nodiscard]] Missing missing();

   private:
    void open();
    bool isReadable();  ///< Under the lock.
    Missing missingLines();

    std::mutex m_mutex;
    const std::shared_ptr<BinaryFile> m_file;
    const std::shared_ptr<const std::string> m_image;
    const std::string m_path;
    const std::string m_buildId;
    const symbols::SearchPlaces m_places;
    bool m_opened = false;
    bool m_readable = false;
    Missing m_missing = v1::ModuleNames::MISSING_UNSPECIFIED;
    symbols::Resolver m_resolver;
    symbols::Resolver::ModuleHandle m_handle = 0;
  };

  /// `most`: so many binaries are remembered that are not in use. 0: as many as this process's limit of
  /// descriptors allows.
  explicit BinaryNames(symbols::SearchPlaces places = {},
                       std::chrono::milliseconds keep = std::chrono::seconds(5), std::size_t most = 0);

  /// Null: the module's file was not found. Cheap.
  [[nodiscard]] std::shared_ptr<Binary> of(const Module& module);
  /// Forgets the binaries that no session holds and none asked for lately.
  void forgetUnused(Clock::time_point now = Clock::now());
  /// Forgets all that no session holds: each has descriptors.
  void forgetAllUnused();
  /// How many binaries are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  /// The same file with the same content, for the same reader of separate debug files.
  struct Key {
    wire::FileIdentity file;
    const std::string* image;
    std::string path, buildId;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Entry {
    std::shared_ptr<Binary> binary;
    Clock::time_point lastUse;
  };
  void forgetBeyond();

  const symbols::SearchPlaces m_places;
  const std::chrono::milliseconds m_keep;
  const std::size_t m_most;
  mutable std::mutex m_mutex;
  std::map<Key, Entry> m_entries;
};

}  // namespace heaptap::relay
