// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_tables.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "collector/ingest/limits.h"
#include "collector/store/checkpoint_codec.h"
#include "collector/store/rows.h"
#include "collector/store/stored_rows.h"

namespace heaptap::store {
namespace {

/// Only in a copy that was taken while the file was written something may be there in part: else it is
/// `damage`.
Result<void> checkUnfinished(Database& database, const Error& damage) {
  return database.number("SELECT finished FROM recording")
      .and_then([&](std::int64_t finished) -> Result<void> {
        if (finished == 0) return {};
        return tl::unexpected(damage);
      });
}

Result<void> checkUnfinished(Database& database, const char* what) {
  return checkUnfinished(database, failure(Code::Corrupt, what, "they name what is not defined").value());
}

/// Applies the message in the column `data` of each row.
template <class Message>
Result<void> applyBlobs(Database& database, const std::string& sql, ingest::RecordBuilder& builder) {
  BlobDecoder decoder;
  Message message;
  return forEachRow(database, sql, [&](const Statement& row) {
    return decoder.decode(row.text("data"), message).and_then([&] { return builder.apply(message); });
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
  const std::string sql = "SELECT * FROM module ORDER BY id";
  std::uint32_t index = 0;
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::ModuleNames names;
    names.add_module(index++);
    names.add_missing(static_cast<v1::ModuleNames::Missing>(row.as<int>("names_missing")));
    v1::Modules message;
    auto& module = *message.add_modules();
    module.set_path(std::string(row.text("path")));
    module.set_build_id(bytesOf(row.text("build_id")));
    module.set_start(row.as<std::uint64_t>("start"));
    module.set_end(row.as<std::uint64_t>("end"));
    module.set_bias(row.as<std::uint64_t>("bias"));
    return builder.apply(message).and_then([&] { return builder.apply(names); });
  });
}

Result<void> loadThreads(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql = "SELECT * FROM thread ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::Threads message;
    auto& thread = *message.add_threads();
    thread.set_tid(row.as<std::uint32_t>("tid"));
    thread.set_name(std::string(row.text("name")));
    thread.set_first_seen_ns(row.as<std::uint64_t>("first_seen_ns"));
    return builder.apply(message);
  });
}

Result<void> loadHeaps(Database& database, ingest::RecordBuilder& builder) {
  const std::string sql =
      "SELECT name FROM heap WHERE id >= " + std::to_string(model::kFirstNamedHeap) + " ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    v1::Heaps message;
    message.add_name(std::string(row.text("name")));
    return builder.apply(message);
  });
}

Result<void> loadGaps(Database& database, ingest::RecordBuilder& builder) {
  return forEachRow(database, storedRows("*", "gap"), [&](const Statement& row) {
    v1::Gap message;
    message.set_thread(row.as<std::uint32_t>("thread"));
    message.set_from_ns(row.as<std::uint64_t>("from_ns"));
    message.set_to_ns(row.as<std::uint64_t>("to_ns"));
    message.set_allocations(row.as<std::uint64_t>("allocations"));
    message.set_allocated_bytes(row.as<std::uint64_t>("allocated_bytes"));
    message.set_frees(row.as<std::uint64_t>("frees"));
    message.set_reason(static_cast<v1::DropReason>(row.as<int>("reason")));
    return builder.apply(message);
  });
}

Result<void> loadFindings(Database& database, ingest::RecordBuilder& builder) {
  const model::DefinitionsView& known = builder.record().definitions.now();
  v1::Findings message;
  bool isBehind = false;  // Ids follow each other: the first one that is too young is the end.
  const auto read = [&](const Statement& row) -> Result<void> {
    v1::Findings::Finding finding;
    finding.set_id(row.as<std::uint32_t>("id"));
    finding.set_kind(static_cast<v1::FindingKind>(row.as<int>("kind")));
    finding.set_count(row.as<std::uint64_t>("count"));
    finding.set_pair(row.as<std::uint32_t>("pair"));
    finding.set_free_origin(static_cast<v1::Origin>(row.as<int>("free_origin")));
    finding.set_free_stack(row.as<std::uint32_t>("free_stack"));
    finding.set_earlier_free_stack(row.as<std::uint32_t>("earlier_free_stack"));
    finding.set_declared_size(row.as<std::uint64_t>("declared_size"));
    finding.set_first_ns(row.as<std::uint64_t>("first_ns"));
    finding.set_thread(row.as<std::uint32_t>("thread"));
    finding.set_address(row.as<std::uint64_t>("address"));
    finding.set_heap(row.as<std::uint32_t>("heap"));
    finding.set_own_operator(row.as<bool>("own_operator"));
    isBehind = isBehind || finding.pair() > known.pairs.size() ||
               std::max(finding.free_stack(), finding.earlier_free_stack()) >= known.stacks.size();
    if (!isBehind) *message.add_findings() = std::move(finding);
    return {};
  };
  return forEachRow(database, "SELECT * FROM finding ORDER BY id", read)
      .and_then([&] { return isBehind ? checkUnfinished(database, "findings") : Result<void>{}; })
      .and_then([&] { return builder.apply(message); });
}

