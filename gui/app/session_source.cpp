// SPDX-License-Identifier: Apache-2.0
#include "gui/app/session_source.h"

#include <QFile>
#include <utility>

#include "collector/service/collector_server.h"
#include "gui/client/channel.h"

namespace heaptap::gui {

SessionSource::SessionSource() = default;
SessionSource::~SessionSource() = default;

Result<std::shared_ptr<SessionSource>> SessionSource::collector(const QString& address) {
  auto channel = openChannel(address.toStdString());
  if (!channel) return tl::unexpected(std::move(channel.error()));
  std::shared_ptr<SessionSource> source(new SessionSource);
  source->m_name = address;
  source->m_client = std::make_unique<QueryClient>(*channel, address.toStdString());
  return source;
}

Result<std::shared_ptr<SessionSource>> SessionSource::files() {
  auto server = service::CollectorServer::start({});
  if (!server) return tl::unexpected(std::move(server.error()));
  std::shared_ptr<SessionSource> source(new SessionSource);
  source->m_server = std::move(*server);
  source->m_client = std::make_unique<QueryClient>(source->m_server->inProcessChannel(), std::string());
  return source;
}

Result<QString> SessionSource::addFile(const QString& path) {
  return m_server->addFile(QFile::encodeName(path).toStdString()).map([](const std::string& id) {
    return QString::fromStdString(id);
  });
}

}  // namespace heaptap::gui
