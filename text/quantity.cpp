// SPDX-License-Identifier: Apache-2.0
#include "text/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <system_error>

namespace heaptap {
inline namespace text {
namespace {

__attribute__((format(printf, 1, 2))) std::string printed(const char* format, ...) {
  std::array<char, 128> text{};
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// Three significant digits below 1000, whole numbers from there.
std::string threeDigits(double value) {
  if (value < 9.995) return printed("%.2f", value);
  if (value < 99.95) return printed("%.1f", value);
  return formatCount(static_cast<std::uint64_t>(std::llround(value)));
}

std::tm utc(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return parts;
}

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

struct UnixTime {
  std::int64_t seconds;
  std::int64_t ns;
};

UnixTime split(std::int64_t unixNs) {
  std::int64_t ns = unixNs % kNsPerSecond;
  if (ns < 0) ns += kNsPerSecond;
  return {(unixNs - ns) / kNsPerSecond, ns};
}

}  // namespace

std::string formatCount(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string formatBytes(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.6 KiB would be shown as 1,024 KiB: it is 1.00 MiB.
  while (value >= 1023.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return threeDigits(value) + " " + kUnits[unit];
}

std::string formatShare(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  if (part != 0 && static_cast<double>(part) / static_cast<double>(whole) < 0.0005) return "<0.1 %";
  return printed("%.1f %%", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string formatDuration(std::uint64_t ns) {
  const double seconds = static_cast<double>(ns) / 1e9;
  if (seconds < 0.9995e-3) return printed("%.0f us", seconds * 1e6);
  if (seconds < 0.9995) return threeDigits(seconds * 1e3) + " ms";
  if (seconds < 59.95) return threeDigits(seconds) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600)
    return printed("%llu min %02llu s", static_cast<unsigned long long>(whole / 60),
                   static_cast<unsigned long long>(whole % 60));
  return formatCount(whole / 3600) +
         printed(" h %02llu min", static_cast<unsigned long long>(whole / 60 % 60));
}

std::string formatTimestamp(std::int64_t unixNs) {
  const UnixTime time = split(unixNs);
  const std::tm parts = utc(time.seconds);
  return printed("%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ", parts.tm_year + 1900, parts.tm_mon + 1,
                 parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<long long>(time.ns));
}

std::string formatTime(std::int64_t unixNs) {
  const std::tm parts = utc(split(unixNs).seconds);
  return printed("%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                 parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::uint64_t wholeError(double error) {
  constexpr double kMost = 9e18;
  return error > 0 ? static_cast<std::uint64_t>(std::llround(std::min(error, kMost))) : 0;
}

std::string formatNumberOf(std::uint64_t count, const char* singular) {
  return formatCount(count) + " " + singular + (count == 1 ? "" : "s");
}

std::string formatSizeRange(std::uint64_t minBytes, std::uint64_t maxBytes) {
  if (minBytes == maxBytes) return formatCount(minBytes) + " B";
  static constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  // From 1 KiB on the upper end is the first size outside, as the inclusive one is no round number.
  while (minBytes >= 1024 && unit + 1 < kUnits.size()) {
    minBytes /= 1024;
    maxBytes = maxBytes / 1024 + (maxBytes % 1024 == 1023 ? 1 : 0);
    ++unit;
  }
  return formatCount(minBytes) + "-" + formatCount(maxBytes) + " " + kUnits[unit];
}

bool parseBytes(const std::string& text, std::uint64_t& bytes) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc{} || !(value >= 0)) return false;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  int power = 0;
  if (!unit.empty()) {
    static constexpr std::string_view kPrefixes = "kmgtKMGT";
    const std::size_t prefix = kPrefixes.find(unit.front());
    if (prefix != std::string_view::npos) {
      power = static_cast<int>(prefix % 4) + 1;
      unit.remove_prefix(1);
      if (!unit.empty() && unit.front() == 'i' && unit.size() == 2) unit.remove_prefix(1);
    }
    if (unit == "B" || unit == "b") unit = {};
    if (!unit.empty()) return false;
  }
  value = std::ldexp(value, 10 * power);
  if (value >= 0x1p64) return false;
  bytes = static_cast<std::uint64_t>(value);
  return true;
}

}  // namespace text
}  // namespace heaptap
