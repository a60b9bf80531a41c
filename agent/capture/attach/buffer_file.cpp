// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/buffer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>

#include "agent/capture/attach/buffer_preamble.h"
#include "agent/capture/memory/own_memory.h"
#include "agent/capture/system/descriptor.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/system/short_text.h"
#include "agent/wire/buffer_file.h"
#include "agent/wire/initial_state.h"

namespace heaptap::capture {
namespace {

constexpr std::uint32_t kMaxNumber = 999;

using Path = ShortText<PATH_MAX>;

void appendPattern(Path& path, const char* pattern) {
  for (; *pattern != 0; ++pattern) {
    const bool special = pattern[0] == '%' && (pattern[1] == 'p' || pattern[1] == '%');
    if (special && *++pattern == 'p')
      path.append(kernel::processId());
    else
      path.append(*pattern);
  }
}

// 0: no size, or one out of bounds.
std::uint64_t poolBytes(const char* text) {
  if (text == nullptr) return wire::Capacity{}.poolBytes;
  const std::uint64_t bytes = bytesIn(text, wire::kLargestBufferPool) / wire::kChunkBytes * wire::kChunkBytes;
  return bytes < wire::kSmallestBufferPool ? 0 : bytes;
}

// fallocate(2) beyond the limit would raise SIGXFSZ.
bool isAllowed(std::uint64_t bytes) {
  rlimit limit{};
  return arch::systemCall(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, kernel::asWord(&limit)) == 0 &&
         bytes <= limit.rlim_cur;
}

long createNew(Path& path) {
  const std::size_t length = path.length();
  for (std::uint32_t number = 0; number <= kMaxNumber; ++number) {
    path.cut(length);
    if (number > 0) path.append('.').append(number);
    if (!path.whole()) return -ENAMETOOLONG;
    const long file = arch::systemCall(SYS_openat, AT_FDCWD, kernel::asWord(path.text()),
                                       O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file != -EEXIST) return file;
  }
  return -EEXIST;
}

// For file systems that cannot reserve: writing zeros takes the space too, and reports a full disk.
bool writeZeros(const Descriptor& file, std::uint64_t bytes) {
  constexpr std::size_t kPieceBytes = 1 << 20;
  void* zeros = kernel::map(kPieceBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS);
  if (zeros == nullptr) return false;
  std::uint64_t written = 0;
  while (written < bytes) {
    const std::uint64_t left = bytes - written;
    const long now = arch::systemCall(SYS_pwrite64, file.number(), kernel::asWord(zeros),
                                      static_cast<long>(left < kPieceBytes ? left : kPieceBytes),
                                      static_cast<long>(written));
    if (now <= 0 && now != -EINTR) break;
    if (now > 0) written += static_cast<std::uint64_t>(now);
  }
  kernel::unmap(zeros, kPieceBytes);
  return written == bytes;
}

bool reserve(const Descriptor& file, std::uint64_t bytes) {
  long result;
  do result = arch::systemCall(SYS_fallocate, file.number(), 0, 0, static_cast<long>(bytes));
  while (result == -EINTR);
  return result == 0 || ((result == -EOPNOTSUPP || result == -ENOSYS) && writeZeros(file, bytes));
}

wire::Header* fill(void* at, const wire::Capacity& capacity, const wire::Geometry& geometry,
                   const Wishes& wishes) {
  void* base = static_cast<char*>(at) + wire::kBufferPreambleBytes;
  wire::fillInitialState(base, geometry);
  auto* header = static_cast<wire::Header*>(base);
  // Ticks of another clock could not be turned into time by who reads them later, elsewhere.
  header->clockMode = wire::ClockMode::Monotonic;
  header->maxStallMs = 0;  // No relay will make room.
  header->noRoom = wire::DropReason::BufferFull;
  header->sampleInterval = wishes.sampleInterval;
  header->relayAlive.store(1, std::memory_order_relaxed);
  header->clockBase = kernel::monotonicNs();
  auto& preamble = *static_cast<wire::BufferPreamble*>(at);
  describeProcess(preamble);
  preamble.magic = wire::kBufferMagic;
  preamble.version = wire::kBufferVersion;
  preamble.layoutVersion = wire::kLayoutVersion;
  preamble.capacity = capacity;
  preamble.complete.store(1, std::memory_order_release);
  return header;
}

}  // namespace

wire::Header* makeBufferFile(const char* pattern, const char* poolSize, const Wishes& wishes, Obstacle& why) {
  const wire::Capacity capacity = wire::bufferCapacity(poolBytes(poolSize));
  why = Obstacle::BadBufferSize;
  if (capacity.poolBytes == 0) return nullptr;
  const wire::Geometry geometry = wire::geometryFor(capacity);
  const std::uint64_t bytes = wire::kBufferPreambleBytes + geometry.totalBytes;
  why = Obstacle::FileSizeLimit;
  if (!isAllowed(bytes)) return nullptr;

  Path path;
  appendPattern(path, pattern);
  const Descriptor file(createNew(path));
  why = Obstacle::NoBufferFile;
  if (!file.valid()) return nullptr;
  why = Obstacle::DiskFull;
  void* at = nullptr;
  if (reserve(file, bytes)) {
    why = Obstacle::NoMemory;
    at = mapShared(file.number(), 0, bytes);
  }
  if (at != nullptr) return fill(at, capacity, geometry, wishes);
  arch::systemCall(SYS_unlinkat, AT_FDCWD, kernel::asWord(path.text()), 0);
  return nullptr;
}

}  // namespace heaptap::capture
