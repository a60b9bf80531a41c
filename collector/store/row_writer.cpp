// SPDX-License-Identifier: Apache-2.0
#include "collector/store/row_writer.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace heaptap::store {
namespace {

std::string hex(const std::string& raw) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return text;
}

std::optional<std::uint64_t> known(std::uint64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

}  // namespace

Result<RowWriter> RowWriter::prepare(Database& database) {
  RowWriter writer;
  Result<void> prepared;
  const auto keep = [&](Statement& statement, Result<Statement> made) {
    if (!prepared) return;
    if (made)
      statement = std::move(*made);
    else
      prepared = tl::unexpected(made.error());
  };
  using Columns = std::initializer_list<std::string_view>;
  const auto insert = [&](Statement& statement, const char* table, Columns columns) {
    keep(statement, database.prepareInsert(table, columns));
  };
  const auto replace = [&](Statement& statement, const char* table, Columns columns) {
    keep(statement, database.prepareInsert(table, columns, "INSERT OR REPLACE"));
  };
  const auto other = [&](Statement& statement, const char* sql) { keep(statement, database.prepare(sql)); };

  insert(writer.m_event, "event_blob",
         {"sequence", "first_event", "first_allocation", "events", "from_ns", "to_ns", "data"});
  insert(writer.m_span, "span",
         {"sequence", "level", "first_event", "first_allocation", "events", "from_ns", "to_ns", "entries",
          "data"});
  insert(writer.m_keyframe, "keyframe",
         {"sequence", "at_ns", "first_event", "first_allocation", "blocks", "part", "last", "data"});
  insert(writer.m_frames, "frame_blob", {"sequence", "first", "count", "data"});
  insert(writer.m_stacks, "stack_blob", {"sequence", "first", "count", "data"});
  insert(writer.m_pairs, "pair_blob", {"sequence", "first", "count", "data"});
  insert(writer.m_module, "module", {"id", "path", "build_id", "start", "end", "bias", "names_missing"});
  other(writer.m_moduleNames, "UPDATE module SET names_missing = :names_missing WHERE id = :id");
  insert(writer.m_thread, "thread", {"id", "tid", "name", "first_seen_ns"});
  other(writer.m_rename, "UPDATE thread SET name = :name WHERE id = :id");
  insert(writer.m_text, "text", {"id", "value"});
  other(writer.m_noSymbol, "DELETE FROM symbol_line WHERE frame = :frame");
  insert(writer.m_symbol, "symbol_line",
         {"frame", "position", "function", "file", "line", "inlined", "allocator"});
  insert(writer.m_gap, "gap",
         {"sequence", "thread", "from_ns", "to_ns", "allocations", "allocated_bytes", "frees", "reason"});
  other(writer.m_counters,
        "UPDATE recording SET "
#define HEAPTAP_RELAY_COUNTER(member, field, ...) #field " = :" #field ", "
#define HEAPTAP_RELAY_MEASURE(member, field) #field " = :" #field ", "
#include "base/relay_counters.def"
        "bypassed = :bypassed, exact_allocations = :exact_allocations, exact_bytes = :exact_bytes, "
        "exact_frees = :exact_frees");
  insert(writer.m_heap, "heap", {"id", "name"});
  insert(writer.m_mark, "mark",
         {"id", "name", "at_ns", "live_bytes", "live_blocks", "allocations", "live_variance", "snapshot"});
  insert(writer.m_resident, "resident", {"at_ns", "rss_bytes", "pss_bytes", "pool_bytes"});
  replace(writer.m_finding, "finding",
          {"id", "kind", "count", "pair", "free_origin", "free_stack", "earlier_free_stack", "declared_size",
           "first_ns", "thread", "address", "heap", "own_operator"});
  insert(writer.m_unrecorded, "unrecorded", {"program", "why", "in_place", "times"});
  other(writer.m_goodbye,
        "UPDATE recording SET end_kind = :end_kind, end_status = :end_status, ended_ns = :ended_ns");
  // One that is there already is of the same moment: a snapshot's.
  keep(writer.m_checkpoint, database.prepareInsert("checkpoint",
                                                   {"sequence", "mark", "events", "numbered", "allocations",
                                                    "frees", "allocated_bytes", "live_bytes", "peak_bytes",
                                                    "peak_at_ns", "temporaries", "last_event_ns", "data"},
                                                   "INSERT OR IGNORE"));
  other(writer.m_oldCheckpoint, "DELETE FROM checkpoint WHERE sequence = :sequence AND mark IS NULL");
  replace(writer.m_timeline, "timeline_blob", {"id", "sequence", "data"});
  other(writer.m_progress,
        "UPDATE recording SET last_sequence = :last_sequence, events_not_stored = :events_not_stored, "
        "finished = :finished, collector_cpu_ns = :collector_cpu_ns");
  return prepared.map([&] { return std::move(writer); });
}

