// SPDX-License-Identifier: Apache-2.0
#include "collector/query/findings.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>

#include "collector/query/stack_lines.h"

namespace heaptap::query {
namespace {

/// Which functions must go together.
enum class Family { Malloc, New, NewArray };

std::optional<Family> familyOf(v1::Origin origin) {
  switch (origin) {
    case v1::ORIGIN_OPERATOR_NEW:
    case v1::ORIGIN_NEW_NOTHROW:
    case v1::ORIGIN_NEW_ALIGNED:
    case v1::ORIGIN_NEW_ALIGNED_NOTHROW:
    case v1::ORIGIN_OPERATOR_DELETE:
    case v1::ORIGIN_DELETE_SIZED:
    case v1::ORIGIN_DELETE_ALIGNED:
    case v1::ORIGIN_DELETE_SIZED_ALIGNED:
    case v1::ORIGIN_DELETE_NOTHROW:
    case v1::ORIGIN_DELETE_ALIGNED_NOTHROW: return Family::New;
    case v1::ORIGIN_NEW_ARRAY:
    case v1::ORIGIN_NEW_ARRAY_NOTHROW:
    case v1::ORIGIN_NEW_ARRAY_ALIGNED:
    case v1::ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW:
    case v1::ORIGIN_DELETE_ARRAY:
    case v1::ORIGIN_DELETE_ARRAY_SIZED:
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED:
    case v1::ORIGIN_DELETE_ARRAY_SIZED_ALIGNED:
    case v1::ORIGIN_DELETE_ARRAY_NOTHROW:
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW: return Family::NewArray;
    default: return Family::Malloc;
  }
}

/// The same, as the innermost function says: a C++ runtime's own operator that called malloc or free.
std::optional<Family> familyOf(const model::SessionRecord& record, model::StackId stack) {
  if (stack == model::StackId{}) return std::nullopt;
  const auto symbols = record.symbols.lines(record.stacks[stack].frame);
  if (symbols.empty()) return std::nullopt;
  if (!symbols.back().allocator) return std::nullopt;  // A placement form is the program's own function.
  const std::string_view name = record.symbols.text(symbols.back().function);
  if (name.starts_with("operator new[](") || name.starts_with("operator delete[](")) return Family::NewArray;
  if (name.starts_with("operator new(") || name.starts_with("operator delete(")) return Family::New;
  return std::nullopt;
}

bool stands(const model::SessionRecord& record, const model::Finding& finding) {
  if (finding.kind != model::Finding::Kind::MismatchedFree || !finding.pair) return true;
  const model::Pair& pair = record.model.pair(*finding.pair);
  const auto named = [&](model::StackId stack, model::Origin origin) {
    const auto byName = familyOf(record, stack);
    return byName ? byName : familyOf(static_cast<v1::Origin>(index(origin)));
  };
  const bool copies = familyOf(record, pair.stack) || familyOf(record, finding.freeStack);
  return !copies || named(pair.stack, pair.origin) != named(finding.freeStack, finding.freeOrigin);
}

void setLines(const model::SessionRecord& record, model::StackId stack,
              google::protobuf::RepeatedPtrField<v1::StackLine>& lines) {
  for (v1::StackLine& line : stackLines(record, stack)) *lines.Add() = std::move(line);
}

}  // namespace

std::vector<std::uint32_t> standingFindings(const model::SessionRecord& record) {
  std::vector<std::uint32_t> ids(record.findings.size());
  std::iota(ids.begin(), ids.end(), 0U);
  std::erase_if(ids, [&](std::uint32_t id) { return !stands(record, record.findings[id]); });
  std::stable_sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
    return record.findings[a].count > record.findings[b].count;
  });
  return ids;
}

v1::FindingReport findingReport(const model::SessionRecord& record, const model::Finding& finding) {
  v1::FindingReport report;
  report.set_kind(static_cast<v1::FindingKind>(finding.kind));
  report.set_count(finding.count);
  if (finding.pair) {
    const model::Pair& pair = record.model.pair(*finding.pair);
    report.set_size(pair.size);
    report.set_allocation_origin(static_cast<v1::Origin>(index(pair.origin)));
    setLines(record, pair.stack, *report.mutable_allocation());
  }
  report.set_free_origin(static_cast<v1::Origin>(index(finding.freeOrigin)));
  setLines(record, finding.freeStack, *report.mutable_free());
  setLines(record, finding.earlierFreeStack, *report.mutable_earlier_free());
  if (finding.kind == model::Finding::Kind::WrongSize && finding.declaredSize != 0)
    report.set_declared_size(finding.declaredSize);
  if (finding.kind == model::Finding::Kind::WrongAlignment && finding.pair) {
    report.set_alignment(std::uint64_t{1} << (record.model.pair(*finding.pair).alignLog2 & 0x3F));
    report.set_declared_alignment(finding.declaredSize);
  }
  report.set_first_ns(finding.firstNs);
  const model::Thread& thread = record.threads[index(finding.thread)];
  report.set_thread(thread.tid);
  report.set_thread_name(thread.name);
  report.set_address(finding.address);
  report.set_heap(static_cast<std::uint32_t>(index(finding.heap)));
  report.set_heap_name(record.heapName(finding.heap));
  return report;
}

}  // namespace heaptap::query