Result<void> loadMarks(Database& database, ingest::RecordBuilder& builder) {
  using Snapshot = model::Mark::Snapshot;
  const std::string sql =
      "SELECT *, EXISTS (SELECT 1 FROM checkpoint c WHERE c.mark = m.id) AS kept FROM mark m ORDER BY id";
  return forEachRow(database, sql, [&](const Statement& row) {
    const Snapshot snapshot = row.integer("snapshot") == 0 ? Snapshot::None
                              : row.integer("kept") != 0   ? Snapshot::Kept
                                                           : Snapshot::NotKept;
    return builder.restore(model::Mark{.name = std::string(row.text("name")),
                                       .atNs = row.as<std::uint64_t>("at_ns"),
                                       .liveBytes = row.as<std::uint64_t>("live_bytes"),
                                       .liveBlocks = row.as<std::uint64_t>("live_blocks"),
                                       .allocations = row.as<std::uint64_t>("allocations"),
                                       .liveVariance = row.real("live_variance"),
                                       .snapshot = snapshot});
  });
}

Result<void> loadResident(Database& database, ingest::RecordBuilder& builder) {
  v1::ResidentMemory message;
  return forEachRow(database, "SELECT * FROM resident ORDER BY rowid",
                    [&](const Statement& row) -> Result<void> {
                      message.add_at_ns(row.as<std::uint64_t>("at_ns"));
                      message.add_rss_bytes(row.as<std::uint64_t>("rss_bytes"));
                      message.add_pss_bytes(row.as<std::uint64_t>("pss_bytes"));
                      message.add_pool_bytes(row.as<std::uint64_t>("pool_bytes"));
                      return {};
                    })
      .and_then([&] { return builder.apply(message); });
}

/// Texts keep their ids: they are added in the order in which they were.
Result<void> loadSymbols(Database& database, ingest::RecordBuilder& builder) {
  const std::size_t frames = builder.record().definitions.now().frames.size();
  v1::Symbols message;
  bool hasYounger = false;
  message.add_text();
  const auto addText = [&](const Statement& row) -> Result<void> {
    message.add_text(std::string(row.text("value")));
    return {};
  };
  const auto addLine = [&](const Statement& row) -> Result<void> {
    const auto text = std::max(row.as<std::uint32_t>("function"), row.as<std::uint32_t>("file"));
    if (row.as<std::uint32_t>("frame") >= frames || text >= static_cast<std::uint32_t>(message.text_size())) {
      hasYounger = true;
      return {};
    }
    message.add_frame(row.as<std::uint32_t>("frame"));
    message.add_function(row.as<std::uint32_t>("function"));
    message.add_file(row.as<std::uint32_t>("file"));
    message.add_line(row.as<std::uint32_t>("line"));
    message.add_inlined(row.integer("inlined") != 0);
    message.add_allocator(row.integer("allocator") != 0);
    return {};
  };
  return forEachRow(database, "SELECT value FROM text ORDER BY id", addText)
      .and_then(
          [&] { return forEachRow(database, "SELECT * FROM symbol_line ORDER BY frame, position", addLine); })
      .and_then([&] { return hasYounger ? checkUnfinished(database, "symbols") : Result<void>{}; })
      .and_then([&] { return builder.apply(message); });
}

/// Returns the number of the last message that the checkpoint covers; 0 when there is none.
Result<std::uint64_t> loadCheckpoint(Database& database, ingest::RecordBuilder& builder) {
  std::uint64_t sequence = 0;
  const auto restore = [&](const Statement& row) {
    v1::Checkpoint message;
    sequence = row.as<std::uint64_t>("sequence");
    v1::StoredTimeline timeline;
    return BlobDecoder()
        .decode(row.text("data"), message)
        .and_then([&] { return BlobDecoder().decode(row.text("timeline"), timeline); })
        .and_then([&] { return toCounters(message); })
        .and_then([&](model::SessionCounters counters) {
          return toTimeline(timeline).and_then([&](counting::Timeline stored) {
            counters.timeline = std::move(stored);
            return builder.restore(std::move(counters));
          });
        });
  };
  const std::string sql =
      "SELECT c.data, t.sequence, t.data AS timeline FROM timeline_blob t LEFT JOIN checkpoint c "
      "ON c.sequence = t.sequence WHERE t.sequence <= " +
      std::string(kLastStored);
  auto restored = forEachRow(database, sql, restore);
  if (restored) return sequence;
  // The copy has it in part: all events are counted instead.
  return checkUnfinished(database, restored.error()).map([] { return std::uint64_t{0}; });
}

/// Of the checkpoint of which a condition is true. `what`, `why`: if there is none.
Result<model::SessionCounters> loadCounters(Database& database, const std::string& condition,
                                            const char* what, const char* why) {
  Result<model::SessionCounters> found = failure(Code::NotFound, what, why);
  auto read = forEachRow(
      database, "SELECT data FROM checkpoint WHERE " + condition, [&](const Statement& row) -> Result<void> {
        v1::Checkpoint message;
        found = BlobDecoder().decode(row.text("data"), message).and_then([&] { return toCounters(message); });
        return {};
      });
  if (!read) return tl::unexpected(read.error());
  return found;
}

}  // namespace

