// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace heaptap::rpc {

/// A file with a token on each line; empty lines and those that begin with # count nothing. It is read again
/// when it has changed: tokens come and go without a restart.
///
///     # the build hosts
///     f3b1c09e4d…   (openssl rand -hex 32)
///
/// Trust: what cannot be read any more, or is no file of tokens any more, changes nothing: the tokens read
/// last stay, and `onProblem` is told, once for each change.
/// Threads: any.
class TokenFile {
 public:
  static constexpr std::size_t kLeastBytes = 16;  ///< Of a token: shorter ones can be guessed.
  static constexpr std::size_t kMostBytes = 1024;
  using OnProblem = std::function<void(const Error&)>;

  /// Errors: as readPrivateFile(). Usage: a line is no token, or there is none.
  [[nodiscard]] static Result<std::shared_ptr<TokenFile>> open(const std::string& path,
                                                               OnProblem onProblem = {});

  /// Whether it is one of the tokens. How long that takes tells nothing of them but how many there are.
  [[nodiscard]] bool accepts(std::string_view token);
  /// The first token, for a client.
  [[nodiscard]] std::string first();
  [[nodiscard]] const std::string& path() const { return m_path; }

 private:
  using Tokens = std::vector<std::string>;
  TokenFile(std::string path, OnProblem onProblem)
      : m_path(std::move(path)), m_onProblem(std::move(onProblem)) {}
  Result<void> read();
  std::shared_ptr<const Tokens> current();

  const std::string m_path;
  const OnProblem m_onProblem;
  std::mutex m_mutex;
  std::shared_ptr<const Tokens> m_tokens;
  struct stat m_status {};  ///< Of the file as it was looked at last; all zero: it was not there.
  bool m_isYoung =
      false;  ///< It had just been changed then, and may change again within one tick of its time.
};

}  // namespace heaptap::rpc
