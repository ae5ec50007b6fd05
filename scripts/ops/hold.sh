#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script CASE
       $script CASE hold WHAT --explanation TEXT [--until TIME]
       $script CASE release WHAT [--explanation TEXT]

Lists what the service is going to do in a case by itself, and what it did: duty, who owes it, what happens on silence, status, when, what
REDRESS_ACTOR can change about it, id. Holds one of these back, or lets it go again. A supervisor can; the duty itself stays due.

  CASE               its id, or its case number, reference or order id where that belongs to one complaint
  WHAT               the id of a planned action, or its duty, as first_response, where the case has one of that name
  --explanation TEXT why; staff read it
  --until TIME       when the hold ends by itself, as 2026-12-01T02:00:00Z; the longest that the policy allows, when left out

$environment_help
END
}

words=() fields=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --explanation) fields+=("explanation=$(value "$@")"); shift 2 ;;
    --until) fields+=("until=$(value "$@")"); shift 2 ;;
    -*) usage_error "unknown option $1" ;;
    *) words+=("$1"); shift ;;
  esac
done
case ${#words[@]},${words[1]:-} in
  1,) ;;
  3,hold | 3,release) ;;
  *) usage_error 'a CASE is needed, alone or with hold or release and WHAT' ;;
esac

find_case "${words[0]}"
call GET "/v1/complaints/$id/planned-actions"
if [ ${#words[@]} -eq 1 ]; then
  render planned <"$answer"
  exit 0
fi

act=${words[1]} what=${words[2]}
render choose_planned "$what" "$act" <"$answer" >"$scratch/chosen"
case $(grep -c '' "$scratch/chosen" || true) in
  1) ;;
  0) fail 1 "nothing of the name $what is planned in this case; $script ${words[0]} lists what is" ;;
  *) fail 2 "$what is planned more than once; name one by its id: $(cut -d ' ' -f 1 "$scratch/chosen" | paste -s -d ' ' -)" ;;
esac
read -r planned state href <"$scratch/chosen"
[ "$href" != - ] || fail 1 "$act is not possible for ${REDRESS_ACTOR:-this key} now: $what is $state, and a supervisor's to $act"
render body ${fields[@]+"${fields[@]}"} >"$scratch/body.json"
post "$href" "$scratch/body.json"
printf '%s: %s %s\n' "$act" "$what" "$planned"
call GET "/v1/complaints/$id/planned-actions"
render planned "$planned" <"$answer"
