#!/usr/bin/env python3
"""An adapter for finpages: help articles in a folder, a JSON file each.

{"title": ..., "html": ..., "group": ...}: articles for a group stay out of Fin.

    exec: {command: [./articles.py], options: {folder: /srv/articles}}
"""
import hashlib, json, os, sys, unicodedata


def say(**message):
    print(json.dumps(message), flush=True)


def read(name):
    with open(os.path.join(root, name + ".json"), "rb") as file:
        data = file.read()
    return json.loads(data), hashlib.sha256(data).hexdigest()


def names(failed):
    os.stat(root)  # a folder that is not there is an error, not an empty one
    for at, _, files in os.walk(root, onerror=failed.append):
        for file in files:
            if file.endswith(".json"):
                yield os.path.relpath(os.path.join(at, file), root)[: -len(".json")]


def entry(name):
    try:
        article, revision = read(name)
    except Exception as problem:  # it is there, and cannot be read: its page stays
        return {"id": name, "scope": os.path.dirname(name), "error": str(problem)}
    withheld = "for the group %s alone" % article["group"] if article.get("group") else ""
    return {"id": name, "scope": os.path.dirname(name), "revision": revision, "withheld": withheld}


def answer(id, op, name):
    if op == "list":
        count, failed = 0, []
        for count, each in enumerate(names(failed), 1):
            say(id=id, entry=entry(each))
        for problem in failed:
            scope = os.path.relpath(problem.filename, root)
            say(id=id, incomplete={"scope": scope.strip("."), "error": str(problem)})
        say(id=id, end={"entries": count, "excluded": 0})
    elif op == "load":
        article, _ = read(name)
        with open(os.path.join(tmp, str(id)), "w", encoding="utf-8") as file:
            file.write(article["html"])  # a line may have 64 KiB, a file 16 MiB
        say(id=id, document={"format": "html", "title": article["title"], "file": str(id)})
    elif op == "gone":  # finpages knows ids in the Unicode form NFC
        failed = []
        there = name in (unicodedata.normalize("NFC", each) for each in names(failed))
        say(id=id, error=str(failed[0])) if failed else say(id=id, gone=not there)
    elif op != "cancel":  # answers are given one by one here: nothing is left to cancel
        say(id=id, error="unknown op " + op)


hello = json.loads(sys.stdin.readline())
root, tmp = hello["options"]["folder"], hello["tmp"]
say(finpages=1, caps=["gone"])
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "close":
        break
    try:
        answer(request.get("id"), request["op"], request.get("entry"))
    except Exception as problem:
        say(id=request["id"], error=str(problem))
