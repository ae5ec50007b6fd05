#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script status
       $script stop EXPLANATION
       $script start [EXPLANATION]

Stops whatever closes a case or takes silence for a word on the platform, at once and on every instance, or lets it go on. Escalations and
warnings go on in any case, and so do the clocks: what falls due while it is stopped is acted on after the start, once. Staff see the
status; an admin key is needed to change it.

  EXPLANATION   why, in words

$environment_help
END
}

case ${1:-} in
  --help | -h) help; exit 0 ;;
  -*) usage_error "unknown option $1" ;;
esac
case ${1:-},$# in
  status,1) call GET /v1/automation ;;
  stop,2 | start,2)
    render body "explanation=$2" >"$scratch/body.json"
    post "/v1/automation/$1" "$scratch/body.json"
    ;;
  start,1) post /v1/automation/start ;;
  stop,1) usage_error 'stop needs an EXPLANATION' ;;
  *) usage_error 'status, stop or start is needed' ;;
esac
render automation <"$answer"
