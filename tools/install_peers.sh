#!/usr/bin/env bash
# Installs the real peers that some tests talk to, where this machine lets us; without them those tests skip by name.
set -u
need=()
[ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ] || need+=(chromium)
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] && command -v go >/dev/null || need+=(golang-go golang-golang-x-mod-dev)
command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || need+=(pgbouncer)
command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || need+=(mosquitto)
[ ${#need[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "tocsin: ${need[*]} not installed (needs root and apt); the tests that use it skip"
  exit 0
fi
echo "tocsin: installing ${need[*]} for the tests"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${need[@]}" fonts-noto-cjk; } >/dev/null 2>&1 \
  || echo "tocsin: ${need[*]} could not be installed; the tests that use it skip"
exit 0
