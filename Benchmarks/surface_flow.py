#!/usr/bin/env python3
"""Times `overvann simulate` against landlab's OverlandFlow (de Almeida et al. 2012) and compares the depths.

The same closed terrain of hills and hollows, the same rain, the same Manning's n. Both take steps by their own rule;
what is compared is the time from the first step to the last, the number of cells brought forward in a second, and the
depths at the end. overvann runs with one thread unless told otherwise, landlab has one.

usage: surface_flow.py [--program PATH] [--work DIR] [--repeat 3] [--size 300] [--minutes 20] [--threads 1]

landlab comes from PyPI into an environment of its own under --work. Run it on a machine with nothing else to do.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

# Later versions of requireit, which landlab needs, want Python 3.12.
PACKAGES = ["numpy", "rasterio", "landlab==2.11.0", "requireit<0.6"]

MAKE_TERRAIN = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
path, size = sys.argv[1], int(sys.argv[2])
x, y = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
# Waves of two metres on a gentle slope, so that sheets, channels and ponds are all there.
z = 2 * np.sin(5 * np.pi * x) * np.sin(5 * np.pi * y) + 0.001 * size * 5 * (1 - x) + 0.002 * size * 5 * (1 - y)
with rasterio.open(path, 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32', crs='EPSG:25832',
                   transform=from_origin(580000, 6640000, 5, 5)) as target:
    target.write(z.astype('f4'), 1)
"""

LANDLAB = """
import json, sys, time, numpy as np, rasterio
from landlab import RasterModelGrid
from landlab.components import OverlandFlow
terrain, out, rain_mm, rain_s, end = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:6])
with rasterio.open(terrain) as source:
    z = source.read(1).astype(float)
rows, columns = z.shape
# landlab's outermost nodes do not flow: a ring of them around the terrain stands for the closed edge.
grid = RasterModelGrid((rows + 2, columns + 2), xy_spacing=5.0)
grid.add_field('topographic__elevation', np.pad(z[::-1], 1, mode='edge').ravel(), at='node')
grid.add_zeros('surface_water__depth', at='node')
grid.set_closed_boundaries_at_grid_edges(True, True, True, True)
flow = OverlandFlow(grid, steep_slopes=True, mannings_n=0.03, rainfall_intensity=rain_mm / 1000 / rain_s)
elapsed, steps, start = 0.0, 0, time.perf_counter()
while elapsed < end:
    if elapsed >= rain_s:
        flow.rainfall_intensity = 0.0
    step = min(flow.calc_time_step(), end - elapsed, 10.0)
    if elapsed < rain_s:
        step = min(step, rain_s - elapsed)
    flow.run_one_step(dt=step)
    elapsed += step
    steps += 1
seconds = time.perf_counter() - start
depth = grid.at_node['surface_water__depth'].reshape(rows + 2, columns + 2)[1:-1, 1:-1][::-1]
np.save(out, depth)
print(json.dumps({'seconds': seconds, 'steps': steps, 'volume': float(depth.sum()) * 25}))
"""

COMPARE = """
import json, sys, numpy as np, rasterio
with rasterio.open(sys.argv[1]) as source:
    ours = source.read(1).astype(float)
theirs = np.load(sys.argv[2])
wet = (ours > 0.05) | (theirs > 0.05)
gap = ours - theirs
print(json.dumps({'wet': int(wet.sum()), 'bias': float(gap[wet].mean()), 'rmse': float(np.sqrt((gap[wet] ** 2).mean())),
                  'p95': float(np.quantile(np.abs(gap[wet]), 0.95)), 'greatest': float(np.abs(gap).max())}))
"""


def python(environment, code, *arguments):
    command = [str(environment / "bin/python"), "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann_surface_flow")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    environment = work / "environment"
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "-q", *PACKAGES], check=True)
    terrain = work / f"terrain_{options.size}.tif"
    python(environment, MAKE_TERRAIN, terrain, options.size)
    end = options.minutes * 60
    rain = end / 2
    cells = options.size**2
    schemes = ["local_inertial", "shallow_water_first_order", "shallow_water"]
    best = {}
    for _ in range(options.repeat):
        for scheme in schemes:
            command = [
                options.program, "simulate", terrain, "--rain", "50mm", "--rain-duration", f"{rain}s", "--duration",
                f"{end}s", "--manning", "0.03", "--scheme", scheme, "--record-every", f"{end}s", "--row-every",
                f"{end}s", "--threads", options.threads, "--out", work / scheme, "--replace", "--json", "--quiet",
            ]
            report = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)
            if scheme not in best or report["seconds"] < best[scheme]["seconds"]:
                best[scheme] = report
        peer = json.loads(python(environment, LANDLAB, terrain, work / "landlab.npy", 50, rain, end))
        if "landlab" not in best or peer["seconds"] < best["landlab"]["seconds"]:
            best["landlab"] = peer
    print(f"{cells} cells, {end:.0f} s, rain 50 mm = {0.05 * cells * 25:.0f} m3")
    for name, run in best.items():
        rate = run["steps"] * cells / run["seconds"] / 1e6
        line = f"{name:28} {run['seconds']:8.2f} s {run['steps']:7d} steps {rate:8.1f} million cells/s"
        print(line + f"  {best['landlab']['seconds'] / run['seconds']:6.1f} x landlab")
    for scheme in schemes:
        gaps = json.loads(python(environment, COMPARE, work / scheme / "depth_final.tif", work / "landlab.npy"))
        print(f"depth, {scheme} less landlab, cells over 5 cm: {gaps}")
    print(f"water left by landlab: {best['landlab']['volume']:.1f} m3")


if __name__ == "__main__":
    main()
