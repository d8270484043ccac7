#!/usr/bin/env bash
# Makes the Debian package: packaging/make-deb.sh [FOLDER], which gets overvann_VERSION_ARCHITECTURE.deb.
# Needs Swift, libgdal-dev, pkg-config and dpkg-dev. The Swift runtime is linked statically, so that the package runs where
# no Swift is. The same sources give the same bytes: times are those of the last commit.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "${1:-out/packages}" && cd "${1:-out/packages}" && pwd)
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
architecture=$(dpkg --print-architecture)
maintainer="the overvann authors <overvann@localhost>"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

packaging/build-portable.sh "$root/usr"
program="$root/usr/bin/overvann"
version=$("$program" --version)
programs=("$root"/usr/lib/overvann/*/overvann)
[ -e "${programs[0]}" ] || programs=("$program")
install -D -m 644 -t "$root/usr/lib/systemd/system" packaging/systemd/overvann@.service packaging/systemd/overvann@.timer
# The log's folder is for cron; its user gets it by hand (packaging/overvann.cron).
install -d "$root/etc/overvann" "$root/usr/share/overvann" "$root/var/log/overvann"
cp -r pipelines fixtures "$root/usr/share/overvann"

# Manual pages and completions come from the program's own description of its commands.
manual=$(mktemp -d)
swift build --product generate-manual
.build/debug/generate-manual "$program" --multi-page --section 1 \
  --date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" --output-directory "$manual" >/dev/null
install -d "$root/usr/share/man/man1"
for page in "$manual"/*; do
  command=$(basename "$page" .1 | tr . ' ')
  name=${command// /-}
  # Pages are found by overvann-run and show how overvann run is called; paragraphs are told by a macro.
  sed -E -e "s/^\.Dt .*/.Dt ${name^^} 1/" -e "s/^\.Nm \"?$command\"?\$/.Nm $name/" -e "s/^\.Nm\$/.Nm \"$command\"/" \
    -e '/^\.Xr /{s/\./-/g;s/^-/./}' -e 's/^[[:space:]]*$/.Pp/' "$page" | gzip -9n >"$root/usr/share/man/man1/$name.1.gz"
done
rm -rf "$manual"
complete() { "$program" --generate-completion-script "$1"; }
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" \
  "$root/usr/share/fish/vendor_completions.d"
complete bash | sed '1{/^#!/d}' >"$root/usr/share/bash-completion/completions/overvann"
complete zsh >"$root/usr/share/zsh/vendor-completions/_overvann"
complete fish >"$root/usr/share/fish/vendor_completions.d/overvann.fish"

documents="$root/usr/share/doc/overvann"
install -D -m 644 packaging/debian/copyright "$documents/copyright"
install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/overvann"
install -D -m 644 -t "$documents/examples" packaging/overvann.cron packaging/overvann.logrotate
install -m 644 CHANGELOG.md "$documents/CHANGELOG.md"
# Links lead to what is installed; what is not loses its link.
sed -E -e 's#\]\((fixtures|pipelines)/#](/usr/share/overvann/\1/#g' -e 's#\]\(packaging/README\.md\)#](OPERATING.md)#g' \
  -e 's#\]\(LICENSE\)#](copyright)#g' -e 's#\[([^]]*)\]\((Sources|Benchmarks|CONTRIBUTING)[^)]*\)#\1#g' \
  README.md >"$documents/README.md"
sed -E -e 's#\]\((overvann\.[a-z]+)\)#](examples/\1)#g' -e 's#\[([^]]*)\]\(Dockerfile\)#\1#g' \
  packaging/README.md >"$documents/OPERATING.md"
{
  printf 'overvann (%s) %s; urgency=medium\n\n' "$version" "$(. /etc/os-release && echo "$VERSION_CODENAME")"
  printf '  * CHANGELOG.md beside this file tells what is new.\n\n'
  printf ' -- %s  %s\n' "$maintainer" "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$documents/changelog.gz"

# What it links with, as Debian names it.
work=$(mktemp -d)
mkdir "$work/debian"
printf 'Source: overvann\nPackage: overvann\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "${programs[@]/#/-e}" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
rm -rf "$work"

install -d -m 755 "$root/DEBIAN"
{
  echo "Package: overvann"
  echo "Version: $version"
  echo "Section: science"
  echo "Priority: optional"
  echo "Architecture: $architecture"
  echo "Depends: $depends"
  echo "Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)"
  echo "Maintainer: $maintainer"
  printf 'Description: '
  cat packaging/debian/description
} >"$root/DEBIAN/control"
(cd "$root" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
find "$root" -type d -exec chmod 755 {} +
find "$root" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
dpkg-deb --build --root-owner-group -Zxz "$root" "$out/overvann_${version}_${architecture}.deb" >/dev/null
echo "$out/overvann_${version}_${architecture}.deb"
