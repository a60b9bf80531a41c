// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "agent/wire/layout.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// Which file this is; unknown when it is no regular one.
wire::FileIdentity identityOf(const UniqueFd& file);

/// A file that a target has loaded. It is kept open as long as the relay has descriptors to spare, so that it
/// can be read when its name is gone; else it is opened anew, if it is still the same then.
/// Threads: any.
class BinaryFile {
 public:
  /// Where it can be opened anew: an absolute path below a root. Empty: nowhere.
  struct Way {
    std::shared_ptr<const UniqueFd> root;
    std::string path;
  };

  /// The file with this identity that a session of this relay has found already; null: none has.
  static std::shared_ptr<BinaryFile> known(const wire::FileIdentity& identity);
  /// A file that was opened. `way`: see there.
  static std::shared_ptr<BinaryFile> keep(UniqueFd file, Way way);
  /// A file that was not opened, for want of descriptors.
  static std::shared_ptr<BinaryFile> later(const wire::FileIdentity& identity, Way way);
  ~BinaryFile();
  BinaryFile(const BinaryFile&) = delete;
  BinaryFile& operator=(const BinaryFile&) = delete;

  [[nodiscard]] const wire::FileIdentity& identity() const { return m_identity; }
  /// To read it. `orAnother`: what is found may be another file by now, or be changed; its build id will
  /// tell. Returns: no descriptor and errno; ESTALE when there is another file.
  [[nodiscard]] UniqueFd open(bool orAnother) const;

  /// How many files may be kept open of those that can be opened anew, and of the others. Set once, from the
  /// limit of this process, which has other uses for some dozens.
  struct Budget {
    std::size_t reopenable;
    std::size_t all;
    static constexpr Budget of(std::size_t limit) {
      constexpr std::size_t kForOtherUses = 48;
      const std::size_t left = limit > kForOtherUses ? limit - kForOtherUses : 0;
      return {left / 4, left / 2};
    }
  };

 private:
  BinaryFile(const wire::FileIdentity& identity, Way way) : m_identity(identity), m_way(std::move(way)) {}

  const wire::FileIdentity m_identity;
  const Way m_way;
  UniqueFd m_file;
};

}  // namespace heaptap::relay