Result<void> RowWriter::write(const StoredRow& row) {
  return std::visit([&](const auto& item) { return write(row.sequence, item); }, row.item);
}

Result<void> RowWriter::write(std::uint64_t sequence, const EventBlob& blob) {
  auto written = m_event.run(Named{"sequence", sequence}, Named{"first_event", blob.firstEvent},
                             Named{"first_allocation", blob.firstAllocation}, Named{"events", blob.events},
                             Named{"from_ns", blob.fromNs}, Named{"to_ns", blob.toNs},
                             Named{"data", BlobView{blob.data}});
  for (const SpanBlob& span : blob.spans) {
    if (!written) return written;
    written =
        m_span.run(Named{"sequence", sequence}, Named{"level", span.level},
                   Named{"first_event", span.firstEvent}, Named{"first_allocation", span.firstAllocation},
                   Named{"events", span.events}, Named{"from_ns", span.fromNs}, Named{"to_ns", span.toNs},
                   Named{"entries", span.entries}, Named{"data", BlobView{span.data}});
  }
  return written;
}

Result<void> RowWriter::write(std::uint64_t sequence, const KeyframeBlob& blob) {
  return m_keyframe.run(
      Named{"sequence", sequence}, Named{"at_ns", blob.atNs}, Named{"first_event", blob.firstEvent},
      Named{"first_allocation", blob.firstAllocation}, Named{"blocks", blob.blocks}, Named{"part", blob.part},
      Named{"last", blob.last}, Named{"data", BlobView{blob.data}});
}

