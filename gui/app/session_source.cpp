// SPDX-License-Identifier: Apache-2.0
#include "gui/app/session_source.h"

#include <QFile>
#include <utility>

#include "client/collector_source.h"
#include "client/files/file_source.h"
#include "gui/client/asking/channel.h"

namespace heaptap::gui {

SessionSource::SessionSource() = default;
SessionSource::~SessionSource() = default;

Result<std::shared_ptr<SessionSource>> SessionSource::collector(const QString& address) {
  auto channel = openChannel(address.toStdString());
  if (!channel) return tl::unexpected(std::move(channel.error()));
  return of(std::make_shared<client::CollectorSource>(*channel, address.toStdString()), address);
}

std::shared_ptr<SessionSource> SessionSource::of(std::shared_ptr<client::ProfileSource> asked,
                                                 const QString& name) {
  std::shared_ptr<SessionSource> source(new SessionSource);
  source->m_name = name;
  source->m_client = std::make_unique<QueryClient>(std::move(asked));
  return source;
}

std::shared_ptr<SessionSource> SessionSource::files() {
  std::shared_ptr<SessionSource> source(new SessionSource);
  source->m_files =
      std::make_shared<client::FileSource>([to = source.get()](const std::string& session, double share) {
        // Files are read by the workers of m_client, which ends before the source does.
        emit to->progressed(QString::fromStdString(session), share);
      });
  source->m_client = std::make_unique<QueryClient>(source->m_files);
  return source;
}

Result<QString> SessionSource::addFile(const QString& path) {
  return m_files->addFile(QFile::encodeName(path).toStdString()).map([](const std::string& id) {
    return QString::fromStdString(id);
  });
}

}  // namespace heaptap::gui
