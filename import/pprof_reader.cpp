// SPDX-License-Identifier: Apache-2.0
#include "import/pprof_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "collector/ingest/limits.h"

namespace heaptap::importing {
namespace {

/// One field of a message; `bytes` of those that have a length. Published numbers of fields are in
/// https://github.com/google/pprof/blob/main/proto/profile.proto
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes = {};
  bool isEmbedded = false;
};

/// Takes what a message has off its front. Hostile: nothing is read beyond its end.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : m_rest(message) {}

  [[nodiscard]] bool isBroken() const { return m_isBroken; }
  bool next(Field& field) {
    if (m_rest.empty() || m_isBroken) return false;
    const std::uint64_t tag = varint();
    field = {.number = tag >> 3};
    switch (tag & 7) {
      case 0: field.value = varint(); break;
      case 1: skip(8); break;
      case 5: skip(4); break;
      case 2: {
        const std::uint64_t size = varint();
        m_isBroken |= size > m_rest.size();
        if (m_isBroken) return false;
        field.bytes = m_rest.substr(0, size);
        field.isEmbedded = true;
        m_rest.remove_prefix(size);
        break;
      }
      default: m_isBroken = true;
    }
    return !m_isBroken;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (m_rest.empty()) break;
      const auto byte = static_cast<unsigned char>(m_rest.front());
      m_rest.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    m_isBroken = true;
    return 0;
  }
  [[nodiscard]] bool hasMore() const { return !m_rest.empty() && !m_isBroken; }

 private:
  void skip(std::size_t bytes) {
    m_isBroken |= bytes > m_rest.size();
    m_rest.remove_prefix(std::min(bytes, m_rest.size()));
  }

  std::string_view m_rest;
  bool m_isBroken = false;
};

struct Mapping {
  std::uint64_t start = 0, end = 0, file = 0, buildId = 0;
};
struct Function {
  std::uint64_t name = 0, file = 0;
};
struct Location {
  std::uint64_t mapping = 0, address = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lines;  ///< Function and line.
};
struct Sample {
  std::vector<std::uint64_t> locations;
  std::vector<std::uint64_t> values;
};

class PprofReader {
 public:
  PprofReader(const std::string& where, ProfileBuilder& profile) : m_where(where), m_profile(profile) {}

