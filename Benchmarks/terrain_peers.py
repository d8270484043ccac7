#!/usr/bin/env python3
"""Times filling, directions and accumulation against other programs, file to file, and compares the surfaces.

Every program runs as a process of its own, from an uncompressed GeoTIFF to an uncompressed GeoTIFF; programs take
turns, so that what else happens on the machine meets them all. Ratios are of the medians.

usage: terrain_peers.py [--program PATH] [--work DIR] [--size 4096] [--repeat 5] [--dem FILE]
                        [--peers whitebox,richdem,topotoolbox,pyflwdir,pysheds,grass]

Peers come from PyPI into an environment of their own under --work; GRASS is used where it is installed
(Debian: grass-core).
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ["numpy<2.3", "rasterio", "weppcloud-wbt", "topotoolbox", "pyflwdir", "pysheds"]
OPTIONAL = ["richdem2"]

# Each runs in the environment of the peers with the DEM and the outputs as arguments.
READ = """
import sys, numpy as np, rasterio
dem, filled, accumulation = sys.argv[1:4]
with rasterio.open(dem) as source:
    z = source.read(1); profile = source.profile; transform = source.transform; nodata = source.nodata
profile.update(compress=None)
def write(path, values, kind):
    profile.update(dtype=kind)
    with rasterio.open(path, 'w', **profile) as target: target.write(values.astype(kind), 1)
"""
SNIPPETS = {
    "topotoolbox": {
        "fill": "import topotoolbox as tt\ng = tt.read_tif(dem)\nwrite(filled, g.fillsinks().z, 'float32')\n",
        "flow": "import topotoolbox as tt\ng = tt.read_tif(dem)\nf = tt.FlowObject(g)\n"
        "write(accumulation, f.flow_accumulation().z, 'float32')\n",
    },
    "pyflwdir": {
        "fill": "import pyflwdir\nw, d = pyflwdir.dem.fill_depressions(z, nodata=nodata if nodata is not None else -9999.0)\n"
        "write(filled, w, 'float32')\n",
        "flow": "import pyflwdir\nf = pyflwdir.from_dem(z, nodata=nodata if nodata is not None else -9999.0, "
        "transform=transform, latlon=False)\nwrite(accumulation, f.upstream_area(unit='cell'), 'int32')\n",
    },
    "pysheds": {
        "fill": "from pysheds.grid import Grid\ng = Grid.from_raster(dem)\nr = g.read_raster(dem)\n"
        "w = g.fill_depressions(g.fill_pits(r))\nwrite(filled, np.asarray(w), 'float32')\n",
        "flow": "from pysheds.grid import Grid\ng = Grid.from_raster(dem)\nr = g.read_raster(dem)\n"
        "w = g.resolve_flats(g.fill_depressions(g.fill_pits(r)))\nd = g.flowdir(w)\n"
        "write(accumulation, np.asarray(g.accumulation(d)), 'float32')\n",
    },
    "richdem": {
        "fill": "import richdem as rd\na = rd.LoadGDAL(dem)\nrd.FillDepressions(a, in_place=True)\n"
        "write(filled, np.asarray(a), 'float32')\n",
        "flow": "import richdem as rd\na = rd.LoadGDAL(dem)\nrd.FillDepressions(a, epsilon=True, in_place=True)\n"
        "write(accumulation, np.asarray(rd.FlowAccumulation(a, method='D8')), 'float32')\n",
    },
}

MAKE_DEM = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
path, size = sys.argv[1], int(sys.argv[2])
# Fractal terrain by spectral synthesis (power 1/f^3.2), heights in centimetres, one frame of no data.
rng = np.random.default_rng(7)
k = np.fft.fftfreq(size)[:, None] ** 2 + np.fft.rfftfreq(size)[None, :] ** 2
k[0, 0] = np.inf
white = rng.standard_normal(k.shape) + 1j * rng.standard_normal(k.shape)
z = np.fft.irfft2(white * k ** -0.8, s=(size, size))
z = np.round(z / z.std() * 60 + 300, 2).astype('f4')
z[0, :] = z[-1, :] = z[:, 0] = z[:, -1] = -9999
with rasterio.open(path, 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32', nodata=-9999,
                   crs='EPSG:25832', transform=from_origin(580000, 6640000, 1, 1)) as target:
    target.write(z, 1)
"""


class Failed(Exception):
    pass


def environment(work):
    """The Python of an environment that holds the peers."""
    python = work / "peers" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(work / "peers")], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q"] + PACKAGES, check=True)
    for package in OPTIONAL:
        subprocess.run([str(python), "-m", "pip", "install", "-q", package], stderr=subprocess.DEVNULL)
    return python


def whitebox(python):
    where = subprocess.run(
        [str(python), "-c", "import weppcloud_wbt, os; print(os.path.dirname(weppcloud_wbt.__file__))"],
        check=True, capture_output=True, text=True).stdout.strip()
    return str(Path(where) / "bin" / "whitebox_tools")


def run(command, tries=1, **options):
    """Seconds and peak memory in MB of a process."""
    for attempt in range(tries):
        start = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if process.returncode == 0:
            return seconds, usage.ru_maxrss / 1024
    raise Failed(errors.decode(errors="replace").strip().splitlines()[-1:] or ["failed"])


