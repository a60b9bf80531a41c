// SPDX-License-Identifier: Apache-2.0
#include "export/callgrind.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/version.h"
#include "client/instant_words.h"
#include "export/labels.h"
#include "export/string_table.h"
#include "export/writer.h"
#include "text/printable.h"
#include "text/shell_word.h"

namespace heaptap::exporting {
namespace {

struct Event {
  std::string_view name;
  Cost cost;
};
constexpr std::array kEvents{Event{"PeakBytes", Cost::Peak}, Event{"LiveBytes", Cost::Live},
                             Event{"AllocatedBytes", Cost::Bytes}, Event{"Allocations", Cost::Allocations},
                             Event{"Temporaries", Cost::Temporary}};
using Costs = std::array<std::uint64_t, kEvents.size()>;

void add(Costs& sum, const Costs& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}
bool isNothing(const Costs& costs) {
  return std::all_of(costs.begin(), costs.end(), [](std::uint64_t cost) { return cost == 0; });
}

/// A function at one of its lines.
struct Place {
  std::uint32_t function = 0;
  std::uint32_t line = 0;
};

class CallgrindWriter {
 public:
  CallgrindWriter(const Subject& subject, Sink& sink)
      : m_subject(subject), m_profile(subject.profile), m_labels(subject.profile), m_out(sink) {
    std::stable_partition(m_events.begin(), m_events.end(), [&subject](const Event& event) {
      return wordsOf(event.cost).ofSite == wordsOf(subject.cost).ofSite;
    });
    for (const Event& event : m_events) m_costs.push_back(subject.costsOf(event.cost));
  }

  void write() {
    collect();
    writeHead();
    std::size_t function = 0;
    // Both lists are sorted by function.
    std::size_t self = 0;
    std::size_t call = 0;
    while (self < m_selfs.size() || call < m_calls.size()) {
      function = std::min(self < m_selfs.size() ? m_selfs[self].first.function : ~0U,
                          call < m_calls.size() ? m_calls[call].caller.function : ~0U);
      writeFunction(static_cast<std::uint32_t>(function));
      for (; self < m_selfs.size() && m_selfs[self].first.function == function; ++self) {
        m_out << m_selfs[self].first.line;
        writeCosts(m_selfs[self].second);
      }
      for (; call < m_calls.size() && m_calls[call].caller.function == function; ++call)
        writeCall(m_calls[call]);
      if (m_out.hasFailed()) return;
    }
    m_out << "\ntotals:";
    writeCosts(total());
  }

 private:
  struct Call {
    Place caller;
    std::uint32_t callee = 0;
    Costs costs{};
    std::uint64_t count = 0;  ///< Stacks with it.
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  [[nodiscard]] Costs selfOf(model::StackId stack) const {
    Costs costs{};
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = m_costs[i].self(stack);
    return costs;
  }
  [[nodiscard]] Costs totalOf(model::StackId stack) const {
    Costs costs{};
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = m_costs[i].total(stack);
    return costs;
  }
  [[nodiscard]] Costs total() const { return totalOf(model::StackId{}); }

  /// Functions are numbered as in the profile; what follows stands for stacks that were not recorded.
  [[nodiscard]] std::uint32_t bare() const {
    return static_cast<std::uint32_t>(m_profile.names->functionCount());
  }

