// SPDX-License-Identifier: Apache-2.0
#include "cli/session_source.h"

#include <utility>

#include "cli/message.h"
#include "client/collector_source.h"
#include "collector/store/abandoned_file.h"
#include "text/shell_word.h"

namespace heaptap::cli {

void noteIfAbandoned(const std::string& session) {
  if (store::isAbandoned(session))
    printNote(session + ": its collector was killed, and has left files beside it; try: heaptap recover " +
              shellWord(session));
}

Result<OpenedSession> openSession(const std::string& session, const std::optional<std::string>& collector,
                                  Progress* progress) {
  if (progress != nullptr)
    progress->begin(collector ? "asking " + *collector + " for " + session : "reading " + session);
  if (collector)
    return client::CollectorSource::connect(*collector)
        .map([&](std::unique_ptr<client::CollectorSource> source) {
          return OpenedSession{.source = std::move(source), .files = nullptr, .id = session};
        });
  client::FileSource::OnProgress onProgress;
  if (progress != nullptr)
    onProgress = [progress](const std::string&, double share) { progress->reach(share); };
  auto files = std::make_unique<client::FileSource>(std::move(onProgress));
  auto id = files->addFile(session);
  if (!id) return tl::unexpected(std::move(id.error()));
  noteIfAbandoned(session);
  client::FileSource* const source = files.get();
  return OpenedSession{.source = std::move(files), .files = source, .id = std::move(*id)};
}

}  // namespace heaptap::cli
