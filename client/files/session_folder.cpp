// SPDX-License-Identifier: Apache-2.0
#include "client/files/session_folder.h"

#include <utility>

#include "collector/service/stored_session.h"
#include "collector/store/catalogue/catalogue.h"

namespace heaptap::client {

Result<std::vector<FolderSession>> sessionsIn(const std::filesystem::path& folder, FolderCatalogue kept) {
  return store::Catalogue::open(folder).map([kept](store::Catalogue catalogue) {
    std::vector<FolderSession> sessions;
    for (const std::filesystem::path& file : catalogue.files()) {
      auto info = catalogue.header(file).map([&](store::StoredHeader header) {
        return service::StoredSession::of(file, std::move(header))->info();
      });
      sessions.push_back({.file = file, .info = std::move(info), .hasMore = catalogue.hasMore(file)});
    }
    if (kept == FolderCatalogue::Kept) catalogue.keep();
    return sessions;
  });
}

}  // namespace heaptap::client
