// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTemporaryDir>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "gui/client/sessions/session_opener.h"
#include "gui/models/comparison/comparison.h"

namespace heaptap::gui {

/// Opens files of this host, and keeps them open while it is there: what is compared again is not read again,
/// unless the file has changed. Files of other profilers are imported into a temporary folder of its own.
class FileOpener : public SessionOpener {
 public:
  /// `areSessionsHere`: the files of the sessions that are shown are on this host, too.
  explicit FileOpener(bool areSessionsHere) : m_areSessionsHere(areSessionsHere) {}

  Result<Opened> open(const QString& path, const std::stop_token& stop) override;
  SessionList beside(const QString& file) override;

 private:
  /// What tells whether a file is still the one that was opened.
  struct Version {
    std::filesystem::file_time_type changed;
    std::uintmax_t size = 0;
    bool operator==(const Version&) const = default;
  };
  struct Known {
    Version version;
    Opened opened;
  };
  Result<Opened> openAnew(const std::filesystem::path& file);
  Result<Opened> import(const std::filesystem::path& file, const Error& whyNoSession);

  bool m_areSessionsHere;
  std::mutex m_mutex;
  std::map<std::filesystem::path, Known> m_known;
  std::optional<QTemporaryDir> m_imports;  ///< Made when the first file is imported.
  int m_imported = 0;
};

/// `SESSION@TIME` or `FILE@TIME`, as `heaptap diff` takes it: a file, unless there is none of this name and
/// sessions are a collector's.
[[nodiscard]] ComparedSide comparedSide(const QString& words, bool areSessionsOfCollector);

}  // namespace heaptap::gui
