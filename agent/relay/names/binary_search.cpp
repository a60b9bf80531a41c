// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/binary_search.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/relay/target/mapping_line.h"
#include "agent/relay/target/memory_image.h"
#include "agent/symbols/build_id.h"

namespace heaptap::relay {
namespace {

using Names = v1::ModuleNames;

constexpr std::string_view kDeleted = " (deleted)";

bool isAbsolute(const std::string& path) { return !path.empty() && path.front() == '/'; }

std::string withoutDeleted(const std::string& path) {
  return path.ends_with(kDeleted) ? path.substr(0, path.size() - kDeleted.size()) : path;
}

/// wire::pageDigest() of a file; 0 when it cannot be read.
std::uint64_t firstPageOf(const UniqueFd& file) {
  unsigned char page[wire::kPage] = {};
  return pread(file.get(), page, sizeof page, 0) > 0 ? wire::pageDigest(page) : 0;
}

/// The reason that errno names.
Names::Missing reasonOf(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE: return Names::MISSING_NO_DESCRIPTOR;
    case EACCES:
    case EPERM: return Names::MISSING_NOT_PERMITTED;
    default: return Names::MISSING_FILE_GONE;
  }
}

class Search {
 public:
  Search(const BinaryClaim& claim, ProcessMappings& mappings, std::size_t room)
      : m_claim(claim), m_mappings(mappings), m_process(mappings.process()), m_room(room) {}

  BinarySource run() {
    m_found.path = bestPath();
    m_found.missing = Names::MISSING_FILE_UNKNOWN;
    const bool found = takeKnown() || takeExecutable() || takePath(m_claim.filePath) ||
                       takePath(m_claim.loaderPath) || takeMapped() || postpone() || takeMemory();
    if (found) m_found.missing = Names::MISSING_UNSPECIFIED;
    return std::move(m_found);
  }

 private:
  [[nodiscard]] std::string bestPath() const {
    if (isAbsolute(m_claim.loaderPath)) return m_claim.loaderPath;
    if (isAbsolute(m_claim.filePath)) return withoutDeleted(m_claim.filePath);
    if (m_claim.isProgram) return m_process.executable();
    return m_claim.loaderPath;
  }

  /// Returns true when the content is what the target has loaded, as far as its memory tells.
  [[nodiscard]] bool hasContent(const UniqueFd& file) const {
    return m_claim.firstPage == 0 || firstPageOf(file) == m_claim.firstPage;
  }

  [[nodiscard]] bool isIt(const UniqueFd& file) {
    const wire::FileIdentity identity = identityOf(file);
    if (!identity.isKnown()) return false;
    if (m_claim.file.isKnown() && identity == m_claim.file) return true;
    if (!hasContent(file)) return false;
    if (m_process.hasCopiedFiles() && isCopy(identity)) return true;
    if (!m_claim.buildId.empty()) return symbols::buildIdOf(file.get()) == m_claim.buildId;
    return !m_claim.file.isKnown() && isMapped(identity);
  }

  /// Of the same size, content and time, of which archives keep the seconds only.
  [[nodiscard]] bool isCopy(const wire::FileIdentity& identity) const {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::uint64_t modified = m_claim.file.modifiedNs;
    return m_claim.firstPage != 0 && m_claim.file.isKnown() && identity.bytes == m_claim.file.bytes &&
           (identity.modifiedNs == modified || identity.modifiedNs == modified - modified % kSecond);
  }

  /// Where the target could not say which file it is: returns true when the kernel says so.
  bool isMapped(const wire::FileIdentity& identity) {
    const auto& mapping = mapped();
    if (!mapping || mapping->inode != identity.inode) return false;
    // Of filesystems with several devices the kernel does not show the one that stat(2) does.
    return mapping->device == identity.device || mapping->path == m_looked;
  }

  const std::optional<MappingLine>& mapped() {
    if (!m_asked) m_mapping = mappingAt(m_mappings.text(), m_claim.start);
    m_asked = true;
    return m_mapping;
  }

