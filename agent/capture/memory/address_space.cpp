// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/address_space.h"

#include <fcntl.h>

#include "agent/capture/system/descriptor.h"

namespace heaptap::capture {
namespace {

constexpr int kEnd = -1;
constexpr int kFailed = -2;

class Text {
 public:
  explicit Text(int descriptor) : m_descriptor(descriptor) {}
  int next() {
    if (m_at == m_length && !refill()) return m_length == 0 ? kEnd : kFailed;
    return static_cast<unsigned char>(m_bytes[m_at++]);
  }

 private:
  bool refill() {
    constexpr long kInterrupted = -4;  // EINTR
    long length = kInterrupted;
    while (length == kInterrupted)
      length = arch::systemCall(SYS_read, m_descriptor, kernel::asWord(m_bytes), sizeof m_bytes);
    m_at = 0;
    m_length = length;
    return length > 0;
  }

  int m_descriptor;
  long m_at = 0;
  long m_length = 0;
  char m_bytes[4096];
};

// What the number ends at.
int readHex(Text& text, int first, std::uint64_t& number) {
  number = 0;
  for (int c = first;; c = text.next()) {
    if (c >= '0' && c <= '9')
      number = number * 16 + static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      number = number * 16 + static_cast<unsigned>(c - 'a' + 10);
    else
      return c;
  }
}

// start-end perms offset device inode   name
bool readLine(Text& text, int first, Mapping& mapping, char (&name)[256]) {
  if (readHex(text, first, mapping.start) != '-') return false;
  int c = readHex(text, text.next(), mapping.end);
  for (int field = 0; field < 4; ++field) {
    if (c != ' ') return false;
    for (c = text.next(); c != ' ' && c != '\n';)
      if ((c = text.next()) < 0) return false;
  }
  while (c == ' ') c = text.next();
  std::size_t length = 0;
  for (; c != '\n'; c = text.next()) {
    if (c < 0) return false;
    if (length + 1 < sizeof name) name[length++] = static_cast<char>(c);
  }
  name[length] = 0;
  mapping.name = name;
  return true;
}

}  // namespace

bool forEachMapping(void (*visit)(const Mapping& mapping, void* data), void* data) {
  const Descriptor file(
      arch::systemCall(SYS_openat, AT_FDCWD, kernel::asWord("/proc/self/maps"), O_RDONLY | O_CLOEXEC, 0));
  if (!file.valid()) return false;
  Text text(file.number());
  char name[256];
  for (;;) {
    const int first = text.next();
    if (first == kEnd) return true;
    Mapping mapping;
    if (first < 0 || !readLine(text, first, mapping, name)) return false;
    visit(mapping, data);
  }
}

}  // namespace heaptap::capture
