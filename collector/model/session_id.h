// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heaptap::model {

/// The random 128-bit name of a session or of a tree of sessions. All zero: none.
struct SessionId {
  std::array<std::uint8_t, 16> bytes{};

  static std::optional<SessionId> fromBytes(std::string_view raw);
  /// Reads 32 hexadecimal digits.
  static std::optional<SessionId> fromHex(std::string_view digits);

  bool isNone() const { return *this == SessionId{}; }
  std::string hex() const;
  /// The 16 bytes as they travel.
  std::string raw() const { return {bytes.begin(), bytes.end()}; }
  auto operator<=>(const SessionId&) const = default;
};

}  // namespace heaptap::model
