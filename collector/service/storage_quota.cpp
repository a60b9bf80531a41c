// SPDX-License-Identifier: Apache-2.0
#include "collector/service/storage_quota.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "collector/store/catalogue/catalogue.h"
#include "collector/store/reserve_file.h"

namespace heaptap::service {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::system_clock;

struct Candidate {
  fs::path file;
  std::uint64_t bytes = 0;
  Clock::time_point ended;
};

/// What a file takes on the disk; of sparse ones that is less than they are long.
std::uint64_t bytesOf(const fs::path& file) {
  struct stat found {};
  return ::lstat(file.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_blocks) * 512 : 0;
}

std::uint64_t allBytesOf(const fs::path& file, bool hasMore) {
  std::uint64_t bytes = bytesOf(file);
  if (hasMore)
    for (const char* suffix : {"-wal", "-shm", "-journal", ".reserve"})
      bytes += bytesOf(file.string() + suffix);
  return bytes;
}

Clock::time_point endOf(const store::StoredHeader& header) {
  const std::uint64_t lastNs =
      std::max(header.lastEventNs, header.ending ? header.ending->endedNs : std::uint64_t{0});
  // Either is a file's word: years beyond 2116 are that one.
  constexpr std::int64_t kLatestNs = std::int64_t{1} << 62;
  const std::int64_t started = std::clamp<std::int64_t>(header.identity.startedAtUnixNs, 0, kLatestNs);
  const auto lasted = static_cast<std::int64_t>(std::min<std::uint64_t>(lastNs, kLatestNs));
  const std::chrono::nanoseconds ended(std::min(started + std::min(lasted, kLatestNs - started), kLatestNs));
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(ended));
}

std::string ageWords(std::chrono::seconds age) {
  const std::int64_t seconds = age.count();
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " days";
}

}  // namespace

Result<QuotaLook> lookForOverdue(const fs::path& folder, const StorageLimits& limits, Clock::time_point now) {
  auto catalogue = store::Catalogue::open(folder);
  if (!catalogue) return tl::unexpected(catalogue.error());
  std::vector<Candidate> candidates;
  std::uint64_t total = 0;
  for (const fs::path& file : catalogue->files()) {
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(file, error))) continue;
    const auto header = catalogue->header(file);
    if (!header) continue;  // No session, or not to be read: not ours to judge.
    const std::uint64_t bytes = allBytesOf(file, catalogue->hasMore(file));
    total += bytes;
    if (header->progress.finished && !store::ReserveFile::isHeldFor(file))
      candidates.push_back({.file = file, .bytes = bytes, .ended = endOf(*header)});
  }
  catalogue->keep();
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.ended, a.file) < std::tie(b.ended, b.file);
  });
  QuotaLook look;
  for (const Candidate& each : candidates) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - each.ended);
    if (limits.maxAge && age >= *limits.maxAge) {
      look.overdue.push_back({each.file, "ended " + ageWords(age) + " ago, beyond --max-age"});
    } else if (limits.maxBytes != 0 && total > limits.maxBytes) {
      look.overdue.push_back({each.file, "the folder is beyond --max-bytes"});
    } else {
      if (limits.maxAge)
        look.nextIn =
            std::chrono::duration_cast<std::chrono::milliseconds>(each.ended + *limits.maxAge - now) +
            std::chrono::milliseconds(1);
      break;
    }
    total -= each.bytes;
  }
  return look;
}

Result<void> removeSession(const fs::path& file) {
  if (store::ReserveFile::isHeldFor(file))
    return failure(Code::Unavailable, file.string(), "a collector is recording there");
  if (::unlink(file.c_str()) != 0 && errno != ENOENT)
    return systemFailure(Code::NotWritable, file.string(), "cannot be removed");
  for (const char* suffix : {"-wal", "-shm", "-journal"}) ::unlink((file.string() + suffix).c_str());
  return {};
}

}  // namespace heaptap::service