Result<void> loadTables(Database& database, ingest::RecordBuilder& builder) {
  return loadModules(database, builder)
      .and_then([&] { return loadThreads(database, builder); })
      .and_then([&] { return applyBlobs<v1::Frames>(database, storedRows("data", "frame_blob"), builder); })
      .and_then(
          [&] { return applyBlobs<v1::StackNodes>(database, storedRows("data", "stack_blob"), builder); })
      .and_then([&] { return loadHeaps(database, builder); })
      .and_then([&] { return applyBlobs<v1::Pairs>(database, storedRows("data", "pair_blob"), builder); })
      .and_then([&] { return loadGaps(database, builder); })
      .and_then([&] { return loadFindings(database, builder); })
      .and_then([&] { return loadMarks(database, builder); })
      .and_then([&] { return loadResident(database, builder); })
      .and_then([&] { return loadSymbols(database, builder); })
      .and_then([&] { return loadCheckpoint(database, builder); })
      .and_then([&](std::uint64_t covered) {
        const std::string sql = storedRows(
            "data, events", "event_blob", "sequence > " + std::to_string(static_cast<std::int64_t>(covered)));
        if (builder.record().identity.withoutEvents)
          return applyBlobs<v1::CountedBatch>(database, sql, builder);
        BlobDecoder decoder;
        v1::EventBatch batch;
        return forEachRow(database, sql, [&](const Statement& row) {
          return decodeEvents(row, decoder, batch).and_then([&] { return builder.apply(batch); });
        });
      });
}

Result<void> decodeEvents(const Statement& row, BlobDecoder& decoder, v1::EventBatch& batch) {
  const auto events = std::min<std::uint64_t>(row.as<std::uint64_t>("events"), ingest::kMaxBatchEvents);
  return decoder.decode(row.text("data"), batch, ingest::maxColumnBytes(static_cast<std::uint32_t>(events)));
}

Result<model::SessionCounters> loadInstant(Database& database, std::uint64_t sequence) {
  return loadCounters(database, "sequence = " + std::to_string(static_cast<std::int64_t>(sequence)),
                      "checkpoint", "it is not there");
}

Result<void> addUnrecorded(Database& database, v1::Goodbye& goodbye) {
  return forEachRow(database, "SELECT * FROM unrecorded ORDER BY rowid",
                    [&](const Statement& row) -> Result<void> {
                      v1::UnrecordedProgram& each = *goodbye.add_unrecorded();
                      each.set_program(std::string(row.text("program")));
                      each.set_why(std::string(row.text("why")));
                      each.set_in_place(row.as<int>("in_place") != 0);
                      each.set_times(row.as<std::uint32_t>("times"));
                      return {};
                    });
}

static Result<std::optional<v1::Goodbye>> goodbyeIn(const Statement& row, Database& database) {
  if (row.isNull("end_kind")) return std::nullopt;
  v1::Goodbye goodbye;
  goodbye.set_end(static_cast<v1::Goodbye::End>(row.as<int>("end_kind")));
  goodbye.set_status(row.as<std::int32_t>("end_status"));
  goodbye.set_ended_ns(row.as<std::uint64_t>("ended_ns"));
  return addUnrecorded(database, goodbye).map([&] { return std::optional(std::move(goodbye)); });
}

Result<void> loadEnding(Database& database, ingest::RecordBuilder& builder) {
  return forEachRow(database, "SELECT * FROM recording", [&](const Statement& row) -> Result<void> {
    // A file from before there was this counter has no column for it.
    const auto counter = [&](Name name) { return row.has(name) ? row.as<std::uint64_t>(name) : 0; };
    if (!row.isNull("bypassed")) {
      v1::Counters counters;
#define HEAPTAP_RELAY_COUNTER(member, field, ...) counters.set_##field(counter(#field));
#define HEAPTAP_RELAY_MEASURE(member, field) counters.set_##field(counter(#field));
#include "base/relay_counters.def"
      counters.set_bypassed(row.as<std::uint32_t>("bypassed"));
      if (!row.isNull("exact_allocations")) {
        counters.mutable_exact()->set_allocations(row.as<std::uint64_t>("exact_allocations"));
        counters.mutable_exact()->set_allocated_bytes(row.as<std::uint64_t>("exact_bytes"));
        counters.mutable_exact()->set_frees(row.as<std::uint64_t>("exact_frees"));
      }
      if (auto applied = builder.apply(counters); !applied) return applied;
    }
    return goodbyeIn(row, database).and_then([&](const std::optional<v1::Goodbye>& goodbye) {
      return goodbye ? builder.apply(*goodbye) : Result<void>{};
    });
  });
}

Result<std::optional<v1::Goodbye>> loadGoodbye(Database& database) {
  std::optional<v1::Goodbye> found;
  const auto read = [&](const Statement& row) {
    return goodbyeIn(row, database).map([&](std::optional<v1::Goodbye> goodbye) {
      found = std::move(goodbye);
    });
  };
  return forEachRow(database, "SELECT * FROM recording LIMIT 1", read).map([&] { return std::move(found); });
}

}  // namespace heaptap::store
