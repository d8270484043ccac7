#!/usr/bin/env python3
"""Makes a large terrain from a small one: each cell becomes FACTOR x FACTOR, smoothly, with roughness on top.

The roughness is value noise: random lattices of 2 to 64 cells a mesh, each with the height of its mesh to the power of
0.6, so that small hollows lie in larger ones. The same SEED gives the same terrain. Memory holds a strip at a time.

usage: make_big_dem.py SOURCE OUT FACTOR [--seed 1] [--roughness 0.35]

Needs numpy and rasterio, as in the environment that terrain_peers.py makes under its work folder.
"""
import argparse

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

MESHES = [2, 4, 8, 16, 32, 64]
LATTICE = 1021  # nodes a side, after which a lattice repeats; a prime, so that the octaves do not repeat together


def octave(lattice, mesh, rows, columns):
    """Heights between the nodes of a lattice whose mesh is so many cells."""
    def place(indices):
        node, share = np.divmod(indices, mesh)
        return node % LATTICE, (node + 1) % LATTICE, (share / mesh).astype("f4")

    top, bottom, down = place(rows)
    left, right, across = place(columns)
    lines = lattice[top] * (1 - down[:, None]) + lattice[bottom] * down[:, None]
    return lines[:, left] * (1 - across) + lines[:, right] * across


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("source")
parser.add_argument("out")
parser.add_argument("factor", type=int)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--roughness", type=float, default=0.35, help="standard deviation of the roughness, m")
options = parser.parse_args()

random = np.random.default_rng(options.seed)
lattices = [random.standard_normal((LATTICE, LATTICE)).astype("f4") for _ in MESHES]
weights = np.array(MESHES, "f8") ** 0.6
# The mean square of linear interpolation between independent nodes is 2/3 of theirs in each direction.
weights *= options.roughness / np.sqrt((weights**2).sum()) * 1.5

with rasterio.open(options.source) as source:
    width, height = source.width * options.factor, source.height * options.factor
    transform = source.transform * source.transform.scale(1 / options.factor)
    profile = dict(driver="GTiff", width=width, height=height, count=1, dtype="float32", crs=source.crs, transform=transform,
                   nodata=source.nodata, tiled=True, blockxsize=512, blockysize=512, compress="deflate", predictor=3,
                   zlevel=1, bigtiff="if_safer")
    with WarpedVRT(source, crs=source.crs, transform=transform, width=width, height=height,
                   resampling=Resampling.cubic) as smooth, rasterio.open(options.out, "w", **profile) as target:
        columns = np.arange(width)
        for row in range(0, height, 512):
            rows = np.arange(row, min(row + 512, height))
            window = Window(0, row, width, len(rows))
            heights = smooth.read(1, window=window).astype("f4")
            rough = sum(np.float32(weight) * octave(lattice, mesh, rows, columns)
                        for weight, lattice, mesh in zip(weights, lattices, MESHES))
            known = np.ones(heights.shape, bool) if source.nodata is None else heights != source.nodata
            target.write(np.where(known, heights + rough, heights), 1, window=window)
print(f"{options.out}: {width} x {height} cells")
