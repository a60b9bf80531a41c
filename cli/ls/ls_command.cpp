// SPDX-License-Identifier: Apache-2.0
#include "cli/ls/ls_command.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "cli/exit_code.h"
#include "cli/ls/session_table.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "client/collector_source.h"
#include "client/files/session_folder.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

struct Listing {
  std::vector<SessionRow> rows;
  std::vector<Error> unreadable;
};

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

void add(const fs::path& file, Result<v1::SessionInfo> info, Listing& listing) {
  if (info)
    listing.rows.push_back({file.string(), std::move(*info), bytesOf(file)});
  else
    listing.unreadable.push_back(info.error());
}

/// Who was recorded, not what was counted.
void addFile(const fs::path& file, Listing& listing) {
  auto opened = openSession(file.string(), std::nullopt);
  auto infos = opened ? opened->source->sessions() : tl::unexpected(opened.error());
  add(file, infos.map([](const auto& all) { return all.front(); }), listing);
}

Result<void> addFolder(const fs::path& folder, Listing& listing) {
  return client::sessionsIn(folder).map([&](std::vector<client::FolderSession> sessions) {
    for (client::FolderSession& each : sessions) {
      const fs::path name = folder == "." ? each.file.filename() : each.file;
      if (each.hasMore && each.info) noteIfAbandoned(name.string());
      add(name, std::move(each.info), listing);
    }
  });
}

Result<Listing> listFiles(const std::vector<fs::path>& paths) {
  Listing listing;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error))
      return failure(Code::NotFound, path.string(), "no such file or folder",
                     "name a folder with sessions, or session files");
    if (!fs::is_directory(path, error)) {
      addFile(path, listing);
    } else if (auto added = addFolder(path, listing); !added) {
      return tl::unexpected(added.error());
    }
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
