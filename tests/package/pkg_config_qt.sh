#!/bin/sh
# pkg_config_qt.sh PKG-CONFIG COMPILER LIBDIR: a program is built and run with nothing but the flags of hull-qt.pc.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/main.cpp" <<'END'
#include <hullclient.h>
int main() { return HullClient().isConnected() ? 1 : 0; }
END
flags=$(PKG_CONFIG_PATH=$3/pkgconfig "$1" --print-errors --cflags --libs hull-qt)
# shellcheck disable=SC2086 # the flags are words
"$2" -std=c++17 -fPIC "$folder/main.cpp" -o "$folder/main" $flags
LD_LIBRARY_PATH=$3 "$folder/main"
