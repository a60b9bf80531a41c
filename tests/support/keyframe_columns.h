// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/varint.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::test {

/// v1::KeyframeColumns, its columns unpacked.
struct UnpackedKeyframe {
  std::vector<std::uint64_t> number;
  std::vector<std::int64_t> address;
  std::vector<std::uint64_t> pair;
  std::vector<std::uint64_t> time;
};

inline v1::KeyframeColumns packed(const UnpackedKeyframe& columns) {
  const auto pack = [](const auto& values, auto&& code) {
    std::string bytes;
    for (const auto value : values) {
      char room[kMaxVarintBytes];
      bytes.append(room, putVarint(room, code(value)));
    }
    return bytes;
  };
  const auto asItIs = [](std::uint64_t value) { return value; };
  v1::KeyframeColumns message;
  message.set_number(pack(columns.number, asItIs));
  message.set_address(pack(columns.address, zigzag));
  message.set_pair(pack(columns.pair, asItIs));
  message.set_time(pack(columns.time, asItIs));
  return message;
}

inline UnpackedKeyframe unpacked(const v1::KeyframeColumns& message) {
  UnpackedKeyframe columns;
  const auto unpack = [](const std::string& bytes, auto& values, auto&& code) {
    VarintReader reader(bytes);
    for (std::uint64_t value = 0; reader.next(value);) values.push_back(code(value));
  };
  const auto asItIs = [](std::uint64_t value) { return value; };
  unpack(message.number(), columns.number, asItIs);
  unpack(message.address(), columns.address, unzigzag);
  unpack(message.pair(), columns.pair, asItIs);
  unpack(message.time(), columns.time, asItIs);
  return columns;
}

}  // namespace heaptap::test
