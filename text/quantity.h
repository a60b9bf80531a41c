// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

/// Numbers as people read them. JSON carries the plain ones.
namespace heaptap {
inline namespace text {

/// `1,234,567`.
[[nodiscard]] std::string formatCount(std::uint64_t count);

/// Three significant digits and a binary unit: `512 B`, `1.21 KiB`, `64.0 MiB`, `1,536 TiB`.
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);

/// `34.1 %` of `whole`; `<0.1 %` for what is little but not nothing; `-` when the whole is nothing.
[[nodiscard]] std::string formatShare(std::uint64_t part, std::uint64_t whole);

/// `870 us`, `12.3 ms`, `4.56 s`, `2 min 03 s`, `5 h 02 min`.
/// Units: nanoseconds.
[[nodiscard]] std::string formatDuration(std::uint64_t ns);

/// RFC 3339 in UTC with nanoseconds: `2031-05-06T07:08:09.000000001Z`.
/// Units: nanoseconds since the Unix epoch.
[[nodiscard]] std::string formatTimestamp(std::int64_t unixNs);

/// For tables: `2031-05-06 07:08:09` in UTC.
[[nodiscard]] std::string formatTime(std::int64_t unixNs);

/// An estimate's standard error as a number of the same kind, to the nearest. What is no number, or negative,
/// is none: it may come from elsewhere.
[[nodiscard]] std::uint64_t wholeError(double error);

/// Plural where one is not meant: `1 block`, `2 blocks`.
[[nodiscard]] std::string formatNumberOf(std::uint64_t count, const char* singular);

/// A range of sizes, both ends included: `24 B`, `17-32 B`, `1-2 KiB`.
[[nodiscard]] std::string formatSizeRange(std::uint64_t minBytes, std::uint64_t maxBytes);

/// Bytes from `4096`, `64K`, `1.5MiB`, `2g`: powers of 1024, any case, an optional `B` or `iB`.
/// Errors: false, and `bytes` unchanged, for anything else and for what 64 bits cannot hold.
[[nodiscard]] bool parseBytes(const std::string& text, std::uint64_t& bytes);

}  // namespace text
}  // namespace heaptap
