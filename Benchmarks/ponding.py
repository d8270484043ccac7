#!/usr/bin/env python3
"""Compares the water that a simulation of surface flow leaves behind with the bluespots that fill, spill and merge.

The bundled example: one rain, of which a fixed share runs off, over the same terrain with burned culverts, once by
filling depressions and once by flow in time until the ground has drained. Prints how many cells agree and why others do
not, and draws both.

usage: ponding.py [--program PATH] [--work DIR] [--resolution 6] [--hours 6] [--figure PATH]

Needs numpy, rasterio and matplotlib.
"""
import argparse
import subprocess
from pathlib import Path

import matplotlib
import numpy as np
import rasterio

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.colors import LightSource  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent

PIPELINE = """
version: 1
name: ponding
grid: {{like: dtm, crs: EPSG:25832, resolution: {resolution} m}}
inputs:
  dtm: {{kind: elevation, path: {root}/fixtures/sandvika/dtm.tif, unit: m, vertical: NN2000}}
  culverts: {{kind: line, path: {root}/fixtures/sandvika/culverts.gpkg, id: culvert_id}}
  rain: {{kind: rain, path: "{root}/fixtures/sandvika/rain_60min_t{{T}}.tif", unit: mm, duration: 60 min}}
scenarios:
  - {{id: t200, return_period: 200 a, T: 200, climate_factor: 1}}
hazards:
  runoff: {{use: coefficient, value: 0.5}}
  flood: {{use: fill_spill, dtm: dtm, culverts: culverts, nodata: outlet}}
  surface_flow: {{use: local_inertial, duration: {hours} h, manning: 0.03, edge: free, edge_slope: 0.02, row_every: 10 min}}
outputs:
  dir: "{work}/out"
  cog: [ground, filled, standing_depth, flow_final_depth, depth]
  tables: {{csv: true}}
"""


def read(path):
    with rasterio.open(path) as source:
        return source.read(1, masked=True).filled(np.nan).astype("f8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / ".build/release/overvann"))
    parser.add_argument("--work", default="/tmp/overvann-benchmarks/ponding")
    parser.add_argument("--resolution", type=float, default=6)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--figure", default="ponding.png")
    options = parser.parse_args()
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    pipeline = work / "ponding.yaml"
    pipeline.write_text(
        PIPELINE.format(root=ROOT, work=work, resolution=options.resolution, hours=options.hours).lstrip())
    subprocess.run([options.program, "run", str(pipeline), "--replace", "--quiet"], check=True)

    rasters = work / "out/rasters"
    ground = read(rasters / "ground.tif")
    filled = read(rasters / "filled.tif")
    standing = read(rasters / "t200/standing_depth.tif")
    final = read(rasters / "t200/flow_final_depth.tif")
    known = np.isfinite(standing) & np.isfinite(final)
    area = options.resolution**2
    # Cells of depressions, by the filled surface: only there does standing water have a meaning.
    hollow = known & (filled > ground + 0.005)
    pond, flow = known & (standing >= 0.05), known & (final >= 0.05)
    both, only_pond, only_flow = pond & flow, pond & ~flow, flow & ~pond
    difference = (final - standing)[both]
    print(f"cells of {options.resolution} m: {known.sum()}, in depressions {hollow.sum()}")
    print(f"standing water {np.nansum(standing) * area:.0f} m3; after {options.hours} h of flow "
          f"{np.nansum(final[hollow]) * area:.0f} m3 in depressions and {np.nansum(final[known & ~hollow]) * area:.0f} m3 "
          "outside, on its way and as film")
    print(f"deeper than 5 cm: both {both.sum()}, bluespots alone {only_pond.sum()}, flow alone {only_flow.sum()} "
          f"({(only_flow & hollow).sum()} of them in depressions)")
    print("critical success index in depressions "
          f"{(both & hollow).sum() / ((both | only_pond | only_flow) & hollow).sum():.3f}")
    print("depth of flow less standing depth where both are, cm: "
          + ", ".join(f"p{p} {np.percentile(difference, p) * 100:.1f}" for p in (5, 25, 50, 75, 95)))

    light = LightSource(315, 45).hillshade(np.nan_to_num(ground, nan=0), vert_exag=3, dx=options.resolution,
                                           dy=options.resolution)
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.9), constrained_layout=True)
    for axis, grid, title in [
        (axes[0], standing, "Bluespots: depressions fill, spill and merge"),
        (axes[1], final, f"Flow: depth after {options.hours:g} h"),
    ]:
        axis.imshow(light, cmap="gray", vmin=-0.3, vmax=1.3)
        image = axis.imshow(np.where(grid >= 0.05, grid, np.nan), cmap="viridis_r", vmin=0, vmax=1.5,
                            interpolation="nearest")
        axis.set_title(title)
    figure.colorbar(image, ax=axes[:2], shrink=0.85, label="m", extend="max")
    kinds = np.full(ground.shape, np.nan)
    for value, mask in enumerate([both, only_pond, only_flow]):
        kinds[mask] = value
    axes[2].imshow(light, cmap="gray", vmin=-0.3, vmax=1.3)
    colours = matplotlib.colors.ListedColormap(["#0072b2", "#e69f00", "#d55e00"])
    axes[2].imshow(kinds, cmap=colours, vmin=-0.5, vmax=2.5, interpolation="nearest")
    axes[2].set_title("Deeper than 5 cm")
    axes[2].legend(
        [plt.Rectangle((0, 0), 1, 1, color=c) for c in colours.colors],
        [f"both ({both.sum() * area:.0f} m²)", f"bluespots alone ({only_pond.sum() * area:.0f} m²)",
         f"flow alone ({only_flow.sum() * area:.0f} m²)"], loc="lower left", fontsize=8)
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
    figure.savefig(options.figure, dpi=110)


if __name__ == "__main__":
    main()
