// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

class QSettings;

namespace heaptap::gui {

/// Where sessions were looked at before: a file, or a collector.
struct RecentPlace {
  enum class Kind : quint8 { File, Collector };
  Kind kind = Kind::File;
  QString place = {};  ///< The file's absolute path, or the collector's address.

  bool operator==(const RecentPlace&) const = default;
};

/// The places that were opened last, newest first; each once. Kept in the user's settings.
class RecentPlaces {
 public:
  static constexpr std::size_t kMost = 12;

  explicit RecentPlaces(QSettings& settings);

  [[nodiscard]] const std::vector<RecentPlace>& places() const { return m_places; }
  /// It was opened just now.
  void add(const RecentPlace& place, QSettings& settings);
  void clear(QSettings& settings);

 private:
  void save(QSettings& settings) const;

  std::vector<RecentPlace> m_places;
};

/// `server.heaptap` and `/var/lib/sessions`, or the address and "collector".
struct PlaceText {
  QString title;
  QString about;
};
[[nodiscard]] PlaceText textOf(const RecentPlace& place);

}  // namespace heaptap::gui
