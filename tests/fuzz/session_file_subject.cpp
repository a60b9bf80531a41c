// SPDX-License-Identifier: Apache-2.0
//
// An input is a whole session file.
#include <fstream>

#include "collector/store/verification/session_verification.h"
#include "tests/fuzz/seed_file.h"
#include "tests/fuzz/subject.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::fuzz {
namespace {

Verdict read(std::span<const std::uint8_t> input) {
  static const test::TemporaryFolder folder;
  const auto file = folder / "session.heaptap";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  const auto loaded =
      store::SessionReader::open(file).and_then([](store::SessionReader reader) { return reader.load(); });
  (void)store::verifySession(file);
  return loaded ? Verdict::Taken : Verdict::Refused;
}

std::vector<Bytes> seeds() { return {fileOf(1, true), fileOf(3, true)}; }

}  // namespace

Subject sessionFileSubject() { return {"sessionFile", seeds, read, 400}; }

}  // namespace heaptap::fuzz
