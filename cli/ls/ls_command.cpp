// SPDX-License-Identifier: Apache-2.0
#include "cli/ls/ls_command.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "cli/exit_code.h"
#include "cli/ls/session_table.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "client/collector_source.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

struct Listing {
  std::vector<SessionRow> rows;
  std::vector<Error> unreadable;
};

/// Session files in a folder, by name.
Result<std::vector<fs::path>> sessionFilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".heaptap")
      files.push_back(folder == "." ? entry->path().filename() : entry->path());
  if (error)
    return failure(Code::NotPermitted, folder.string(), "the folder cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// The file and what SQLite keeps beside it while it is written.
std::uint64_t bytesOf(const fs::path& file) {
  std::uint64_t total = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto bytes = fs::file_size(file.string() + suffix, error);
    if (!error) total += bytes;
  }
  return total;
}

Result<Listing> listFiles(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return failure(Code::NotFound, path.string(), "no such file or folder");
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    auto found = sessionFilesIn(path);
    if (!found) return tl::unexpected(found.error());
    files.insert(files.end(), found->begin(), found->end());
  }
  Listing listing;
  for (const fs::path& file : files) {
    // A source for each, so that a folder of thousands never has more than one file open. It reads who was
    // recorded, not what was counted.
    auto opened = openSession(file.string(), std::nullopt);
    auto infos = opened ? opened->source->sessions() : tl::unexpected(opened.error());
    if (infos)
      listing.rows.push_back({file.string(), std::move(infos->front()), bytesOf(file)});
    else
      listing.unreadable.push_back(infos.error());
  }
  return listing;
}

Result<Listing> listCollector(const std::string& address) {
  auto source = client::CollectorSource::connect(address);
  if (!source) return tl::unexpected(source.error());
  auto sessions = (*source)->sessions({});
  if (!sessions) return tl::unexpected(sessions.error());
  Listing listing;
  for (v1::SessionInfo& info : *sessions) listing.rows.push_back({info.id(), info, std::nullopt});
  return listing;
}

}  // namespace

int lsCommand(const LsOptions& options) {
  const auto fail = [](const Error& error) {
    printError(error);
    return exitCodeFor(error.code);
  };
  auto listing = options.collector
                     ? listCollector(*options.collector)
                     : listFiles(options.paths.empty() ? std::vector<fs::path>{"."} : options.paths);
  if (!listing) return fail(listing.error());
  Output out;
  out.write(sessionTable(std::move(listing->rows)));
  if (auto done = out.finish(); !done) return fail(done.error());
  for (const Error& error : listing->unreadable) printError(error);
  return kExitOk;
}

}  // namespace heaptap::cli
