#!/bin/sh
# Starts "hadoop-elt scheduled" from cron, systemd or another scheduler: finds the program, also through links to this
# file. All else is in that command; see "scheduled-run.sh --help".
set -u

self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
beside=$(dirname "$self")/../dist/hadoop-elt.mjs

# As the wrapper of version 0.1 was called: [--name NAME] [--logs FOLDER] [--keep COUNT] -- run|submit JOB ...
name='' logs='' keep='' is_old=''
case " $* " in *' -- '*) is_old=yes ;; esac
while [ -n "$is_old" ] && [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2-} ;;
    --logs) logs=${2-} ;;
    --keep) keep=${2-} ;;
    *) break ;;
  esac
  shift
  [ $# -eq 0 ] || shift
done
if [ -n "$is_old" ]; then
  [ "${1-}" != -- ] || shift
  case ${1-} in
    run) engine=local ;;
    submit) engine=hadoop ;;
    *)
      printf 'scheduled-run.sh: only run and submit can be scheduled, not "%s"\n' "${1-}" >&2
      exit 2
      ;;
  esac
  shift
  set -- "$@" --engine "$engine"
  [ -z "$name" ] || set -- "$@" --name "$name"
  [ -z "$logs" ] || set -- "$@" --logs "$logs"
  [ -z "$keep" ] || set -- "$@" --keep-logs "$keep"
fi

program=${HADOOP_ELT:-}
if [ -z "$program" ] && [ -f "$beside" ]; then program=$beside; fi
case ${program:=hadoop-elt} in
  *.mjs | *.js)
    if ! command -v node >/dev/null; then
      printf 'scheduled-run.sh: node is not on the PATH (%s); set PATH in the crontab or unit\n' "$PATH" >&2
      exit 5
    fi
    exec node "$program" scheduled "$@"
    ;;
esac
if ! command -v "$program" >/dev/null; then
  printf 'scheduled-run.sh: no %s, and "%s" is not there; build it, or set HADOOP_ELT to the program\n' \
    "$program" "$beside" >&2
  exit 5
fi
exec "$program" scheduled "$@"
