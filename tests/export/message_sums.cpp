// SPDX-License-Identifier: Apache-2.0
#include "tests/export/message_sums.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace heaptap::exporting::test {
namespace {

/// Fields of a message: numbers, and what is embedded.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes = {};
};
std::uint64_t takeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  ADD_FAILURE() << "a number that does not end";
  return value;
}
std::vector<Field> fieldsOf(std::string_view message) {
  std::vector<Field> fields;
  while (!message.empty()) {
    const std::uint64_t tag = takeVarint(message);
    Field field{.number = tag >> 3, .value = takeVarint(message)};
    if ((tag & 7) == 2) {
      field.bytes = message.substr(0, field.value);
      EXPECT_EQ(field.bytes.size(), field.value);
      message.remove_prefix(field.bytes.size());
    } else {
      EXPECT_EQ(tag & 7, 0U);
    }
    fields.push_back(field);
  }
  return fields;
}
std::vector<std::uint64_t> unpacked(std::string_view bytes) {
  std::vector<std::uint64_t> values;
  while (!bytes.empty()) values.push_back(takeVarint(bytes));
  return values;
}

std::string gunzipped(const std::string& compressed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string input = compressed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  std::vector<char> part(1 << 20);
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
  }
  EXPECT_EQ(status, Z_STREAM_END);
  inflateEnd(&stream);
  return text;
}

}  // namespace

std::optional<std::uint64_t> sumInPprof(const std::string& file, Cost cost) {
  static const std::map<Cost, std::string> kTypes{
      {Cost::Live, "inuse_space"},  {Cost::Leaked, "inuse_space"},
      {Cost::Peak, "peak_space"},   {Cost::Allocations, "alloc_objects"},
      {Cost::Bytes, "alloc_space"}, {Cost::Temporary, "temporary_objects"}};
  const std::string text = gunzipped(file);
  std::vector<std::string_view> strings;
  std::vector<std::uint64_t> types;
  std::set<std::uint64_t> mappings{0}, locations, functions;
  std::uint64_t usual = 0;
  const std::vector<Field> fields = fieldsOf(text);
  for (const Field& field : fields) {
    if (field.number == 6) strings.push_back(field.bytes);
    if (field.number == 14) usual = field.value;
    if (field.number == 1) types.push_back(fieldsOf(field.bytes).at(0).value);
    if (field.number == 3) mappings.insert(fieldsOf(field.bytes).at(0).value);
    if (field.number == 4) locations.insert(fieldsOf(field.bytes).at(0).value);
    if (field.number == 5) functions.insert(fieldsOf(field.bytes).at(0).value);
  }
  EXPECT_EQ(strings.at(0), "");
  EXPECT_EQ(strings.at(usual), kTypes.at(cost)) << "the type that is shown first";
  std::size_t at = 0;
  while (strings.at(types.at(at)) != kTypes.at(cost)) ++at;
  std::uint64_t sum = 0;
  for (const Field& field : fields) {
    if (field.number == 4)
      for (const Field& part : fieldsOf(field.bytes)) {
        if (part.number == 2) {
          EXPECT_TRUE(mappings.contains(part.value));
        }
        if (part.number == 4) {
          EXPECT_TRUE(functions.contains(fieldsOf(part.bytes).at(0).value));
        }
      }
    if (field.number != 2) continue;
    const auto sample = fieldsOf(field.bytes);
    for (const std::uint64_t location : unpacked(sample.at(0).bytes))
      EXPECT_TRUE(locations.contains(location));
    sum += unpacked(sample.at(1).bytes).at(at);
  }
  return sum;
}

std::optional<std::uint64_t> sumInPerfetto(const std::string& file, Cost cost) {
  std::uint64_t allocated = 0, freed = 0, allocations = 0, peak = 0;
  std::set<std::uint64_t> strings, frames, callstacks;
  for (const Field& tracePacket : fieldsOf(file))
    for (const Field& packet : fieldsOf(tracePacket.bytes)) {
      if (packet.number != 37) continue;
      for (const Field& field : fieldsOf(packet.bytes)) {
        if (field.bytes.empty()) continue;
        const auto parts = fieldsOf(field.bytes);
        if (field.number == 1) strings.insert(parts.at(0).value);
        if (field.number == 2) {
          frames.insert(parts.at(0).value);
          EXPECT_TRUE(strings.contains(parts.at(1).value));
        }
        if (field.number == 3) {
          callstacks.insert(parts.at(0).value);
          EXPECT_TRUE(frames.contains(parts.back().value));
        }
        if (field.number != 5) continue;
        for (const Field& part : parts) {
          if (part.number != 2) continue;
          for (const Field& number : fieldsOf(part.bytes)) {
            if (number.number == 1) {
              EXPECT_TRUE(callstacks.contains(number.value));
            }
            if (number.number == 2) allocated += number.value;
            if (number.number == 3) freed += number.value;
            if (number.number == 5) allocations += number.value;
            if (number.number == 8) peak += number.value;
          }
        }
      }
    }
  switch (cost) {
    case Cost::Live:
    case Cost::Leaked: return allocated - freed;
    case Cost::Bytes: return allocated;
    case Cost::Allocations: return allocations;
    case Cost::Peak: return peak;
    case Cost::Temporary: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace heaptap::exporting::test
