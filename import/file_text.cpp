// SPDX-License-Identifier: Apache-2.0
#include "import/file_text.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "base/unique_fd.h"

namespace heaptap::importing {
namespace {

constexpr std::size_t kPartBytes = 1 << 20;

tl::unexpected<Error> tooLarge(const std::filesystem::path& file) {
  return failure(Code::Corrupt, file.string(), "it is larger than can be imported");
}

tl::unexpected<Error> damaged(const std::filesystem::path& file) {
  return failure(Code::Corrupt, file.string(), "its compression is damaged, or it was cut off");
}

Result<std::string> bytesOf(const std::filesystem::path& file, std::uint64_t most) {
  const UniqueFd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor)
    return systemFailure(errno == ENOENT || errno == ENOTDIR ? Code::NotFound : Code::NotPermitted,
                         file.string(), "cannot be read");
  std::string bytes;
  std::vector<char> part(kPartBytes);
  while (true) {
    const ssize_t got = read(descriptor.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return systemFailure(Code::NotPermitted, file.string(), "cannot be read");
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (bytes.size() > most) return tooLarge(file);
  }
}

Result<std::string> gunzipped(const std::filesystem::path& file, std::string& bytes, std::uint64_t most) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return damaged(file);
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, &inflateEnd);
  std::string text;
  std::vector<char> part(kPartBytes);
  std::size_t given = 0;
  while (true) {
    if (stream.avail_in == 0 && given < bytes.size()) {
      const std::size_t next = std::min<std::size_t>(bytes.size() - given, 1U << 30);
      stream.next_in = reinterpret_cast<Bytef*>(bytes.data() + given);
      stream.avail_in = static_cast<uInt>(next);
      given += next;
    }
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
    if (text.size() > most) return tooLarge(file);
    if (status == Z_STREAM_END) return text;
    if (status != Z_OK || (stream.avail_in == 0 && given == bytes.size() && stream.avail_out != 0))
      return damaged(file);
  }
}

Result<std::string> unpacked(const std::filesystem::path& file, const std::string& bytes,
                             std::uint64_t most) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  std::string text;
  std::vector<char> part(kPartBytes);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t left = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{part.data(), part.size(), 0};
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return damaged(file);
    text.append(part.data(), out.pos);
    if (text.size() > most) return tooLarge(file);
  }
  // heaptrack ends a file without its last frame when the program was killed: what is there counts.
  while (left != 0) {
    ZSTD_outBuffer out{part.data(), part.size(), 0};
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left) != 0 || out.pos == 0) break;
    text.append(part.data(), out.pos);
  }
  return text;
}

}  // namespace

Result<std::string> fileText(const std::filesystem::path& file, std::uint64_t most) {
  auto bytes = bytesOf(file, most);
  if (!bytes) return bytes;
  if (bytes->starts_with("\x1f\x8b")) return gunzipped(file, *bytes, most);
  if (bytes->starts_with("\x28\xb5\x2f\xfd")) return unpacked(file, *bytes, most);
  return bytes;
}

}  // namespace heaptap::importing