  void collect() {
    absl::flat_hash_map<std::uint64_t, Costs> selfs;
    absl::flat_hash_map<std::pair<std::uint64_t, std::uint32_t>, std::pair<Costs, std::uint64_t>> calls;
    const std::size_t stacks = m_profile.definitions.stacks.size();
    std::vector<Place> innermost(stacks, Place{kNone, 0});  // What a stack is called from.
    const auto key = [](const Place& place) { return std::uint64_t{place.function} << 32 | place.line; };
    for (std::size_t i = 0; i < stacks; ++i) {
      const auto stack = static_cast<model::StackId>(i);
      const Costs totals = totalOf(stack);
      if (isNothing(totals)) continue;
      Place place;
      place.function = kNone;
      if (i != 0) {
        const model::StackNode& node = m_profile.definitions.stack(stack);
        place = innermost[index(node.parent)];
        const auto functions = m_profile.names->functions(node.frame);
        for (std::size_t line = functions.size(); line-- > 0;) {
          if (functions[line] == client::FrameNames::kAllocator) continue;
          const auto function = static_cast<std::uint32_t>(client::index(functions[line]));
          if (place.function != kNone) {
            auto& known = calls[{key(place), function}];
            add(known.first, totals);
            ++known.second;
          }
          place = {function, client::lineOf(m_profile, node.frame, static_cast<std::uint32_t>(line)).line};
        }
        innermost[i] = place;
      }
      const Costs self = selfOf(stack);
      if (!isNothing(self)) add(selfs[key(place.function == kNone ? Place{bare(), 0} : place)], self);
    }
    const auto placeOf = [](std::uint64_t known) {
      return Place{static_cast<std::uint32_t>(known >> 32), static_cast<std::uint32_t>(known)};
    };
    for (const auto& [place, costs] : selfs) m_selfs.emplace_back(placeOf(place), costs);
    for (const auto& [edge, costs] : calls)
      m_calls.push_back({placeOf(edge.first), edge.second, costs.first, costs.second});
    const auto order = [](const Place& place) { return std::pair(place.function, place.line); };
    std::sort(m_selfs.begin(), m_selfs.end(),
              [&order](const auto& a, const auto& b) { return order(a.first) < order(b.first); });
    std::sort(m_calls.begin(), m_calls.end(), [&order](const Call& a, const Call& b) {
      return std::pair(order(a.caller), a.callee) < std::pair(order(b.caller), b.callee);
    });
  }

  void writeHead() {
    const v1::SessionInfo& info = m_subject.summary().info();
    m_out << "# callgrind format\nversion: 1\ncreator: heaptap " << kVersion;
    if (info.pid() != 0) m_out << "\npid: " << info.pid();
    m_out << "\ncmd: " << printable(shellLine({info.command().begin(), info.command().end()}));
    if (m_subject.heap.id() != 0) m_out << "\ndesc: Heap: " << printable(m_subject.heap.name());
    if (m_profile.instant) m_out << "\ndesc: Time: " << client::titleFor(*m_profile.instant);
    if (m_profile.isSampled()) m_out << "\ndesc: Sampled: costs are estimates";
    m_out << "\npositions: line\nevents:";
    for (const Event& event : m_events) m_out << ' ' << event.name;
    m_out << "\nsummary:";
    writeCosts(total());
  }

  void writeCosts(const Costs& costs) {
    for (const std::uint64_t cost : costs) m_out << ' ' << cost;
    m_out << '\n';
  }

  /// `PREFIX=(number) name`, the name at its first use only.
  void writeName(std::string_view prefix, StringTable& table, std::string_view name) {
    const auto [number, isNew] = table.add(name);
    m_out << prefix << "=(" << number << ')';
    if (isNew) m_out << ' ' << name;
    m_out << '\n';
  }

  void writeWhere(std::string_view object, std::string_view file, std::string_view name,
                  std::uint32_t function) {
    client::StackLine line;
    std::string label(kNoStack);
    if (function != bare()) {
      line = lineOfFunction(m_profile, static_cast<client::FunctionId>(function));
      label = m_labels[static_cast<client::FunctionId>(function)];
    }
    writeName(object, m_objects, line.module.empty() ? "???" : printable(line.module));
    writeName(file, m_files, line.file.empty() ? "???" : printable(line.file));
    // Two functions with the same name in two modules are two.
    const auto [found, isNew] = m_functions.try_emplace(function, m_functions.size() + 1);
    m_out << name << "=(" << found->second << ')';
    if (isNew) m_out << ' ' << label;
    m_out << '\n';
  }

  void writeFunction(std::uint32_t function) {
    m_out << '\n';
    writeWhere("ob", "fl", "fn", function);
  }

  void writeCall(const Call& call) {
    writeWhere("cob", "cfi", "cfn", call.callee);
    m_out << "calls=" << call.count << " 0\n" << call.caller.line;
    writeCosts(call.costs);
  }

  const Subject& m_subject;
  const client::Profile& m_profile;
  FunctionLabels m_labels;
  Writer m_out;
  std::array<Event, kEvents.size()> m_events = kEvents;
  std::vector<client::StackCosts> m_costs;  ///< By event.
  std::vector<std::pair<Place, Costs>> m_selfs;
  std::vector<Call> m_calls;
  StringTable m_objects{1};
  StringTable m_files{1};
  absl::flat_hash_map<std::uint32_t, std::size_t> m_functions;
};

}  // namespace

void writeCallgrind(const Subject& subject, Sink& sink) { CallgrindWriter(subject, sink).write(); }

}  // namespace heaptap::exporting