  bool takeKnown() {
    if (m_claim.file.isKnown()) m_found.file = BinaryFile::known(m_claim.file);
    return m_found.file != nullptr;
  }

  bool take(UniqueFd file, BinaryFile::Way way) {
    if (!file) return note(reasonOf(errno));
    if (!isIt(file)) return note(Names::MISSING_OTHER_FILE);
    m_found.file = BinaryFile::keep(std::move(file), std::move(way));
    return true;
  }

  bool takeExecutable() {
    if (!m_claim.isProgram) return false;
    if (UniqueFd file = m_process.openExecutable())
      return take(std::move(file), {m_process.root(), m_process.executable()});
    return takePath(m_process.executable());
  }

  bool takePath(const std::string& path) {
    if (!isAbsolute(path)) return false;
    m_looked = path;
    return take(openBelow(*m_process.root(), path), {m_process.root(), path});
  }

  /// What lies there now may be another binary already.
  bool takeMapped() {
    const auto mapping = mapped();
    if (!isStillMapped() || mapping->inode == 0) return false;
    if (m_found.path.empty() || !isAbsolute(m_found.path)) m_found.path = withoutDeleted(mapping->path);
    if (!m_claim.file.isKnown() && takePath(mapping->path)) return true;
    UniqueFd file = m_process.openMapped(mapping->start, mapping->end);
    if (!file) return note(errno == EMFILE ? Names::MISSING_NO_DESCRIPTOR : Names::MISSING_FILE_GONE);
    if (!hasContent(file)) return note(Names::MISSING_FILE_GONE);
    if (!m_claim.buildId.empty() && symbols::buildIdOf(file.get()) != m_claim.buildId) return false;
    m_found.file = BinaryFile::keep(std::move(file), {});
    return true;
  }

  /// Without a descriptor now, there may be one when names are looked up.
  bool postpone() {
    if (m_found.missing != Names::MISSING_NO_DESCRIPTOR || !m_claim.file.isKnown()) return false;
    for (const std::string& path : {m_claim.filePath, m_claim.loaderPath}) {
      if (!isAbsolute(path)) continue;
      m_found.file = BinaryFile::later(m_claim.file, {m_process.root(), path});
      return true;
    }
    return false;
  }

  /// Returns true when what the process has mapped there is still this binary, as far as is known.
  bool isStillMapped() {
    const auto mapping = mapped();
    if (!mapping) return false;
    if (m_claim.file.isKnown() && mapping->inode != m_claim.file.inode) return false;
    return m_claim.filePath.empty() || withoutDeleted(m_claim.filePath) == withoutDeleted(mapping->path);
  }

  bool takeMemory() {
    if (!isStillMapped()) return false;
    const UniqueFd memory = m_process.openEntry("mem");
    unsigned char page[wire::kPage];
    if (!memory || pread(memory.get(), page, sizeof page, static_cast<off_t>(m_claim.start)) != sizeof page)
      return false;
    if (m_claim.firstPage != 0 && wire::pageDigest(page) != m_claim.firstPage) return false;
    auto image = imageInMemory(memory, {m_claim.start, m_claim.end, m_claim.bias}, m_room);
    if (!image) return false;
    m_found.image = std::make_shared<const std::string>(std::move(*image));
    return true;
  }

  bool note(Names::Missing why) {
    // That another file has the path says more than what failed besides.
    if (m_found.missing != Names::MISSING_OTHER_FILE && m_found.missing != Names::MISSING_NO_DESCRIPTOR)
      m_found.missing = why;
    return false;
  }

  const BinaryClaim& m_claim;
  ProcessMappings& m_mappings;
  const TargetProcess& m_process;
  const std::size_t m_room;
  BinarySource m_found;
  std::optional<MappingLine> m_mapping;
  bool m_asked = false;
  std::string m_looked;  ///< The path that was opened last.
};

}  // namespace

BinarySource findBinary(const BinaryClaim& claim, ProcessMappings& mappings, std::size_t room) {
  return Search(claim, mappings, room).run();
}

}  // namespace heaptap::relay
