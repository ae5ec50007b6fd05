#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--status STATUS] [--merchant ID] [--currency CODE [--amount-from AMOUNT]] [--automatic yes|no]

Lists refund plans: since when they stand so, status, money in all (minor units) and what of it is in force, remedies, author, merchant,
whether rules of the merchant put it forward, case, plan. For agents, supervisors and admins; act.sh approves one or sends it back.

  --status STATUS       several with commas, or all; left out: in_review, which waits for a supervisor's approval
  --merchant ID         only of this merchant's cases; several with commas
  --currency CODE       only money in this currency, as CNY
  --amount-from AMOUNT  only those that move at least so much, in minor units
  --automatic yes|no    only those that settlement rules put forward, or only the others

$environment_help
END
}

states='in_review' query=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --status) states=$(value "$@") ;;
    --merchant)
      merchant=$(value "$@")
      query+="&merchant=$(encode_list "$merchant")"
      ;;
    --currency)
      currency=$(value "$@")
      query+="&currency=$(encode "$currency")"
      ;;
    --amount-from)
      amount=$(value "$@")
      query+="&amount_from=$(encode "$amount")"
      ;;
    --automatic)
      case $(value "$@") in
        yes) query+='&automatic=true' ;;
        no) query+='&automatic=false' ;;
        *) usage_error '--automatic is yes or no' ;;
      esac
      ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift 2
done
[ "$states" = all ] || query+="&status=$(encode_list "$states")"

pages /v1/refund-plans "$query" plans
