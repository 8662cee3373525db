# The Linux step of the hook document, second part: the scripts. It follows run-once.sh in the same shell.

# Leads a script's own session and group. Its guard ends the whole group at the deadline, and when the step's
# process is gone: the agent kills only its own group.
leader='
owner=$1 deadline=$2 script=$3 is_stopping=no
trap : TERM
trap "is_stopping=yes" USR1
{
  trap "" TERM USR1
  while kill -0 "$owner"; do
    read -r uptime _ </proc/uptime
    [ "${uptime%%.*}" -lt "$deadline" ] || break
    sleep 1
  done
  kill -s USR1 "$$"
  kill -s TERM -- "-$$"
  sleep 5
  kill -s KILL -- "-$$"
} </dev/null >/dev/null 2>&1 &
guard=$!
"$script"
code=$?
# The script is over, but its children may still be in their grace: the guard ends them, and this process too.
while [ "$is_stopping" = yes ]; do sleep 1; done
kill -s KILL "$guard"
exit "$code"
'

run_script() {
  read_uptime
  [ "$uptime" -lt "$deadline" ] || finish "$timed_out" "timed out, exit $timed_out (before $1)"
  setsid sh -c "$leader" fleet-patcher "$$" "$deadline" "$1" &
  wait "$!"
  code=$?
  read_uptime
  case $code in
    0) ;;
    137)
      [ "$uptime" -lt "$deadline" ] || finish "$timed_out" "timed out, exit $timed_out ($1)"
      finish "$reserved_by_agent" "killed, exit $reserved_by_agent ($1 ended with 137)"
      ;;
    194) finish "$reserved_by_agent" "asked for a reboot, exit $reserved_by_agent ($1 ended with 194)" ;;
    *) finish "$code" "failed, exit $code ($1)" ;;
  esac
}

# Nothing at all is an absent hook. Anything in the way of running the scripts is not: it fails the step.
find_problems() {
  problems=
  for each in "$directory" "$hooks"; do
    [ -e "$each" ] || [ -L "$each" ] || return 0
    [ -d "$each" ] && [ -r "$each" ] && [ -x "$each" ] && continue
    problems="$each: not a readable directory"
    return 0
  done
  for each in "$@"; do
    [ -f "$each" ] && [ -x "$each" ] || problems="$problems${problems:+$newline}$each: not an executable file"
  done
}

trap : PIPE # an agent that is gone must not keep the result from being kept
cd /
newline='
'
read_uptime
deadline=$((uptime + timeout_seconds - reserve_seconds))
{ read -r boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null || boot_id=none
command -v setsid >/dev/null || refuse_state 'setsid is not installed'
(umask 077 && mkdir -p "$state") || refuse_state 'cannot be made'
[ -d "$state" ] && [ ! -L "$state" ] && [ -O "$state" ] || refuse_state 'must be a directory of the user who runs this'
chmod 700 "$state" || refuse_state 'cannot be closed to others'

claim || answer_for_owner
trap 'end_by_signal 129' HUP
trap 'end_by_signal 130' INT
trap 'end_by_signal 143' TERM
# A command can be delivered for at most 30 days (SendCommand's TimeoutSeconds): what is older answers nobody. Two
# deliveries may clean up at once, so a file that is already gone is no error.
find "$state" -type f \( -name '*.claim' -o -name '*.result' -o -name '*.tmp' \) -mtime +30 \
  ! -name "$run_id.*" -exec rm -f {} + 2>/dev/null

case $step in
  preHook) hooks=$directory/pre.d patch_result= ;;
  postHook) hooks=$directory/post.d ;;
esac
# The order is that of the bytes, whatever the language of the server; the scripts still see that language.
had_locale=${LC_ALL+yes} locale=${LC_ALL-} LC_ALL=C
set -- "$hooks"/*.sh
if [ -n "$had_locale" ]; then LC_ALL=$locale; else unset LC_ALL; fi
[ -e "$1" ] || [ -L "$1" ] || shift

find_problems "$@"
[ -z "$problems" ] || finish "$not_runnable" "not runnable, exit $not_runnable ($hooks)" "$problems"
if [ "$#" -eq 0 ]; then
  [ "$is_required" = false ] || finish "$required_hook_absent" "absent, exit $required_hook_absent ($hooks)"
  finish 0 "absent ($hooks)"
fi
if [ "$#" -eq 1 ]; then say "1 script ($hooks)"; else say "$# scripts ($hooks)"; fi

export FLEET_PATCHER_RUN_ID="$run_id" FLEET_PATCHER_POLICY="$policy" FLEET_PATCHER_STEP="$step"
export FLEET_PATCHER_NODE_ID="${AWS_SSM_INSTANCE_ID:-}" FLEET_PATCHER_OPERATION="$operation"
export FLEET_PATCHER_PATCH_RESULT="$patch_result"
for each in "$@"; do run_script "$each"; done
finish 0 'succeeded, exit 0'
