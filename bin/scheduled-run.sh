#!/bin/sh
# Runs hadoop-elt from cron, systemd or another scheduler; see "scheduled-run.sh --help".
set -u

usage() {
  cat <<'TEXT'
Usage: scheduled-run.sh [--name NAME] [--logs FOLDER] [--keep COUNT] -- COMMAND [ARGUMENT...]

Runs "hadoop-elt COMMAND ARGUMENT..." for a scheduler: one run of a NAME at a time, with a log file for each run. Exits with
the run's exit code. Prints only if that is not 0 (where its log is, and its end), so that cron sends mail only then.

  --name NAME     name of the lock, and prefix of the log files (default: hadoop-elt)
  --logs FOLDER   folder for locks and logs (default: ./hadoop-elt-logs)
  --keep COUNT    number of log files to keep per name; the oldest are deleted (default: 30)

  HADOOP_ELT      the program (default: dist/hadoop-elt.mjs beside this script's folder, else hadoop-elt on the PATH)

Exit codes: those of hadoop-elt, such as 10 if a run has published without a missing or broken input; 8 while another run of this name is running; 2 for wrong usage; 3 when FOLDER can't be made.

In a crontab, every night at 2:15 (cron's own PATH is short: it must hold node, and hadoop or docker):
  PATH=/usr/local/bin:/usr/bin:/bin
  15 2 * * *  /opt/hadoop-elt/bin/scheduled-run.sh --name sales --logs /var/log/hadoop-elt -- submit /srv/sales.elt.yaml --cluster /srv/cluster.yaml --mode replace
TEXT
}

refuse() {
  printf 'scheduled-run.sh: %s\n' "$1" >&2
  printf 'See scheduled-run.sh --help\n' >&2
  exit 2
}

name=hadoop-elt
logs=./hadoop-elt-logs
keep=30
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --name | --logs | --keep)
      [ $# -ge 2 ] || refuse "$1 needs a value"
      case $1 in
        --name) name=$2 ;;
        --logs) logs=$2 ;;
        --keep) keep=$2 ;;
      esac
      shift 2
      ;;
    --) shift; break ;;
    -*) refuse "Unknown option \"$1\"" ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || refuse "No command was given"
case $name in
  '' | .* | *[!A-Za-z0-9._-]*) refuse "--name takes letters, digits, dot, dash and underscore, not \"$name\"" ;;
esac
case $keep in
  '' | 0* | *[!0-9]*) refuse "--keep takes a number from 1, not \"$keep\"" ;;
esac

if [ -z "${HADOOP_ELT:-}" ]; then
  beside=$(dirname "$0")/../dist/hadoop-elt.mjs
  if [ -f "$beside" ]; then HADOOP_ELT=$beside; else HADOOP_ELT=hadoop-elt; fi
fi

mkdir -p "$logs" || exit 3

# The lock is a folder, because mkdir is atomic on every file system. Its pid file shows whether the run is still alive.
# A lock without one was just created, or its run was killed before writing it: it counts as stale after an hour.
lock=$logs/.$name.lock
take_lock() { mkdir "$lock" 2>/dev/null && printf '%s\n' "$$" >"$lock/pid"; }
is_left_over() {
  if [ -s "$lock/pid" ]; then
    ! kill -0 "$(cat "$lock/pid")" 2>/dev/null
  else
    [ -n "$(find "$lock" -prune -mmin +60 2>/dev/null)" ]
  fi
}
if ! take_lock; then
  # Two runs may find a stale lock at once; only one of them can rename it.
  if is_left_over && mv "$lock" "$lock.$$" 2>/dev/null; then
    rm -rf "$lock.$$"
  fi
  if ! take_lock; then
    printf 'scheduled-run.sh: %s is still running (process %s)\n' "$name" "$(cat "$lock/pid" 2>/dev/null)" >&2
    exit 8
  fi
fi
child=
# shellcheck disable=SC2317 # called by a trap
release() { rm -rf "$lock"; }
# shellcheck disable=SC2317 # called by a trap
pass_on() { [ -z "$child" ] || kill -s "$1" "$child" 2>/dev/null; }
trap release EXIT
trap 'pass_on TERM' TERM
trap 'pass_on INT' INT
trap 'pass_on HUP' HUP

log=$logs/$name-$(date -u +%Y%m%dT%H%M%SZ)-$$.log
case $HADOOP_ELT in
  *.mjs | *.js) node "$HADOOP_ELT" "$@" >"$log" 2>&1 & ;;
  *) "$HADOOP_ELT" "$@" >"$log" 2>&1 & ;;
esac
child=$!
# A trapped signal ends "wait" at once, so wait again until the run has cleaned up.
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
child=

# The names sort by time, and contain no newline, because --name is checked.
find "$logs" -maxdepth 1 -type f -name "$name-[0-9]*T[0-9]*Z-*.log" | sort -r | tail -n "+$((keep + 1))" |
  while IFS= read -r old; do rm -f "$old"; done

if [ "$code" -ne 0 ]; then
  printf 'scheduled-run.sh: %s ended with exit code %s; its log is %s\n' "$name" "$code" "$log" >&2
  tail -n 15 "$log" >&2
fi
exit "$code"
