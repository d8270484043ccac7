#!/usr/bin/env python3
"""Times `overvann zonal` against exactextract, file to file, and compares the figures.

Both run as processes of their own, in turn: a GeoTIFF and a GeoPackage in, a CSV out, three statistics. Figures are
compared with exactextract's, whose coverage fractions are of single precision, and, for a sample of the zones, with
intersections by GEOS in double precision. Ratios are of the medians.

usage: zonal_peers.py [--program PATH] [--work DIR] [--repeat 5] [--size 4096] [--zones 20000] [--data DIR]
                      [--big RASTER | --big-size 10240] [--big-zones 1000000] [--only-big]

Peers come from PyPI into an environment of their own under --work. --data names a folder with the real examples
luxembourg and olinda; --big adds a run without a peer on a large raster with many synthetic buildings, and --big-size
makes such a raster: a patch of rough ground laid side by side on a slope, of N² compressed cells.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ["numpy", "rasterio", "exactextract==0.3.0", "geopandas", "pyogrio", "shapely"]

MAKE_RASTER = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
path, size = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(11)
# Depths: smooth enough to be plausible, a tenth without data.
z = rng.random((size, size), dtype='f4') * 2
z[rng.random((size, size)) < 0.1] = -9999
with rasterio.open(path, 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32', nodata=-9999,
                   crs='EPSG:25832', transform=from_origin(580000, 6640000, 1, 1)) as target:
    target.write(z, 1)
"""

