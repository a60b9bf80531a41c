// SPDX-License-Identifier: Apache-2.0
#include "cli/report/run_tree.h"

#include <algorithm>
#include <vector>

#include "client/files/session_folder.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kShown = 20;

/// The other sessions of the run in the file's folder, in the order of their images.
std::vector<client::FolderSession> othersOf(const v1::SessionInfo& own, const fs::path& file) {
  auto found = client::sessionsIn(file.has_parent_path() ? file.parent_path() : fs::path("."));
  if (!found) return {};
  std::erase_if(*found, [&](const client::FolderSession& each) {
    return !each.info || each.info->tree_id() != own.tree_id() || each.info->id() == own.id();
  });
  std::stable_sort(found->begin(), found->end(),
                   [](const auto& a, const auto& b) { return a.info->image() < b.info->image(); });
  return std::move(*found);
}

}  // namespace

std::string runTreeText(client::FileSource& source, const v1::Summary& summary, const fs::path& file) {
  if (summary.info().tree_id().empty()) return {};
  const auto others = othersOf(summary.info(), file);
  if (others.empty()) return {};
  std::string text = "\n  other sessions of this run\n";
  for (std::size_t i = 0; i < others.size() && i < kShown; ++i) {
    const fs::path path = file.parent_path() / others[i].file.filename();
    const auto other =
        source.addFile(path).and_then([&](const std::string& id) { return source.summary(id, {}); });
    if (!other) {
      text += "    " + printable(other.error().line()) + "\n";
      continue;
    }
    text += paddedLeft(formatCount(other->allocations()), 16) + " allocations, peak " +
            paddedLeft(formatBytes(other->peak_bytes()), 8) + ", pid " + std::to_string(other->info().pid()) +
            "  " + printable(path.string()) + "\n";
  }
  if (others.size() > kShown) text += "    … and " + formatCount(others.size() - kShown) + " more\n";
  return text + "    all of them as one: heaptap report --tree " + printable(shellWord(file.string())) + "\n";
}

}  // namespace heaptap::cli
