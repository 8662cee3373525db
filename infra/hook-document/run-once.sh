#!/bin/sh
# The Linux step of the hook document, first part: run a step once. The second part is run-hooks.sh; README.md is
# the contract of both. Systems Manager puts its parameters in as text: their patterns
# (shared/domain/hook-contract.ts) admit nothing that ends these quotes.
set -u
run_id='{{ RunId }}'
policy='{{ Policy }}'
step='{{ Step }}'
operation='{{ Operation }}'
patch_result='{{ PatchResult }}'
directory='{{ LinuxDirectory }}'
is_required='{{ Required }}'
timeout_seconds='{{ TimeoutSeconds }}'

timed_out=124
required_hook_absent=221
not_runnable=222
interrupted=223
state_unusable=224
reserved_by_agent=225
still_running=226

# The agent's own timeout is a SIGKILL to this process group: the step has to be over, and recorded, before it.
reserve_seconds=10

state=${FLEET_PATCHER_STATE_DIR:-/var/lib/fleet-patcher}
unset FLEET_PATCHER_STATE_DIR
entry=$state/$run_id.$step

say() {
  printf 'fleet-patcher %s: %s\n' "$step" "$1"
}

# Uptime, because the wall clock of a freshly booted server may jump.
read_uptime() {
  read -r uptime _ </proc/uptime
  uptime=${uptime%%.*}
}

# The start time of a live process (proc(5): field 22 of stat), empty for one that is gone or a zombie. With the
# pid and the boot id it names a process for good, though pids are used again.
read_start_time() {
  start_time= stat=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  # shellcheck disable=SC2086 # the fields after the name, which is the only one that can hold a blank
  set -- ${stat##*) }
  case ${1:-Z} in
    Z | X) ;;
    *) start_time=${20:-} ;;
  esac
}

# Ends the step: result first, words after, so that nobody reads an end that a second delivery would not know.
finish() {
  trap '' HUP INT TERM
  result=$1
  if ! { printf '%s\n%s\n' "$result" "$2" >"$entry.$$.tmp" && mv -f "$entry.$$.tmp" "$entry.result"; }; then
    say "the result of this step could not be kept in $state; it was: $2"
    [ "$result" -ne 0 ] || result=$state_unusable
    exit "$result"
  fi
  say "$2"
  [ -z "${3:-}" ] || printf '%s\n' "$3"
  exit "$result"
}

refuse_state() {
  say "state unusable ($state)"
  printf '%s\n' "$1" >&2
  exit "$state_unusable"
}

# The running script is ended by its guard, which sees within a second that this process is gone.
end_by_signal() {
  finish "$1" "ended by a signal, exit $1"
}

# The claim is a hard link to a finished file: made by one system call that fails if another holds it, and never
# seen without its owner's name.
claim() {
  read_start_time "$$"
  printf '%s %s %s\n' "$boot_id" "$$" "$start_time" >"$entry.$$.tmp" || refuse_state "cannot write to it"
  claimed=yes
  ln "$entry.$$.tmp" "$entry.claim" 2>/dev/null || claimed=no
  rm -f "$entry.$$.tmp"
  if [ "$claimed" = no ]; then
    [ -f "$entry.claim" ] || refuse_state "cannot make a hard link in it"
    return 1
  fi
  # A hook can make the server lose power at once (fencing): where sync takes files, the claim is safe before it.
  sync "$entry.claim" "$state" 2>/dev/null || :
}

owner_is_alive() {
  owner_boot= owner_pid= owner_start=
  read -r owner_boot owner_pid owner_start <"$entry.claim"
  [ "$owner_boot" = "$boot_id" ] || return 1
  read_start_time "$owner_pid"
  [ -n "$start_time" ] && [ "$start_time" = "$owner_start" ]
}

# A second delivery: answers with the result of the first and runs nothing.
answer_for_owner() {
  while :; do
    # Looked at before the result, which an owner writes before it ends.
    if owner_is_alive; then alive=yes; else alive=no; fi
    code= message=
    [ ! -f "$entry.result" ] || { read -r code && read -r message; } <"$entry.result"
    case $code in
      '' | *[!0-9]*) ;;
      *)
        say "already ran, exit $code"
        say "$message"
        exit "$code"
        ;;
    esac
    if [ "$alive" = no ]; then
      say "interrupted, exit $interrupted"
      echo "An earlier delivery of this step was cut off half-way (pid ${owner_pid:-unknown}); nothing was run now."
      exit "$interrupted"
    fi
    read_uptime
    if [ "$uptime" -ge "$deadline" ]; then
      say "still running, exit $still_running"
      echo "An earlier delivery of this step (pid $owner_pid) has not ended; nothing was run now."
      exit "$still_running"
    fi
    sleep 1
  done
}
