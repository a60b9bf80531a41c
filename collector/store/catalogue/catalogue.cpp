// SPDX-License-Identifier: Apache-2.0
#include "collector/store/catalogue/catalogue.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "collector/store/catalogue/catalogue_file.h"
#include "collector/store/schema.h"

namespace heaptap::store {
namespace fs = std::filesystem;
namespace {

/// Fewer are opened as quickly.
constexpr std::size_t kLeastKept = 32;

constexpr std::array kBeside{"-wal", "-shm", "-journal", ".reserve"};

/// A file may change twice within one tick of the file system's clock, and look the same: what has changed
/// just now is not kept.
constexpr std::int64_t kSettledNs = 2'000'000'000;

FileState stateIn(const catalogue::Entry& entry) {
  return {.inode = entry.inode(),
          .bytes = entry.bytes(),
          .modifiedNs = entry.modified_ns(),
          .changedNs = entry.changed_ns()};
}

bool isSame(const FileState& a, const FileState& b) {
  return a.inode == b.inode && a.bytes == b.bytes && a.modifiedNs == b.modifiedNs &&
         a.changedNs == b.changedNs;
}

std::optional<HeaderParts> partsIn(const catalogue::Entry& entry) {
  HeaderParts parts;
  if (!parts.hello.ParseFromString(entry.hello())) return std::nullopt;
  if (!entry.goodbye().empty() && !parts.goodbye.emplace().ParseFromString(entry.goodbye()))
    return std::nullopt;
  parts.progress = {.lastSequence = entry.last_sequence(),
                    .finished = entry.finished(),
                    .eventsNotStored = entry.events_not_stored()};
  if (entry.has_collector_cpu_ns()) parts.progress.collectorCpuNs = entry.collector_cpu_ns();
  parts.lastEventNs = entry.last_event_ns();
  return parts;
}

void write(const std::string& name, const FileState& state, const HeaderParts& parts,
           catalogue::Entry& entry) {
  entry.set_name(name);
  entry.set_inode(state.inode);
  entry.set_bytes(state.bytes);
  entry.set_modified_ns(state.modifiedNs);
  entry.set_changed_ns(state.changedNs);
  entry.set_hello(parts.hello.SerializeAsString());
  if (parts.goodbye) {
    v1::Goodbye goodbye = *parts.goodbye;
    goodbye.clear_unrecorded();  // No part of a header.
    entry.set_goodbye(goodbye.SerializeAsString());
  }
  entry.set_last_sequence(parts.progress.lastSequence);
  entry.set_finished(parts.progress.finished);
  entry.set_events_not_stored(parts.progress.eventsNotStored);
  if (parts.progress.collectorCpuNs) entry.set_collector_cpu_ns(*parts.progress.collectorCpuNs);
  entry.set_last_event_ns(parts.lastEventNs);
}

}  // namespace

Result<Catalogue> Catalogue::open(const fs::path& folder) {
  Catalogue catalogue(folder);
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".heaptap") catalogue.m_files.push_back(entry->path());
    catalogue.m_names.insert(entry->path().filename().string());
  }
  if (error)
    return failure(error == std::errc::no_such_file_or_directory ? Code::NotFound : Code::NotPermitted,
                   folder.string(), "the folder cannot be read: " + error.message());
  std::sort(catalogue.m_files.begin(), catalogue.m_files.end());
  catalogue.load();
  return catalogue;
}

void Catalogue::load() {
  if (m_files.size() < kLeastKept) return;
  const auto file = CatalogueFile::read(m_folder);
  if (!file) return;
  m_owner = file->owner;
  for (const catalogue::Entry& entry : file->contents.entries()) {
    if (!m_names.contains(entry.name())) continue;
    if (auto parts = partsIn(entry))
      m_known.insert_or_assign(entry.name(), Known{.state = stateIn(entry), .parts = std::move(*parts)});
  }
}

bool Catalogue::hasMore(const fs::path& file) const {
  const std::string name = file.filename().string();
  return std::any_of(kBeside.begin(), kBeside.end(),
                     [&](const char* suffix) { return m_names.contains(name + suffix); });
}

Catalogue::Known* Catalogue::knownOf(const std::string& name, const FileState& state) {
  const auto found = m_known.find(name);
  if (found == m_known.end() || !isSame(found->second.state, state)) return nullptr;
  const bool isBelieved = m_owner == ::geteuid() || m_owner == 0 || m_owner == state.owner;
  return isBelieved ? &found->second : nullptr;
}

Result<StoredHeader> Catalogue::header(const fs::path& file) {
  const auto read = [&] {
    return SessionReader::open(file).and_then([](SessionReader reader) { return reader.headerParts(); });
  };
  const auto checked = [&](const HeaderParts& parts) {
    return headerOf(parts).map_error([&](Error error) {
      error.where = file.string();
      return error;
    });
  };
  const std::string name = file.filename().string();
  const bool isHere = file.parent_path() == m_folder && m_names.contains(name) && !hasMore(file);
  const auto before = isHere ? FileState::of(file) : std::nullopt;
  if (before) {
    if (Known* const known = knownOf(name, *before)) {
      auto header = headerOf(known->parts);
      known->isConfirmed = header.has_value();
      if (header) return header;
    }
  }
  m_known.erase(name);
  auto parts = read();
  // A collector has begun to write it just then.
  if (!parts && parts.error().isPassing) parts = read();
  if (!parts) return tl::unexpected(parts.error());
  auto header = checked(*parts);
  const auto after = before ? FileState::of(file) : std::nullopt;
  // What the catalogue has no place for is said by the file only.
  if (header && after && isSame(*before, *after) && !parts->progress.newerFormat) {
    m_known.insert_or_assign(name, Known{.state = *after, .parts = std::move(*parts), .isConfirmed = true});
    ++m_unknown;
  }
  return header;
}

void Catalogue::keep(std::chrono::system_clock::time_point now) {
  if (m_unknown < kLeastKept) return;
  const std::int64_t settled =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count() - kSettledNs;
  catalogue::Catalogue contents;
  contents.set_schema(static_cast<std::uint32_t>(kSchemaVersion));
  for (const auto& [name, known] : m_known)
    if (known.isConfirmed && known.state.changedNs < settled)
      write(name, known.state, known.parts, *contents.add_entries());
  CatalogueFile::write(m_folder, contents);
  m_unknown = 0;
}

}  // namespace heaptap::store