def programs(arguments, python, work, dem):
    """Name, task and a function that runs it once."""
    own = arguments.program
    out = lambda name: work / f"{name}.tif"
    list_ = []
    # Peers prove nothing; what the proof costs stands in a line of its own.
    def fill(*options):
        return lambda: run([own, "fill", dem, out("overvann_fill"), "--nodata", "outlet", "--replace", "--quiet", *options])
    flow = lambda: run([
        own, "flow", dem, "--nodata", "outlet", "--filled", out("overvann_fill"), "--directions",
        out("overvann_directions"), "--accumulation", out("overvann_accumulation"), "--accumulation-unit", "cells",
        "--no-certify", "--replace", "--quiet"])
    list_ += [
        ("overvann", "fill", fill("--no-certify")), ("overvann_proved", "fill", fill()), ("overvann", "flow", flow)]
    for peer in arguments.peers.split(","):
        if peer == "whitebox":
            tool = whitebox(python)
            # It ends at random with a panic before it begins; such tries are not counted.
            base = [tool, f"--wd={work}", "--compress_rasters=false"]
            # The first is the faster, but floods pits on the border of the data, where water leaves: another surface.
            wbt_fill = lambda: run(base + ["-r=FillDepressions", f"--dem={dem}", "--output=whitebox_fill.tif"], 40)
            wang_liu = lambda: run(
                base + ["-r=FillDepressionsWangAndLiu", f"--dem={dem}", "--output=whitebox_wang_liu_fill.tif"], 40)
            def wbt_flow():
                first = run(base + ["-r=FillDepressions", f"--dem={dem}", "--fix_flats", "--output=whitebox_flats.tif"], 40)
                second = run(
                    base + ["-r=D8FlowAccumulation", "--input=whitebox_flats.tif", "--output=whitebox_accumulation.tif"], 40)
                return first[0] + second[0], max(first[1], second[1])
            list_ += [
                ("whitebox", "fill", wbt_fill), ("whitebox_wang_liu", "fill", wang_liu), ("whitebox", "flow", wbt_flow)]
        elif peer == "grass":
            if shutil.which("grass"):
                list_.append(("grass", "flow", lambda: grass(dem, work)))
            else:
                print("grass is not installed: left out", file=sys.stderr)
        elif peer in SNIPPETS:
            for task, body in SNIPPETS[peer].items():
                command = [python, "-c", READ + body, dem, out(f"{peer}_fill"), out(f"{peer}_accumulation")]
                list_.append((peer, task, lambda command=command: run(command)))
    return list_


def grass(dem, work):
    script = work / "grass.sh"
    script.write_text(
        f"r.in.gdal -o --quiet --overwrite input={dem} output=dem\ng.region raster=dem\n"
        f"r.watershed -s --quiet --overwrite elevation=dem accumulation=acc drainage=dir memory=4000\n"
        f"r.out.gdal --quiet --overwrite input=acc output={work}/grass_accumulation.tif\n")
    shutil.rmtree(work / "grassdata", ignore_errors=True)
    return run(["grass", "-c", "EPSG:25832", str(work / "grassdata"), "--exec", "sh", str(script)])


COMPARE = """
import sys, numpy as np, rasterio
a = rasterio.open(sys.argv[1]).read(1); source = rasterio.open(sys.argv[2]); b = source.read(1)
z = rasterio.open(sys.argv[3]); valid = z.read(1) != z.nodata if z.nodata is not None else np.ones(a.shape, bool)
same = a[valid].astype('f8') == b[valid].astype('f8')
print(f'{same.size - same.sum()} of {same.size} cells differ')
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=Path(__file__).parent.parent / ".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann-benchmarks", type=Path)
    parser.add_argument("--size", default=4096, type=int)
    parser.add_argument("--repeat", default=5, type=int)
    parser.add_argument("--dem", type=Path, help="an elevation raster instead of the synthetic one")
    parser.add_argument("--peers", default="whitebox,richdem,topotoolbox,pyflwdir,pysheds,grass")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    python = environment(work)
    dem = arguments.dem
    if dem is None:
        dem = work / f"synthetic{arguments.size}.tif"
        if not dem.exists():
            subprocess.run([str(python), "-c", MAKE_DEM, str(dem), str(arguments.size)], check=True)
    results = {}
    tasks = programs(arguments, python, work, dem.resolve())
    for round_ in range(arguments.repeat):
        for name, task, once in tasks:
            if (name, task) in results and results[name, task] is None:
                continue
            try:
                results.setdefault((name, task), []).append(once())
            except Failed as failure:
                print(f"{name} {task}: {failure}", file=sys.stderr)
                results[name, task] = None
    print(f"{dem.name}, median of {arguments.repeat}; {os.cpu_count()} processors")
    print("| program | task | seconds | peak MB | times overvann |\n|---|---|---|---|---|")
    for task in ("fill", "flow"):
        own = statistics.median(seconds for seconds, _ in results["overvann", task])
        for name in dict.fromkeys(name for name, _, _ in tasks):
            values = results.get((name, task))
            if values:
                seconds = statistics.median(value[0] for value in values)
                memory = max(value[1] for value in values)
                print(f"| {name} | {task} | {seconds:.2f} | {memory:.0f} | {seconds / own:.1f} |")
    for name in dict.fromkeys(name for name, task, _ in tasks if task == "fill" and not name.startswith("overvann")):
        if results.get((name, "fill")):
            found = subprocess.run(
                [str(python), "-c", COMPARE, str(work / "overvann_fill.tif"), str(work / f"{name}_fill.tif"), str(dem)],
                capture_output=True, text=True)
            print(f"filled surface against {name}: {found.stdout.strip() or found.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
