// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/module_import.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace heaptap::relay {
namespace {

/// More entries are not waited for: a target that was killed leaves one unfinished, a hostile one thousands.
constexpr std::size_t kMaxUnwritten = 64;
/// The drain waits meanwhile.
constexpr std::size_t kMaxEntriesPerCall = 256;

/// Of binaries whose files are gone.
constexpr std::size_t kMaxImageBytes = 64 << 20;

std::uint64_t load(const std::uint64_t& word) { return __atomic_load_n(&word, __ATOMIC_RELAXED); }
std::uint32_t load(const std::uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_RELAXED); }

}  // namespace

std::optional<std::string> ModuleImport::text(const std::uint32_t& offset,
                                              const std::uint32_t& length) const {
  const std::uint32_t bytes = load(length);
  if (bytes > PATH_MAX) return std::nullopt;
  const auto found = m_memory.text(load(offset), bytes);
  if (found.size() != bytes) return std::nullopt;
  std::string copy(found.begin(), found.end());
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  return copy;
}

std::optional<BinaryClaim> ModuleImport::read(std::uint32_t entry) const {
  const wire::ModuleEntry* const e = m_memory.module(entry);
  if (e == nullptr || e->complete.load(std::memory_order_acquire) != 1) return std::nullopt;
  const std::uint32_t idLength = load(e->buildIdLength);
  if (idLength > wire::kBuildIdBytes) return std::nullopt;
  auto loaderPath = text(e->pathOffset, e->pathLength);
  auto filePath = text(e->fileOffset, e->fileLength);
  if (!loaderPath || !filePath) return std::nullopt;

  BinaryClaim claim;
  claim.loaderPath = std::move(*loaderPath);
  claim.filePath = std::move(*filePath);
  claim.buildId.assign(reinterpret_cast<const char*>(e->buildId), idLength);
  claim.start = load(e->start);
  claim.end = load(e->end);
  claim.bias = load(e->bias);
  claim.firstPage = load(e->firstPage);
  claim.file = {load(e->file.device), load(e->file.inode), load(e->file.bytes), load(e->file.modifiedNs)};
  claim.isProgram = (load(e->flags) & wire::kModuleProgram) != 0;
  if (claim.start > claim.end) return std::nullopt;
  return claim;
}

BinarySource ModuleImport::find(const BinaryClaim& claim, ProcessMappings& mappings) {
  BinarySource source = findBinary(claim, mappings, kMaxImageBytes - std::min(kMaxImageBytes, m_imageBytes));
  if (source.image) m_imageBytes += source.image->size();
  return source;
}

void ModuleImport::findNew() {
  const std::uint32_t count = std::min(m_memory.header().moduleCount.load(std::memory_order_acquire),
                                       m_memory.geometry().moduleCapacity);
  if (m_seen >= count && m_unwritten.empty()) return;
  std::vector<std::uint32_t> entries = std::exchange(m_unwritten, {});
  for (; m_seen < count && entries.size() < kMaxEntriesPerCall; ++m_seen) entries.push_back(m_seen);
  ProcessMappings mappings(m_process);
  for (const std::uint32_t entry : entries) {
    const wire::ModuleEntry& e = *m_memory.module(entry);
    if (e.complete.load(std::memory_order_acquire) != 1) {
      if (m_unwritten.size() < kMaxUnwritten) m_unwritten.push_back(entry);
    } else if (load(e.process) == m_index) {
      if (auto claim = read(entry); claim && !m_found.contains(*claim))
        m_found.emplace(*claim, find(*claim, mappings));
    }
  }
}

std::optional<std::uint32_t> ModuleImport::indexOf(std::uint32_t entry) {
  if (const auto known = m_byEntry.find(entry); known != m_byEntry.end()) return known->second;
  auto claim = read(entry);
  if (!claim) return std::nullopt;
  const auto [place, isNew] = m_byClaim.try_emplace(*claim, static_cast<std::uint32_t>(m_modules.size()));
  if (isNew) {
    auto found = m_found.extract(*claim);
    ProcessMappings mappings(m_process);
    BinarySource source = found ? std::move(found.mapped()) : find(*claim, mappings);
    m_modules.push_back({std::move(*claim), std::move(source)});
  }
  m_byEntry.emplace(entry, place->second);
  return place->second;
}

void ModuleImport::flush(MessageSink& sink) {
  if (m_sent == m_modules.size()) return;
  v1::RecordRequest request;
  for (; m_sent < m_modules.size(); ++m_sent) {
    const Module& m = m_modules[m_sent];
    auto& out = *request.mutable_modules()->add_modules();
    out.set_path(m.path());
    out.set_build_id(m.claim.buildId);
    out.set_start(m.claim.start);
    out.set_end(m.claim.end);
    out.set_bias(m.claim.bias);
  }
  sink.send(request);
}

}  // namespace heaptap::relay
