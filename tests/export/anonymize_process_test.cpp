// SPDX-License-Identifier: Apache-2.0
//
// What a copy that may be sent to somebody else still says.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::exporting {
namespace {

using heaptap::test::Outcome;
using heaptap::test::runProcess;
using ::testing::HasSubstr;

/// Prints each text of a session, in any column of any table, that is in the bytes of the copy. Of any: also
/// in those that are added one day. What may stay is named here.
constexpr const char* kWhatStays = R"python(
import sqlite3, subprocess, sys
session, copy = sqlite3.connect(sys.argv[1]), open(sys.argv[2], "rb").read()
stays = {b"main", b"_start", b"malloc", b"mappings"}
for (name,) in session.execute(
    "SELECT DISTINCT value FROM text JOIN symbol_line ON function = id AND allocator = 1 WHERE value NOT LIKE '%<%'"):
    stays.add(name if isinstance(name, bytes) else name.encode())
# Functions of the system keep their names; those that the program defines do not.
defined = set(subprocess.run(["nm", "-C", "--defined-only", sys.argv[3]], capture_output=True, check=True).stdout.split(b"\n"))
defined = {line.split(b" ", 2)[-1] for line in defined}
for (name,) in session.execute(
    "SELECT DISTINCT CAST(value AS BLOB) FROM text JOIN symbol_line ON function = id WHERE id NOT IN (SELECT file FROM symbol_line WHERE file IS NOT NULL)"):
    if name not in defined and b"<" not in name:
        stays.add(name)
own = {("session", "id"), ("session", "tree_id"), ("session", "parent_id"), ("session", "agent_version")}
looked = 0
for (table,) in session.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    for column in [row[1] for row in session.execute(f"PRAGMA table_info('{table}')") if row[2] == "TEXT"]:
        if (table, column) in own:
            continue
        for (value,) in session.execute(f"SELECT DISTINCT CAST({column} AS BLOB) FROM {table}"):
            if value is None or len(value) < 6 or value in stays:
                continue
            looked += 1
            if value in copy:
                print(table, column, value)
print("looked at", looked if looked < 20 else True)
for secret in sys.argv[4:]:
    if secret.encode() in copy:
        print("secret", secret)
)python";

class Anonymize : public ::testing::Test {
 protected:
  Outcome shell(const std::string& script) const {
    return runProcess({.argv = {"bash", "-c", "set -eo pipefail; heaptap=" HEAPTAP_PROGRAM "; " + script},
                       .environment = {{"LD_PRELOAD", std::nullopt}, {"LC_ALL", "C"}},
                       .folder = m_folder.path()});
  }
  std::string output(const std::string& script) const {
    const Outcome outcome = shell(script);
    EXPECT_EQ(outcome.status, 0) << script << ": " << outcome.err << outcome.out;
    return outcome.out;
  }
  heaptap::test::TemporaryFolder m_folder;
};

TEST_F(Anonymize, NoNameIsLeftAnywhereInTheFile) {
  m_folder.write("what_stays.py", kWhatStays);
  output("mkdir acme.folder; cp " HEAPTAP_NAMED_PROGRAM
         " acme.folder/acme_tool; cd acme.folder; $heaptap run -q -o ../x.heaptap -- ./acme_tool "
         "--acme-token=4711 "
         "/home/acme/in.json");
  output("$heaptap anonymize x.heaptap -o a.heaptap");
  EXPECT_EQ(output("/usr/bin/python3 what_stays.py x.heaptap a.heaptap acme.folder/acme_tool acme Formula "
                   "Recipe brew"),
            "looked at True\n");
  EXPECT_EQ(output("strings -n 3 -el a.heaptap | grep -ci acme || true"), "0\n");
  const auto copy = nlohmann::json::parse(output("$heaptap report --json a.heaptap"));
  const auto session = nlohmann::json::parse(output("$heaptap report --json x.heaptap"));
  for (const char* number : {"allocations", "frees", "peakBytes", "leakedBytes", "temporaryAllocations"})
    EXPECT_EQ(copy.at("summary").at(number), session.at("summary").at(number)) << number;
  for (const char* word : {"marks", "heaps"})
    EXPECT_EQ(copy.at("summary").at(word).size(), session.at("summary").at(word).size()) << word;
  EXPECT_THAT(output("$heaptap report a.heaptap --heap heap_1"), HasSubstr("heap_1"));
  EXPECT_EQ(output("$heaptap report --json a.heaptap | grep -ci acme || true"), "0\n");
}

}  // namespace
}  // namespace heaptap::exporting
