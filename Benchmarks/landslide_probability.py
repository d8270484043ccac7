#!/usr/bin/env python3
"""Times the probability of failure against landlab's LandslideProbability on the same grid, and compares the results.

Both run as processes of their own, from GeoTIFF to GeoTIFF, and take turns; ratios are of the medians. overvann starts
from the elevation and finds slope and upslope area itself; landlab is given both. Distributions are landlab's: recharge
uniform, friction angle, depth, transmissivity and cohesion triangular, a density of 2000 kg/m3.

usage: landslide_probability.py [--program PATH] [--work DIR] [--dem FILE] [--size 160] [--draws 250] [--repeat 3]
                                [--threads N] [--python PROGRAM]

landlab comes from PyPI into an environment of its own under --work; its dependency requireit wants Python 3.12 (--python).
Rates of drawing are by processor time, so that they hold on a busy machine; ratios of whole processes are by the clock.
landlab draws the recharge once for all cells, which moves all its probabilities together by some thousandths.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ["numpy", "rasterio", "landlab"]

# The terrain (a window of --dem, or a valley with a little noise), slope, upslope area from overvann, depths and deposits.
PREPARE = """
import subprocess, sys, numpy as np, rasterio
from rasterio.transform import from_origin
program, work, dem, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
if dem:
    with rasterio.open(dem) as source:
        z = source.read(1)[:size, :size].astype('f4')
        profile = dict(crs=source.crs, transform=source.transform)
        if source.nodata is not None:
            z[z == source.nodata] = np.nanmean(z[z != source.nodata])
else:
    y, x = np.mgrid[0:size, 0:size]
    k = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]); k[0, 0] = np.inf
    rng = np.random.default_rng(5)
    noise = np.fft.irfft2((rng.standard_normal(k.shape) + 1j * rng.standard_normal(k.shape)) * k ** -1.6, s=(size, size))
    z = (2.2 * y + 3.5 * np.abs(x - size / 2) + noise / noise.std() * 25).astype('f4')
    profile = dict(crs='EPSG:25832', transform=from_origin(580000, 6640000, 5, 5))
cell = profile['transform'].a
profile.update(driver='GTiff', width=z.shape[1], height=z.shape[0], count=1, dtype='float32', nodata=-9999)
def write(name, values, kind='float32'):
    with rasterio.open(f'{work}/{name}.tif', 'w', **{**profile, 'dtype': kind, 'nodata': 255 if kind == 'uint8' else -9999}) as target: target.write(values.astype(kind), 1)
write('dem', z)
subprocess.run([program, 'flow', f'{work}/dem.tif', '--accumulation', f'{work}/area.tif', '--replace', '--quiet'], check=True)
# Horn's slope, borders mirrored through the cell.
p = np.pad(z.astype('f8'), 1, mode='reflect', reflect_type='odd')
gx = (p[:-2, 2:] - p[:-2, :-2] + 2 * (p[1:-1, 2:] - p[1:-1, :-2]) + p[2:, 2:] - p[2:, :-2]) / (8 * cell)
gy = (p[2:, :-2] - p[:-2, :-2] + 2 * (p[2:, 1:-1] - p[:-2, 1:-1]) + p[2:, 2:] - p[:-2, 2:]) / (8 * cell)
t = np.hypot(gx, gy)
write('slope', t)
# landlab's thickness is normal to the slope, here 1 m.
write('depth', np.sqrt(1 + t * t))
write('deposits', np.ones_like(z), 'uint8')
with open(f'{work}/soils.csv', 'w') as table:
    table.write('deposit_code,parameter,value,unit,source,date\\n')
    for name, value, unit in [('cohesion', 'triangular 1000 5000 10000', 'Pa'), ('unit_weight', '19.62', 'kN/m3'),
                              ('friction_angle', f'triangular {0.82 * 33} 33 {1.32 * 33}', 'deg'),
                              ('depth', 'triangular 0.7 1 1.1', 'm'), ('transmissivity', 'triangular 14 20 22', 'm2/d')]:
        table.write(f'1,{name},{value},{unit},benchmark,2026-01-01\\n')
"""

LANDLAB = """
import sys, time, numpy as np, rasterio
from landlab import RasterModelGrid
from landlab.components.landslides import LandslideProbability
work, draws = sys.argv[1], int(sys.argv[2])
def read(name):
    with rasterio.open(f'{work}/{name}.tif') as source: return source.read(1).astype('f8'), source.profile
