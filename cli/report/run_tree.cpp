// SPDX-License-Identifier: Apache-2.0
#include "cli/report/run_tree.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kShown = 20;

/// Files that may belong to the same run: STEM.….heaptap beside STEM.heaptap.
std::vector<fs::path> candidates(const fs::path& file) {
  const std::string stem = file.stem().string() + ".";
  const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".heaptap" && path.filename() != file.filename() &&
        path.filename().string().starts_with(stem))
      found.push_back(file.parent_path() / path.filename());
  }
  return found;
}

}  // namespace

std::string runTreeText(client::FileSource& source, const v1::Summary& summary, const fs::path& file) {
  struct Row {
    v1::Summary summary;
    fs::path file;
  };
  std::vector<Row> rows;
  for (const fs::path& candidate : candidates(file)) {
    auto id = source.addFile(candidate);
    if (!id) continue;  // Not a session, or not readable: then it is no answer to what this run left.
    auto other = source.summary(*id, {});
    if (other && !summary.info().tree_id().empty() && other->info().tree_id() == summary.info().tree_id())
      rows.push_back({std::move(*other), candidate});
  }
  if (rows.empty()) return {};
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.summary.info().image() < b.summary.info().image(); });
  std::string text = "\n  other sessions of this run\n";
  for (std::size_t i = 0; i < rows.size() && i < kShown; ++i) {
    const v1::SessionInfo& info = rows[i].summary.info();
    text += paddedLeft(formatCount(rows[i].summary.allocations()), 16) + " allocations, peak " +
            paddedLeft(formatBytes(rows[i].summary.peak_bytes()), 8) + ", pid " + std::to_string(info.pid()) +
            "  " + printable(rows[i].file.string()) + "\n";
  }
  if (rows.size() > kShown) text += "    … and " + formatCount(rows.size() - kShown) + " more\n";
  return text;
}

}  // namespace heaptap::cli
