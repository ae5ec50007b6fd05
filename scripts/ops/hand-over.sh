#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script FROM TO [--yes | --dry-run]

Makes TO the owner of every open case of FROM: lists them, asks, assigns them one by one, and says which were refused and why. Needs a
supervisor. It can be run again at any time: what is TO's already, or somebody else's by then, stays as it is. Appeals that FROM is to
review stay with FROM.

  FROM, TO    agents or supervisors, as agent:alice
  --yes       do not ask
  --dry-run   only list them

$environment_help
END
}

people=() yes='' dry=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --yes) yes=yes ;;
    --dry-run) dry=yes ;;
    -*) usage_error "unknown option $1" ;;
    *) people+=("$1") ;;
  esac
  shift
done
[ ${#people[@]} -eq 2 ] || usage_error 'FROM and TO are needed'
from=${people[0]} to=${people[1]}
for person in "$from" "$to"; do
  [[ $person =~ ^(agent|supervisor):. ]] || usage_error "$person is neither agent:id nor supervisor:id"
done
[ "$from" != "$to" ] || usage_error 'FROM and TO are the same'

call GET /v1/me
role=$(render get actor.role <"$answer")
[ "$role" = supervisor ] || fail 2 "supervisors hand cases over, and REDRESS_ACTOR is ${REDRESS_ACTOR:-$role}"

# every state but closed
open=submitted,awaiting_information,negotiating,investigating,awaiting_confirmation,executing,resolved,rejected,suspended,under_appeal
pages /v1/complaints "&status=$open&owner=$(encode "$from")" ndjson >"$scratch/cases"
count=$(grep -c '' "$scratch/cases" || true)
render kept "$scratch/cases"
if [ "$count" = 0 ]; then
  printf '%s has no open case\n' "$from" >&2
  exit 0
fi
if [ -n "$dry" ]; then
  printf '%s of %s would go to %s\n' "$count" "$from" "$to" >&2
  exit 0
fi
confirm "Make $to the owner of these $count?"

render body "owner=$to" >"$scratch/owner.json"
run=$(new_key)
assigned=0 refused=0 tries=0

# assign ID VERSION: $status says what came of it. The version keeps the case to whoever got it meanwhile.
assign() {
  tries=$((tries + 1))
  idempotency_key=$run-$tries
  send "/v1/complaints/$1/assign" "$scratch/owner.json" --header "If-Match: \"$2\""
}

while read -r id version number; do
  assign "$id" "$version"
  if [ "$status" = 412 ]; then
    call GET "/v1/complaints/$id"
    owner=$(render get owner <"$answer")
    if [ "$owner" != "$from" ]; then
      printf '%s  left alone: the owner is %s by now\n' "$number" "${owner:-nobody}"
      continue
    fi
    assign "$id" "$(render get version <"$answer")"
  fi
  case $status in
    2*) assigned=$((assigned + 1)) ;;
    401) refused ;;
    *)
      refused=$((refused + 1))
      printf '%s  refused: %s\n' "$number" "$(render why <"$answer")"
      ;;
  esac
done < <(render handles "$scratch/cases")

printf 'handed over %s of %s\n' "$assigned" "$count"
[ $refused = 0 ] || fail 1 "$refused refused; they are still $from's"
