#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script
       $script move KIND AMOUNT CURRENCY [--merchant MERCHANT] [--reference TEXT] [--explanation TEXT]
       $script ACTION MOVEMENT [--amount AMOUNT] [--payment-reference TEXT] [--explanation TEXT]
       $script differences

Shows what the guarantee fund has, has promised and is owed, and what goes into and out of it and is not over; as an admin, announces money or
asks for it; takes an action on what was announced or asked, as an admin or as the payment system (role payments); or lists where what knows of
money does not agree. See docs/guide/fund.md.

  KIND      fund_top_up or deposit, which are announced; fund_withdrawal or deposit_withdrawal, which are asked for
  AMOUNT    in minor units: 5000000 is 50,000.00 CNY
  ACTION    approve, refuse or cancel; receive, complete or fail reports what became of it
  MOVEMENT  its id
  --merchant MERCHANT        whose deposit it is
  --payment-reference TEXT   what the payment system calls it

$environment_help
END
}

words=() fields=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --merchant) fields+=("merchant_id=$(value "$@")"); shift 2 ;;
    --amount) fields+=("amount:=$(value "$@")"); shift 2 ;;
    --reference) fields+=("reference=$(value "$@")"); shift 2 ;;
    --payment-reference) fields+=("payment_reference=$(value "$@")"); shift 2 ;;
    --explanation) fields+=("explanation=$(value "$@")"); shift 2 ;;
    -*) usage_error "unknown option $1" ;;
    *) words+=("$1"); shift ;;
  esac
done
case ${#words[@]},${words[0]:-} in
  0,)
    call GET /v1/fund
    render fund <"$answer"
    pages /v1/fund/movements '&status=expected,asked,paying' movements
    ;;
  1,differences) pages /v1/reconciliation '' differences ;;
  4,move)
    [[ ${words[2]} =~ ^[0-9]{1,16}$ ]] || usage_error 'AMOUNT is a whole number of minor units'
    render body "kind=${words[1]}" "amount:=${words[2]}" "currency=${words[3]}" ${fields[@]+"${fields[@]}"} >"$scratch/body.json"
    post /v1/fund/movements "$scratch/body.json"
    render movement <"$answer"
    ;;
  2,approve | 2,refuse | 2,cancel | 2,receive | 2,complete | 2,fail)
    render body ${fields[@]+"${fields[@]}"} >"$scratch/body.json"
    post "/v1/fund/movements/$(encode "${words[1]}")/${words[0]}" "$scratch/body.json"
    render movement <"$answer"
    ;;
  *) usage_error 'nothing, differences, move KIND AMOUNT CURRENCY or an ACTION and a MOVEMENT is needed' ;;
esac
