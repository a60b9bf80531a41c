// SPDX-License-Identifier: Apache-2.0
//
// `heaptap diff` as a page and as a picture, of real programs, opened by a browser.
#include <gmock/gmock.h>

#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::exporting {
namespace {

using heaptap::test::Outcome;
using heaptap::test::runProcess;
using ::testing::HasSubstr;

/// What a person does with the page, and what it then shows.
constexpr const char* kVisitDiff = R"(<script>{
const shown = [];
const note = (what, text) => shown.push(what + '=' + text);
const type = (id, text) => { const field = document.getElementById(id); field.value = text; field.dispatchEvent(new Event('input')); };
const frames = () => [...document.querySelectorAll('.frame')];
const rows = table => [...document.querySelectorAll(`#${table} tbody tr`)].map(row => row.textContent);
note('title', document.querySelector('h1').textContent);
note('headline', document.getElementById('headline').textContent);
note('left', [...document.querySelectorAll('.fact')][0].textContent);
const forgotten = frames().find(frame => frame.title.includes('forgotten'));
note('colour', forgotten.classList.contains('grew'));
note('after', parseFloat(forgotten.style.width) > 5);
forgotten.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
note('about', document.getElementById('about').textContent);
type('search', 'FORGOTTEN');
note('matched', document.getElementById('matched').textContent);
frames().find(frame => frame.classList.contains('found')).click();
note('zoomed', document.getElementById('zoomed').textContent);
note('whole', frames().find(frame => frame.title.includes('forgotten')).style.width);
const widths = document.getElementById('widths');
widths.value = '1';
widths.dispatchEvent(new Event('change'));
note('still', document.getElementById('zoomed').textContent);
document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));
note('all', document.getElementById('zoomed').textContent);
note('first', rows('sites')[0]);
const all = rows('sites').length;
type('find', 'no such row');
note('none', rows('sites').length);
type('find', 'forgotten');
note('some', rows('sites').length > 0 && rows('sites').length <= all);
document.querySelector('#functions th').click();
note('function', rows('functions')[0]);
type('find', '');
const red = 'rgb(198, 47, 47)';
const judged = [...document.querySelectorAll('#functions tbody tr.grew, #functions tbody tr.new')];
const colours = row => [...row.children].map(cell => getComputedStyle(cell).color === red);
note('passed on', judged.some(row => row.firstChild.textContent === '0 B'));
note('coloured', judged.every(row => colours(row).filter(Boolean).length === 1 &&
  row.children[colours(row).indexOf(true)].textContent !== '0 B'));
const rightOf = element => element.getBoundingClientRect().right;
note('on screen', innerWidth < 700 && [...document.querySelectorAll('#sites tbody td, #functions tbody td')]
  .every(cell => rightOf(cell) <= innerWidth));
const first = document.querySelector('#sites tbody tr');
note('name first', first.lastChild.getBoundingClientRect().top < first.firstChild.getBoundingClientRect().top);
note('outside', performance.getEntriesByType('resource').length);
const said = document.createElement('pre');
said.textContent = '\n' + shown.join('\n') + '\n';
document.body.append(said);
}</script>)";

class DiffPage : public ::testing::Test {
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
  void SetUp() override {
    output(
        "for keeps in 50 80; do KEEPS=$keeps $heaptap run -q -o $keeps.heaptap -- " HEAPTAP_RECORDED_PROGRAM
        "; done");
  }
  heaptap::test::TemporaryFolder m_folder;
};

