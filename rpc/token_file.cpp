// SPDX-License-Identifier: Apache-2.0
#include "rpc/token_file.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "rpc/private_file.h"

namespace heaptap::rpc {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

/// Of one length, whatever the token's: what is compared tells nothing of where two tokens differ.
Digest digestOf(std::string_view token) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

bool isSame(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mode == b.st_mode &&
         a.st_uid == b.st_uid && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

Result<std::vector<std::string>> tokensIn(const std::string& path, std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view token = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\r'))
      token.remove_suffix(1);
    while (!token.empty() && (token.front() == ' ' || token.front() == '\t')) token.remove_prefix(1);
    if (token.empty() || token.front() == '#') continue;
    const bool isPrintable =
        std::all_of(token.begin(), token.end(), [](char each) { return each > ' ' && each < 0x7F; });
    // Of a token itself nothing is told.
    if (!isPrintable || token.size() < TokenFile::kLeastBytes || token.size() > TokenFile::kMostBytes)
      return failure(Code::Usage, path,
                     "line " + std::to_string(line) + " is no token of " +
                         std::to_string(TokenFile::kLeastBytes) + " to " +
                         std::to_string(TokenFile::kMostBytes) + " printable characters without spaces",
                     "make one: openssl rand -hex 32");
    tokens.emplace_back(token);
  }
  if (tokens.empty()) return failure(Code::Usage, path, "has no token", "make one: openssl rand -hex 32");
  return tokens;
}

}  // namespace

Result<std::shared_ptr<TokenFile>> TokenFile::open(const std::string& path, OnProblem onProblem) {
  std::shared_ptr<TokenFile> file(new TokenFile(path, std::move(onProblem)));
  if (auto read = file->read(); !read) return tl::unexpected(std::move(read.error()));
  return file;
}

Result<void> TokenFile::read() {
  struct stat status {};
  auto text = readPrivateFile(m_path, &status);
  if (!text) return tl::unexpected(std::move(text.error()));
  m_status = status;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  m_isYoung = now.tv_sec - status.st_ctim.tv_sec <= 1;
  auto tokens = tokensIn(m_path, *text);
  OPENSSL_cleanse(text->data(), text->size());
  if (!tokens) return tl::unexpected(std::move(tokens.error()));
  m_tokens = std::make_shared<const Tokens>(std::move(*tokens));
  return {};
}

std::shared_ptr<const TokenFile::Tokens> TokenFile::current() {
  const std::lock_guard lock(m_mutex);
  struct stat status {};
  const bool isThere = ::stat(m_path.c_str(), &status) == 0;
  if (!isThere) status = {};
  const bool hasChanged = !isSame(status, m_status);
  if (hasChanged || (isThere && m_isYoung)) {
    m_status = status;
    if (auto again = read(); !again && hasChanged && m_onProblem) m_onProblem(again.error());
  }
  return m_tokens;
}

bool TokenFile::accepts(std::string_view token) {
  const auto tokens = current();
  const Digest asked = digestOf(token);
  bool isOne = false;
  for (const std::string& each : *tokens)
    isOne |= CRYPTO_memcmp(digestOf(each).data(), asked.data(), asked.size()) == 0;
  return isOne;
}

std::string TokenFile::first() { return current()->front(); }

}  // namespace heaptap::rpc
