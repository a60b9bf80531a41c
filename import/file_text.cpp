// SPDX-License-Identifier: Apache-2.0
#include "import/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace heaptap::importing {
namespace {

constexpr std::size_t kPartBytes = 1 << 20;

constexpr std::size_t kMagicBytes = 4;  ///< Tell how a file is compressed.

/// A text as it grows. Its begin is judged once, as soon as there is enough of it.
class GrowingText {
 public:
  GrowingText(const std::filesystem::path& file, std::uint64_t most,
              const std::function<bool(std::string_view)>& isKnown)
      : m_file(file.string()), m_most(most), m_isKnown(isKnown) {}

  Result<void> append(const char* bytes, std::size_t size) {
    m_text.append(bytes, size);
    if (!m_isJudged && m_text.size() >= kBeginBytes)
      if (auto judged = judge(); !judged) return judged;
    if (m_text.size() > m_most) return failure(Code::Corrupt, m_file, "it is larger than can be imported");
    return {};
  }
  Result<std::string> take() {
    if (!m_isJudged)
      if (auto judged = judge(); !judged) return tl::unexpected(std::move(judged.error()));
    return std::move(m_text);
  }
  [[nodiscard]] tl::unexpected<Error> damaged() const {
    return failure(Code::Corrupt, m_file, "its compression is damaged, or it was cut off");
  }

 private:
  Result<void> judge() {
    m_isJudged = true;
    if (m_isKnown(std::string_view(m_text).substr(0, kBeginBytes))) return {};
    return failure(Code::NotASession, m_file, "not a file that can be imported");
  }

  std::string m_file;
  std::uint64_t m_most;
  const std::function<bool(std::string_view)>& m_isKnown;
  std::string m_text;
  bool m_isJudged = false;
};

Result<void> checkKind(const std::filesystem::path& file, int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0)
    return systemFailure(Code::NotPermitted, file.string(), "cannot be read");
  if (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) return {};
  return failure(Code::NotASession, file.string(),
                 S_ISDIR(status.st_mode) ? "it is a folder" : "it is a device, not a file",
                 "name a file or a pipe");
}

/// Takes the bytes of a file as they come, and adds what they stand for to a text.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Result<void> take(const char* bytes, std::size_t size) = 0;
  virtual Result<void> finish() { return {}; }
  /// What follows is no part of the text.
  [[nodiscard]] bool hasEnded() const { return m_hasEnded; }

 protected:
  bool m_hasEnded = false;
};

class PlainDecoder : public Decoder {
 public:
  explicit PlainDecoder(GrowingText& text) : m_text(text) {}
  Result<void> take(const char* bytes, std::size_t size) override { return m_text.append(bytes, size); }

 private:
  GrowingText& m_text;
};

class GzipDecoder : public Decoder {
 public:
  explicit GzipDecoder(GrowingText& text) : m_text(text), m_part(kPartBytes) {
    constexpr int kGzipWindow = 15 + 16;
    m_isReady = inflateInit2(&m_stream, kGzipWindow) == Z_OK;
  }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&m_stream); }

  Result<void> take(const char* bytes, std::size_t size) override {
    if (!m_isReady) return m_text.damaged();
    m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes));  // zlib only reads it.
    m_stream.avail_in = static_cast<uInt>(size);
    do {
      m_stream.next_out = reinterpret_cast<Bytef*>(m_part.data());
      m_stream.avail_out = static_cast<uInt>(m_part.size());
      const int status = inflate(&m_stream, Z_NO_FLUSH);
      if (auto added = m_text.append(m_part.data(), m_part.size() - m_stream.avail_out); !added) return added;
      m_hasEnded = status == Z_STREAM_END;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return m_text.damaged();
    } while (!m_hasEnded && (m_stream.avail_in != 0 || m_stream.avail_out == 0));
    return {};
  }
  Result<void> finish() override { return m_hasEnded ? Result<void>() : m_text.damaged(); }

 private:
  GrowingText& m_text;
  std::vector<char> m_part;
  z_stream m_stream{};
  bool m_isReady = false;
};

class ZstdDecoder : public Decoder {
 public:
  explicit ZstdDecoder(GrowingText& text)
      : m_text(text), m_part(kPartBytes), m_context(ZSTD_createDCtx(), &ZSTD_freeDCtx) {}

  Result<void> take(const char* bytes, std::size_t size) override {
    ZSTD_inBuffer in{bytes, size, 0};
    while (in.pos < in.size) {
      ZSTD_outBuffer out{m_part.data(), m_part.size(), 0};
      m_left = ZSTD_decompressStream(m_context.get(), &out, &in);
      if (ZSTD_isError(m_left) != 0) return m_text.damaged();
      if (auto added = m_text.append(m_part.data(), out.pos); !added) return added;
    }
    return {};
  }
  /// heaptrack ends a file without its last frame when the program was killed: what is there counts.
  Result<void> finish() override {
    ZSTD_inBuffer in{nullptr, 0, 0};
    while (m_left != 0) {
      ZSTD_outBuffer out{m_part.data(), m_part.size(), 0};
      m_left = ZSTD_decompressStream(m_context.get(), &out, &in);
      if (ZSTD_isError(m_left) != 0 || out.pos == 0) break;
      if (auto added = m_text.append(m_part.data(), out.pos); !added) return added;
    }
    return {};
  }

 private:
  GrowingText& m_text;
  std::vector<char> m_part;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> m_context;
  std::size_t m_left = 1;
};

std::unique_ptr<Decoder> decoderFor(std::string_view begin, GrowingText& text) {
  if (begin.starts_with("\x1f\x8b")) return std::make_unique<GzipDecoder>(text);
  if (begin.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<ZstdDecoder>(text);
  return std::make_unique<PlainDecoder>(text);
}

}  // namespace

Result<std::string> fileText(const std::filesystem::path& file,
                             const std::function<bool(std::string_view)>& isKnown, std::uint64_t most) {
  const UniqueFd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor)
    return systemFailure(errno == ENOENT || errno == ENOTDIR ? Code::NotFound : Code::NotPermitted,
                         file.string(), "cannot be read");
  if (auto checked = checkKind(file, descriptor.get()); !checked)
    return tl::unexpected(std::move(checked.error()));
  GrowingText text(file, most, isKnown);
  std::unique_ptr<Decoder> decoder;
  std::vector<char> part(kPartBytes);
  std::size_t held = 0;  // Of `part`: a pipe may give its first bytes one by one.
  for (bool isAtEnd = false; !isAtEnd;) {
    const ssize_t got = read(descriptor.get(), part.data() + held, part.size() - held);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return systemFailure(Code::NotPermitted, file.string(), "cannot be read");
    isAtEnd = got == 0;
    held += static_cast<std::size_t>(got);
    if (!decoder && held < kMagicBytes && !isAtEnd) continue;
    if (!decoder) decoder = decoderFor({part.data(), held}, text);
    if (auto taken = decoder->take(part.data(), std::exchange(held, 0)); !taken)
      return tl::unexpected(std::move(taken.error()));
    isAtEnd = isAtEnd || decoder->hasEnded();
  }
  return decoder->finish().and_then([&text] { return text.take(); });
}

}  // namespace heaptap::importing
