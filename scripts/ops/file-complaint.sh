#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script --buyer ID --merchant ID --text TEXT [OPTIONS]
       $script --file COMPLAINT.json

Files a complaint and prints its case number, its id and when the next step is due.

  --buyer ID            the buyer who complains
  --merchant ID         the merchant; the complainant where --against-platform is given without --buyer
  --against-platform    the complaint is about the platform itself
  --text TEXT           what is wrong
  --channel NAME        portal, chat, hotline, email, social or api (api)
  --category NAME       as product_quality; left out, it is suggested from the words, else other
  --reference ID        your own id of the case, unique on the platform
  --order ID            the order, together with
  --currency CODE       its currency, as CNY
  --paid AMOUNT         and what was paid, in minor units
  --remedy NAME         what is wanted, as refund
  --amount AMOUNT       and how much, in minor units
  --file FILE           the whole complaint as JSON; - reads it from stdin
  --idempotency-key KEY the same key again files the same complaint once

$environment_help
END
}

pairs=()
buyer='' merchant='' platform='' file='' channel=api text=''
idempotency_key=''
number() {
  [[ $2 =~ ^[0-9]+$ ]] || usage_error "$1 must be a whole number of minor units"
  printf '%s' "$2"
}
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --against-platform) platform=yes; shift; continue ;;
    --buyer) buyer=$(value "$@") ;;
    --merchant) merchant=$(value "$@") ;;
    --text) text=$(value "$@") ;;
    --channel) channel=$(value "$@") ;;
    --category) pairs+=("category=$(value "$@")") ;;
    --reference) pairs+=("reference=$(value "$@")") ;;
    --order) pairs+=("order.id=$(value "$@")") ;;
    --currency) pairs+=("order.currency=$(value "$@")") ;;
    --paid) pairs+=("order.paid_amount:=$(number "$1" "$(value "$@")")") ;;
    --remedy) pairs+=("wanted.remedy=$(value "$@")") ;;
    --amount) pairs+=("wanted.amount:=$(number "$1" "$(value "$@")")") ;;
    --file) file=$(value "$@") ;;
    --idempotency-key) idempotency_key=$(value "$@") ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift 2
done
if [ -n "$idempotency_key" ]; then is_plain "$idempotency_key" || usage_error '--idempotency-key takes letters, digits and ._~-'; fi

if [ -z "$file" ]; then
  [ -n "$text" ] || usage_error '--text or --file is needed'
  if [ -n "$buyer" ]; then
    pairs+=(complainant.role=buyer "complainant.id=$buyer")
  elif [ -n "$merchant" ] && [ -n "$platform" ]; then
    pairs+=(complainant.role=merchant "complainant.id=$merchant")
  else
    usage_error '--buyer is needed'
  fi
  if [ -n "$platform" ]; then
    pairs+=(respondent.role=platform respondent.id=platform)
  else
    [ -n "$merchant" ] || usage_error '--merchant or --against-platform is needed'
    pairs+=(respondent.role=merchant "respondent.id=$merchant")
  fi
  file=$scratch/complaint.json
  render new_complaint "channel=$channel" "description=$text" "${pairs[@]}" >"$file"
fi
post /v1/complaints "$file"
render filed <"$answer"
