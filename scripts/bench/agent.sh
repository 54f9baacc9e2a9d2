#!/bin/sh
# An agent that takes no time: it marks its start before anything else, does what its role asks, and marks its end.
# $1 is the folder for the marks.
: > "$1/$FLEET_RUN.$FLEET_ROLE.started"
case "$FLEET_ROLE" in
  triager) printf '%s' '{"kind":"feature","size":"small"}' > "$FLEET_ARTIFACTS/triage.json" ;;
  verifier) printf '%s' '{"criteria":[],"findings":[]}' > "$FLEET_ARTIFACTS/verdict.json" ;;
  planner) printf '%s' '{"summary":"Add a line.","criteria":[{"id":"AC1","text":"the line is there","proof":{"kind":"command","run":"grep -q added folder-1/file-1.txt"}}],"tasks":[{"id":"T1","title":"Add a line","description":"Add a line to file 1.","dependsOn":[],"files":["folder-1/file-1.txt"],"criteria":["AC1"]}]}' > "$FLEET_ARTIFACTS/plan.json" ;;
  *) echo "added by $FLEET_RUN" >> folder-1/file-1.txt ;;
esac
: > "$1/$FLEET_RUN.$FLEET_ROLE.ended"
