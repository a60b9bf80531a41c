// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>

/// Numbers as people read them, as the command line writes them (text/quantity.h), for widgets.
namespace heaptap::gui {

/// `1,234,567`.
[[nodiscard]] QString countText(quint64 count);

/// Three significant digits and a binary unit: `512 B`, `1.21 KiB`, `64.0 MiB`.
[[nodiscard]] QString bytesText(quint64 bytes);

/// `1,234,567 bytes`.
[[nodiscard]] QString exactBytesText(quint64 bytes);

/// `870 us`, `12.3 ms`, `4.56 s`, `2 min 03 s`, `5 h 02 min`.
/// Units: nanoseconds.
[[nodiscard]] QString durationText(quint64 ns);

/// `2031-05-06 07:08:09` in UTC.
/// Units: nanoseconds since the Unix epoch.
[[nodiscard]] QString timestampText(qint64 unixNs);

/// `34.1 %` of `whole`; `<0.1 %` for what is little but not nothing; `-` when the whole is nothing.
[[nodiscard]] QString shareText(quint64 part, quint64 whole);

/// What is counted in a text. Each has its own text to translate, with the plurals of the language.
enum class Noun : std::uint8_t {
  Allocation,
  Block,
  Byte,
  CallSite,
  Event,
  File,
  Free,
  Function,
  Mark,
  Other,  ///< Things of which some were named.
  Page,
  Place,
  Row,
  Sample,
  SampledBlock,
  Thread,
  Time,
  WrongUse,  ///< "of the heap" is part of the text.
};

/// `1 block`, `2,000 blocks`.
[[nodiscard]] QString numberOfText(quint64 count, Noun noun);

/// A range of sizes, both ends included: `24 B`, `17-32 B`, `1-2 KiB`.
[[nodiscard]] QString sizeRangeText(quint64 minBytes, quint64 maxBytes);

}  // namespace heaptap::gui
