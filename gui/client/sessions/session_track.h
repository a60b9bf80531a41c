// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "analysis/leaks/leak_judge.h"
#include "client/profile_source.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/site_series.h"
#include "gui/models/findings/finding.h"
#include "gui/models/leaks/leak.h"
#include "gui/models/sessions/summary.h"

namespace heaptap::gui {

/// A session at one moment: all parts are of the same one, but for findings, which may be a little older.
struct Picture {
  Summary summary;
  Sites sites;
  Findings findings;
  Leaks leaks;  ///< Null: the process has not ended by itself.
};

/// Asks for a session again and again, and moves only what is different.
/// Threads: workers, one at a time; a second one waits.
class SessionTrack {
 public:
  using Rules = std::shared_ptr<const analysis::LeakRules>;

  /// `session`: an id or a unique prefix of one. Leaks are judged by what is built in.
  explicit SessionTrack(std::string session) : m_session(std::move(session)) {}

  /// Leaks are judged by these from the next question on. Threads: any; does not wait for a question.
  void judgeBy(Rules rules);

  /// The session as it is now. Errors: of the source.
  Result<Picture> next(client::ProfileSource& source, const std::stop_token& stop);

  /// The leaks of the last picture, judged again, without their histories. Null as there.
  Leaks leaks();

  /// The same with their histories. Null as there. Errors: of the source.
  Result<Leaks> leaksWithHistories(client::ProfileSource& source, const std::stop_token& stop);

 private:
  using Reports = std::vector<v1::FindingReport>;

  Rules rules();
  Result<client::Refreshed> refreshed(client::ProfileSource& source, const std::stop_token& stop);
  Result<Picture> pictureOf(const Reports& reports);

  const std::string m_session;
  std::mutex m_rulesMutex;
  Rules m_rules = std::make_shared<const analysis::LeakRules>();
  std::mutex m_mutex;  ///< For all that follows.
  std::optional<client::Profile> m_profile;
  bool m_hasFindings = false;
  SiteSeries m_series;
  Sites m_sites;
  Leaks m_leaks;
  NameTexts m_texts;  ///< Of findings.
};

}  // namespace heaptap::gui
