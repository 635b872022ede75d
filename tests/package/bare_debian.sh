#!/usr/bin/env bash
# Proves that a fresh clone needs nothing but a bare Debian 12: makes one, clones this repository into it, and runs
# `./dev demo --headless` there. Needs root, debootstrap, git and the network.
#
#   tests/package/bare_debian.sh [--keep FOLDER | --reuse FOLDER] [--picture FILE] [-- COMMAND...]
#
#   --keep FOLDER    leave the Debian in FOLDER afterwards
#   --reuse FOLDER   run in a Debian that --keep left, with what earlier runs installed; the clone is fresh
#   --picture FILE   where the demo's screenshot goes (build/demo/bare_debian.png)
#   -- COMMAND...    run this in the clone instead, for example: -- ./dev test
#
# What is committed is what is tested. The mirror, proxies, npm registry and added certificates are the host's.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder="" keep=no reuse=no picture=$repository/build/demo/bare_debian.png
command=(./dev demo --headless)

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }
give_up() { printf '%s\n' "$*" >&2; exit 2; }

while (($# > 0)); do
  case $1 in
    --keep) keep=yes folder=${2:?--keep needs a folder}; shift 2 ;;
    --reuse) reuse=yes keep=yes folder=${2:?--reuse needs a folder}; shift 2 ;;
    --picture) picture=$(realpath -m "${2:?--picture needs a file}"); shift 2 ;;
    --) shift; command=("$@"); break ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
done

((EUID == 0)) || give_up "This must run as root: it makes a root folder and changes into it."
for tool in git unshare chroot; do
  command -v "$tool" >/dev/null || give_up "'$tool' is missing."
done
[[ $reuse == no || -x $folder/root/bin/bash ]] || give_up "There is no Debian in $folder; make one with --keep."
[[ -n $folder ]] || folder=$(mktemp -d "${TMPDIR:-/var/tmp}/hull-bare.XXXXXX")
mkdir -p "$folder"
folder=$(realpath "$folder")
root=$folder/root

clean_up() {
  rm -f "$root/root/.npmrc" "$folder/gitconfig"
  # Mounts live in a namespace of their own and end with the command; should one be left, touch nothing.
  if [[ $keep == no ]] && ! grep -q " $root/" /proc/self/mounts; then rm -rf "$folder"; fi
}
trap clean_up EXIT

# "URI suite" of every Debian 12 archive that the host's apt uses.
host_archives() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 2>/dev/null |
    awk '$2 ~ /^bookworm/ && $3 == "main" { print $1, $2 }' | sort -u
}

host_proxy() {
  local Proxy=""
  eval "$(apt-config shell Proxy Acquire::http::Proxy 2>/dev/null || true)"
  echo "${http_proxy:-$Proxy}"
}

make_debian() {
  command -v debootstrap >/dev/null || give_up "'debootstrap' is missing: apt-get install debootstrap"
  local mirror
  mirror=$(host_archives | awk '$2 == "bookworm" { print $1; exit }')
  echo "==> Making a bare Debian 12 in $root"
  http_proxy=$(host_proxy) debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" ${mirror:+"$mirror"} \
    >"$folder/debootstrap.log" 2>&1 || { tail -n 20 "$folder/debootstrap.log" >&2; give_up "debootstrap failed."; }
}

# The host's way to the outside: names, archives, proxies, certificates.
connect_debian() {
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  local archives proxy
  archives=$(host_archives | awk '{ print "deb", $1, $2, "main" }')
  [[ -z $archives ]] || printf '%s\n' "$archives" >"$root/etc/apt/sources.list"
  proxy=$(host_proxy)
  [[ -z $proxy ]] || printf 'Acquire::http::Proxy "%s";\n' "$proxy" >"$root/etc/apt/apt.conf.d/90proxy"
  [[ ! -f $HOME/.npmrc ]] || cp "$HOME/.npmrc" "$root/root/.npmrc"
  mkdir -p "$root/usr/local/share/ca-certificates"
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
    chroot "$root" update-ca-certificates >/dev/null 2>&1
  fi
}

clone() {
  echo "==> Cloning $repository"
  git -C "$repository" diff --quiet HEAD 2>/dev/null || echo "    (what is not committed is left out)"
  rm -rf "$root/hull"
  printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig"
  GIT_CONFIG_GLOBAL=$folder/gitconfig git clone --quiet "file://$repository" "$root/hull"
}

# Runs the command in the clone, with mounts and processes of its own that end with it.
run_inside() {
  local environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
                     "TERM=${TERM:-dumb}" NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt)
  local name registry
  for name in $(compgen -e | grep -iE '^(npm_config_.*|https?_proxy|no_proxy)$' || true); do
    environment+=("$name=${!name}")
  done
  if registry=$(npm config get registry 2>/dev/null) && [[ $registry == http* ]]; then
    environment+=("NPM_CONFIG_REGISTRY=$registry")
  fi
  echo "==> Running in the bare Debian: ${command[*]}"
  # shellcheck disable=SC2016 # $0 and $@ belong to the inner shell
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    mount -t proc proc "$0/proc"
    mount --rbind /dev "$0/dev"
    exec chroot "$0" /usr/bin/env -i "$@"' \
    "$root" "${environment[@]}" bash -c 'cd /hull && exec "$@"' bash "${command[@]}" </dev/null
}

[[ $reuse == yes ]] || make_debian
connect_debian
clone
status=0
run_inside || status=$?
if [[ -s $root/hull/build/demo/qml_chat.png ]]; then
  mkdir -p "$(dirname "$picture")"
  cp "$root/hull/build/demo/qml_chat.png" "$picture"
  echo "==> Screenshot: $picture"
fi
echo "==> ${command[*]} in a bare Debian 12: exit status $status"
exit "$status"
