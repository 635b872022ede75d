#!/bin/sh
# pkg_config.sh PKG-CONFIG COMPILER FOLDER SOURCE: the flags that hull-client.pc in FOLDER gives are enough for SOURCE.
set -eu
flags=$(PKG_CONFIG_PATH=$3 "$1" --cflags hull-client)
PKG_CONFIG_PATH=$3 "$1" --print-errors --libs hull-client
# shellcheck disable=SC2086 # the flags are words
"$2" -std=c++20 -fsyntax-only -DHULL_SEPARATE_COMPILATION $flags "$4"
