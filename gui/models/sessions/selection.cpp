// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/selection.h"

#include <utility>

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostPlaces = 100;

}  // namespace

void Selection::clear() {
  m_before.clear();
  m_after.clear();
  m_isTyping = false;
  m_now.time = {};
  m_sites = {};
  m_mark.reset();
  emit changed(Time | Sites | Mark);
}

void Selection::remember() {
  if (m_before.size() == kMostPlaces) m_before.erase(m_before.begin());
  m_before.push_back(m_now);
  m_after.clear();
}

void Selection::setTime(const TimeChoice& time) {
  if (time == m_now.time) return;
  remember();
  m_isTyping = false;
  m_now.time = time;
  emit changed(Time);
}

void Selection::setFilter(const SiteFilter& filter, Step step) {
  if (filter == m_now.filter) return;
  const bool wasTyping = std::exchange(m_isTyping, step == Step::Typing);
  if (!wasTyping || !m_isTyping) remember();
  m_now.filter = filter;
  emit changed(Filter);
}

void Selection::setSites(SiteChoice sites) {
  if (sites == m_sites) return;
  m_sites = std::move(sites);
  emit changed(Sites);
}

void Selection::setMark(std::optional<std::size_t> mark) {
  if (mark == m_mark) return;
  m_mark = mark;
  emit changed(Mark);
}

void Selection::go(const Place& place) {
  Parts parts;
  if (place.time != m_now.time) parts |= Time;
  if (place.filter != m_now.filter) parts |= Filter;
  m_now = place;
  m_isTyping = false;
  emit changed(parts);
}

void Selection::goBack() {
  if (m_before.empty()) return;
  const Place place = m_before.back();
  m_before.pop_back();
  m_after.push_back(m_now);
  go(place);
}

void Selection::goForward() {
  if (m_after.empty()) return;
  const Place place = m_after.back();
  m_after.pop_back();
  m_before.push_back(m_now);
  go(place);
}

}  // namespace heaptap::gui
