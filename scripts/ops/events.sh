#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--from-start | --after CURSOR] [--types LIST] [--case CASE] [--merchant LIST] [--state FILE] [--once] [--json]

Follows the events of the platform, as tail -f does a file: one on a line, each as soon as it happens. Time, case number, its place among the
events of the case, type, states, who (the role), the code of why, what changed. Needs a key with the role integration, or an admin.

  --from-start      begins with the oldest event that is kept, in place of what happens from now on
  --after CURSOR    goes on there; where it stops, it says how to go on
  --types LIST      only these types, as complaint_submitted,plan_*
  --case CASE       only those of this case: its id, case number, reference or order id
  --merchant LIST   only those of cases about these merchants
  --state FILE      goes on where it stopped the last time, which it keeps in this file
  --once            shows what there is and ends
  --json            each event as it is sent, one on a line

$environment_help
END
}

after=now filters='' state='' once='' view=feed
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --from-start) after=''; shift; continue ;;
    --once) once=yes; shift; continue ;;
    --json) view=ndjson; shift; continue ;;
    --after) after=$(value "$@") ;;
    --types) filters+="&types=$(encode_list "$(value "$@")")" ;;
    --case)
      case=$(value "$@")
      find_case "$case"
      filters+="&complaint=$id"
      ;;
    --merchant) filters+="&merchant=$(encode_list "$(value "$@")")" ;;
    --state) state=$(value "$@") ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift 2
done
if [ -n "$state" ]; then
  if [ -e "$state" ]; then after=$(cat "$state"); fi
  touch "$state" || fail 2 "$state cannot be written"
fi

looking=''
interrupted() {
  [ -z "$looking" ] || kill -- "-$looking" 2>/dev/null || true
  [ -n "$state" ] || printf '%s: go on with --after %s\n' "$script" "$after" >&2
  exit 0
}
trap interrupted INT TERM
call GET /v1/me

# look SECONDS: one page; its status is in a file, since a signal must be heard while it waits
look() {
  ask GET "/v1/events?limit=100&wait=$1${after:+&after=$(encode "$after")}$filters"
  printf '%s' "$status" >"$scratch/status"
}
set -m

# the place to begin is known at once
quiet='' seconds=0
while :; do
  # the service may be restarted meanwhile, or have too much to do
  echo none >"$scratch/status"
  look "$seconds" &
  looking=$!
  wait "$looking" || true
  looking=''
  status=$(cat "$scratch/status")
  case $status in
    2*) quiet='' ;;
    none | 429 | 503)
      [ -z "$once" ] || exit 3
      [ -n "$quiet" ] || printf '%s: it goes on as soon as the service answers\n' "$script" >&2
      quiet=yes
      sleep 2
      continue
      ;;
    *) refused ;;
  esac
  render "$view" <"$answer"
  after=$(render get next_cursor <"$answer")
  # kept only when its events are shown
  if [ -n "$state" ]; then printf '%s\n' "$after" >"$state.new" && mv "$state.new" "$state"; fi
  [ -n "$once" ] || seconds=30
  if [ -n "$once" ] && [ "$(render get has_more <"$answer")" = false ]; then break; fi
done
