// SPDX-License-Identifier: Apache-2.0
#include "import/massif_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "collector/ingest/limits.h"
#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

constexpr std::uint64_t kNsInUnit = 1'000'000;
constexpr std::size_t kMostDepth = 4096;

/// Bytes of one stack, its places innermost first.
struct Leaf {
  std::vector<std::string> places;
  std::uint64_t bytes = 0;
};

struct Snapshot {
  std::uint64_t time = 0;
  std::uint64_t bytes = 0;
  bool isPeak = false;
  std::vector<Leaf> leaves;  ///< Empty: the snapshot has no call sites.
};

class MassifReader {
 public:
  MassifReader(const std::string& where, std::string_view text, ProfileBuilder& profile)
      : m_where(where), m_lines(text), m_profile(profile) {}

  Result<void> read() {
    while (m_lines.next()) {
      if (auto done = readLine(m_lines.line()); !done) return done;
    }
    finishSnapshot();
    count();
    return {};
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, "line " + std::to_string(m_lines.number()) + ": " + what);
  }

  Result<void> readLine(std::string_view line) {
    const auto behind = [&line](std::string_view key) {
      return line.starts_with(key) ? std::optional(line.substr(key.size())) : std::nullopt;
    };
    if (const auto command = behind("cmd: ")) m_profile.hello.add_command(std::string(*command));
    if (const auto unit = behind("time_unit: ")) m_isMs = *unit == "ms";
    if (behind("snapshot=")) {
      finishSnapshot();
      m_current.emplace();
    }
    for (const auto& [key, member] :
         {std::pair("time=", &Snapshot::time), {"mem_heap_B=", &Snapshot::bytes}}) {
      auto text = behind(key);
      if (!text) continue;
      const auto value = takeNumber(*text, 10);
      if (!m_current || !value || *value > ingest::kMaxBlockBytes) return broken("a number that cannot be");
      (*m_current).*member = *value;
    }
    if (const auto tree = behind("heap_tree=")) {
      if (!m_current) return broken("a tree without a snapshot");
      m_current->isPeak = *tree == "peak";
      if (*tree != "empty") return readTree();
    }
    return {};
  }

  /// Nodes in the order of the file, each before its callers: a leaf is a whole stack.
  Result<void> readTree() {
    std::vector<std::uint64_t> callersLeft;  // By depth.
    std::vector<std::string> places;
    do {
      if (!m_lines.next()) return broken("the tree ends early");
      std::string_view line = m_lines.line();
      while (line.starts_with(' ')) line.remove_prefix(1);
      if (!line.starts_with('n')) return broken("a line that is no part of a tree");
      line.remove_prefix(1);
      const auto callers = takeNumber(line, 10);
      if (!callers || !line.starts_with(": ")) return broken("a node without its number of callers");
      line.remove_prefix(2);
      const auto bytes = takeNumber(line, 10);
      if (!bytes || *bytes > ingest::kMaxBlockBytes) return broken("a node without its bytes");
      if (callersLeft.size() > kMostDepth) return broken("a tree that is too deep");
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (!callersLeft.empty()) --callersLeft.back();
      // What is below the threshold is known by the node before it only.
      const bool isPlace = line.starts_with("0x");
      if (isPlace) places.emplace_back(line);
      if (*callers == 0) {
        m_current->leaves.push_back({places, *bytes});
        if (isPlace) places.pop_back();
      } else {
        m_hasPlace.push_back(isPlace);
        callersLeft.push_back(*callers);
      }
      while (!callersLeft.empty() && callersLeft.back() == 0) {
        callersLeft.pop_back();
        if (m_hasPlace.back()) places.pop_back();
        m_hasPlace.pop_back();
      }
    } while (!callersLeft.empty());
    return {};
  }

  void finishSnapshot() {
    if (!m_current) return;
    const std::uint64_t atNs =
        m_isMs
            ? std::max(m_profile.endNs, std::min(m_current->time, ingest::kMaxTimeNs / kNsInUnit) * kNsInUnit)
            : 0;
    m_profile.endNs = atNs;
    m_profile.timeline.allocation(atNs, {.bytes = m_current->bytes}, 0);
    if (m_current->isPeak || (!m_peak && !m_current->leaves.empty())) {
      m_peak = *m_current;
      m_profile.peakAtNs = atNs;
    }
    m_last = std::move(*m_current);
    m_current.reset();
  }

  /// `0x1234: function (file.c:12)`, or `(in /path/to/library)`.
  std::uint32_t frameOf(const std::string& text) {
    const auto [known, isNew] = m_frames.try_emplace(text, 0);
    if (!isNew) return known->second;
    std::string_view rest = text;
    rest.remove_prefix(2);
    const std::uint64_t address = takeNumber(rest, 16).value_or(0);
    if (rest.starts_with(": ")) rest.remove_prefix(2);
    ProfileBuilder::Line line;
    std::uint32_t module = 0;
    const std::size_t bracket = rest.rfind(" (");
    if (bracket != std::string_view::npos && rest.ends_with(')')) {
      const std::string_view inside = rest.substr(bracket + 2, rest.size() - bracket - 3);
      const std::size_t colon = inside.rfind(':');
      if (inside.starts_with("in ")) {
        const std::string path(inside.substr(3));
        const auto [found, isNewModule] = m_modules.try_emplace(path, 0);
        if (isNewModule) found->second = m_profile.module(path);
        module = found->second;
        rest = rest.substr(0, bracket);
      } else if (colon != std::string_view::npos) {
        std::string_view number = inside.substr(colon + 1);
        line.file = inside.substr(0, colon);
        line.line = static_cast<std::uint32_t>(takeNumber(number, 10).value_or(0));
        rest = rest.substr(0, bracket);
      }
    }
    if (rest != "???") line.function = rest;
    return known->second = m_profile.frame(module, address, {line});
  }

  std::uint32_t stackOf(const Leaf& leaf) {
    std::uint32_t stack = 0;
    for (std::size_t i = leaf.places.size(); i-- > 0;)
      stack = m_profile.stack(stack, frameOf(leaf.places[i]));
    return stack;
  }

  /// Bytes of a stack at the peak, and at the end.
  struct StackBytes {
    std::uint64_t peak = 0;
    std::uint64_t last = 0;
  };

  void add(const Snapshot& snapshot, std::uint64_t StackBytes::*bytes,
           std::map<std::uint32_t, StackBytes>& stacks) {
    std::uint64_t rest = snapshot.bytes;
    for (const Leaf& leaf : snapshot.leaves) {
      const std::uint64_t counted = std::min(leaf.bytes, rest);
      stacks[stackOf(leaf)].*bytes += counted;
      rest -= counted;
    }
    if (rest != 0) stacks[0].*bytes += rest;
  }

  /// What a stack has at both moments is taken for the same blocks, as the file does not tell them apart.
  void count() {
    if (!m_last) return;
    std::map<std::uint32_t, StackBytes> stacks;
    add(m_peak ? *m_peak : *m_last, &StackBytes::peak, stacks);
    add(*m_last, &StackBytes::last, stacks);
    for (const auto& [stack, bytes] : stacks) {
      const std::uint64_t both = std::min(bytes.peak, bytes.last);
      m_profile.countSum(stack, 0, both, {.allocations = 1, .live = 1, .liveAtPeak = 1});
      m_profile.countSum(stack, 0, bytes.peak - both, {.allocations = 1, .liveAtPeak = 1});
      m_profile.countSum(stack, 0, bytes.last - both, {.allocations = 1, .live = 1});
    }
  }

  const std::string& m_where;
  LineReader m_lines;
  ProfileBuilder& m_profile;
  bool m_isMs = false;
  std::vector<bool> m_hasPlace;  ///< Of the nodes that are open.
  std::optional<Snapshot> m_current;
  std::optional<Snapshot> m_peak;
  std::optional<Snapshot> m_last;
  std::map<std::string, std::uint32_t, std::less<>> m_frames;
  std::map<std::string, std::uint32_t, std::less<>> m_modules;
};

}  // namespace

Result<void> readMassif(const std::string& where, std::string_view text, ProfileBuilder& profile) {
  return MassifReader(where, text, profile).read();
}

}  // namespace heaptap::importing
