// SPDX-License-Identifier: Apache-2.0
#include "collector/service/snapshot_view.h"

#include <charconv>
#include <memory>
#include <optional>

#include "collector/ingest/counters_check.h"
#include "collector/store/session_reader.h"

namespace heaptap::service {
namespace {

using Snapshot = model::Mark::Snapshot;

std::optional<std::size_t> numberIn(const std::string& name) {
  std::size_t number = 0;
  if (!name.starts_with('#')) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

/// The position of the mark that is meant.
Result<std::size_t> markCalled(const std::vector<model::Mark>& marks, const std::string& name) {
  std::optional<std::size_t> named;
  std::optional<std::size_t> numbered;
  const std::optional<std::size_t> number = numberIn(name);
  std::size_t snapshots = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].snapshot == Snapshot::None) continue;
    if (marks[i].name == name) named = i;
    if (++snapshots == number) numbered = i;
  }
  if (named || numbered) return named ? *named : *numbered;
  return failure(Code::NotFound, name, "the session has no snapshot of this name",
                 snapshots == 0 ? "there are none: heaptap snapshot PID NAME makes one"
                                : "the report lists them under marks");
}

}  // namespace

Result<SnapshotView> viewAtSnapshot(const query::SharedView& view, const std::string& name) {
  const std::vector<model::Mark>& marks = view->history.marks;
  return markCalled(marks, name).and_then([&](std::size_t mark) {
    return store::SessionReader::open(view->custody.file)
        .and_then([&](store::SessionReader reader) { return reader.snapshot(mark); })
        .and_then([&](model::SessionCounters counters) {
          return ingest::checkCounters(counters, view->definitions).map([&] {
            auto then = std::make_shared<query::SessionView>(*view);
            then->counts = std::move(counters.counts);
            then->relay.exact.reset();  // That is of now.
            return SnapshotView{.view = std::move(then), .mark = marks[mark]};
          });
        });
  });
}

}  // namespace heaptap::service
