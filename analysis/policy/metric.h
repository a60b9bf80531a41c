// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heaptap::analysis {

/// What a policy sets limits to.
enum class Metric : std::uint8_t {
  Leaked,
  LeakedBlocks,
  Growing,
  Peak,
  Allocations,
  Allocated,
  Temporary,
  Findings
};
inline constexpr std::size_t kMetrics = 8;

/// A metric as it is written in a policy, and read.
struct MetricWord {
  Metric metric;
  std::string_view word;
  std::string_view meaning;  ///< "leaked bytes"
  bool isBytes;
};
inline constexpr std::array<MetricWord, kMetrics> kMetricWords{{
    {Metric::Leaked, "leaked", "leaked bytes", true},
    {Metric::LeakedBlocks, "leaked-blocks", "leaked blocks", false},
    {Metric::Growing, "growing", "bytes that have grown until the end", true},
    {Metric::Peak, "peak", "bytes live at the peak", true},
    {Metric::Allocations, "allocations", "allocations", false},
    {Metric::Allocated, "allocated", "bytes allocated in all", true},
    {Metric::Temporary, "temporary", "temporary allocations", false},
    {Metric::Findings, "findings", "wrong uses of the heap", false},
}};

[[nodiscard]] constexpr const MetricWord& wordOf(Metric metric) {
  return kMetricWords[static_cast<std::size_t>(metric)];
}

/// A number of a metric for people: `1.21 KiB`, `1,234`.
[[nodiscard]] std::string formatMetric(Metric metric, std::uint64_t value);
/// The same with all its digits, where they are not in it: `4.69 KiB (4,799 bytes)`.
[[nodiscard]] std::string formatExactly(Metric metric, std::uint64_t value);
/// The same so that it cannot be taken for another number, `other`, that it is shown beside.
[[nodiscard]] std::string formatBeside(Metric metric, std::uint64_t value, std::uint64_t other);

/// Something for each metric.
template <class Value>
class PerMetric {
 public:
  [[nodiscard]] Value& operator[](Metric metric) { return m_values[static_cast<std::size_t>(metric)]; }
  [[nodiscard]] const Value& operator[](Metric metric) const {
    return m_values[static_cast<std::size_t>(metric)];
  }
  bool operator==(const PerMetric&) const = default;

 private:
  std::array<Value, kMetrics> m_values{};
};

}  // namespace heaptap::analysis
