// SPDX-License-Identifier: Apache-2.0
#include "export/csv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "client/site_table.h"
#include "text/csv_field.h"
#include "export/labels.h"
#include "export/writer.h"
#include "text/function_name.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kMostStackBytes = 256;
constexpr std::string_view kArrow = " < ";

/// The fields of a site that many sites share.
class Places {
 public:
  explicit Places(const client::Profile& profile)
      : m_profile(profile), m_ofFrame(profile.definitions.frames.size()) {
    const FunctionLabels labels(profile);
    m_spoken.reserve(profile.names->functionCount());
    for (std::size_t i = 0; i < profile.names->functionCount(); ++i)
      m_spoken.push_back(spokenFunctionName(labels[static_cast<client::FunctionId>(i)]));
  }

  /// `,"function","file",line,"module"` of the place that allocates.
  [[nodiscard]] std::string place(model::StackId stack) {
    const client::StackStart start = client::startOf(m_profile, stack);
    if (start.stack == model::StackId{}) return "," + csvField(kNoStack) + ",,,";
    const model::FrameId frame = m_profile.definitions.stack(start.stack).frame;
    std::vector<std::string>& lines = m_ofFrame[index(frame)];
    if (lines.size() <= start.line) lines.resize(start.line + 1);
    std::string& fields = lines[start.line];
    if (fields.empty()) fields = fieldsOf(client::lineOf(m_profile, frame, start.line));
    return fields;
  }

  /// The innermost functions of the stack, as many as fit. Appends to `text`.
  void addStack(model::StackId stack, std::string& text) const {
    const client::StackStart start = client::startOf(m_profile, stack);
    const std::size_t begin = text.size();
    std::uint32_t line = start.line;
    for (model::StackId at = start.stack; at != model::StackId{}; line = 0) {
      const model::StackNode& node = m_profile.definitions.stack(at);
      const auto functions = m_profile.names->functions(node.frame);
      for (; line < functions.size(); ++line) {
        if (functions[line] == client::FrameNames::kAllocator) continue;
        const std::string& name = m_spoken[client::index(functions[line])];
        if (text.size() - begin + name.size() > kMostStackBytes) {
          text += text.size() == begin ? clipped(name, kMostStackBytes) : std::string(kArrow) + "…";
          return;
        }
        if (text.size() != begin) text += kArrow;
        text += name;
      }
      at = node.parent;
    }
  }

 private:
  static std::string fieldsOf(const client::StackLine& line) {
    return "," + csvField(line.function.empty() ? labelOf(line) : std::string(line.function)) + "," +
           (line.file.empty() ? "" : csvField(line.file)) + "," +
           (line.line == 0 ? "" : std::to_string(line.line)) + "," +
           (line.module.empty() ? "" : csvField(line.module));
  }

  const client::Profile& m_profile;
  std::vector<std::vector<std::string>> m_ofFrame;  ///< By frame and line; empty: not made yet.
  std::vector<std::string> m_spoken;                ///< By function.
};

struct Column {
  std::string_view name;
  std::uint64_t client::SiteCounters::*number;
  double client::SiteErrors::*error;  ///< Null: there is none.
};
using Counters = client::SiteCounters;
using Errors = client::SiteErrors;
constexpr std::array kColumns{
    Column{"live_bytes", &Counters::liveBytes, &Errors::liveBytes},
    Column{"live_blocks", &Counters::liveBlocks, &Errors::liveBlocks},
    Column{"peak_bytes", &Counters::peakBytes, &Errors::peakBytes},
    Column{"allocations", &Counters::allocations, &Errors::allocations},
    Column{"frees", &Counters::frees, nullptr},
    Column{"allocated_bytes", &Counters::allocatedBytes, &Errors::allocatedBytes},
    Column{"temporary_allocations", &Counters::temporaries, &Errors::temporaries},
};

}  // namespace

void writeCsv(const Subject& subject, Sink& sink) {
  const client::SiteTable table(subject.profile);
  const bool isSampled = subject.profile.isSampled();
  Places places(subject.profile);
  Writer out(sink);
  out << "heap";
  for (const Column& column : kColumns) out << ',' << column.name;
  out << ",function,file,line,module,stack";
  if (isSampled)
    for (const Column& column : kColumns)
      if (column.error != nullptr) out << ',' << column.name << "_error";
  out << "\r\n";
  client::SiteQuery query{.order = client::SiteOrder::PeakBytes};
  if (subject.isHeapChosen) query.heap = subject.heapId();
  std::vector<std::string> heaps;
  for (std::size_t i = 0; i < subject.profile.definitions.heaps(); ++i) {
    const std::string name = subject.profile.definitions.heapName(static_cast<model::HeapId>(i));
    heaps.push_back(name.empty() ? "malloc" : csvField(name));
  }
  std::string stack;
  for (const std::uint32_t site : table.select(query).sites) {
    if (out.hasFailed()) return;
    const client::SiteKey key = table.key(site);
    const client::SiteCounters counters = table.counters(site);
    out << heaps[index(key.heap)];
    for (const Column& column : kColumns) out << ',' << counters.*column.number;
    stack.clear();
    places.addStack(key.stack, stack);
    out << places.place(key.stack) << ',' << (stack.empty() ? "" : csvField(stack));
    if (isSampled) {
      const auto errors = table.errors(site);
      for (const Column& column : kColumns) {
        if (column.error == nullptr) continue;
        out << ',';
        if (errors) out << std::llround((*errors).*column.error);
      }
    }
    out << "\r\n";
  }
}

}  // namespace heaptap::exporting
