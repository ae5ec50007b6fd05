#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--time-zone NAME] [--owner NAME] [--party NAME]

Lists what is due until the end of today, the soonest first: when, duty, who owes it, case number, level, owner, what the service does
when nobody acts. Today is the platform's day, also where a test clock was moved. For agents, supervisors and admins.

  --time-zone NAME   an IANA time zone, as Asia/Shanghai, or local for this machine's; left out, that of the platform's calendar
  --owner NAME       only in the cases of this owner, as agent:alice; unassigned: of nobody
  --party NAME       only what complainant, respondent or platform owes; several with commas

$environment_help
END
}

zone='' owner='' query=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --time-zone) zone=$(value "$@") ;;
    --owner) owner=$(value "$@") ;;
    --party)
      party=$(value "$@")
      query+="&party=$(encode_list "$party")"
      ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift 2
done

if [ -z "$zone" ]; then
  call GET /v1/policy
  calendar=$(render get document.calendar <"$answer")
  call GET "/v1/calendars/$(encode "$calendar")"
  zone=$(render get time_zone <"$answer")
fi
call GET /v1/me
end=$(render day_end "$zone" <"$answer")
printf 'Due by the end of %s:\n' "$(render day "$zone" <"$answer")" >&2
pages /v1/deadlines "$query&due_before=$(encode "$end")" due "$zone" "$owner"
