// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/compared.h"

#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "cli/session_source.h"
#include "cli/time_options.h"

namespace heaptap::cli {
namespace {

/// One run that is to be read: a session, and perhaps a moment of it.
struct Wanted {
  std::string session;
  std::string at;  ///< As people write it; empty: the end.
};

struct Sides {
  std::vector<Wanted> before;
  std::vector<Wanted> after;
};

/// `SESSION@TIME`, unless there is a file of this name.
Wanted wantedOf(const std::string& words, const std::string& at) {
  const std::size_t sign = words.rfind('@');
  std::error_code ignored;
  if (!at.empty() || sign == std::string::npos || sign == 0 || sign + 1 == words.size() ||
      std::filesystem::exists(words, ignored))
    return {words, at};
  return {words.substr(0, sign), words.substr(sign + 1)};
}

Result<Sides> sidesOf(const DiffOptions& options) {
  const auto usage = [](const std::string& what) {
    return failure(Code::Usage, "diff", what, "try: heaptap diff --help");
  };
  Sides sides;
  const std::vector<std::string>& times = options.times;
  if (!options.before.empty() || !options.after.empty()) {
    if (options.before.empty() || options.after.empty()) return usage("--before and --after belong together");
    if (!options.sessions.empty())
      return usage("sessions are given twice: by --before and --after, and without");
    if (times.size() > 2) return usage("more than two times");
    for (const std::string& session : options.before)
      sides.before.push_back(wantedOf(session, times.empty() ? "" : times.front()));
    for (const std::string& session : options.after)
      sides.after.push_back(wantedOf(session, times.empty() ? "" : times.back()));
    return sides;
  }
  if (times.size() > 2) return usage("more than two times");
  if (options.sessions.size() == 2) {
    sides.before.push_back(wantedOf(options.sessions[0], times.empty() ? "" : times.front()));
    sides.after.push_back(wantedOf(options.sessions[1], times.empty() ? "" : times.back()));
    return sides;
  }
  if (options.sessions.size() == 1 && !times.empty()) {
    sides.before.push_back({options.sessions[0], times[0]});
    sides.after.push_back({options.sessions[0], times.size() == 2 ? times[1] : ""});
    return sides;
  }
  if (options.sessions.size() == 1)
    return usage("one session alone has nothing to be compared with; name two, or --at");
  if (options.sessions.empty()) return usage("no session is named");
  return usage("two sessions are compared; of more, say which are --before and which --after");
}

/// The heap called `name` in this run; none: it has no such heap.
std::optional<model::HeapId> heapOf(const v1::Summary& summary, const std::string& name) {
  if (name.empty() || name == "malloc") return model::kMallocHeap;
  for (const v1::HeapReport& heap : summary.heaps())
    if (heap.name() == name) return static_cast<model::HeapId>(heap.id());
  return std::nullopt;
}

class Reading {
 public:
  Reading(const DiffOptions& options, Progress& progress) : m_options(options), m_progress(progress) {}

  Result<std::vector<analysis::ComparedRun>> read(const std::vector<Wanted>& side) {
    std::vector<analysis::ComparedRun> runs;
    for (const Wanted& wanted : side) {
      auto opened = openSession(wanted.session, m_options.collector, &m_progress);
      if (!opened) return tl::unexpected(std::move(opened.error()));
      client::When when;
      if (!wanted.at.empty()) {
        auto at = instantOf(wanted.at, *opened->source, opened->id);
        if (!at) return tl::unexpected(std::move(at.error()));
        when.at = std::move(*at);
      }
      auto profile = opened->source->profile(opened->id, when);
      if (!profile) return tl::unexpected(std::move(profile.error()));
      for (const v1::HeapReport& heap : profile->summary->heaps()) m_heaps.insert(heap.name());
      const auto heap = heapOf(*profile->summary, m_options.heap);
      m_hasHeap = m_hasHeap || heap;
      // A run that has not made the heap has allocated nothing in it.
      constexpr model::HeapId kNoHeap{0xFFFF'FFFF};
      runs.push_back(
          {.name = wanted.at.empty() ? wanted.session : wanted.session + " at \"" + wanted.at + "\"",
           .profile = std::move(*profile),
           .heap = heap.value_or(kNoHeap)});
    }
    return runs;
  }

  [[nodiscard]] Result<void> checkHeap() const {
    if (m_hasHeap) return {};
    std::string known = "malloc";
    for (const std::string& name : m_heaps) known += ", " + name;
    return failure(Code::NotFound, "--heap " + m_options.heap, "no session has such a heap",
                   "one of: " + known);
  }

 private:
  const DiffOptions& m_options;
  Progress& m_progress;
  bool m_hasHeap = false;
  std::set<std::string> m_heaps;
};

}  // namespace

Result<Compared> readCompared(const DiffOptions& options, Progress& progress) {
  const auto sides = sidesOf(options);
  if (!sides) return tl::unexpected(sides.error());
  Reading reading(options, progress);
  auto before = reading.read(sides->before);
  if (!before) return tl::unexpected(std::move(before.error()));
  auto after = reading.read(sides->after);
  if (!after) return tl::unexpected(std::move(after.error()));
  if (auto checked = reading.checkHeap(); !checked) return tl::unexpected(std::move(checked.error()));
  return Compared{.before = std::move(*before), .after = std::move(*after)};
}

}  // namespace heaptap::cli
