// SPDX-License-Identifier: Apache-2.0
#include "import/heap_sample.h"

#include <algorithm>
#include <cmath>

#include "collector/ingest/limits.h"
#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

bool takeSign(std::string_view& text, char sign) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

std::uint64_t scaled(std::uint64_t value, double by) {
  const double result = static_cast<double>(value) * by;
  // What is too large is refused when it is added.
  return result < 9e18 ? static_cast<std::uint64_t>(std::llround(result)) : ~std::uint64_t{0};
}

}  // namespace

std::optional<HeapSample> takeHeapSample(std::string_view& line) {
  std::string_view rest = line;
  HeapSample sample;
  const auto number = [&rest](std::uint64_t& into) {
    const auto value = takeNumber(rest, 10);
    into = value.value_or(0);
    return value.has_value();
  };
  if (!number(sample.liveBlocks) || !takeSign(rest, ':') || !number(sample.liveBytes) ||
      !takeSign(rest, '[') || !number(sample.blocks) || !takeSign(rest, ':') || !number(sample.bytes) ||
      !takeSign(rest, ']'))
    return std::nullopt;
  line = rest;
  return sample;
}

HeapSample unsampled(const HeapSample& sample, std::uint64_t period) {
  if (period <= 1) return sample;
  const auto scale = [period](std::uint64_t blocks, std::uint64_t bytes) {
    if (blocks == 0 || bytes == 0) return 1.0;
    const double size = static_cast<double>(bytes) / static_cast<double>(blocks);
    return 1 / -std::expm1(-size / static_cast<double>(period));
  };
  const double live = scale(sample.liveBlocks, sample.liveBytes);
  const double all = scale(sample.blocks, sample.bytes);
  return {.liveBlocks = scaled(sample.liveBlocks, live),
          .liveBytes = scaled(sample.liveBytes, live),
          .blocks = scaled(sample.blocks, all),
          .bytes = scaled(sample.bytes, all)};
}

bool HeapSums::add(std::uint32_t stack, const HeapSample& sample) {
  const std::uint64_t bytes = std::max(sample.bytes, sample.liveBytes);
  const std::uint64_t blocks = std::max(sample.blocks, sample.liveBlocks);
  constexpr std::uint64_t kMost = ingest::kMaxBlockBytes;
  if (bytes > kMost || blocks > kMost || m_bytes + bytes > kMost || m_blocks + blocks > kMost) return false;
  m_bytes += bytes;
  m_blocks += blocks;
  m_profile.countSum(stack, sample.liveBlocks, sample.liveBytes,
                     {.allocations = 1, .live = 1, .liveAtPeak = 1});
  m_profile.countSum(stack, blocks - sample.liveBlocks, bytes - sample.liveBytes, {.allocations = 1});
  return true;
}

}  // namespace heaptap::importing
