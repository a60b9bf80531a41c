// SPDX-License-Identifier: Apache-2.0
#include "gui/app/file_opener.h"

#include <QFile>
#include <algorithm>
#include <system_error>
#include <utility>

#include "client/files/file_source.h"
#include "client/files/session_folder.h"
#include "gui/client/asking/reply_reader.h"
#include "import/import_file.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostBeside = 100;

}  // namespace

Result<SessionOpener::Opened> FileOpener::open(const QString& path, const std::stop_token& stop) {
  const std::filesystem::path file(QFile::encodeName(path).toStdString());
  std::error_code hasFailed;
  // A pipe would never end, and a device may do anything.
  if (const auto status = std::filesystem::status(file, hasFailed);
      std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return failure(Code::NotASession, file.string(), "is not a regular file", "choose a session file");
  const Version version{.changed = std::filesystem::last_write_time(file, hasFailed),
                        .size = std::filesystem::file_size(file, hasFailed)};
  const std::lock_guard lock(m_mutex);
  if (stop.stop_requested()) return failure(Code::Unavailable, file.string(), "was cancelled");
  if (const auto known = m_known.find(file); known != m_known.end() && known->second.version == version)
    return known->second.opened;
  auto opened = openAnew(file);
  if (opened) m_known.insert_or_assign(file, Known{version, *opened});
  return opened;
}

Result<SessionOpener::Opened> FileOpener::openAnew(const std::filesystem::path& file) {
  auto source = std::make_shared<client::FileSource>();
  auto id = source->addFile(file);
  if (id) return Opened{.source = std::move(source), .session = std::move(*id)};
  if (id.error().code != Code::NotASession) return tl::unexpected(std::move(id.error()));
  return import(file, id.error());
}

Result<SessionOpener::Opened> FileOpener::import(const std::filesystem::path& file,
                                                 const Error& whyNoSession) {
  if (!m_imports) m_imports.emplace();
  if (!m_imports->isValid())
    return failure(Code::NotWritable, file.string(), "there is no room for temporary files to import it",
                   "look at TMPDIR");
  const std::filesystem::path session(
      QFile::encodeName(m_imports->filePath(QStringLiteral("%1.heaptap").arg(++m_imported))).toStdString());
  if (const auto imported = importing::importFile(file, session, true); !imported)
    return tl::unexpected(imported.error().code == Code::NotASession ? whyNoSession : imported.error());
  auto source = std::make_shared<client::FileSource>();
  return source->addFile(session).map(
      [&](std::string id) { return Opened{.source = source, .session = std::move(id)}; });
}

SessionList FileOpener::beside(const QString& file) {
  SessionList found;
  if (!m_areSessionsHere || file.isEmpty()) return found;
  const std::filesystem::path path(QFile::encodeName(file).toStdString());
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const auto sessions = client::sessionsIn(folder, client::FolderCatalogue::LeftAsItIs);
  if (!sessions) return found;
  for (const client::FolderSession& session : *sessions) {
    if (!session.info || session.file.filename() == path.filename()) continue;
    found.push_back(readSession(*session.info));
    found.back().file = QFile::decodeName(session.file.c_str());
  }
  std::sort(found.begin(), found.end(), [](const Session& a, const Session& b) {
    return a.startedAtUnixNs != b.startedAtUnixNs ? a.startedAtUnixNs > b.startedAtUnixNs : a.id < b.id;
  });
  if (found.size() > kMostBeside) found.resize(kMostBeside);
  return found;
}

ComparedSide comparedSide(const QString& words, bool areSessionsOfCollector) {
  ComparedSide side{.of = ComparedSide::Of::File, .name = words, .at = {}};
  const auto sign = words.lastIndexOf('@');
  if (sign > 0 && sign + 1 < words.size() && !QFile::exists(words)) {
    side.name = words.left(sign);
    side.at = words.mid(sign + 1);
  }
  if (areSessionsOfCollector && !QFile::exists(side.name)) side.of = ComparedSide::Of::OtherSession;
  return side;
}

}  // namespace heaptap::gui
