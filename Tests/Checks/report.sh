#!/bin/bash
# Shows a report as headless Chromium sees it: report.sh REPORT FOLDER
# Writes screen.png, narrow.png and print-N.png (A4 pages), and fails where the page asks for the network, says
# anything in the console or its script does not run. Needs chromium and pdftoppm: `make check-tools`.
set -euo pipefail
report=$(realpath "$1") folder=$2
mkdir -p "$folder"
folder=$(realpath "$folder")
rm -f "$folder"/{screen,narrow,print-*}.png
chromium() {
  command chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$folder/profile" \
    --host-resolver-rules="MAP * ~NOTFOUND" --enable-logging=stderr --virtual-time-budget=3000 "$@" "file://$report" 2>> "$folder/log"
}
: > "$folder/log"
chromium --window-size=1280,5600 --screenshot="$folder/screen.png" > /dev/null
chromium --window-size=480,3000 --screenshot="$folder/narrow.png" > /dev/null
chromium --no-pdf-header-footer --print-to-pdf="$folder/print.pdf" > /dev/null
pdftoppm -r 80 -png "$folder/print.pdf" "$folder/print"
if grep -E "CONSOLE|Refused to" "$folder/log"; then echo "failed: the page speaks in the console" >&2; exit 1; fi

# The page in use: another scenario, another language, a sorted column, an area chosen.
probe=$folder/probe.html
{
  cat "$report"
  cat <<'SCRIPT'
<script>
const result = [];
const say = (name, isTrue) => result.push((isTrue ? "passed " : "failed ") + name);
const scenarios = document.querySelectorAll("input[name=scenario]");
const shown = () => [...document.querySelectorAll("g[data-scenario]")].filter((g) => !g.hasAttribute("display"));
say("one scenario is drawn", new Set(shown().map((g) => g.dataset.scenario)).size === 1);
scenarios[0].click();
say("the switch draws another", shown().every((g) => g.dataset.scenario === "0"));
const first = () => document.querySelector("#ranking-table tbody .area-button").textContent;
const before = first();
const heads = document.querySelectorAll("#ranking-table thead button");
heads[1].click();
const names = [...document.querySelectorAll("#ranking-table tbody .area-button")].map((b) => b.textContent);
say("a heading sorts by name", names.join() === [...names].sort((a, b) => a.localeCompare(b, "nb")).join());
heads[0].click();
say("and back by rank", first() === before);
document.querySelector(".area-button").click();
say("an area shows its values", document.querySelectorAll("#detail table tr").length > 3);
document.querySelector("button[data-language=nb]").click();
say("the page turns to Norwegian", document.documentElement.lang === "nb"
  && getComputedStyle(document.querySelector("h2 .en")).display === "none");
say("numbers have a comma", [...document.querySelectorAll(".n")].every((n) => !/\d\.\d/.test(n.textContent)));
document.title = result.join("|");
</script>
SCRIPT
} > "$probe"
report=$probe
title=$(chromium --dump-dom | grep -o '<title>[^<]*</title>' | head -1 | sed -E 's/<\/?title>//g')
rm -f "$probe"
echo "$title" | tr '|' '\n'
case "$title" in passed*) ;; *) echo "failed: the script of the page did not run" >&2; exit 1 ;; esac
case "$title" in *failed*) exit 1 ;; esac
echo "$(stat -c %s "$1") bytes; pictures in $folder"
