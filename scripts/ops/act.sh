#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script CASE
       $script CASE ACTION [FIELD…]
       $script CASE ACTION --file BODY.json

Without an ACTION it lists what REDRESS_ACTOR can do with a case now: action, by when and what happens otherwise, address. With one it does
that and shows where the case stands afterwards. What an action needs, the service's refusal says field by field, and /docs at length.

  CASE              its id, or its case number, reference or order id where that belongs to one complaint
  ACTION            one of the list, as accept; where several have that name, resource.action, as refund_plan.accept, or the address
  FIELD             name=text or name:=JSON (a number, true, null, a list); a dotted name is nested; or the whole body as one JSON object
  --file FILE       the body as JSON; - reads it from stdin
  --idempotency-key KEY
                    the same key again does the same thing once

For example:
  $script RD-20261121-7K3M9Q2X reject reason_code=out_of_window explanation='已超过投诉受理期限。'
  $script RD-20261121-7K3M9Q2X request-information items:='["开箱照片"]'
  $script RD-20261121-7K3M9Q2X refund_plan.create '{"remedies":[{"type":"refund","amount":5000}],"explanation":"协商退款"}'

$environment_help
END
}

file='' words=()
idempotency_key=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --file) file=$(value "$@"); shift 2 ;;
    --idempotency-key) idempotency_key=$(value "$@"); shift 2 ;;
    -*) usage_error "unknown option $1" ;;
    *) words+=("$1"); shift ;;
  esac
done
[ ${#words[@]} -gt 0 ] || usage_error 'a CASE is needed'
if [ -n "$idempotency_key" ]; then is_plain "$idempotency_key" || usage_error '--idempotency-key takes letters, digits and ._~-'; fi

# before anything is asked
body=$scratch/body.json
if [ -z "$file" ]; then
  render body ${words[@]+"${words[@]:2}"} >"$body"
else
  [ ${#words[@]} -eq 2 ] || usage_error '--file is the whole body of one ACTION'
  [ "$file" = - ] || [ -r "$file" ] || usage_error "$file cannot be read"
  render body_of "$file" >"$body"
fi

find_case "${words[0]}"
call GET "/v1/complaints/$id"
possible=$(render actions <"$answer")
if [ ${#words[@]} -eq 1 ]; then
  if [ -n "$possible" ]; then printf '%s\n' "$possible"; else printf 'nothing now%s\n' "${REDRESS_ACTOR:+ for $REDRESS_ACTOR}" >&2; fi
  exit 0
fi

action=${words[1]}
render choose "$action" <"$answer" >"$scratch/chosen"
chosen=$(cat "$scratch/chosen")
case $(grep -c '' "$scratch/chosen" || true) in
  1) ;;
  0)
    fail 1 "$action is not possible now${REDRESS_ACTOR:+ for $REDRESS_ACTOR}; possible:
${possible:-nothing}"
    ;;
  *)
    fail 2 "$action can mean several actions; name the resource as well, or the address:
$(grep -F -- "$chosen" <<<"$possible")"
    ;;
esac
post "$chosen" "$body"
printf 'done: %s\n' "$action"
call GET "/v1/complaints/$id"
render stands <"$answer"
