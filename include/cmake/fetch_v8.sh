#!/bin/sh
# Unpacks Debian 12's libnode-dev and libnode108 (V8 10.2) below a folder, without installing them:
#   fetch_v8.sh PREFIX
# For machines where apt refuses libnode-dev because another Node.js distribution is installed; that one is left alone.
set -eu
prefix=$1
if [ -e "$prefix/usr/include/nodejs/deps/v8/include/v8.h" ]; then
  exit 0
fi
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
chmod 755 "$download"
(cd "$download" && apt-get download -qq libnode-dev libnode108)
mkdir -p "$prefix"
for package in "$download"/*.deb; do
  dpkg-deb -x "$package" "$prefix"
done
echo "V8 unpacked into $prefix"
