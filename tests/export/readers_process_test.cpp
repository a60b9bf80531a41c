// SPDX-License-Identifier: Apache-2.0
//
// Exports of a recorded program, opened by the programs that they are for.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using heaptap::test::Outcome;
using heaptap::test::runProcess;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class ExportReaders : public ::testing::Test {
 protected:
  Outcome shell(const std::string& script) const {
    return runProcess({.argv = {"bash", "-c", "set -eo pipefail; heaptap=" HEAPTAP_PROGRAM "; " + script},
                       .environment = {{"LD_PRELOAD", std::nullopt}, {"LC_ALL", "C"}},
                       .folder = m_folder.path()});
  }
  void SetUp() override {
    const Outcome run = shell("$heaptap run -q -o x.heaptap -- " HEAPTAP_RECORDED_PROGRAM);
    ASSERT_EQ(run.status, 0) << run.err;
    m_summary = nlohmann::json::parse(shell("$heaptap report --json x.heaptap").out).at("summary");
    ASSERT_GT(number("peakBytes"), 0U);
  }
  [[nodiscard]] std::uint64_t number(const char* name) const { return m_summary.at(name); }
  /// `1,234,567`, as many of these programs write it.
  [[nodiscard]] std::string grouped(const char* name) const { return formatCount(number(name)); }
  std::string output(const std::string& script) const {
    const Outcome outcome = shell(script);
    EXPECT_EQ(outcome.status, 0) << script << ": " << outcome.err << outcome.out;
    return outcome.out;
  }

  heaptap::test::TemporaryFolder m_folder;
  nlohmann::json m_summary;
};

TEST_F(ExportReaders, ProtocReadsAProfileOfPprof) {
  const std::string text = output(
      "$heaptap export x.heaptap -o x.pb.gz --cost live; zcat x.pb.gz | protoc "
      "--decode=perftools.profiles.Profile --proto_path=" HEAPTAP_SOURCE_FOLDER "/proto pprof/profile.proto");
  for (const char* name : {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "main"})
    EXPECT_THAT(text, HasSubstr("string_table: \"" + std::string(name) + "\"")) << name;
  EXPECT_THAT(text, HasSubstr("build_id: "));
  EXPECT_THAT(text, HasSubstr("default_sample_type: "));
  EXPECT_EQ(text.find("\n1"), std::string::npos) << "a field that the format does not know";
}

TEST_F(ExportReaders, GooglePprofReadsAProfileOfGperftools) {
  const std::string text = output(
      "$heaptap export x.heaptap -o x.heap --cost live; google-pprof --text --show_bytes "
      "--alloc_space x.heap");
  EXPECT_THAT(text, HasSubstr("Total: " + std::to_string(number("allocatedBytes")) + " B"));
  EXPECT_THAT(text, HasSubstr("main"));
  EXPECT_THAT(output("google-pprof --text --inuse_space --show_bytes x.heap"),
              HasSubstr("Total: " + std::to_string(number("leakedBytes")) + " B"));
}

TEST_F(ExportReaders, HeaptrackReadsItsFile) {
  const std::string text = output(
      "$heaptap export x.heaptap -o x.heaptrack; heaptrack_print -F stacks --flamegraph-cost-type peak "
      "x.heaptrack; awk '{ sum += $NF } END { print \"peak is\", sum }' stacks");
  EXPECT_THAT(text, HasSubstr("calls to allocation functions: " + std::to_string(number("allocations"))));
  EXPECT_THAT(text,
              HasSubstr("temporary memory allocations: " + std::to_string(number("temporaryAllocations"))));
  EXPECT_THAT(text, HasSubstr("peak is " + std::to_string(number("peakBytes"))));
  EXPECT_THAT(text, HasSubstr("main"));
}

TEST_F(ExportReaders, MsPrintReadsAFileOfMassif) {
  const std::string text = output("$heaptap export x.heaptap -o x.massif; ms_print x.massif");
  EXPECT_THAT(text, HasSubstr("(peak)"));
  EXPECT_THAT(text, HasSubstr(grouped("peakBytes")));
  EXPECT_THAT(text, HasSubstr(grouped("leakedBytes")));
  EXPECT_THAT(text, HasSubstr("main"));
}

TEST_F(ExportReaders, CallgrindAnnotateReadsAFileOfCallgrind) {
  const std::string text =
      output("$heaptap export x.heaptap -o x.callgrind; callgrind_annotate --inclusive=yes x.callgrind");
  for (const char* name : {"peakBytes", "allocatedBytes", "allocations"})
    EXPECT_THAT(text, HasSubstr(grouped(name))) << name;
  EXPECT_THAT(text, HasSubstr("main"));
}

TEST_F(ExportReaders, GraphvizDrawsTheGraph) {
  const std::string text = output("$heaptap export x.heaptap -o x.dot; dot -Tsvg x.dot");
  EXPECT_THAT(text, HasSubstr(grouped("peakBytes") + " bytes"));
  EXPECT_THAT(text, HasSubstr("main"));
}

