// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_tables.h"

#include <string>
#include <utility>

#include "collector/store/blob_codec.h"
#include "collector/store/checkpoint_codec.h"

namespace heaptap::store {
namespace {

/// Calls `use` with each row of a query, until one fails.
template <class Use>
Result<void> forEachRow(Database& database, const std::string& sql, Use use) {
  auto rows = database.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  for (;;) {
    const auto row = rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    if (Result<void> used = use(*rows); !used) return used;
  }
}

/// Applies the message in column 0 of each row.
template <class Message>
Result<void> applyBlobs(Database& database, const std::string& sql, ingest::RecordBuilder& builder) {
  BlobDecoder decoder;
  Message message;
  return forEachRow(database, sql, [&](const Statement& row) {
    return decoder.decode(row.text(0), message).and_then([&] { return builder.apply(message); });
  });
}

std::string bytesOf(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string raw;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    raw += static_cast<char>((digit(hex[i]) << 4 | digit(hex[i + 1])) & 0xFF);
  }
  return raw;
}

Result<void> loadModules(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql = "SELECT path, build_id, start, end, bias, names_missing FROM module ORDER BY id";
  std::uint32_t index = 0;
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::ModuleNames names;
    names.add_module(index++);
    names.add_missing(static_cast<v1::ModuleNames::Missing>(row.as<int>(5)));
    v1::Modules message;
    auto& module = *message.add_modules();
    module.set_path(std::string(row.text(0)));
    module.set_build_id(bytesOf(row.text(1)));
    module.set_start(row.as<std::uint64_t>(2));
    module.set_end(row.as<std::uint64_t>(3));
    module.set_bias(row.as<std::uint64_t>(4));
    return builder.apply(message).and_then([&] { return builder.apply(names); });
  });
}

Result<void> loadThreads(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql = "SELECT tid, name, first_seen_ns FROM thread ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::Threads message;
    auto& thread = *message.add_threads();
    thread.set_tid(row.as<std::uint32_t>(0));
    thread.set_name(std::string(row.text(1)));
    thread.set_first_seen_ns(row.as<std::uint64_t>(2));
    return builder.apply(message);
  });
}

Result<void> loadHeaps(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql =
      "SELECT name FROM heap WHERE id >= " + std::to_string(model::kFirstNamedHeap) + " ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::Heaps message;
    message.add_name(std::string(row.text(0)));
    return builder.apply(message);
  });
}

Result<void> loadGaps(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql =
      "SELECT thread, from_ns, to_ns, allocations, allocated_bytes, frees, reason FROM gap";
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::Gap message;
    message.set_thread(row.as<std::uint32_t>(0));
    message.set_from_ns(row.as<std::uint64_t>(1));
    message.set_to_ns(row.as<std::uint64_t>(2));
    message.set_allocations(row.as<std::uint64_t>(3));
    message.set_allocated_bytes(row.as<std::uint64_t>(4));
    message.set_frees(row.as<std::uint64_t>(5));
    message.set_reason(static_cast<v1::DropReason>(row.as<int>(6)));
    return builder.apply(message);
  });
}

Result<void> loadFindings(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql =
      "SELECT id, kind, count, pair, free_origin, free_stack, earlier_free_stack, declared_size, first_ns, "
      "thread, address, heap, own_operator FROM finding ORDER BY id";
  v1::Findings message;
  return forEachRow(database, sql,
                    [&](const Statement& row) -> Result<void> {
                      auto& finding = *message.add_findings();
                      finding.set_id(row.as<std::uint32_t>(0));
                      finding.set_kind(static_cast<v1::FindingKind>(row.as<int>(1)));
                      finding.set_count(row.as<std::uint64_t>(2));
                      finding.set_pair(row.as<std::uint32_t>(3));
                      finding.set_free_origin(static_cast<v1::Origin>(row.as<int>(4)));
                      finding.set_free_stack(row.as<std::uint32_t>(5));
                      finding.set_earlier_free_stack(row.as<std::uint32_t>(6));
                      finding.set_declared_size(row.as<std::uint64_t>(7));
                      finding.set_first_ns(row.as<std::uint64_t>(8));
                      finding.set_thread(row.as<std::uint32_t>(9));
                      finding.set_address(row.as<std::uint64_t>(10));
                      finding.set_heap(row.as<std::uint32_t>(11));
                      finding.set_own_operator(row.as<bool>(12));
                      return {};
                    })
      .and_then([&] { return builder.apply(message); });
}

