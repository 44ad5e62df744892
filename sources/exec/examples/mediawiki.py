#!/usr/bin/env python3
"""An adapter for finpages: the pages of a MediaWiki, through its Action API.

    exec:
      command: [./mediawiki.py]
      env: {MEDIAWIKI_USER: "Fin@finpages", MEDIAWIKI_PASSWORD: "${BOT_PASSWORD}"}  # a bot password; none: as anybody
      options: {api: "https://wiki.example.com/api.php", namespaces: [0]}

https://www.mediawiki.org/wiki/API:Main_page
"""
import http.cookiejar
import json
import os
import sys
import urllib.parse
import urllib.request

browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
browser.addheaders = [("User-Agent", "finpages")]
session = {}  # what every request says, once there is a login


def say(**message):
    print(json.dumps(message), flush=True)


def ask(post=False, **parameters):
    query = urllib.parse.urlencode({"format": "json", "formatversion": "2", **session, **parameters})
    address = api if post else api + "?" + query
    with browser.open(address, data=query.encode() if post else None, timeout=50) as answer:
        result = json.load(answer)
    if "error" in result:
        raise RuntimeError("%(code)s: %(info)s" % result["error"])
    return result


def log_in():
    user = os.environ.get("MEDIAWIKI_USER")
    if user:
        token = ask(action="query", meta="tokens", type="login")["query"]["tokens"]["logintoken"]
        result = ask(post=True, action="login", lgname=user, lgtoken=token,
                     lgpassword=os.environ.get("MEDIAWIKI_PASSWORD", ""))["login"]
        if result["result"] != "Success":
            raise RuntimeError("the wiki refuses the login: %s" % result.get("reason", result["result"]))
        session["assert"] = "user"  # a login that ends is an error, not a smaller wiki


def pages(namespace):
    go_on = {"continue": ""}
    while go_on:
        result = ask(action="query", generator="allpages", gapnamespace=namespace, gaplimit="max",
                     gapfilterredir="nonredirects", prop="info", inprop="url", **go_on)
        yield from result.get("query", {}).get("pages", [])
        go_on = result.get("continue")


def list_all(id):
    count = 0
    for namespace in namespaces:
        try:
            for page in pages(namespace):
                count += 1
                say(id=id, entry={
                    "id": str(page["pageid"]), "scope": str(namespace), "url": page["canonicalurl"],
                    # touched changes, too, when a template that the page includes does
                    "revision": "%s %s" % (page["lastrevid"], page["touched"]), "title": page["title"]})
        except Exception as problem:
            say(id=id, incomplete={"scope": str(namespace), "error": str(problem)})
    say(id=id, end={"entries": count, "excluded": 0})


def load(id, page):
    text = ask(action="parse", pageid=page, prop="text", disableeditsection=1, disabletoc=1)["parse"]["text"]
    with open(os.path.join(tmp, str(id)), "w", encoding="utf-8") as file:
        file.write(text)
    say(id=id, document={"format": "html", "file": str(id)})


def gone(id, page):
    found = ask(action="query", pageids=page, prop="info")["query"]["pages"][0]
    say(id=id, gone=bool(found.get("missing") or found.get("redirect") or found["ns"] not in namespaces))


def check(id):
    site = ask(action="query", meta="siteinfo|userinfo")["query"]
    say(id=id, lines=["%s, %s, as %s" % (site["general"]["sitename"], site["general"]["generator"],
                                         site["userinfo"]["name"])])


opening = json.loads(sys.stdin.readline())
api, tmp = opening["options"]["api"], opening["tmp"]
namespaces = opening["options"].get("namespaces", [0])
try:
    log_in()
    say(finpages=1, caps=["gone", "check"])
except Exception as problem:
    say(finpages=1, error=str(problem))
operations = {"list": list_all, "load": load, "gone": gone, "check": check}
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "close":
        break
    if request["op"] == "cancel":  # answers are given one by one here: nothing is left to cancel
        continue
    try:
        entry = [request["entry"]] if "entry" in request else []
        operations[request["op"]](request["id"], *entry)
    except Exception as problem:
        say(id=request["id"], error=str(problem) or type(problem).__name__)
