// SPDX-License-Identifier: Apache-2.0
#include "gui/models/timeline/axis.h"

#include <algorithm>
#include <array>
#include <limits>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kSecond = 1'000'000'000;
constexpr quint64 kMinute = 60 * kSecond;
constexpr quint64 kHour = 60 * kMinute;
constexpr quint64 kLargest = std::numeric_limits<quint64>::max() / 4;

struct Unit {
  quint64 size;
  const char* name;
};

/// The largest unit that fits into `value` at least once.
template <std::size_t N>
Unit unitOf(quint64 value, const std::array<Unit, N>& units) {
  Unit best = units.front();
  for (const Unit& unit : units)
    if (value >= unit.size) best = unit;
  return best;
}

QString inUnit(quint64 value, const Unit& unit) {
  const double amount = static_cast<double>(value) / static_cast<double>(unit.size);
  return QString::number(amount, 'g', 6) + ' ' + QLatin1String(unit.name);
}

constexpr std::array kByteUnits{Unit{1, "B"},
                                Unit{1ULL << 10, "KiB"},
                                Unit{1ULL << 20, "MiB"},
                                Unit{1ULL << 30, "GiB"},
                                Unit{1ULL << 40, "TiB"},
                                Unit{1ULL << 50, "PiB"}};
constexpr std::array kTimeUnits{Unit{1, "ns"},      Unit{1'000, "us"},    Unit{1'000'000, "ms"},
                                Unit{kSecond, "s"}, Unit{kMinute, "min"}, Unit{kHour, "h"}};

/// The least of 1, 2, 5, 10, … times `base` that covers `least`.
quint64 decimalStep(quint64 least, quint64 base) {
  quint64 step = base;
  while (true) {
    for (const quint64 factor : {1ULL, 2ULL, 5ULL})
      if (step * factor >= least) return step * factor;
    step *= 10;
  }
}

quint64 byteStep(quint64 least) {
  for (const Unit& unit : kByteUnits)
    // From 256 on by powers of two, as the next unit follows at 1024.
    for (const quint64 factor : {1U, 2U, 5U, 10U, 20U, 50U, 100U, 256U, 512U})
      if (factor * unit.size >= least) return factor * unit.size;
  return least;
}

quint64 timeStep(quint64 least) {
  if (least <= 30 * kSecond) return std::min(decimalStep(least, 1), 30 * kSecond);
  for (const quint64 minutes : {1U, 2U, 5U, 10U, 15U, 30U, 60U, 120U, 180U, 360U, 720U, 1440U})
    if (minutes * kMinute >= least) return minutes * kMinute;
  return decimalStep(least, 24 * kHour);
}

Axis axisOf(quint64 largest, quint64 step, const Unit& unit) {
  Axis axis{.end = largest, .ticks = {}};
  for (quint64 value = 0; value <= largest; value += step)
    axis.ticks.push_back({value, value == 0 ? QStringLiteral("0") : inUnit(value, unit)});
  return axis;
}

quint64 roundedUp(quint64 value, quint64 step) { return (value + step - 1) / step * step; }

}  // namespace

Axis byteAxis(quint64 largest, int intervals) {
  largest = std::clamp<quint64>(largest, 1, kLargest);
  const auto parts = static_cast<quint64>(std::max(intervals, 1));
  const quint64 step = byteStep((largest + parts - 1) / parts);
  const quint64 end = roundedUp(largest, step);
  return axisOf(end, step, unitOf(std::max(step, end / 2), kByteUnits));
}

Axis countAxis(quint64 largest, int intervals) {
  largest = std::clamp<quint64>(largest, 1, kLargest);
  const auto parts = static_cast<quint64>(std::max(intervals, 1));
  const quint64 step = decimalStep((largest + parts - 1) / parts, 1);
  Axis axis{.end = roundedUp(largest, step), .ticks = {}};
  for (quint64 value = 0; value <= axis.end; value += step) axis.ticks.push_back({value, countText(value)});
  return axis;
}

Axis timeAxis(quint64 largest, int intervals) {
  largest = std::clamp<quint64>(largest, 1, kLargest);
  const auto parts = static_cast<quint64>(std::max(intervals, 1));
  const quint64 step = timeStep((largest + parts - 1) / parts);
  // "0.5 s, 1 s" rather than "500 ms, 1000 ms"; but a third of a minute is 20 s.
  const quint64 typical = step < kMinute ? std::clamp(largest / 2, step, std::max(step, kSecond)) : step;
  return axisOf(largest, step, unitOf(typical, kTimeUnits));
}

Axis timeAxis(const TimeWindow& window, int intervals) {
  if (window.beginNs == 0) return timeAxis(window.endNs, intervals);
  const quint64 end = std::min(window.endNs, kLargest);
  const quint64 begin = std::min(window.beginNs, end - 1);
  const auto parts = static_cast<quint64>(std::max(intervals, 1));
  const quint64 step = timeStep((end - begin + parts - 1) / parts);
  const Unit unit = unitOf(std::max(end / 2, step), kTimeUnits);
  int digits = 0;
  for (quint64 digit = unit.size; digit > step; digit /= 10) ++digits;
  Axis axis{.begin = begin, .end = end, .ticks = {}};
  for (quint64 value = roundedUp(begin, step); value <= end; value += step)
    axis.ticks.push_back(
        {value, QString::number(static_cast<double>(value) / static_cast<double>(unit.size), 'f', digits) +
                    ' ' + QLatin1String(unit.name)});
  return axis;
}

QString momentText(quint64 ns, quint64 resolutionNs) {
  int digits = 0;
  for (quint64 digit = kSecond; digit > std::max<quint64>(resolutionNs, 1); digit /= 10) ++digits;
  constexpr int kDigitsOfDurations = 2;  // "1.23 s"
  if (digits <= kDigitsOfDurations || ns < kSecond) return durationText(ns);
  return QString::number(static_cast<double>(ns) / static_cast<double>(kSecond), 'f', digits) +
         QStringLiteral(" s");
}

}  // namespace heaptap::gui
