#!/bin/sh
# An agent that takes no time: it marks its start before anything else, does what its role asks, and marks its end.
# $1 is the folder for the marks. A plan.json there is the plan, with task T7 for file 7; developers take as long as its `seconds` says.
: > "$1/$FLEET_RUN.$FLEET_ROLE.started"
case "$FLEET_ROLE" in
  triager) printf '%s' '{"kind":"feature","size":"small"}' > "$FLEET_ARTIFACTS/triage.json" ;;
  verifier) printf '%s' '{"criteria":[],"findings":[]}' > "$FLEET_ARTIFACTS/verdict.json" ;;
  planner)
    plan='{"summary":"Add a line.","criteria":[{"id":"AC1","text":"the line is there","proof":{"kind":"command","run":"grep -q added folder-1/file-1.txt"}}],"tasks":[{"id":"T1","title":"Add a line","description":"Add a line to file 1.","dependsOn":[],"files":["folder-1/file-1.txt"],"criteria":["AC1"]}]}'
    [ ! -e "$1/plan.json" ] || read -r plan < "$1/plan.json"
    printf '%s' "$plan" > "$FLEET_ARTIFACTS/plan.json"
    ;;
  *)
    [ ! -e "$1/seconds" ] || sleep "$(cat "$1/seconds")"
    file=${FLEET_TASK#T}
    case "$file" in '' | *[!0-9]*) file=1 ;; esac
    echo "added by $FLEET_RUN" >> "folder-$file/file-$file.txt"
    ;;
esac
: > "$1/$FLEET_RUN.$FLEET_ROLE.ended"
