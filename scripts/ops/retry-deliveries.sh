#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script DELIVERY…
       $script --skip DELIVERY…
       $script --endpoint ENDPOINT --since TIME [--never-made]

Sends events again to webhook endpoints, at once and under the same id, or gives some up. Needs an admin.

  DELIVERY             its id (see: deliveries.sh)
  --skip               gives it up, so that the next event of its case can go
  --endpoint ENDPOINT  all that was given up for this endpoint
  --since TIME         since then, as 2026-11-30T08:00:00Z
  --never-made         also what was never to be sent to it, as from before it was made

$environment_help
END
}

deliveries=() act=retry endpoint='' since='' failed=true
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --skip) act=skip; shift; continue ;;
    --never-made) failed=false; shift; continue ;;
    --endpoint) endpoint=$(value "$@") ;;
    --since) since=$(value "$@") ;;
    -*) usage_error "unknown option $1" ;;
    *)
      is_plain "$1" || usage_error "$1 is no id of a delivery"
      deliveries+=("$1")
      shift
      continue
      ;;
  esac
  shift 2
done

if [ -n "$endpoint$since" ] || [ "$failed" = false ]; then
  if [ ${#deliveries[@]} -gt 0 ] || [ $act = skip ]; then usage_error 'DELIVERY or --endpoint, not both'; fi
  if [ -z "$endpoint" ] || [ -z "$since" ]; then usage_error '--endpoint and --since go together'; fi
  is_plain "$endpoint" || usage_error "$endpoint is no id of an endpoint"
  queued=0
  while [ -n "$since" ]; do
    render body "since=$since" "only_failed:=$failed" >"$scratch/recover.json"
    post "/v1/webhook-endpoints/$endpoint/recover" "$scratch/recover.json"
    queued=$((queued + $(render get queued <"$answer")))
    before=$since
    since=$(render get next_since <"$answer")
    [ "$since" != "$before" ] || break
  done
  printf 'queued %s\n' "$queued"
  exit 0
fi
[ ${#deliveries[@]} -gt 0 ] || usage_error 'which DELIVERY?'
for delivery in "${deliveries[@]}"; do
  post "/v1/webhook-deliveries/$delivery/$act"
  render delivery <"$answer"
done
