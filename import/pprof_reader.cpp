// SPDX-License-Identifier: Apache-2.0
#include "import/pprof_reader.h"

#include <absl/container/flat_hash_map.h>
#include <google/protobuf/arena.h>
#include <pprof/profile.pb.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "collector/ingest/limits.h"
#include "import/heap_sample.h"

namespace heaptap::importing {
namespace {

namespace pb = perftools::profiles;

/// A message becomes objects, of which the smallest takes two bytes in the file. Profiles of large programs
/// have some ten million bytes.
constexpr std::size_t kMostProfileBytes = 512U << 20;

class PprofReader {
 public:
  PprofReader(const std::string& where, const pb::Profile& file, ProfileBuilder& profile)
      : m_where(where), m_file(file), m_profile(profile) {
    for (const pb::Mapping& mapping : file.mapping()) m_mappings[mapping.id()] = &mapping;
    for (const pb::Location& location : file.location()) m_locations[location.id()] = &location;
    for (const pb::Function& function : file.function()) m_functions[function.id()] = &function;
  }

  Result<void> read() {
    const auto liveBlocks = typeCalled({"inuse_objects", "objects"});
    const auto liveBytes = typeCalled({"inuse_space", "space"});
    const auto blocks = typeCalled({"alloc_objects"});
    const auto bytes = typeCalled({"alloc_space"});
    if (!liveBytes && !bytes)
      return failure(Code::NotASession, m_where, "a profile of pprof, but not one of a heap",
                     "its sample types have neither inuse_space nor alloc_space");
    m_profile.hello.set_started_at_unix_ns(m_file.time_nanos());
    m_profile.endNs = std::min(static_cast<std::uint64_t>(m_file.duration_nanos()), ingest::kMaxTimeNs);
    HeapSums sums(m_profile);
    for (const pb::Sample& sample : m_file.sample()) {
      if (sample.value_size() != m_file.sample_type_size())
        return broken("a sample without a value for each type");
      const auto stack = stackOf(sample);
      if (!stack) return tl::unexpected(stack.error());
      // A negative number is one that cannot be.
      const auto value = [&sample](const std::optional<int>& type) {
        return type ? static_cast<std::uint64_t>(sample.value(*type)) : std::uint64_t{0};
      };
      if (!sums.add(*stack, {.liveBlocks = value(liveBlocks),
                             .liveBytes = value(liveBytes),
                             .blocks = value(blocks),
                             .bytes = value(bytes)}))
        return broken("a number that cannot be");
    }
    m_profile.isWholeRun = false;  // It is of some moment.
    m_profile.timeline.reach(m_profile.endNs);
    return {};
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, what);
  }

  [[nodiscard]] std::string string(std::int64_t number) const {
    return number >= 0 && number < m_file.string_table_size() ? m_file.string_table(static_cast<int>(number))
                                                              : std::string();
  }

  [[nodiscard]] std::optional<int> typeCalled(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names)
      for (int i = 0; i < m_file.sample_type_size(); ++i)
        if (string(m_file.sample_type(i).type()) == name) return i;
    return std::nullopt;
  }

  Result<std::uint32_t> stackOf(const pb::Sample& sample) {
    std::uint32_t stack = 0;
    for (int i = sample.location_id_size(); i-- > 0;) {
      const auto frame = frameOf(sample.location_id(i));
      if (!frame) return tl::unexpected(frame.error());
      stack = m_profile.stack(stack, *frame);
    }
    return stack;
  }

  std::uint32_t moduleOf(std::uint64_t id) {
    const auto mapping = m_mappings.find(id);
    if (id == 0 || mapping == m_mappings.end()) return 0;
    const auto [found, isNew] = m_modules.try_emplace(id, 0);
    if (isNew)
      found->second = m_profile.module(string(mapping->second->filename()),
                                       rawBuildId(string(mapping->second->build_id())),
                                       mapping->second->memory_start(), mapping->second->memory_limit());
    return found->second;
  }

  /// From hexadecimal digits; empty for what is none.
  static std::string rawBuildId(const std::string& digits) {
    std::string raw;
    const auto digit = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
      const int high = digit(digits[i]), low = digit(digits[i + 1]);
      if (high < 0 || low < 0) return {};
      raw += static_cast<char>(high * 16 + low);
    }
    return raw;
  }

  Result<std::uint32_t> frameOf(std::uint64_t id) {
    const auto location = m_locations.find(id);
    if (location == m_locations.end()) return broken("a location that is not defined");
    const auto [found, isNew] = m_frames.try_emplace(id, 0);
    if (!isNew) return found->second;
    std::vector<ProfileBuilder::Line> lines;
    for (const pb::Line& line : location->second->line()) {
      const auto known = m_functions.find(line.function_id());
      if (known == m_functions.end()) return broken("a function that is not defined");
      lines.push_back({string(known->second->name()), string(known->second->filename()),
                       static_cast<std::uint32_t>(line.line())});
    }
    return found->second =
               m_profile.frame(moduleOf(location->second->mapping_id()), location->second->address(), lines);
  }

  const std::string& m_where;
  const pb::Profile& m_file;
  ProfileBuilder& m_profile;
  absl::flat_hash_map<std::uint64_t, const pb::Mapping*> m_mappings;
  absl::flat_hash_map<std::uint64_t, const pb::Location*> m_locations;
  absl::flat_hash_map<std::uint64_t, const pb::Function*> m_functions;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_modules;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_frames;
};

}  // namespace

Result<void> readPprof(const std::string& where, std::string_view bytes, ProfileBuilder& profile) {
  if (bytes.size() > kMostProfileBytes)
    return failure(Code::Corrupt, where, "more than 512 MiB: no profile of pprof is as large");
  google::protobuf::Arena arena;
  auto* const file = google::protobuf::Arena::CreateMessage<pb::Profile>(&arena);
  if (!file->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return failure(Code::Corrupt, where, "it is cut off, or no profile");
  return PprofReader(where, *file, profile).read();
}

}  // namespace heaptap::importing