Result<void> RowWriter::write(std::uint64_t sequence, const DefinitionBlob& blob) {
  using Kind = DefinitionBlob::Kind;
  Statement& statement =
      blob.kind == Kind::Frames ? m_frames : (blob.kind == Kind::Stacks ? m_stacks : m_pairs);
  return statement.run(Named{"sequence", sequence}, Named{"first", blob.first}, Named{"count", blob.count},
                       Named{"data", BlobView{blob.data}});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const ModuleRows& rows) {
  std::size_t id = rows.first;
  for (const auto& module : rows.modules.modules()) {
    auto written =
        m_module.run(Named{"id", id++}, Named{"path", module.path()},
                     Named{"build_id", hex(module.build_id())}, Named{"start", module.start()},
                     Named{"end", module.end()}, Named{"bias", module.bias()}, Named{"names_missing", 0});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const ThreadRows& rows) {
  std::size_t id = rows.first;
  for (const auto& thread : rows.threads.threads()) {
    auto written = m_thread.run(Named{"id", id++}, Named{"tid", thread.tid()}, Named{"name", thread.name()},
                                Named{"first_seen_ns", thread.first_seen_ns()});
    if (!written) return written;
  }
  for (const auto& renamed : rows.threads.renamed()) {
    auto written = m_rename.run(Named{"name", renamed.name()}, Named{"id", renamed.thread()});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const SymbolRows& rows) {
  std::size_t id = rows.firstText;
  for (const std::string& text : rows.texts) {
    if (auto written = m_text.run(Named{"id", id++}, Named{"value", text}); !written) return written;
  }
  for (const auto& [frame, position, line] : rows.lines) {
    if (position == 0) {
      if (auto cleared = m_noSymbol.run(Named{"frame", frame}); !cleared) return cleared;
    }
    auto written = m_symbol.run(Named{"frame", frame}, Named{"position", position},
                                Named{"function", index(line.function)}, Named{"file", index(line.file)},
                                Named{"line", line.line}, Named{"inlined", line.inlined},
                                Named{"allocator", line.allocator});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const HeapRows& rows) {
  std::size_t id = rows.first;
  for (const std::string& name : rows.heaps.name()) {
    if (auto written = m_heap.run(Named{"id", id++}, Named{"name", name}); !written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const MarkRow& row) {
  const model::Mark& mark = row.mark;
  auto written = m_mark.run(Named{"id", row.id}, Named{"name", mark.name}, Named{"at_ns", mark.atNs},
                            Named{"live_bytes", mark.liveBytes}, Named{"live_blocks", mark.liveBlocks},
                            Named{"allocations", mark.allocations}, Named{"live_variance", mark.liveVariance},
                            Named{"snapshot", mark.snapshot != model::Mark::Snapshot::None});
  return written && row.snapshot ? write(*row.snapshot, row.id) : written;
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const NoRow& /*row*/) { return {}; }

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::ResidentMemory& resident) {
  for (int i = 0; i < resident.at_ns_size(); ++i) {
    auto written = m_resident.run(
        Named{"at_ns", resident.at_ns(i)}, Named{"rss_bytes", resident.rss_bytes(i)},
        Named{"pss_bytes", known(resident.pss_bytes(i))}, Named{"pool_bytes", known(resident.pool_bytes(i))});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::ModuleNames& names) {
  for (int i = 0; i < names.module_size(); ++i) {
    auto written = m_moduleNames.run(Named{"names_missing", static_cast<int>(names.missing(i))},
                                     Named{"id", names.module(i)});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t sequence, const v1::Gap& gap) {
  return m_gap.run(Named{"sequence", sequence}, Named{"thread", gap.thread()},
                   Named{"from_ns", gap.from_ns()}, Named{"to_ns", gap.to_ns()},
                   Named{"allocations", gap.allocations()}, Named{"allocated_bytes", gap.allocated_bytes()},
                   Named{"frees", gap.frees()}, Named{"reason", static_cast<int>(gap.reason())});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Counters& counters) {
  const auto exact = [&](std::uint64_t value) {
    return counters.has_exact() ? std::optional(value) : std::nullopt;
  };
  return m_counters.run(
#define HEAPTAP_RELAY_COUNTER(member, field, ...) Named{#field, counters.field()},
#define HEAPTAP_RELAY_MEASURE(member, field) Named{#field, known(counters.field())},
#include "base/relay_counters.def"
      Named{"bypassed", counters.bypassed()},
      Named{"exact_allocations", exact(counters.exact().allocations())},
      Named{"exact_bytes", exact(counters.exact().allocated_bytes())},
      Named{"exact_frees", exact(counters.exact().frees())});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Findings& findings) {
  for (const auto& finding : findings.findings()) {
    auto written = m_finding.run(
        Named{"id", finding.id()}, Named{"kind", static_cast<int>(finding.kind())},
        Named{"count", finding.count()}, Named{"pair", finding.pair()},
        Named{"free_origin", static_cast<int>(finding.free_origin())},
        Named{"free_stack", finding.free_stack()}, Named{"earlier_free_stack", finding.earlier_free_stack()},
        Named{"declared_size", finding.declared_size()}, Named{"first_ns", finding.first_ns()},
        Named{"thread", finding.thread()}, Named{"address", finding.address()}, Named{"heap", finding.heap()},
        Named{"own_operator", finding.own_operator()});
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Goodbye& goodbye) {
  for (const v1::UnrecordedProgram& each : goodbye.unrecorded()) {
    auto written = m_unrecorded.run(Named{"program", each.program()}, Named{"why", each.why()},
                                    Named{"in_place", each.in_place()}, Named{"times", each.times()});
    if (!written) return written;
  }
  return m_goodbye.run(Named{"end_kind", static_cast<int>(goodbye.end())},
                       Named{"end_status", goodbye.status()}, Named{"ended_ns", goodbye.ended_ns()});
}

Result<void> RowWriter::write(const Checkpoint& checkpoint, std::optional<std::uint64_t> mark) {
  const model::Totals& totals = checkpoint.totals;
  return m_checkpoint.run(
      Named{"sequence", checkpoint.sequence}, Named{"mark", mark}, Named{"events", checkpoint.events},
      Named{"numbered", checkpoint.numbered}, Named{"allocations", totals.allocations},
      Named{"frees", totals.frees}, Named{"allocated_bytes", totals.allocatedBytes},
      Named{"live_bytes", totals.liveBytes}, Named{"peak_bytes", totals.peakBytes},
      Named{"peak_at_ns", totals.peakAtNs}, Named{"temporaries", totals.temporaries},
      Named{"last_event_ns", totals.lastEventNs}, Named{"data", BlobView{checkpoint.data}});
}

Result<void> RowWriter::write(const Checkpoint& checkpoint) {
  return write(checkpoint, std::nullopt).and_then([&] {
    return m_timeline.run(Named{"id", 1}, Named{"sequence", checkpoint.sequence},
                          Named{"data", BlobView{checkpoint.timeline}});
  });
}

Result<void> RowWriter::removeCheckpoint(std::uint64_t sequence) {
  return m_oldCheckpoint.run(Named{"sequence", sequence});
}

Result<void> RowWriter::writeProgress(std::uint64_t lastSequence, std::uint64_t eventsNotStored,
                                      bool finished, std::optional<std::uint64_t> collectorCpuNs) {
  return m_progress.run(Named{"last_sequence", lastSequence}, Named{"events_not_stored", eventsNotStored},
                        Named{"finished", finished}, Named{"collector_cpu_ns", collectorCpuNs});
}

}  // namespace heaptap::store
