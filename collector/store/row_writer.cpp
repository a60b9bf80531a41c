// SPDX-License-Identifier: Apache-2.0
#include "collector/store/row_writer.h"

#include <array>
#include <optional>
#include <string>
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
  const std::array<std::pair<Statement*, const char*>, 22> statements = {{
      {&writer.m_event, "INSERT INTO event_blob VALUES (?, ?, ?, ?, ?, ?)"},
      {&writer.m_frames, "INSERT INTO frame_blob VALUES (?, ?, ?, ?)"},
      {&writer.m_stacks, "INSERT INTO stack_blob VALUES (?, ?, ?, ?)"},
      {&writer.m_pairs, "INSERT INTO pair_blob VALUES (?, ?, ?, ?)"},
      {&writer.m_module, "INSERT INTO module VALUES (?, ?, ?, ?, ?, ?, 0)"},
      {&writer.m_moduleNames, "UPDATE module SET names_missing = ? WHERE id = ?"},
      {&writer.m_thread, "INSERT INTO thread VALUES (?, ?, ?, ?)"},
      {&writer.m_rename, "UPDATE thread SET name = ? WHERE id = ?"},
      {&writer.m_text, "INSERT INTO text VALUES (?, ?)"},
      {&writer.m_noSymbol, "DELETE FROM symbol_line WHERE frame = ?"},
      {&writer.m_symbol, "INSERT INTO symbol_line VALUES (?, ?, ?, ?, ?, ?, ?)"},
      {&writer.m_gap, "INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
      {&writer.m_counters,
       "UPDATE recording SET "
#define HEAPTAP_RELAY_COUNTER(member, field) #field " = :" #field ", "
#define HEAPTAP_RELAY_MEASURE(member, field) #field " = :" #field ", "
#include "collector/model/relay_counters.def"
       "bypassed = :bypassed, exact_allocations = :exact_allocations, exact_bytes = :exact_bytes, "
       "exact_frees = :exact_frees"},
      {&writer.m_heap, "INSERT INTO heap VALUES (?, ?)"},
      {&writer.m_mark, "INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
      {&writer.m_snapshot, "INSERT INTO snapshot VALUES (?, ?)"},
      {&writer.m_resident, "INSERT INTO resident VALUES (?, ?, ?, ?)"},
      {&writer.m_finding, "INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&writer.m_unrecorded, "INSERT INTO unrecorded VALUES (?, ?, ?, ?)"},
      {&writer.m_goodbye, "UPDATE recording SET end_kind = ?, end_status = ?, ended_ns = ?"},
      {&writer.m_checkpoint, "INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&writer.m_progress,
       "UPDATE recording SET last_sequence = ?, events_not_stored = ?, finished = ?, collector_cpu_ns = ?"},
  }};
  for (const auto& [statement, sql] : statements) {
    auto prepared = database.prepare(sql);
    if (!prepared) return tl::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return writer;
}

Result<void> RowWriter::write(const StoredRow& row) {
  return std::visit([&](const auto& item) { return write(row.sequence, item); }, row.item);
}

Result<void> RowWriter::write(std::uint64_t sequence, const EventBlob& blob) {
  return m_event.run(sequence, blob.firstAllocation, blob.events, blob.fromNs, blob.toNs,
                     BlobView{blob.data});
}

Result<void> RowWriter::write(std::uint64_t sequence, const DefinitionBlob& blob) {
  using Kind = DefinitionBlob::Kind;
  Statement& statement =
      blob.kind == Kind::Frames ? m_frames : (blob.kind == Kind::Stacks ? m_stacks : m_pairs);
  return statement.run(sequence, blob.first, blob.count, BlobView{blob.data});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const ModuleRows& rows) {
  std::size_t id = rows.first;
  for (const auto& module : rows.modules.modules()) {
    auto written = m_module.run(id++, module.path(), hex(module.build_id()), module.start(), module.end(),
                                module.bias());
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const ThreadRows& rows) {
  std::size_t id = rows.first;
  for (const auto& thread : rows.threads.threads()) {
    auto written = m_thread.run(id++, thread.tid(), thread.name(), thread.first_seen_ns());
    if (!written) return written;
  }
  for (const auto& renamed : rows.threads.renamed()) {
    if (auto written = m_rename.run(renamed.name(), renamed.thread()); !written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const SymbolRows& rows) {
  std::size_t id = rows.firstText;
  for (const std::string& text : rows.texts) {
    if (auto written = m_text.run(id++, text); !written) return written;
  }
  for (const auto& [frame, position, line] : rows.lines) {
    if (position == 0) {
      if (auto cleared = m_noSymbol.run(frame); !cleared) return cleared;
    }
    auto written = m_symbol.run(frame, position, index(line.function), index(line.file), line.line,
                                line.inlined, line.allocator);
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const HeapRows& rows) {
  std::size_t id = rows.first;
  for (const std::string& name : rows.heaps.name()) {
    if (auto written = m_heap.run(id++, name); !written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const MarkRow& row) {
  const model::Mark& mark = row.mark;
  auto written = m_mark.run(row.id, mark.name, mark.atNs, mark.liveBytes, mark.liveBlocks, mark.allocations,
                            mark.liveVariance, mark.snapshot != model::Mark::Snapshot::None);
  if (!written || row.snapshot.empty()) return written;
  return m_snapshot.run(row.id, BlobView{row.snapshot});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const NoRow& /*row*/) { return {}; }

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::ResidentMemory& resident) {
  for (int i = 0; i < resident.at_ns_size(); ++i) {
    auto written = m_resident.run(resident.at_ns(i), resident.rss_bytes(i), known(resident.pss_bytes(i)),
                                  known(resident.pool_bytes(i)));
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::ModuleNames& names) {
  for (int i = 0; i < names.module_size(); ++i) {
    if (auto written = m_moduleNames.run(static_cast<int>(names.missing(i)), names.module(i)); !written)
      return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t sequence, const v1::Gap& gap) {
  return m_gap.run(sequence, gap.thread(), gap.from_ns(), gap.to_ns(), gap.allocations(),
                   gap.allocated_bytes(), gap.frees(), static_cast<int>(gap.reason()));
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Counters& counters) {
  const auto exact = [&](std::uint64_t value) {
    return counters.has_exact() ? std::optional(value) : std::nullopt;
  };
  return m_counters.runNamed(
#define HEAPTAP_RELAY_COUNTER(member, field) Named{":" #field, counters.field()},
#define HEAPTAP_RELAY_MEASURE(member, field) Named{":" #field, known(counters.field())},
#include "collector/model/relay_counters.def"
      Named{":bypassed", counters.bypassed()},
      Named{":exact_allocations", exact(counters.exact().allocations())},
      Named{":exact_bytes", exact(counters.exact().allocated_bytes())},
      Named{":exact_frees", exact(counters.exact().frees())});
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Findings& findings) {
  for (const auto& finding : findings.findings()) {
    auto written =
        m_finding.run(finding.id(), static_cast<int>(finding.kind()), finding.count(), finding.pair(),
                      static_cast<int>(finding.free_origin()), finding.free_stack(),
                      finding.earlier_free_stack(), finding.declared_size(), finding.first_ns(),
                      finding.thread(), finding.address(), finding.heap(), finding.own_operator());
    if (!written) return written;
  }
  return {};
}

Result<void> RowWriter::write(std::uint64_t /*sequence*/, const v1::Goodbye& goodbye) {
  for (const v1::UnrecordedProgram& each : goodbye.unrecorded()) {
    auto written = m_unrecorded.run(each.program(), each.why(), each.in_place() ? 1 : 0, each.times());
    if (!written) return written;
  }
  return m_goodbye.run(static_cast<int>(goodbye.end()), goodbye.status(), goodbye.ended_ns());
}

Result<void> RowWriter::write(const Checkpoint& checkpoint) {
  const model::Totals& totals = checkpoint.totals;
  return m_checkpoint.run(checkpoint.sequence, totals.allocations, totals.frees, totals.allocatedBytes,
                          totals.liveBytes, totals.peakBytes, totals.peakAtNs, totals.temporaries,
                          totals.lastEventNs, BlobView{checkpoint.data});
}

Result<void> RowWriter::writeProgress(std::uint64_t lastSequence, std::uint64_t eventsNotStored,
                                      bool finished, std::optional<std::uint64_t> collectorCpuNs) {
  return m_progress.run(lastSequence, eventsNotStored, finished, collectorCpuNs);
}

}  // namespace heaptap::store
