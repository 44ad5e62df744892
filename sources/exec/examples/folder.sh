#!/bin/sh
# An adapter for finpages: the Markdown files of a folder. It needs jq
# and sha256sum. Configure it as
#
#     exec: {command: [./folder.sh], options: {folder: /srv/docs}}
set -u

# say writes one line: a jq program, and what it needs.
say() { jq -cn "$@"; }

# list tells what lies in the folder. A file name may hold anything, a line break
# too, so names travel as JSON.
list() {
  [ -d "$folder" ] || { say --argjson id "$1" '{$id, error: "the folder is not there"}'; return; }
  (cd "$folder" && find . -type f -name '*.md' -print0) 2>"$tmp/errors" |
    xargs -0 -r jq -cn '$ARGS.positional[] | .[2:]' --args >"$tmp/names"
  while IFS= read -r name; do
    sum=$(sha256sum <"$(path "$name")") ||
      { say --argjson id "$1" --argjson name "$name" '{$id, entry: {id: $name, error: "it cannot be read"}}'; continue; }
    say --argjson id "$1" --argjson name "$name" --arg sum "${sum%% *}" \
      '{$id, entry: {id: $name, scope: ($name | split("/")[:-1] | join("/")), revision: $sum, format: "markdown"}}'
  done <"$tmp/names"
  [ -s "$tmp/errors" ] &&
    say --argjson id "$1" --rawfile errors "$tmp/errors" '{$id, incomplete: {scope: "", error: $errors}}'
  say --argjson id "$1" --argjson count "$(wc -l <"$tmp/names")" '{$id, end: {entries: $count, excluded: 0}}'
}

# path turns a name in JSON into the path of the file.
path() { printf '%s/' "$folder"; printf '%s' "$1" | jq -j .; }

load() {
  file=$(path "$2")
  if [ ! -e "$file" ]; then
    say --argjson id "$1" '{$id, absent: true}'
  elif cp -- "$file" "$tmp/$1"; then # it may be longer than a line
    say --argjson id "$1" --argjson name "$2" '{$id, document: {file: ($id | tostring), path: $name}}'
  else
    say --argjson id "$1" '{$id, error: "it cannot be copied"}'
  fi
}

IFS= read -r opening
eval "$(printf '%s' "$opening" | jq -r '@sh "folder=\(.options.folder) tmp=\(.tmp)"')"
say '{finpages: 1, caps: ["check"]}'
while IFS= read -r request; do
  eval "$(printf '%s' "$request" | jq -r '@sh "op=\(.op) id=\(.id) entry=\(.entry | tojson)"')" # entry stays JSON
  case $op in
  list) list "$id" ;;
  load) load "$id" "$entry" ;;
  check) if [ -d "$folder" ]; then say --argjson id "$id" --arg folder "$folder" '{$id, lines: ["folder " + $folder]}'
    else say --argjson id "$id" '{$id, error: "the folder is not there"}'; fi ;;
  close) exit 0 ;;
  cancel) ;; # answers come one after another here: nothing is left to cancel
  *) say --argjson id "$id" '{$id, error: "unknown op"}' ;;
  esac
done