TEST_F(DiffPage, IsSearchedZoomedAndSortedInABrowser) {
  output("$heaptap diff 50.heaptap 80.heaptap -o d.html");
  const std::string page = heaptap::test::readFile(m_folder / "d.html");
  EXPECT_EQ(page.find("http://"), std::string::npos) << "nothing else is asked for";
  m_folder.write("visit.html", page + kVisitDiff);
  const std::string shown = output(
      "HOME=$PWD chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
      "--user-data-dir=$PWD/browser "
      "--window-size=600,900 --virtual-time-budget=5000 --dump-dom file://$PWD/visit.html 2>browser.log");
  EXPECT_THAT(shown, HasSubstr("\ntitle=50.heaptap → 80.heaptap\n"));
  EXPECT_THAT(shown, HasSubstr("\nheadline=bytes left at the end: +3.28 KiB"));
  EXPECT_THAT(shown, HasSubstr("1 site grew, "));
  EXPECT_THAT(shown, HasSubstr("\nleft=left+3.28 KiB"));
  EXPECT_THAT(
      shown,
      HasSubstr(
          "5.47 KiB (5,600 bytes) before, 8.75 KiB (8,960 bytes) after: +3.28 KiB (3,360 bytes), +60.0 %"));
  EXPECT_THAT(shown, HasSubstr("\nmatched=found: 5.47 KiB before, 8.75 KiB after, +3.28 KiB\n"));
  for (const char* holds : {"colour=true", "after=true", "whole=100%", "all=\n", "first=+3.28 KiB",
                            "none=0\n", "some=true", "passed on=true", "coloured=true", "on screen=true",
                            "name first=true", "function=+3.28 KiB", "outside=0"})
    EXPECT_THAT(shown, HasSubstr("\n" + std::string(holds))) << holds;
}

TEST_F(DiffPage, OfFilesThatAreCalledTheSameNamesTheirFolders) {
  output(
      "mkdir -p old/day new/day; cp 50.heaptap old/day/s.heaptap; cp 80.heaptap new/day/s.heaptap; "
      "$heaptap diff old/day/s.heaptap new/day/s.heaptap -o d.html");
  EXPECT_THAT(heaptap::test::readFile(m_folder / "d.html"),
              HasSubstr("\"title\":\"old/day/s.heaptap → new/day/s.heaptap\""));
}

TEST_F(DiffPage, APictureIsWellFormedAndHasBothSides) {
  output("$heaptap diff 50.heaptap 80.heaptap --format svg > d.svg");
  EXPECT_EQ(
      output("python3 -c 'import xml.etree.ElementTree as tree; root = tree.parse(\"d.svg\").getroot(); "
             "print([sum(int(g.get(side, 0)) for g in root) for side in (\"data-self-before\", "
             "\"data-self-after\")])'"),
      output(
          "python3 -c 'import json, subprocess; print([json.loads(subprocess.check_output([\"" HEAPTAP_PROGRAM
          "\", \"report\", \"--json\", name]))[\"summary\"][\"leakedBytes\"] for name in (\"50.heaptap\", "
          "\"80.heaptap\")])'"));
}

TEST_F(DiffPage, OfSeveralRunsAndOfOtherProgramsIsWritten) {
  output("$heaptap diff --before 50.heaptap 50.heaptap --after 80.heaptap 80.heaptap 50.heaptap -o d.html");
  EXPECT_THAT(heaptap::test::readFile(m_folder / "d.html"), HasSubstr("noise, within"));
  output("$heaptap run -q -o other.heaptap -- " HEAPTAP_NAMED_PROGRAM
         "; $heaptap diff 50.heaptap other.heaptap -f html -o o.html");
  EXPECT_THAT(heaptap::test::readFile(m_folder / "o.html"),
              HasSubstr("no function of the program in common"));
}

TEST_F(DiffPage, WhatCannotBeWrittenIsSaid) {
  Outcome outcome = shell("$heaptap diff 50.heaptap 80.heaptap -f pdf");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("one of: text, json, html, svg"));
  outcome = shell("$heaptap diff 50.heaptap 80.heaptap -o 80.heaptap");
  EXPECT_EQ(outcome.status, 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("one of the sessions"));
  outcome = shell("$heaptap diff 50.heaptap 80.heaptap -f html -o /dev/full");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("/dev/full"));
  outcome = shell("$heaptap diff 50.heaptap 80.heaptap --json -f html");
  EXPECT_EQ(outcome.status, 2) << outcome.err;
}

}  // namespace
}  // namespace heaptap::exporting
