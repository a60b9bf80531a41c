// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/session_id.h"

#include <absl/strings/escaping.h>
#include <sys/random.h>

namespace heaptap::relay {

std::string randomId() {
  std::string id(16, '\0');
  // So few bytes come in one piece and cannot fail once the system has booted (getrandom(2)).
  while (getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
  }
  return id;
}

std::string hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

}  // namespace heaptap::relay