Result<void> loadMarks(Database& database, ingest::RecordBuilder& builder) {
  using Snapshot = model::Mark::Snapshot;
  const std::string sql =
      "SELECT name, at_ns, live_bytes, live_blocks, allocations, live_variance, snapshot, "
      "EXISTS (SELECT 1 FROM snapshot s WHERE s.mark = m.id) FROM mark m ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    const Snapshot snapshot = row.integer(6) == 0   ? Snapshot::None
                              : row.integer(7) != 0 ? Snapshot::Kept
                                                    : Snapshot::NotKept;
    return builder.restore(model::Mark{.name = std::string(row.text(0)),
                                       .atNs = row.as<std::uint64_t>(1),
                                       .liveBytes = row.as<std::uint64_t>(2),
                                       .liveBlocks = row.as<std::uint64_t>(3),
                                       .allocations = row.as<std::uint64_t>(4),
                                       .liveVariance = row.real(5),
                                       .snapshot = snapshot});
  });
}

Result<void> loadResident(Database& database, ingest::RecordBuilder& builder) {
  v1::ResidentMemory message;
  return forEachRow(database, "SELECT at_ns, rss_bytes, pss_bytes, pool_bytes FROM resident ORDER BY rowid",
                    [&](const Statement& row) -> Result<void> {
                      message.add_at_ns(row.as<std::uint64_t>(0));
                      message.add_rss_bytes(row.as<std::uint64_t>(1));
                      message.add_pss_bytes(row.as<std::uint64_t>(2));
                      message.add_pool_bytes(row.as<std::uint64_t>(3));
                      return {};
                    })
      .and_then([&] { return builder.apply(message); });
}

/// Texts keep their ids: they are added in the order in which they were.
Result<void> loadSymbols(Database& database, ingest::RecordBuilder& builder) {
  v1::Symbols message;
  message.add_text();
  const auto addText = [&](const Statement& row) -> Result<void> {
    message.add_text(std::string(row.text(0)));
    return {};
  };
  const auto addLine = [&](const Statement& row) -> Result<void> {
    message.add_frame(row.as<std::uint32_t>(0));
    message.add_function(row.as<std::uint32_t>(1));
    message.add_file(row.as<std::uint32_t>(2));
    message.add_line(row.as<std::uint32_t>(3));
    message.add_inlined(row.integer(4) != 0);
    message.add_allocator(row.integer(5) != 0);
    return {};
  };
  return forEachRow(database, "SELECT value FROM text ORDER BY id", addText)
      .and_then([&] {
        return forEachRow(database,
                          "SELECT frame, function, file, line, inlined, allocator FROM symbol_line ORDER BY "
                          "frame, position",
                          addLine);
      })
      .and_then([&] { return builder.apply(message); });
}

/// Returns the number of the last message that the checkpoint covers; 0 when there is none.
Result<std::uint64_t> loadCheckpoint(Database& database, ingest::RecordBuilder& builder) {
  std::uint64_t sequence = 0;
  const auto restore = [&](const Statement& row) {
    v1::Checkpoint message;
    sequence = row.as<std::uint64_t>(1);
    return BlobDecoder()
        .decode(row.text(0), message)
        .and_then([&] { return toCounters(message); })
        .and_then([&](model::SessionCounters counters) { return builder.restore(std::move(counters)); });
  };
  return forEachRow(database, "SELECT data, sequence FROM checkpoint", restore).map([&] { return sequence; });
}

}  // namespace

