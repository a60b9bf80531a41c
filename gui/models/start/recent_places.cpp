// SPDX-License-Identifier: Apache-2.0
#include "gui/models/start/recent_places.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSettings>
#include <algorithm>

namespace heaptap::gui {
namespace {

constexpr const char* kKey = "recent/places";
constexpr QChar kFile = 'f';
constexpr QChar kCollector = 'c';

}  // namespace

RecentPlaces::RecentPlaces(QSettings& settings) {
  for (const QString& entry : settings.value(kKey).toStringList()) {
    const bool isKnown = entry.size() > 1 && (entry[0] == kFile || entry[0] == kCollector);
    if (isKnown && m_places.size() < kMost)
      m_places.push_back({.kind = entry[0] == kFile ? RecentPlace::Kind::File : RecentPlace::Kind::Collector,
                          .place = entry.mid(1)});
  }
}

void RecentPlaces::add(const RecentPlace& place, QSettings& settings) {
  if (place.place.isEmpty()) return;
  std::erase(m_places, place);
  m_places.insert(m_places.begin(), place);
  if (m_places.size() > kMost) m_places.resize(kMost);
  save(settings);
}

void RecentPlaces::clear(QSettings& settings) {
  m_places.clear();
  save(settings);
}

void RecentPlaces::save(QSettings& settings) const {
  QStringList entries;
  for (const RecentPlace& place : m_places)
    entries << (place.kind == RecentPlace::Kind::File ? kFile : kCollector) + place.place;
  settings.setValue(kKey, entries);
}

PlaceText textOf(const RecentPlace& place) {
  if (place.kind == RecentPlace::Kind::Collector)
    return {.title = place.place, .about = QCoreApplication::translate("RecentPlaces", "collector")};
  const QFileInfo file(place.place);
  return {.title = file.fileName(), .about = file.path()};
}

}  // namespace heaptap::gui
