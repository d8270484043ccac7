#!/usr/bin/env python3
"""Times `overvann simulate --subgrid N` against the run on all fine cells and compares the depths.

Reports for each factor the time, the ratio to the fine run, the volume kept, and over the cells deeper than 10 cm in
either run the bias, the root mean square error and the critical success index (cells flooded in both over cells flooded
in either).

usage: subgrid.py [--program PATH] [--terrain DEM] [--rain 60mm] [--duration 2h] [--factors 1,2,4,8,16] [--threads 2]

Without --terrain a rolling terrain of 600 x 600 cells of 2 m is made. numpy and rasterio come from PyPI into an
environment of their own under --work.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

MAKE_TERRAIN = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
size = 600
x, y = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
z = 2 * np.sin(5 * np.pi * x) * np.sin(5 * np.pi * y) + 2.4 * (1 - x) + 4.8 * (1 - y)
z += 0.05 * np.sin(1.3 * np.arange(size))[None, :] * np.cos(0.9 * np.arange(size))[:, None]
with rasterio.open(sys.argv[1], 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32',
                   crs='EPSG:25832', transform=from_origin(580000, 6640000, 2, 2)) as target:
    target.write(z.astype('f4'), 1)
"""

COMPARE = """
import json, sys, numpy as np, rasterio
def read(path):
    with rasterio.open(path) as source:
        return source.read(1, masked=True).filled(np.nan).astype(float)
fine, coarse = read(sys.argv[1]), read(sys.argv[2])
both, either = (fine > 0.1) & (coarse > 0.1), (fine > 0.1) | (coarse > 0.1)
gap = (coarse - fine)[either]
print(json.dumps({'bias_m': float(gap.mean()), 'rmse_m': float(np.sqrt((gap ** 2).mean())),
                  'csi': float(both.sum() / either.sum())}))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann_subgrid")
    parser.add_argument("--terrain")
    parser.add_argument("--rain", default="60mm")
    parser.add_argument("--duration", default="2h")
    parser.add_argument("--factors", default="1,2,4,8,16")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    environment = work / "environment"
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "-q", "numpy", "rasterio"], check=True)
    python = environment / "bin/python"
    terrain = options.terrain
    if terrain is None:
        terrain = work / "terrain.tif"
        subprocess.run([python, "-c", MAKE_TERRAIN, terrain], check=True)
    fine = None
    print("factor     s  ratio   steps   stored, m3  bias, mm  rmse, mm   csi")
    for factor in [1] + [int(text) for text in options.factors.split(",") if text != "1"]:
        out = work / f"subgrid_{factor}"
        command = [
            options.program, "simulate", terrain, "--rain", options.rain, "--duration", options.duration, "--manning",
            "0.03", "--edge", "free", "--nodata", "wall", "--record-every", "10s", "--subgrid", factor, "--threads",
            options.threads, "--out", out, "--replace", "--json", "--quiet",
        ]
        report = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)
        fine = fine or report
        text = subprocess.run(
            [python, "-c", COMPARE, work / "subgrid_1/depth_max.tif", out / "depth_max.tif"], check=True,
            capture_output=True, text=True).stdout
        gap = json.loads(text)
        print(
            f"{factor:6} {report['seconds']:7.2f} {fine['seconds'] / report['seconds']:5.1f} {report['steps']:7d}"
            f" {report['stored_m3']:12.1f} {gap['bias_m'] * 1000:9.1f} {gap['rmse_m'] * 1000:9.1f} {gap['csi']:6.3f}")


if __name__ == "__main__":
    main()