Result<void> loadTables(Database& database, ingest::RecordBuilder& builder) {
  return loadModules(database, builder)
      .and_then([&] { return loadThreads(database, builder); })
      .and_then([&] {
        return applyBlobs<v1::Frames>(database, "SELECT data FROM frame_blob ORDER BY sequence", builder);
      })
      .and_then([&] {
        return applyBlobs<v1::StackNodes>(database, "SELECT data FROM stack_blob ORDER BY sequence", builder);
      })
      .and_then([&] { return loadHeaps(database, builder); })
      .and_then([&] {
        return applyBlobs<v1::Pairs>(database, "SELECT data FROM pair_blob ORDER BY sequence", builder);
      })
      .and_then([&] { return loadGaps(database, builder); })
      .and_then([&] { return loadFindings(database, builder); })
      .and_then([&] { return loadMarks(database, builder); })
      .and_then([&] { return loadResident(database, builder); })
      .and_then([&] { return loadSymbols(database, builder); })
      .and_then([&] { return loadCheckpoint(database, builder); })
      .and_then([&](std::uint64_t covered) {
        const std::string sql = "SELECT data FROM event_blob WHERE sequence > " +
                                std::to_string(static_cast<std::int64_t>(covered)) + " ORDER BY sequence";
        return applyBlobs<v1::EventBatch>(database, sql, builder);
      });
}

Result<model::SessionCounters> loadSnapshot(Database& database, std::size_t mark) {
  Result<model::SessionCounters> found =
      failure(Code::NotFound, "snapshot", "it was not kept: the disk was full, or there were too many");
  const std::string sql = "SELECT data FROM snapshot WHERE mark = " + std::to_string(mark);
  auto read = forEachRow(database, sql, [&](const Statement& row) -> Result<void> {
    v1::Checkpoint message;
    found = BlobDecoder().decode(row.text(0), message).and_then([&] { return toCounters(message); });
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return found;
}

Result<void> addUnrecorded(Database& database, v1::Goodbye& goodbye) {
  return forEachRow(database, "SELECT program, why, in_place, times FROM unrecorded ORDER BY rowid",
                    [&](const Statement& row) -> Result<void> {
                      v1::UnrecordedProgram& each = *goodbye.add_unrecorded();
                      each.set_program(std::string(row.text(0)));
                      each.set_why(std::string(row.text(1)));
                      each.set_in_place(row.as<int>(2) != 0);
                      each.set_times(row.as<std::uint32_t>(3));
                      return {};
                    });
}

Result<void> loadEnding(Database& database, ingest::RecordBuilder& builder) {
  return forEachRow(database, "SELECT * FROM recording", [&](const Statement& row) -> Result<void> {
    const auto number = [&](std::string_view name) {
      const auto column = row.columnNamed(name);
      return column ? row.as<std::uint64_t>(*column) : 0;
    };
    const auto isNull = [&](std::string_view name) {
      const auto column = row.columnNamed(name);
      return !column || row.isNull(*column);
    };
    if (!isNull("unmatched_frees")) {
      v1::Counters counters;
#define HEAPTAP_RELAY_COUNTER(member, field) counters.set_##field(number(#field));
#define HEAPTAP_RELAY_MEASURE(member, field) counters.set_##field(number(#field));
#include "collector/model/relay_counters.def"
      counters.set_bypassed(static_cast<std::uint32_t>(number("bypassed")));
      if (!isNull("exact_allocations")) {
        counters.mutable_exact()->set_allocations(number("exact_allocations"));
        counters.mutable_exact()->set_allocated_bytes(number("exact_bytes"));
        counters.mutable_exact()->set_frees(number("exact_frees"));
      }
      if (auto applied = builder.apply(counters); !applied) return applied;
    }
    if (isNull("end_kind")) return {};
    v1::Goodbye goodbye;
    goodbye.set_end(static_cast<v1::Goodbye::End>(number("end_kind")));
    goodbye.set_status(static_cast<std::int32_t>(number("end_status")));
    goodbye.set_ended_ns(number("ended_ns"));
    return addUnrecorded(database, goodbye).and_then([&] { return builder.apply(goodbye); });
  });
}

}  // namespace heaptap::store
