// SPDX-License-Identifier: Apache-2.0
#include "collector/service/session_files.h"

#include <unistd.h>

#include <charconv>
#include <string_view>
#include <system_error>

namespace heaptap::service {
namespace {

constexpr std::string_view kExtension = ".heaptap";
constexpr std::size_t kMaxNameBytes = 100;

std::filesystem::path folderOf(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// PROGRAM.PID. The program's name as it was called, fit for a file name: it comes from a peer. What was
/// called `sh` is `sh`, whatever that links to.
std::string processName(std::string from, const std::string& executable, std::uint32_t pid) {
  if (from.starts_with('-')) from.erase(0, 1);  // A login shell.
  if (std::filesystem::path(from).filename().empty()) from = executable;
  std::string name;
  for (const char c : std::filesystem::path(from).filename().string()) {
    const auto byte = static_cast<unsigned char>(c);
    name += byte < 0x20 || byte == 0x7F || c == '/' ? '_' : c;
  }
  name.resize(std::min(name.size(), kMaxNameBytes));
  if (name.empty() || name.front() == '.') name = "program" + name;
  return name + "." + std::to_string(pid);
}

std::filesystem::path withoutExtension(std::filesystem::path file) {
  return file.extension() == kExtension ? file.replace_extension() : file;
}

}  // namespace

Result<void> SessionNames::check() const {
  std::error_code ignored;
  const std::filesystem::path& file = m_policy.firstImage;
  if (!file.empty() && !m_policy.force && std::filesystem::exists(file, ignored)) {
    return failure(Code::AlreadyExists, file.string(), "the file exists",
                   "choose another name, or allow it to be replaced with --force");
  }
  const std::filesystem::path folder = file.empty() ? m_policy.directory : folderOf(file);
  if (!std::filesystem::is_directory(folder, ignored)) {
    return failure(Code::NotWritable, folder.string(), "no such folder",
                   "create it, or choose another place");
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return systemFailure(Code::NotWritable, folder.string(), "cannot create files here");
  }
  return {};
}

std::filesystem::path SessionNames::nameFor(const model::Identity& identity) {
  if (!m_policy.firstImage.empty() && !m_firstImageTaken && identity.image == 0) return m_policy.firstImage;
  const std::string name = processName(identity.command.empty() ? "" : identity.command.front(),
                                       identity.executable, identity.pid);
  std::filesystem::path file = stemFor(identity);
  if (file.empty()) return m_policy.directory / (name + std::string(kExtension));
  file += "." + name + "." + std::to_string(identity.image) + std::string(kExtension);
  return file;
}

std::filesystem::path SessionNames::stemFor(const model::Identity& identity) const {
  // The one file that the user named is the head of all.
  if (!m_policy.firstImage.empty()) return withoutExtension(m_policy.firstImage);
  if (const auto stem = m_treeStems.find(identity.tree); stem != m_treeStems.end()) return stem->second;
  if (identity.image == 0 || identity.firstPid == 0) return {};
  return m_policy.directory / processName(identity.firstProgram, "", identity.firstPid);
}

std::filesystem::path SessionNames::alternative(const std::filesystem::path& taken) const {
  if (taken == m_policy.firstImage) return {};
  // NAME.PID.heaptap, NAME.PID-2.heaptap, NAME.PID-3.heaptap, …
  std::string stem = withoutExtension(taken).filename().string();
  unsigned number = 1;
  if (const auto dash = stem.rfind('-'); dash != std::string::npos) {
    unsigned found = 0;
    const char* end = stem.data() + stem.size();
    if (std::from_chars(stem.data() + dash + 1, end, found).ptr == end && found >= 2 && found < 1'000'000) {
      number = found;
      stem.resize(dash);
    }
  }
  return taken.parent_path() / (stem + "-" + std::to_string(number + 1) + std::string(kExtension));
}

void SessionNames::stored(const model::Identity& identity, const std::filesystem::path& file) {
  if (file == m_policy.firstImage) m_firstImageTaken = true;
  if (identity.tree.isNone() || (identity.image != 0 && identity.firstPid != 0)) return;
  m_treeStems.try_emplace(identity.tree, withoutExtension(file));
}

}  // namespace heaptap::service
