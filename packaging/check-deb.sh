#!/usr/bin/env bash
# Checks a package: packaging/check-deb.sh FILE.deb. Installs it in a new Debian root that has no Swift, and runs there the
# bundled example, by each of its programs, the manual and the completions; systemd and lintian judge it. Needs root,
# debootstrap, lintian, and a Debian machine of the package's release, whose archive the root is made from.
set -euo pipefail
package=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The archive that this machine itself takes its release from.
mirror=$(apt-get indextargets --format '$(LABEL)|$(CODENAME)|$(REPO_URI)' | sed -n "s/^Debian|$suite|//p" | sort -u | head -1)
[ -n "$mirror" ] || { echo "no Debian archive for $suite is in apt's sources: run this on Debian" >&2; exit 1; }
root=$(mktemp -d)
cleanup() {
  umount "$root/proc" 2>/dev/null || true
  rm -rf "$root"
}
trap cleanup EXIT

lintian --fail-on error,warning "$package"
# What the units name is not installed on this machine, which alone is no fault of theirs.
faults=$({ systemd-analyze verify "$here/systemd/overvann@.timer" "$here/systemd/overvann@.service" 2>&1 || true; } |
  { grep -vE "is not executable|Command 'man overvann" || true; })
[ -z "$faults" ] || { printf '%s\nthe units have faults\n' "$faults" >&2; exit 1; }

debootstrap --variant=minbase "$suite" "$root" "$mirror" >/dev/null
for file in /etc/apt/apt.conf.d /etc/apt/auth.conf.d; do [ ! -d "$file" ] || cp -r "$file/." "$root$file/" 2>/dev/null || true; done
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$package" "$root/tmp/overvann.deb"
mount -t proc proc "$root/proc" 2>/dev/null || true
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/overvann.deb >/dev/null
! inside sh -c 'command -v swift' || { echo "there is a Swift in the root" >&2; exit 1; }
inside overvann --version
cp "$root/usr/share/overvann/pipelines/sandvika.yaml" "$root/etc/overvann/sandvika.yaml"
sed -i 's#\.\./fixtures#/usr/share/overvann/fixtures#' "$root/etc/overvann/sandvika.yaml"
inside overvann run /etc/overvann/sandvika.yaml --out /var/lib/overvann/sandvika --progress none
for file in manifest.json layers/overvann.gpkg layers/areas.geojson tables/areas.csv rasters/t200/depth.tif; do
  [ -s "$root/var/lib/overvann/sandvika/$file" ] || { echo "$file is missing" >&2; exit 1; }
done
# Each program that this processor can run gives the same bytes; what differs says when it ran, and how long.
for level in x86-64 x86-64-v3 x86-64-v4; do
  [ -e "$root/usr/lib/overvann/$level/overvann" ] || continue
  [ "$level" = x86-64 ] || [[ $(/lib64/ld-linux-x86-64.so.2 --help) == *"$level (supported"* ]] || continue
  inside "/usr/lib/overvann/$level/overvann" run /etc/overvann/sandvika.yaml --out "/tmp/$level" --no-cache --progress none
  diff -rq -x manifest.json -x summary.json -x report.html "$root/var/lib/overvann/sandvika" "$root/tmp/$level" ||
    { echo "$level gives other results" >&2; exit 1; }
  inside "/usr/lib/overvann/$level/overvann" simulate /usr/share/overvann/fixtures/sandvika/dtm.tif --nodata outlet \
    --rain 40mm --rain-duration 30min --duration 2min --manning 0.05 --edge free --out "/tmp/flow-$level" --quiet
  diff -rq -x report.json "$root/tmp/flow-x86-64" "$root/tmp/flow-$level" || { echo "$level flows otherwise" >&2; exit 1; }
  expected=$level
done
if [ -n "${expected:-}" ]; then
  [[ $(inside sh -x /usr/bin/overvann --version 2>&1) == *"exec /usr/lib/overvann/$expected/overvann"* ]] ||
    { echo "the program for $expected is not the one that is started" >&2; exit 1; }
fi
for page in overvann overvann-run overvann-validate; do
  [ -s "$root/usr/share/man/man1/$page.1.gz" ] || { echo "no manual page $page" >&2; exit 1; }
done
for document in README.md OPERATING.md; do
  { grep -oE '\]\([^)#]+' "$root/usr/share/doc/overvann/$document" || true; } | sed 's/^](//' | grep -v '^https:' |
    while read -r link; do
      case $link in /*) path=$root$link ;; *) path=$root/usr/share/doc/overvann/$link ;; esac
      [ -e "$path" ] || { echo "$document links to $link, which is not installed" >&2; exit 1; }
    done
done
[ -d "$root/var/log/overvann" ] || { echo "the folder of logs is missing" >&2; exit 1; }
inside bash -n /usr/share/bash-completion/completions/overvann
inside apt-get purge -y -qq overvann >/dev/null
[ ! -e "$root/usr/bin/overvann" ] || { echo "the program is still there" >&2; exit 1; }
echo "package: installed, ran the example, and was removed in a new $suite without Swift"