  Result<void> read(std::string_view bytes) {
    FieldReader fields(bytes);
    for (Field field; fields.next(field);) {
      switch (field.number) {
        case 1: m_types.push_back(firstOf(field)); break;
        case 2: m_samples.push_back(sampleOf(field)); break;
        case 3: addMapping(field); break;
        case 4: addLocation(field); break;
        case 5: addFunction(field); break;
        case 6: m_strings.push_back(field.bytes); break;
        case 9: m_profile.hello.set_started_at_unix_ns(static_cast<std::int64_t>(field.value)); break;
        case 10: m_profile.endNs = std::min(field.value, ingest::kMaxTimeNs); break;
        default: break;
      }
    }
    if (fields.isBroken() || m_isBroken) return broken("it is cut off, or no profile");
    return count();
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, what);
  }

  /// The number in a message's first field.
  std::uint64_t firstOf(const Field& message) {
    FieldReader fields(message.bytes);
    std::uint64_t first = 0;
    for (Field field; fields.next(field);)
      if (field.number == 1) first = field.value;
    m_isBroken |= fields.isBroken();
    return first;
  }

  void addNumbers(const Field& field, std::vector<std::uint64_t>& numbers) {
    if (!field.isEmbedded) return numbers.push_back(field.value);
    FieldReader packed(field.bytes);
    while (packed.hasMore()) numbers.push_back(packed.varint());
    m_isBroken |= packed.isBroken();
  }

  Sample sampleOf(const Field& message) {
    Sample sample;
    FieldReader fields(message.bytes);
    for (Field field; fields.next(field);) {
      if (field.number == 1) addNumbers(field, sample.locations);
      if (field.number == 2) addNumbers(field, sample.values);
    }
    m_isBroken |= fields.isBroken();
    return sample;
  }

  void addMapping(const Field& message) {
    Mapping mapping;
    std::uint64_t id = 0;
    FieldReader fields(message.bytes);
    for (Field field; fields.next(field);) {
      if (field.number == 1) id = field.value;
      if (field.number == 2) mapping.start = field.value;
      if (field.number == 3) mapping.end = field.value;
      if (field.number == 5) mapping.file = field.value;
      if (field.number == 6) mapping.buildId = field.value;
    }
    m_isBroken |= fields.isBroken();
    m_mappings[id] = mapping;
  }

  void addLocation(const Field& message) {
    Location location;
    std::uint64_t id = 0;
    FieldReader fields(message.bytes);
    for (Field field; fields.next(field);) {
      if (field.number == 1) id = field.value;
      if (field.number == 2) location.mapping = field.value;
      if (field.number == 3) location.address = field.value;
      if (field.number != 4) continue;
      std::pair<std::uint64_t, std::uint64_t> line;
      FieldReader parts(field.bytes);
      for (Field part; parts.next(part);) {
        if (part.number == 1) line.first = part.value;
        if (part.number == 2) line.second = part.value;
      }
      m_isBroken |= parts.isBroken();
      location.lines.push_back(line);
    }
    m_isBroken |= fields.isBroken();
    m_locations[id] = std::move(location);
  }

  void addFunction(const Field& message) {
    Function function;
    std::uint64_t id = 0;
    FieldReader fields(message.bytes);
    for (Field field; fields.next(field);) {
      if (field.number == 1) id = field.value;
      if (field.number == 2) function.name = field.value;
      if (field.number == 4) function.file = field.value;
    }
    m_isBroken |= fields.isBroken();
    m_functions[id] = function;
  }

  [[nodiscard]] std::string string(std::uint64_t number) const {
    return number < m_strings.size() ? std::string(m_strings[number]) : std::string();
  }

  [[nodiscard]] std::optional<std::size_t> typeCalled(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names)
      for (std::size_t i = 0; i < m_types.size(); ++i)
        if (string(m_types[i]) == name) return i;
    return std::nullopt;
  }

  std::uint32_t moduleOf(std::uint64_t id) {
    const auto mapping = m_mappings.find(id);
    if (id == 0 || mapping == m_mappings.end()) return 0;
    const auto [found, isNew] = m_modules.try_emplace(id, 0);
    if (isNew)
      found->second =
          m_profile.module(string(mapping->second.file), rawBuildId(string(mapping->second.buildId)),
                           mapping->second.start, mapping->second.end);
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
    for (const auto& [function, line] : location->second.lines) {
      const auto known = m_functions.find(function);
      if (known == m_functions.end()) return broken("a function that is not defined");
      lines.push_back(
          {string(known->second.name), string(known->second.file), static_cast<std::uint32_t>(line)});
    }
    return found->second =
               m_profile.frame(moduleOf(location->second.mapping), location->second.address, lines);
  }

  Result<void> count() {
    const auto liveBlocks = typeCalled({"inuse_objects", "objects"});
    const auto liveBytes = typeCalled({"inuse_space", "space"});
    const auto blocks = typeCalled({"alloc_objects"});
    const auto bytes = typeCalled({"alloc_space"});
    if (!liveBytes && !bytes)
      return failure(Code::NotASession, m_where, "a profile of pprof, but not one of a heap",
                     "its sample types have neither inuse_space nor alloc_space");
    std::uint64_t sum = 0;
    for (const Sample& sample : m_samples) {
      if (sample.values.size() != m_types.size()) return broken("a sample without a value for each type");
      std::uint32_t stack = 0;
      for (std::size_t i = sample.locations.size(); i-- > 0;) {
        const auto frame = frameOf(sample.locations[i]);
        if (!frame) return tl::unexpected(frame.error());
        stack = m_profile.stack(stack, *frame);
      }
      const auto value = [&sample](const std::optional<std::size_t>& type) {
        return type ? sample.values[*type] : std::uint64_t{0};
      };
      const std::uint64_t all = std::max(value(bytes), value(liveBytes));
      if (all > ingest::kMaxBlockBytes || value(blocks) > ingest::kMaxBlockBytes ||
          value(liveBlocks) > ingest::kMaxBlockBytes || (sum += all) > ingest::kMaxBlockBytes)
        return broken("a number that cannot be");
      m_profile.countSum(stack, value(liveBlocks), value(liveBytes),
                         {.allocations = 1, .live = 1, .liveAtPeak = 1});
      m_profile.countSum(stack, value(blocks) - std::min(value(blocks), value(liveBlocks)),
                         value(bytes) - std::min(value(bytes), value(liveBytes)), {.allocations = 1});
    }
    m_profile.isWholeRun = false;  // It is of some moment.
    m_profile.timeline.reach(m_profile.endNs);
    return {};
  }

  const std::string& m_where;
  ProfileBuilder& m_profile;
  bool m_isBroken = false;
  std::vector<std::uint64_t> m_types;
  std::vector<std::string_view> m_strings;
  std::vector<Sample> m_samples;
  absl::flat_hash_map<std::uint64_t, Mapping> m_mappings;
  absl::flat_hash_map<std::uint64_t, Location> m_locations;
  absl::flat_hash_map<std::uint64_t, Function> m_functions;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_modules;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_frames;
};

}  // namespace

Result<void> readPprof(const std::string& where, std::string_view bytes, ProfileBuilder& profile) {
  return PprofReader(where, profile).read(bytes);
}

}  // namespace heaptap::importing