TEST_F(ExportReaders, APictureIsWellFormed) {
  const std::string text = output(
      "$heaptap export x.heaptap -o x.svg; python3 -c 'import xml.etree.ElementTree as tree; "
      "root = tree.parse(\"x.svg\").getroot(); "
      "print(root.tag, sum(int(g.get(\"data-self\", 0)) for g in root))'");
  EXPECT_EQ(text, "{http://www.w3.org/2000/svg}svg " + std::to_string(number("peakBytes")) + "\n");
}

TEST_F(ExportReaders, ProtocReadsATraceOfPerfetto) {
  const std::string text = output(
      "$heaptap export x.heaptap -f perfetto -o - --cost peak | protoc --decode=Trace "
      "--proto_path=" HEAPTAP_PROTOS
      " perfetto.proto | tee x.txt; "
      "awk '$1 == \"self_max:\" { sum += $2 } END { print \"peak is\", sum }' x.txt");
  EXPECT_THAT(text, HasSubstr("peak is " + std::to_string(number("peakBytes"))));
  EXPECT_THAT(text, HasSubstr("heap_name: \"libc.malloc\""));
  EXPECT_THAT(text, HasSubstr("str: \"main\""));
}

/// What a person does with the page, and what it then shows, as the page's own events.
constexpr const char* kVisit = R"(<script>
const shown = [];
const note = (what, text) => shown.push(what + '=' + text);
note('title', document.querySelector('h1').textContent);
note('peak', [...document.querySelectorAll('.fact')].find(fact => fact.textContent.startsWith('peak')).lastChild.textContent);
const frames = () => [...document.querySelectorAll('.frame')];
note('frames', frames().length > 5);
const search = document.getElementById('search');
search.value = 'FILL';
search.dispatchEvent(new Event('input'));
note('found', frames().filter(frame => frame.classList.contains('found')).every(frame => /fill/i.test(frame.title)));
note('matched', document.getElementById('matched').textContent);
const fill = frames().find(frame => frame.classList.contains('found'));
fill.click();
note('zoomed', document.getElementById('zoomed').textContent);
note('width', frames().find(frame => frame.title.includes('fill(')).style.width);
document.getElementById('reset').click();
note('reset', document.getElementById('zoomed').textContent);
search.value = '(';
search.dispatchEvent(new Event('input'));
note('no expression', document.getElementById('matched').textContent.startsWith('found: '));
const cost = document.getElementById('cost');
cost.value = [...cost.options].find(option => option.textContent === 'allocations').value;
cost.dispatchEvent(new Event('change'));
note('allocations', document.getElementById('folded').textContent);
note('leak', document.querySelector('#leaks tbody tr').textContent);
note('sizes', document.querySelectorAll('#sizes tbody tr').length > 3);
document.querySelector('#sites th').click();
const texts = [...document.querySelectorAll('#timeline text')];
note('labels', texts.map(text => text.textContent).join(';'));
note('readable', innerWidth < 700 && texts.every(text => text.getBoundingClientRect().height >= 9));
note('inside', texts.every(text => text.getBoundingClientRect().right <= innerWidth && text.getBoundingClientRect().left >= 0));
note('rows', [...document.querySelectorAll('#leaks tbody td, #sites tbody td')].every(cell => cell.getBoundingClientRect().right <= innerWidth));
note('end', data.timeline.endNs > 0 && texts[texts.length - 1].textContent === seconds(Math.max(data.timeline.endNs, data.timeline.live.length * data.timeline.bucketNs)));
note('outside', performance.getEntriesByType('resource').length);
const all = document.createElement('pre');
all.id = 'visit';
all.textContent = '\n' + shown.join('\n') + '\n';
document.body.append(all);
</script>)";

TEST_F(ExportReaders, APageIsSearchedAndZoomedInABrowser) {
  output("$heaptap export x.heaptap -o x.html");
  const std::string page = heaptap::test::readFile(m_folder / "x.html");
  EXPECT_EQ(page.find("http://"), page.find("http://www.w3.org/2000/svg")) << "nothing else is asked for";
  m_folder.write("visit.html", page + kVisit);
  const std::string shown = output(
      "HOME=$PWD chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
      "--user-data-dir=$PWD/browser "
      "--window-size=600,900 --virtual-time-budget=5000 --dump-dom file://$PWD/visit.html 2>browser.log");
  EXPECT_THAT(shown, HasSubstr("\ntitle=x.heaptap\n"));
  EXPECT_THAT(shown, HasSubstr("\npeak=" + grouped("peakBytes") + " bytes\n"));
  for (const char* holds : {"frames=true", "found=true", "no expression=true", "sizes=true", "readable=true",
                            "inside=true", "rows=true", "end=true", "width=100%", "reset=\n", "outside=0"})
    EXPECT_THAT(shown, HasSubstr("\n" + std::string(holds))) << holds;
  EXPECT_THAT(shown, HasSubstr("\nmatched=found: "));
  EXPECT_THAT(shown, HasSubstr("fill("));
  EXPECT_THAT(shown, HasSubstr("\nallocations=allocations: " + grouped("allocations") + " allocations."));
  EXPECT_THAT(shown, HasSubstr("forgotten("));
  EXPECT_THAT(shown, ContainsRegex("\nlabels=0 B;[0-9.]+ [KM]?i?B;.*;[0-9.]+ m?s\n")) << "a scale of bytes";
}

