#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a verdict as its own readers do, strictly: `read_verdict.py FORMAT FILE`.

Prints what it has understood, as JSON: {"violations": N, "checks": N or null, "places": ["file:line", ...]}.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree


def fail(what):
    sys.exit(what)


def sarif(text):
    import jsonschema

    document = json.loads(text)
    with open(os.path.join(os.path.dirname(__file__), "sarif.schema.json")) as file:
        jsonschema.Draft7Validator(json.load(file)).validate(document)
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    places = []
    for result in run["results"]:
        if rules[result["ruleIndex"]] != result["ruleId"]:
            fail("ruleIndex and ruleId disagree")
        for location in result.get("locations", []):
            physical = location.get("physicalLocation")
            if physical:
                line = physical.get("region", {}).get("startLine", 0)
                places.append("%s:%d" % (physical["artifactLocation"]["uri"], line))
    return {"violations": len(run["results"]), "checks": None, "places": places}


def junit(text):
    """By the schema of Jenkins' xUnit plugin: elements, required attributes, and sums."""
    root = xml.etree.ElementTree.fromstring(text)
    if root.tag != "testsuites":
        fail("no testsuites")
    allowed = {
        "testsuites": ({"testsuite"}, {"name", "tests", "failures", "errors", "time"}),
        "testsuite": ({"testcase", "system-out"}, {"name", "tests", "failures", "errors", "skipped", "time"}),
        "testcase": ({"failure"}, {"name", "classname", "time"}),
        "failure": (set(), {"message", "type"}),
        "system-out": (set(), set()),
    }
    for element in root.iter():
        children, attributes = allowed[element.tag]
        if set(element.attrib) != attributes or not {child.tag for child in element} <= children:
            fail("%s: %s %s" % (element.tag, element.attrib, [child.tag for child in element]))
    cases = list(root.iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None]
    if int(root.get("tests")) != len(cases) or int(root.get("failures")) != len(failed):
        fail("the sums are wrong")
    for suite in root.iter("testsuite"):
        if int(suite.get("tests")) != len(suite.findall("testcase")):
            fail("the sums of a suite are wrong")
    return {"violations": len(failed), "checks": len(cases), "places": []}


def gitlab(text):
    """By docs.gitlab.com, "Code Quality report format"."""
    report = json.loads(text)
    places = []
    for one in report:
        if set(one) != {"description", "check_name", "fingerprint", "severity", "location"}:
            fail("keys: %s" % sorted(one))
        if one["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            fail("severity")
        path = one["location"]["path"]
        if path.startswith(("/", "./")):
            fail("the path is not relative: " + path)
        places.append("%s:%d" % (path, one["location"]["lines"]["begin"]))
    if len({one["fingerprint"] for one in report}) != len(report):
        fail("fingerprints are not unique")
    return {"violations": len(report), "checks": None, "places": places}


def github(text):
    """By the runner's own rules: a line each, `::command key=value,…::message`, with %XX for what has a meaning."""
    places = []
    violations = 0
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"::(error|notice) ([^\r]*?)::(.*)", line)
        if not match:
            fail("no command: " + line[:200])
        properties = dict(each.split("=", 1) for each in match.group(2).split(","))
        if not set(properties) <= {"file", "line", "title"}:
            fail("properties: %s" % sorted(properties))
        if match.group(1) == "error":
            violations += 1
            if "file" in properties:
                places.append("%s:%s" % (properties["file"], properties.get("line", 0)))
    return {"violations": violations, "checks": None, "places": places}


def main():
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        text = file.read()
    print(json.dumps({"sarif": sarif, "junit": junit, "gitlab": gitlab, "github": github}[sys.argv[1]](text)))


main()