slope, profile = read('slope'); area, _ = read('area')
cell = profile['transform'].a
grid = RasterModelGrid(slope.shape, xy_spacing=cell)
node = grid.at_node
node['topographic__slope'] = slope.ravel(); node['topographic__specific_contributing_area'] = area.ravel() / cell
one = np.ones(slope.size)
node['soil__transmissivity'] = 20 * one; node['soil__saturated_hydraulic_conductivity'] = 20 * one
node['soil__mode_total_cohesion'] = 5000 * one; node['soil__minimum_total_cohesion'] = 1000 * one
node['soil__maximum_total_cohesion'] = 10000 * one; node['soil__internal_friction_angle'] = 33 * one
node['soil__density'] = 2000 * one; node['soil__thickness'] = one
model = LandslideProbability(grid, number_of_iterations=draws, groundwater__recharge_distribution='uniform',
                             groundwater__recharge_min_value=20., groundwater__recharge_max_value=120.)
inner = time.process_time()
model.calculate_landslide_probability()
print(f'{time.process_time() - inner}')
with rasterio.open(f'{work}/landlab.tif', 'w', **profile) as target:
    target.write(node['landslide__probability_of_failure'].reshape(slope.shape).astype('f4'), 1)
"""

COMPARE = """
import sys, numpy as np, rasterio
work, draws = sys.argv[1], int(sys.argv[2])
def read(path):
    with rasterio.open(path) as source: return source.read(1).astype('f8')[1:-1, 1:-1]
ours, theirs = read(f'{work}/p/probability.tif'), read(f'{work}/landlab.tif')
p = (ours + theirs) / 2
between = (p > 0.02) & (p < 0.98)
expected = np.sqrt(2 * p * (1 - p) / draws)[between]
print(f'{between.sum()} of {p.size} cells between 2 and 98 %; mean difference {np.mean(ours - theirs):+.5f}; '
      f'differences are {np.sqrt(np.mean(((ours - theirs)[between] / expected) ** 2)):.2f} times what chance gives')
"""


def run(command):
    """Seconds by the clock, seconds of the processor and standard output of a process."""
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(done.stderr)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, processor, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=Path(__file__).parent.parent / ".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann-landslide", type=Path)
    parser.add_argument("--dem", default="", help="an elevation raster instead of the synthetic valley")
    parser.add_argument("--size", default=160, type=int)
    parser.add_argument("--draws", default=250, type=int)
    parser.add_argument("--repeat", default=3, type=int)
    parser.add_argument("--threads", default=1, type=int, help="threads of overvann; landlab has one")
    parser.add_argument("--python", default=sys.executable, help="Python for landlab's environment")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    python = work / "peers" / "bin" / "python"
    if not python.exists():
        subprocess.run([arguments.python, "-m", "venv", str(work / "peers")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q"] + PACKAGES, check=True)
    program = Path(arguments.program).resolve()
    run([python, "-c", PREPARE, program, work, arguments.dem, arguments.size])
    own = [program, "landslide", "probability", work / "dem.tif", "--soil", work / "deposits.tif", "--table",
           work / "soils.csv", "--depth", work / "depth.tif", "--recharge", "uniform 20 120", "--draws",
           arguments.draws, "--out", work / "p", "--replace", "--quiet", "--threads", arguments.threads]
    many = [str(part) for part in own]
    many[many.index("--draws") + 1] = str(arguments.draws * 100)
    clock = {"overvann": [], "overvann, 100 times the draws": [], "landlab": []}
    processor = {name: [] for name in list(clock) + ["landlab, drawing"]}
    for _ in range(arguments.repeat):
        for name, command in [("overvann, 100 times the draws", many), ("overvann", own),
                              ("landlab", [python, "-c", LANDLAB, work, arguments.draws])]:
            seconds, used, output = run(command)
            clock[name].append(seconds)
            processor[name].append(used)
            if name == "landlab":
                processor["landlab, drawing"].append(float(output.strip().splitlines()[-1]))
    clock = {name: statistics.median(values) for name, values in clock.items()}
    processor = {name: min(values) for name, values in processor.items()}
    cells = arguments.size * arguments.size
    print(f"{cells} cells, {arguments.draws} draws, {arguments.repeat} rounds; {os.cpu_count()} processors")
    for name, seconds in clock.items():
        print(f"{name}: {seconds:.2f} s by the clock, {processor[name]:.2f} s of the processor")
    drawing = (processor["overvann, 100 times the draws"] - processor["overvann"]) / (99 * cells * arguments.draws)
    peer = processor["landlab, drawing"] / (cells * arguments.draws)
    print(f"whole process: landlab takes {clock['landlab'] / clock['overvann']:.0f} times as long")
    print(f"drawing alone: overvann {1e-6 / drawing:.1f} million cell-draws/s of a core, landlab {1e-6 / peer:.2f}: "
          f"{peer / drawing:.0f} times (cells that are certain, which overvann does not draw, count)")
    print(run([python, "-c", COMPARE, work, arguments.draws])[2].strip())


if __name__ == "__main__":
    main()
