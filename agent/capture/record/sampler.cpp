// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/sampler.h"

#include <bit>

namespace heaptap::capture {
namespace {

// libm's would be another library in the target.
double naturalLog(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
  auto mantissa = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFF) | 0x3FF0'0000'0000'0000);
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    ++exponent;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)): with |z| below 0.172, eight terms of the series are exact to 1e-14.
  const double z = (mantissa - 1) / (mantissa + 1);
  const double square = z * z;
  double sum = 0;
  for (int k = 17; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return static_cast<double>(exponent) * kLn2 + 2 * z * sum;
}

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
std::uint64_t nextRandom(std::uint64_t& state) {
  state += 0x9E37'79B9'7F4A'7C15;
  std::uint64_t z = state;
  z = (z ^ z >> 30) * 0xBF58'476D'1CE4'E5B9;
  z = (z ^ z >> 27) * 0x94D0'49BB'1331'11EB;
  return z ^ z >> 31;
}

}  // namespace

std::int64_t Sampler::nextDistance(std::uint64_t interval) {
  constexpr double kMost = 0x1p62;
  // In (0, 1]: 53 bits, which a double holds.
  const double uniform = (static_cast<double>(nextRandom(m_state) >> 11) + 1) * 0x1p-53;
  const double distance = -naturalLog(uniform) * static_cast<double>(interval);
  return distance < kMost ? static_cast<std::int64_t>(distance) : static_cast<std::int64_t>(kMost);
}

}  // namespace heaptap::capture