# A patch of fractal ground beside itself, in stripes of rows, so that nothing large is held.
MAKE_BIG = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window
path, size = sys.argv[1], int(sys.argv[2])
n = 1024
rng = np.random.default_rng(13)
f = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None, :])
f[0, 0] = 1
patch = np.fft.irfft2(f ** -1.7 * np.exp(2j * np.pi * rng.random(f.shape)), s=(n, n))
patch = (patch - patch.mean()) / patch.std() * 12
with rasterio.open(path, 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32', nodata=-9999,
                   crs='EPSG:25832', transform=from_origin(580000, 6640000, 1, 1), tiled=True, blockxsize=512,
                   blockysize=512, compress='deflate', predictor=3, num_threads=2) as target:
    slope = 0.02 * np.arange(size)
    for top in range(0, size, n):
        rows = min(n, size - top)
        wide = np.tile(patch[:rows], (1, -(-size // n)))[:, :size]
        z = 100 + wide + slope[None, :] + 0.01 * (top + np.arange(rows))[:, None]
        target.write(np.round(z, 2).astype('f4'), 1, window=Window(0, top, size, rows))
"""

# Turned rectangles of 12 m by 10 m, anywhere on the raster.
MAKE_ZONES = """
import sys, numpy as np, rasterio, shapely, geopandas
raster, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
rng = np.random.default_rng(12)
with rasterio.open(raster) as source:
    box, crs = source.bounds, source.crs
x = box.left + 10 + rng.random(count) * (box.right - box.left - 20)
y = box.bottom + 10 + rng.random(count) * (box.top - box.bottom - 20)
turn = rng.random(count) * np.pi
corners = np.array([(-6, -5), (6, -5), (6, 5), (-6, 5), (-6, -5)], float)
c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
points = np.stack([x[:, None] + c * corners[:, 0] - s * corners[:, 1],
                   y[:, None] + s * corners[:, 0] + c * corners[:, 1]], axis=2)
frame = geopandas.GeoDataFrame({'id': np.arange(count)}, geometry=shapely.polygons(points), crs=crs)
frame.to_file(path, driver='GPKG')
"""

# The count is the covered area in cells. rasterio and geopandas are what its wheels can read with.
EXACTEXTRACT = """
import sys, exactextract, rasterio, geopandas
raster, zones, out, columns = sys.argv[1:5]
exactextract.exact_extract(rasterio.open(raster), geopandas.read_file(zones), ['mean', 'max', 'count'], include_cols=columns.split(','), output='pandas',
                           strategy=sys.argv[5]).to_csv(out, index=False)
"""

COMPARE = """
import sys, numpy as np, pandas as pd, rasterio, shapely, geopandas
raster, zones, own, peer, key, name = sys.argv[1:7]
a, b = (pd.read_csv(path).set_index(key) for path in (own, peer))
assert a.index.equals(b.index)
for column in ('mean', 'max', 'count'):
    u, v = a[f'{name}_{column}'].to_numpy(float), b[column].to_numpy(float)
    assert (np.isnan(u) == np.isnan(v)).all(), column
    both = ~np.isnan(u) & ~np.isnan(v)
    print(f'  {column}: largest relative difference from exactextract '
          f'{np.max(np.abs(u[both] - v[both]) / np.maximum(np.abs(v[both]), 1e-300)):.1e}')
frame = geopandas.read_file(zones).set_index(key)
source = rasterio.open(raster)
sample = frame.to_crs(source.crs).sample(min(len(frame), 300), random_state=1)
worst = {'mean': 0.0, 'count': 0.0}
for row_key, shape in zip(sample.index, sample.geometry):
    window = rasterio.windows.from_bounds(*shape.bounds, source.transform)
    window = rasterio.windows.Window.from_slices(
        (max(0, int(np.floor(window.row_off)) - 1), int(np.ceil(window.row_off + window.height)) + 1),
        (max(0, int(np.floor(window.col_off)) - 1), int(np.ceil(window.col_off + window.width)) + 1))
    z = source.read(1, window=window, masked=True)
    t = source.window_transform(window)
    rows, columns = np.nonzero(~np.ma.getmaskarray(z))
    cells = shapely.box(t.c + columns * t.a, t.f + (rows + 1) * t.e, t.c + (columns + 1) * t.a, t.f + rows * t.e)
    weight = shapely.area(shapely.intersection(cells, shape)) / (t.a * -t.e)
    values = z.data[rows, columns].astype(float)
    found = a.loc[row_key]
    if weight.sum() > 0:
        worst['count'] = max(worst['count'], abs(found[f'{name}_count'] / weight.sum() - 1))
        worst['mean'] = max(worst['mean'], abs(found[f'{name}_mean'] / ((weight * values).sum() / weight.sum()) - 1))
print(f'  largest relative difference from GEOS in {len(sample)} zones: '
      + ', '.join(f'{column} {value:.1e}' for column, value in worst.items()))
"""


def environment(work):
    """The Python of an environment that holds the peers."""
    python = work / "zonal_peers" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(work / "zonal_peers")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q"] + PACKAGES, check=True)
    return python


def run(command):
    """Seconds, peak memory in MB and seconds of processor time of a process."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {errors.decode(errors='replace').strip()}")
    return time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def own(arguments, raster, zones, out, key, extra=()):
    return [arguments.program, "zonal", raster, zones, "--stats", "mean,max,count", "--keep", key, "--out", out,
            "--min-covered-frac", "0", "--name", "r", "--replace", "--quiet", *extra]


def pair(arguments, python, work, title, raster, zones, key):
    """Runs both in turn and prints times and differences."""
    outputs = {name: work / f"zonal_{name}.csv" for name in ("overvann", "overvann_1", "exactextract")}
    peer = lambda strategy: [
        python, "-c", EXACTEXTRACT, raster, zones, outputs["exactextract"], key, strategy]
    commands = {
        "overvann": own(arguments, raster, zones, outputs["overvann"], key),
        "overvann, 1 thread": own(arguments, raster, zones, outputs["overvann_1"], key, ("--threads", "1")),
        "exactextract, feature-sequential": peer("feature-sequential"),
        "exactextract, raster-sequential": peer("raster-sequential"),
    }
    results = {name: [] for name in commands}
    for _ in range(arguments.repeat):
        for name, command in commands.items():
            results[name].append(run(command))
    print(f"\n{title}, median of {arguments.repeat}; {os.cpu_count()} processors")
    print("| program | seconds | peak MB | times overvann |\n|---|---|---|---|")
    base = statistics.median(value[0] for value in results["overvann"])
    for name, values in results.items():
        seconds = statistics.median(value[0] for value in values)
        print(f"| {name} | {seconds:.2f} | {max(value[1] for value in values):.0f} | {seconds / base:.1f} |")
    same = outputs["overvann"].read_bytes() == outputs["overvann_1"].read_bytes()
    print(f"  any number of threads: {'the same bytes' if same else 'DIFFERENT BYTES'}")
    sys.stdout.flush()
    subprocess.run(
        [str(python), "-c", COMPARE, str(raster), str(zones), str(outputs["overvann"]), str(outputs["exactextract"]),
         key, "r"], check=True)


def pairs(arguments, python, work):
    """The runs that have a peer."""
    raster = work / f"zonal{arguments.size}.tif"
    zones = work / f"zonal{arguments.size}_{arguments.zones}.gpkg"
    if not raster.exists():
        subprocess.run([str(python), "-c", MAKE_RASTER, str(raster), str(arguments.size)], check=True)
    if not zones.exists():
        subprocess.run([str(python), "-c", MAKE_ZONES, str(raster), str(zones), str(arguments.zones)], check=True)
    pair(arguments, python, work, f"{arguments.zones} buildings, {arguments.size}² cells", raster, zones, "id")
    if arguments.data:
        data = arguments.data.resolve()
        pair(arguments, python, work, "Luxembourg, elevation by canton", data / "luxembourg/elev.tif",
             data / "luxembourg/lux.shp", "ID_2")
        # exactextract reads no zones in another reference system than the raster's: they are carried over first.
        tracts = work / "olinda_utm.gpkg"
        subprocess.run(
            [str(python), "-c", "import sys, geopandas, rasterio\nraster, source, target = sys.argv[1:]\n"
             "f = geopandas.read_file(source).to_crs(rasterio.open(raster).crs)\nf['row'] = range(len(f))\n"
             "f[['row', 'geometry']].to_file(target, driver='GPKG')",
             str(data / "olinda/olinda_dem_utm25s.tif"), str(data / "olinda/olinda1.shp"), str(tracts)], check=True)
        pair(arguments, python, work, "Olinda, elevation by census tract", data / "olinda/olinda_dem_utm25s.tif", tracts,
             "row")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=Path(__file__).parent.parent / ".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann-benchmarks", type=Path)
    parser.add_argument("--repeat", default=5, type=int)
    parser.add_argument("--size", default=4000, type=int)
    parser.add_argument("--zones", default=20_000, type=int)
    parser.add_argument("--data", type=Path, help="folder of the real examples luxembourg and olinda")
    parser.add_argument("--big", type=Path, help="a large raster")
    parser.add_argument("--big-size", type=int, help="columns and rows of a large raster that is made")
    parser.add_argument("--only-big", action="store_true", help="leave out what has a peer")
    parser.add_argument("--big-zones", default=1_000_000, type=int)
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    python = environment(work)
    if not arguments.only_big:
        pairs(arguments, python, work)
    if arguments.big_size:
        arguments.big = work / f"big{arguments.big_size}.tif"
        if not arguments.big.exists():
            subprocess.run([str(python), "-c", MAKE_BIG, str(arguments.big), str(arguments.big_size)], check=True)
    if arguments.big:
        zones = work / f"{arguments.big.stem}_{arguments.big_zones}.gpkg"
        if not zones.exists():
            subprocess.run(
                [str(python), "-c", MAKE_ZONES, str(arguments.big), str(zones), str(arguments.big_zones)], check=True)
        print(f"\n{arguments.big_zones} buildings on {arguments.big.name}")
        for out in ("csv", "fgb", "gpkg"):
            seconds, memory, busy = run(own(arguments, arguments.big, zones, work / f"zonal_big.{out}", "id"))
            print(f"  {out}: {seconds:.1f} s ({busy:.1f} s of processor time), {memory:.0f} MB")


if __name__ == "__main__":
    main()