TEST_F(ExportReaders, WhatWasExportedComesBackByImport) {
  for (const char* format : {"heaptrack", "pprof", "massif", "gperftools"}) {
    const std::string name(format);
    output("$heaptap export x.heaptap --cost live -f " + name + " -o y." + name + "; $heaptap import y." +
           name + " -o " + name + ".heaptap");
    const auto other =
        nlohmann::json::parse(output("$heaptap report --json " + name + ".heaptap")).at("summary");
    EXPECT_EQ(other.at("leakedBytes"), m_summary.at("leakedBytes")) << format;
    if (name != "pprof" && name != "gperftools") {
      EXPECT_EQ(other.at("peakBytes"), m_summary.at("peakBytes")) << format;
    }
    if (name == "massif") continue;
    for (const char* number : {"allocations", "frees", "allocatedBytes", "leakedBlocks"})
      EXPECT_EQ(other.at(number), m_summary.at(number)) << format << " " << number;
  }
  EXPECT_EQ(nlohmann::json::parse(output("$heaptap report --json heaptrack.heaptap"))
                .at("summary")
                .at("temporaryAllocations"),
            m_summary.at("temporaryAllocations"));
  EXPECT_EQ(shell("$heaptap import y.massif -o heaptrack.heaptap").status, 6) << "it exists";
}

TEST_F(ExportReaders, WhatHeaptrackHasRecordedIsImported) {
  output("heaptrack -o recorded " HEAPTAP_RECORDED_PROGRAM
         " >h.log 2>&1; $heaptap import recorded.* -o h.heaptap");
  const std::string report = output("$heaptap report h.heaptap");
  EXPECT_THAT(report, HasSubstr("1,")) << "thousands of allocations";
  EXPECT_THAT(report, HasSubstr("forgotten"));
  EXPECT_THAT(report, HasSubstr("imported from heaptrack"));
}

TEST_F(ExportReaders, WhatMassifHasRecordedIsImported) {
  output("valgrind --tool=massif --massif-out-file=m.out " HEAPTAP_RECORDED_PROGRAM
         " >m.log 2>&1; $heaptap import m.out -o m.heaptap");
  const std::string report = output("$heaptap report m.heaptap");
  EXPECT_THAT(report, HasSubstr("fill("));
  EXPECT_THAT(report, HasSubstr("imported from massif"));
}

TEST_F(ExportReaders, WhatJemallocHasRecordedIsImported) {
  output(
      "MALLOC_CONF=prof:true,prof_final:true,lg_prof_sample:0,prof_prefix:j "
      "LD_PRELOAD=libjemalloc.so.2 " HEAPTAP_RECORDED_PROGRAM
      " >j.log 2>&1; $heaptap import j.*.heap -o j.heaptap");
  const std::string report = output("$heaptap report j.heaptap");
  EXPECT_THAT(report, HasSubstr("keeps_words+0x"));
  EXPECT_THAT(report, HasSubstr("imported from jemalloc"));
}

TEST_F(ExportReaders, AnAnonymousCopyHasTheNumbersAndNoNames) {
  output("$heaptap anonymize x.heaptap -o a.heaptap");
  const auto copy = nlohmann::json::parse(output("$heaptap report --json a.heaptap"));
  const auto session = nlohmann::json::parse(output("$heaptap report --json x.heaptap"));
  for (const char* number : {"allocations", "frees", "peakBytes", "leakedBytes", "temporaryAllocations"})
    EXPECT_EQ(copy.at("summary").at(number), m_summary.at(number)) << number;
  EXPECT_EQ(copy.at("sites").at("bytes"), session.at("sites").at("bytes"));
  EXPECT_EQ(copy.at("stacks"), session.at("stacks"));
  const std::string bytes = heaptap::test::readFile(m_folder / "a.heaptap");
  for (const char* name : {"forgotten", "keeps_words", "std::map<std::", "/usr/", "fill("})
    EXPECT_EQ(bytes.find(name), std::string::npos) << name;
  EXPECT_THAT(output("$heaptap report a.heaptap"), HasSubstr("main"));
  EXPECT_EQ(shell("$heaptap anonymize x.heaptap -o a.heaptap").status, 6) << "it exists";
  EXPECT_EQ(shell("$heaptap anonymize x.heaptap -o x.heaptap --force").status, 2) << "it is the session";
  EXPECT_EQ(shell("$heaptap anonymize none.heaptap -o b.heaptap").status, 3);
}

TEST_F(ExportReaders, SpeedscopesSchemaHolds) {
  output(
      "$heaptap export x.heaptap -o x.speedscope.json; /usr/bin/python3 -c 'import json, jsonschema; "
      "jsonschema.validate(json.load(open(\"x.speedscope.json\")), json.load(open(\"" HEAPTAP_PROTOS
      "/speedscope.schema.json\")))'");
}

}  // namespace
}  // namespace heaptap::exporting
