#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script
       $script ENDPOINT [--state LIST] [--all]

Without an endpoint: the webhook endpoints, each with its state, how it does, how many cases wait for it, where it sends to and its id.
With one: what was delivered to it or is to be, newest event first: when the event was queued, state, type, place among the events of its case,
attempts, what the last one came to, when the next is made, the id of the case and that of the delivery (retry-deliveries.sh takes it). Needs a key with
the role integration, or an admin.

  --state LIST   only what is in these states: pending, delivered, failed, skipped
  --all          every page; else the newest hundred

$environment_help
END
}

endpoint='' query='' all=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --all) all=yes; shift ;;
    --state)
      states=$(value "$@")
      query+="&state=$(encode_list "$states")"
      shift 2
      ;;
    -*) usage_error "unknown option $1" ;;
    *)
      [ -z "$endpoint" ] || usage_error 'one ENDPOINT at most'
      endpoint=$1
      shift
      ;;
  esac
done

if [ -z "$endpoint" ]; then
  [ -z "$query$all" ] || usage_error 'which ENDPOINT?'
  pages /v1/webhook-endpoints '' endpoints
  exit 0
fi
is_plain "$endpoint" || usage_error "$endpoint is no id of an endpoint"
if [ -n "$all" ]; then
  pages "/v1/webhook-endpoints/$endpoint/deliveries" "$query" deliveries
else
  call GET "/v1/webhook-endpoints/$endpoint/deliveries?limit=100$query"
  render deliveries <"$answer"
fi
