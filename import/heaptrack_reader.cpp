// SPDX-License-Identifier: Apache-2.0
#include "import/heaptrack_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "collector/ingest/limits.h"
#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

constexpr std::uint64_t kNsInMs = 1'000'000;
constexpr std::uint64_t kMostVersion = 3;

class HeaptrackReader {
 public:
  HeaptrackReader(const std::string& where, std::string_view text, ProfileBuilder& profile)
      : m_where(where), m_lines(text), m_profile(profile) {}

  Result<void> read() {
    while (m_lines.next()) {
      if (m_lines.line().empty()) continue;
      std::string_view rest = m_lines.line().substr(1);
      if (auto done = readLine(m_lines.line().front(), rest); !done) return done;
    }
    count();
    return {};
  }

 private:
  struct Info {
    std::uint64_t size = 0;
    std::uint32_t stack = 0;
    std::size_t pair = 0;  ///< The same for all with this size and stack.
  };

  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, "line " + std::to_string(m_lines.number()) + ": " + what);
  }

  Result<void> readLine(char kind, std::string_view rest) {
    switch (kind) {
      case 'v': return readVersion(rest);
      case 's': return readString(rest);
      case 'i': return readPlace(rest);
      case 't': return readTrace(rest);
      case 'a': return readInfo(rest);
      case '+':
      case '-': return readEvent(kind == '-', rest);
      case 'c': return readTime(rest);
      case 'X':
        m_profile.hello.add_command(std::string(rest.starts_with(' ') ? rest.substr(1) : rest));
        return {};
      case '#':
      case 'I':
      case 'R':
      case 'S':
      case 'A': return {};
      default:
        return broken("what begins with '" + std::string(1, kind) +
                      "' is no part of an interpreted file; open a raw one with heaptrack --analyze first");
    }
  }

  Result<void> readVersion(std::string_view rest) {
    takeNumber(rest, 16);
    m_version = takeNumber(rest, 16).value_or(0);
    if (m_version == 0 || m_version > kMostVersion)
      return broken("version " + std::to_string(m_version) + " of the format, expected 1 to 3");
    return {};
  }

  Result<void> readString(std::string_view rest) {
    if (m_version >= 3 && !takeNumber(rest, 16)) return broken("a string without its length");
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    m_strings.emplace_back(rest);
    return {};
  }

  /// By its number; 0 is none.
  Result<std::string> string(std::uint64_t number) const {
    if (number == 0) return std::string();
    if (number > m_strings.size()) return broken("a string that is not defined");
    return m_strings[number - 1];
  }

  Result<void> readPlace(std::string_view rest) {
    const auto address = takeNumber(rest, 16);
    const auto module = takeNumber(rest, 16);
    if (!address || !module) return broken("a place without address or module");
    const auto path = string(*module);
    if (!path) return tl::unexpected(path.error());
    std::vector<ProfileBuilder::Line> lines;
    while (const auto function = takeNumber(rest, 16)) {
      const auto file = takeNumber(rest, 16);
      const auto line = takeNumber(rest, 16);
      auto name = string(*function);
      auto fileName = string(file.value_or(0));
      if (!name) return tl::unexpected(name.error());
      if (!fileName) return tl::unexpected(fileName.error());
      if (lines.empty() || !name->empty())
        lines.push_back(
            {std::move(*name), std::move(*fileName), static_cast<std::uint32_t>(line.value_or(0))});
    }
    if (m_modules.size() <= *module) m_modules.resize(*module + 1, 0);
    if (*module != 0 && m_modules[*module] == 0) m_modules[*module] = m_profile.module(*path);
    if (lines.size() == 1 && lines[0].function.empty() && lines[0].file.empty()) lines.clear();
    m_places.push_back(m_profile.frame(m_modules[*module], *address, lines));
    return {};
  }

  Result<void> readTrace(std::string_view rest) {
    const auto place = takeNumber(rest, 16);
    const auto caller = takeNumber(rest, 16);
    if (!place || !caller || *place > m_places.size() || *caller > m_traces.size())
      return broken("a trace with a place or a caller that is not defined");
    const std::uint32_t above = *caller == 0 ? 0 : m_traces[*caller - 1];
    m_traces.push_back(*place == 0 ? above : m_profile.stack(above, m_places[*place - 1]));
    return {};
  }

  Result<void> readInfo(std::string_view rest) {
    const auto size = takeNumber(rest, 16);
    const auto trace = takeNumber(rest, 16);
    if (!size || !trace || *trace > m_traces.size() || *size > ingest::kMaxBlockBytes)
      return broken("an allocation with a size or a trace that cannot be");
    const std::uint32_t stack = *trace == 0 ? 0 : m_traces[*trace - 1];
    const auto pair = m_pairs.try_emplace({stack, *size}, m_pairs.size()).first->second;
    if (pair == m_live.size()) m_live.push_back(0);
    m_infos.push_back({*size, stack, pair});
    return {};
  }

  Result<void> readEvent(bool isFree, std::string_view rest) {
    const auto info = takeNumber(rest, 16);
    if (!info || *info >= m_infos.size()) return broken("an event of an allocation that is not defined");
    if (isFree) {
      std::uint64_t& live = m_live[m_infos[*info].pair];
      if (live == 0) return broken("a free of what is not allocated");
      --live;
      m_liveBytes -= m_infos[*info].size;
      m_profile.timeline.free(m_nowNs, {.bytes = m_liveBytes});
    } else {
      ++m_live[m_infos[*info].pair];
      if (__builtin_add_overflow(m_liveBytes, m_infos[*info].size, &m_liveBytes))
        return broken("more bytes than can be counted");
      m_profile.timeline.allocation(m_nowNs, {.bytes = m_liveBytes});
      if (m_liveBytes > m_peakBytes) {
        m_peakBytes = m_liveBytes;
        m_peakEvents = m_events.size() + 1;
        m_profile.peakAtNs = m_nowNs;
      }
    }
    m_events.push_back(static_cast<std::uint32_t>(*info << 1 | (isFree ? 1 : 0)));
    return {};
  }

  Result<void> readTime(std::string_view rest) {
    const auto ms = takeNumber(rest, 16);
    if (!ms || *ms > ingest::kMaxTimeNs / kNsInMs || *ms * kNsInMs < m_nowNs)
      return broken("a time that cannot be");
    m_nowNs = *ms * kNsInMs;
    m_profile.timeline.reach(m_nowNs);
    m_profile.endNs = m_nowNs;
    return {};
  }

  /// A free directly behind the allocation of the same kind is one of a temporary block, as heaptrack counts.
  void count() {
    std::vector<model::PairCounters> counters(m_live.size());
    std::optional<std::uint32_t> last;
    for (std::size_t i = 0; i < m_events.size(); ++i) {
      const std::uint32_t info = m_events[i] >> 1;
      model::PairCounters& pair = counters[m_infos[info].pair];
      if ((m_events[i] & 1) == 0) {
        ++pair.allocations;
        ++pair.live;
        last = info;
      } else {
        --pair.live;
        if (last == info) ++pair.temporaries;
        last.reset();
      }
      if (i + 1 == m_peakEvents)
        for (model::PairCounters& each : counters) each.liveAtPeak = each.live;
    }
    for (const auto& [key, pair] : m_pairs) m_profile.count(key.first, key.second, counters[pair]);
  }

  const std::string& m_where;
  LineReader m_lines;
  ProfileBuilder& m_profile;
  std::uint64_t m_version = 0;
  std::vector<std::string> m_strings;
  std::vector<std::uint32_t> m_modules;  ///< By string: its module; 0: none yet.
  std::vector<std::uint32_t> m_places;
  std::vector<std::uint32_t> m_traces;
  std::vector<Info> m_infos;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> m_pairs;  ///< By stack and size.
  std::vector<std::uint64_t> m_live;                                       ///< By pair.
  std::vector<std::uint32_t> m_events;  ///< Info, and in the lowest bit: a free.
  std::uint64_t m_nowNs = 0;
  std::uint64_t m_liveBytes = 0;
  std::uint64_t m_peakBytes = 0;
  std::size_t m_peakEvents = 0;
};

}  // namespace

Result<void> readHeaptrack(const std::string& where, std::string_view text, ProfileBuilder& profile) {
  return HeaptrackReader(where, text, profile).read();
}

}  // namespace heaptap::importing
