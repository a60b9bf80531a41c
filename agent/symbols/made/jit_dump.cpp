// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "agent/symbols/made/made_names.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols {
namespace {

constexpr std::uint32_t kDumpMagic = 0x4A69'5444;  // "JiTD"
constexpr std::uint64_t kMaxDumpBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kMaxRecords = 2'000'000;
/// Records that claim everything make as much work as there are addresses.
constexpr std::uint64_t kMaxHits = 20'000'000;
constexpr std::size_t kMaxDumpName = 64 << 10;
constexpr std::size_t kMaxLinesBytes = 16 << 20;  ///< Of the lines of one function.

struct DumpHeader {
  std::uint32_t magic, version, bytes, machine, unused, pid;
  std::uint64_t time, flags;
};
static_assert(sizeof(DumpHeader) == 40);

enum class RecordKind : std::uint32_t { Load = 0, Move = 1, Lines = 2, Close = 3 };

struct RecordHeader {
  std::uint32_t kind, bytes;
  std::uint64_t time;
};
static_assert(sizeof(RecordHeader) == 16);

struct Load {
  std::uint32_t pid, tid;
  std::uint64_t memory, address, size, index;
};
static_assert(sizeof(Load) == 40);

struct Move {
  std::uint32_t pid, tid;
  std::uint64_t memory, before, address, size, index;
};
static_assert(sizeof(Move) == 48);

struct LineEntry {
  std::uint64_t address;
  std::uint32_t line, discriminator;
};
static_assert(sizeof(LineEntry) == 16);

/// Some code, and where the file says more of it.
struct MadeCode {
  std::uint64_t address = 0;  ///< When it was made.
  std::uint64_t size = 0;
  std::uint64_t name = 0;   ///< Offset in the file.
  std::uint64_t lines = 0;  ///< Offset of a record; 0: none.
};

/// Reads the whole of a dump, and notes for each address what was there last; then what that is called.
class DumpReader {
 public:
  DumpReader(const UniqueFd& file, const std::vector<std::uint64_t>& addresses)
      : m_file(file),
        m_end(std::min(sizeOf(file), kMaxDumpBytes)),
        m_addresses(addresses),
        m_hits(addresses.size()) {}

  MadeNames read() {
    DumpHeader header{};
    if (!readAt(m_file, 0, &header, sizeof header) || header.magic != kDumpMagic ||
        header.bytes < sizeof header)
      return {};
    RecordHeader record{};
    std::uint64_t at = header.bytes;
    for (std::uint64_t i = 0; i < kMaxRecords && at + sizeof record <= m_end; ++i) {
      if (!readAt(m_file, at, &record, sizeof record) || record.bytes < sizeof record ||
          record.bytes > m_end - at || record.kind == static_cast<std::uint32_t>(RecordKind::Close)) {
        break;
      }
      take(static_cast<RecordKind>(record.kind), at, record.bytes);
      at += record.bytes;
    }
    return names();
  }

 private:
  struct Hit {
    MadeCode code;
    std::uint64_t offset = 0;  ///< Of the address, within the code.
    bool isThere = false;
  };

  template <class Body>
  std::optional<Body> body(std::uint64_t record, std::uint32_t bytes) const {
    Body found{};
    if (bytes < sizeof(RecordHeader) + sizeof found ||
        !readAt(m_file, record + sizeof(RecordHeader), &found, sizeof found))
      return std::nullopt;
    return found;
  }

  void take(RecordKind kind, std::uint64_t record, std::uint32_t bytes) {
    if (kind == RecordKind::Load) {
      const auto load = body<Load>(record, bytes);
      if (!load) return;
      MadeCode code{load->address, load->size, record + sizeof(RecordHeader) + sizeof *load, 0};
      // The lines of some code come right before it.
      if (m_linesOf == load->address) code.lines = m_lines;
      m_linesOf.reset();
      m_code[load->index] = code;
      note(code, load->address);
    } else if (kind == RecordKind::Move) {
      const auto move = body<Move>(record, bytes);
      if (!move) return;
      if (const auto found = m_code.find(move->index); found != m_code.end())
        note(found->second, move->address);
    } else if (kind == RecordKind::Lines) {
      if (const auto address = body<std::uint64_t>(record, bytes)) m_linesOf = *address;
      m_lines = record;
    }
  }

  void note(const MadeCode& code, std::uint64_t address) {
    const std::uint64_t end = address + std::min(code.size, UINT64_MAX - address);
    for (auto at = std::lower_bound(m_addresses.begin(), m_addresses.end(), address);
         at != m_addresses.end() && *at < end && m_hitCount < kMaxHits; ++at, ++m_hitCount) {
      m_hits[static_cast<std::size_t>(at - m_addresses.begin())] = {code, *at - address, true};
    }
  }

  std::string textAt(std::uint64_t at) const {
    std::string text;
    char part[256];
    while (text.size() < kMaxDumpName && at < m_end) {
      const std::size_t size = std::min<std::uint64_t>(sizeof part, m_end - at);
      if (!readAt(m_file, at, part, size)) return {};
      const std::string_view read(part, size);
      const std::size_t end = read.find('\0');
      text += read.substr(0, end);
      if (end != std::string_view::npos) return text;
      at += size;
    }
    return text;
  }

  MadeNames names() const {
    MadeNames found;
    for (std::size_t i = 0; i < m_hits.size(); ++i) {
      const Hit& hit = m_hits[i];
      if (!hit.isThere) continue;
      SourceLine line{.function = textAt(hit.code.name), .file = {}};
      if (line.function.empty()) continue;
      if (hit.code.lines != 0) findLine(hit, line);
      found[m_addresses[i]] = std::move(line);
    }
    return found;
  }

  /// The last entry at or before the address.
  void findLine(const Hit& hit, SourceLine& line) const {
    RecordHeader header{};
    if (!readAt(m_file, hit.code.lines, &header, sizeof header) || header.bytes > kMaxLinesBytes) return;
    std::string bytes(header.bytes, '\0');
    if (!readAt(m_file, hit.code.lines, bytes.data(), bytes.size())) return;
    std::string_view rest =
        std::string_view(bytes).substr(std::min<std::size_t>(bytes.size(), sizeof header + 16));
    std::string_view file;
    std::uint64_t nearest = 0;
    for (LineEntry entry{}; rest.size() > sizeof entry;) {
      std::memcpy(&entry, rest.data(), sizeof entry);
      rest.remove_prefix(sizeof entry);
      const std::size_t end = rest.find('\0');
      if (end == std::string_view::npos) return;
      constexpr std::string_view kAsBefore = "\xff";
      if (rest.substr(0, end) != kAsBefore) file = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      if (entry.address > hit.code.address + hit.offset || entry.address < nearest) continue;
      nearest = entry.address;
      line.file = file;
      line.line = entry.line;
    }
  }

  const UniqueFd& m_file;
  const std::uint64_t m_end;
  const std::vector<std::uint64_t>& m_addresses;
  std::vector<Hit> m_hits;  ///< By address.
  std::uint64_t m_hitCount = 0;
  std::unordered_map<std::uint64_t, MadeCode> m_code;  ///< By index.
  std::optional<std::uint64_t> m_linesOf;              ///< The code that m_lines is of.
  std::uint64_t m_lines = 0;
};

}  // namespace

MadeNames namesInJitDump(const UniqueFd& file, const std::vector<std::uint64_t>& addresses) {
  return addresses.empty() ? MadeNames() : DumpReader(file, addresses).read();
}

}  // namespace heaptap::symbols
