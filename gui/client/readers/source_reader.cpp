// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/source_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

using State = SourceFile::State;

class SourceReaderText {
  Q_DECLARE_TR_FUNCTIONS(SourceReader)
};

bool isBelow(const QString& path, const QString& folder) {
  const QString canonical = QFileInfo(folder).canonicalFilePath();
  return !canonical.isEmpty() &&
         (canonical == QStringLiteral("/") || path.startsWith(canonical + QLatin1Char('/')));
}

/// Why a path is not opened; empty: it is a regular file that is not too large.
QString refusal(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return SourceReaderText::tr("it is not a regular file");
  if (status.st_size > kMostSourceBytes)
    return SourceReaderText::tr("it is larger than %1").arg(bytesText(quint64{kMostSourceBytes}));
  return {};
}

/// All bytes of a regular file. Sets `reason` where they cannot be had.
QByteArray bytesOf(const QString& path, struct stat& status, QString& reason) {
  const QByteArray name = QFile::encodeName(path);
  const auto failed = [&] { reason = QString::fromLocal8Bit(std::strerror(errno)); };
  // Looked at before it is opened: a device may act on being opened. And again after, as it may be another.
  if (::stat(name.constData(), &status) != 0) return failed(), QByteArray();
  if (!(reason = refusal(status)).isEmpty()) return {};
  UniqueFd descriptor(::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor || ::fstat(descriptor.get(), &status) != 0) return failed(), QByteArray();
  if (!(reason = refusal(status)).isEmpty()) return {};
  QFile file;
  if (!file.open(descriptor.get(), QIODevice::ReadOnly)) {
    reason = file.errorString();
    return {};
  }
  QByteArray bytes = file.read(kMostSourceBytes);
  if (file.error() != QFileDevice::NoError) reason = file.errorString();
  return bytes;
}

QStringList linesOf(const QByteArray& bytes, QStringList& notes) {
  QStringList lines;
  bool isUtf8 = true;
  bool isCut = false;
  for (qsizetype from = 0; from < bytes.size();) {
    const qsizetype end = bytes.indexOf('\n', from);
    const qsizetype to = end < 0 ? bytes.size() : end;
    // Not more of a long line is decoded than is shown.
    const QByteArrayView view = QByteArrayView(bytes).sliced(from, std::min(to - from, 4 * kMostLineLetters));
    QString line = QString::fromUtf8(view);
    if (line.contains(QChar::ReplacementCharacter)) isUtf8 = false;
    if (line.size() > kMostLineLetters || view.size() < to - from) {
      line = line.left(kMostLineLetters) + QChar(0x2026);
      isCut = true;
    }
    line.replace('\t', QStringLiteral("    "));
    for (QChar& letter : line)
      if (letter < QChar(0x20)) letter = QChar(' ');
    lines << line;
    from = to + 1;
  }
  if (!isUtf8) notes << SourceReaderText::tr("It is not all UTF-8: other bytes are shown as \uFFFD.");
  if (isCut) notes << SourceReaderText::tr("Very long lines are cut.");
  return lines;
}

void readInto(SourceFile& result, const QString& path, const SourceWish& wish) {
  struct stat status {};
  QString reason;
  const QByteArray bytes = bytesOf(path, status, reason);
  result.path = path;
  if (!reason.isEmpty()) {
    result.state = State::NotRead;
    result.reason = SourceReaderText::tr("%1 cannot be shown: %2.").arg(path, reason);
    return;
  }
  result.state = State::Read;
  result.reason = bytes.isEmpty() ? SourceReaderText::tr("%1 is empty.").arg(path) : QString();
  result.lines = linesOf(bytes, result.notes);
  if (wish.recordedAtUnixNs > 0 && status.st_mtim.tv_sec > wish.recordedAtUnixNs / 1'000'000'000)
    result.notes.prepend(SourceReaderText::tr("It has changed since the recording: lines may be others."));
  if (bytes.isEmpty()) result.notes << SourceReaderText::tr("The file is empty.");
}

}  // namespace

Result<SourceFilePtr> readSource(const SourceWish& wish, const std::stop_token& stop) {
  auto result = std::make_shared<SourceFile>();
  result->file = wish.file;
  result->path = wish.file;
  result->state = State::NotFound;
  result->reason = SourceReaderText::tr("%1 is not on this host.").arg(wish.file);
  for (const QString& place : placesOf(wish.file, wish.access.mappings)) {
    if (stop.stop_requested()) break;
    const QString path = QDir::cleanPath(place);
    if (!QDir::isAbsolutePath(path)) continue;
    // Before the user was asked, not even whether it is there is looked up.
    if (wish.access.isAsked) {
      const auto isNamedBelow = [&](const QString& folder) {
        return folder == QStringLiteral("/") || path.startsWith(folder + QLatin1Char('/'));
      };
      const QStringList& folders = wish.access.folders;
      if (std::none_of(folders.begin(), folders.end(), isNamedBelow)) {
        result->state = State::NotAllowed;
        result->path = path;
        result->reason = SourceReaderText::tr("The collector's session names %1.").arg(path);
        break;
      }
      const QString canonical = QFileInfo(path).canonicalFilePath();
      if (canonical.isEmpty()) continue;
      if (std::none_of(folders.begin(), folders.end(),
                       [&](const QString& folder) { return isBelow(canonical, folder); })) {
        result->state = State::NotAllowed;
        result->path = canonical;
        result->reason = SourceReaderText::tr("%1 leads to %2.").arg(path, canonical);
        break;
      }
    } else if (const QFileInfo info(path); !info.exists() && !info.isSymLink()) {
      continue;
    }
    readInto(*result, path, wish);
    break;
  }
  if (wish.sites) {
    result->sites = wish.sites;
    if (result->state == State::Read)
      result->costs = wish.sites->linesOf(wish.file, wish.heap, wish.filter, stop);
  }
  return SourceFilePtr(std::move(result));
}

}  // namespace heaptap::gui
