#!/usr/bin/env python3
"""Reads what Dragline wrote of its fetches with readers that are not its own, and fails where they take exception.

  insight_reader.py har FILE          HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) as a JSON schema
  insight_reader.py prometheus FILE   prometheus_client's parser of the text format 0.0.4
  insight_reader.py openmetrics FILE  its strict parser of OpenMetrics
"""
import datetime
import json
import sys

TEXT, COUNT, TIME = {"type": "string"}, {"type": "integer", "minimum": -1}, {"type": "number", "minimum": -1}


def record(required, optional=None, names="^_"):
    """An object that has what is required, and nothing beyond that but what is optional or begins with "_"."""
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})},
            "patternProperties": {names: {}}, "additionalProperties": False}


def listing(item):
    return {"type": "array", "items": item}


COMMENT = {"comment": TEXT}
PAIR = record({"name": TEXT, "value": TEXT}, COMMENT)
COOKIE = record({"name": TEXT, "value": TEXT}, {**COMMENT, "path": TEXT, "domain": TEXT, "expires": TEXT,
                                                "httpOnly": {"type": "boolean"}, "secure": {"type": "boolean"}})
URL = {"type": "string", "format": "uri", "pattern": "^https?://"}
REQUEST = record({"method": TEXT, "url": URL, "httpVersion": TEXT, "cookies": listing(COOKIE),
                  "headers": listing(PAIR), "queryString": listing(PAIR), "headersSize": COUNT, "bodySize": COUNT},
                 {**COMMENT, "postData": {}})
CONTENT = record({"size": COUNT, "mimeType": TEXT}, {**COMMENT, "compression": COUNT, "text": TEXT, "encoding": TEXT})
RESPONSE = record({"status": {"type": "integer"}, "statusText": TEXT, "httpVersion": TEXT,
                   "cookies": listing(COOKIE), "headers": listing(PAIR), "content": CONTENT, "redirectURL": TEXT,
                   "headersSize": COUNT, "bodySize": COUNT}, COMMENT)
DURATION = {"type": "number", "minimum": 0}
TIMINGS = record({"send": DURATION, "wait": DURATION, "receive": DURATION},
                 {**COMMENT, "blocked": TIME, "dns": TIME, "connect": TIME, "ssl": TIME})
ENTRY = record({"startedDateTime": TEXT, "time": DURATION, "request": REQUEST, "response": RESPONSE,
                "cache": {"type": "object"}, "timings": TIMINGS},
               {**COMMENT, "pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT})
PAGE = record({"startedDateTime": TEXT, "id": TEXT, "title": TEXT, "pageTimings": {"type": "object"}}, COMMENT)
TOOL = record({"name": TEXT, "version": TEXT}, COMMENT)
HAR = record({"log": record({"version": {"const": "1.2"}, "creator": TOOL, "entries": listing(ENTRY)},
                            {**COMMENT, "browser": TOOL, "pages": listing(PAGE)})})


def check_har(text):
    import jsonschema
    archive = json.loads(text.decode("utf-8", "strict"), parse_constant=lambda name: sys.exit(f"{name} is no JSON"))
    jsonschema.Draft7Validator(HAR).validate(archive)
    log = archive["log"]
    pages = {page["id"] for page in log.get("pages", [])}
    for entry in log["entries"]:
        datetime.datetime.strptime(entry["startedDateTime"], "%Y-%m-%dT%H:%M:%S.%fZ")
        timings = entry["timings"]
        if abs(entry["time"] - sum(max(value, 0) for name, value in timings.items()
                                   if name != "ssl" and not name.startswith("_"))) > 0.001:
            sys.exit(f"times do not add up: {entry['time']}, {timings}")
        if timings["ssl"] > timings["connect"]:
            sys.exit(f"ssl is part of connect: {timings}")
        if pages and entry["pageref"] not in pages:
            sys.exit(f"no page {entry['pageref']}")
    print(len(log["entries"]))


def check_metrics(text, parse):
    families = list(parse(text.decode("utf-8", "strict")))
    for family in families:
        if family.type == "unknown" or not family.documentation:
            sys.exit(f"{family.name} has no type or no help")
        series = {}
        for sample in family.samples:
            if sample.name.endswith("_bucket"):
                at = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
                series.setdefault(at, []).append((float(sample.labels["le"]), sample.value))
        for buckets in series.values():
            if buckets != sorted(buckets) or [count for _, count in buckets] != sorted(c for _, c in buckets):
                sys.exit(f"{family.name}: buckets are not cumulative: {buckets}")
            if buckets[-1][0] != float("inf"):
                sys.exit(f"{family.name}: no +Inf")
    print(sum(len(family.samples) for family in families))


def main(kind, name):
    with open(name, "rb") as file:
        text = file.read()
    if kind == "har":
        check_har(text)
    elif kind == "prometheus":
        from prometheus_client.parser import text_string_to_metric_families
        check_metrics(text, text_string_to_metric_families)
    else:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        check_metrics(text, text_string_to_metric_families)


main(*sys.argv[1:])
