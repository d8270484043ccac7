#!/usr/bin/env python3
"""Runs `overvann landslide runout` and com4FlowPy of AvaFrame on the same slope, and compares time and rasters.

    Benchmarks/runout.py DATA [--overvann PROGRAM] [--threads N] [--work FOLDER] [--repeat N] [--forest]

DATA is a folder with `dem.tif`, `REL/rel.shp`, `INFRA/infra.tif` and `RES/forest.tif`, laid out as AvaFrame's inputs
are. The peer comes from PyPI into a virtual environment of its own inside the work
folder. Both programs are timed as whole processes, from file to file, both with the same number of workers, in turn;
the least of the repetitions counts. Needs `gdal_rasterize` and `gdal_translate`.

The rasters are compared cell by cell where both programs define the same quantity, on heights in single precision. The
backtracked ranks differ where a flow crosses its own path: the peer takes cells for the nodes of its graph and says that
what reached a cell first leads to where a later arrival goes; overvann tells the arrivals apart. The peer's forest
friction uses v² / (√2 g) for the energy height of a speed, so that `--forest` compares nothing but the time.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

PEER = "avaframe==2.1"

DRIVER = r"""
import configparser, json, pathlib, sys, time
case = json.loads(pathlib.Path(sys.argv[1]).read_text())
from avaframe.com4FlowPy import com4FlowPy
import avaframe
config = configparser.ConfigParser(inline_comment_prefixes="#")
config.optionxform = str
config.read(pathlib.Path(avaframe.__file__).parent / "com4FlowPy" / "com4FlowPyCfg.ini")
setup = config["GENERAL"]
for key, value in case["setup"].items():
    setup[key] = str(value)
work = pathlib.Path(case["work"])
(work / "temp").mkdir(parents=True)
paths = {name: pathlib.Path(path) for name, path in case["paths"].items()}
paths.update(outDir=work, workDir=work, resDir=work, tempDir=work / "temp", uid="peer", timeString="t",
             outputFiles=case["outputs"], outputNoDataValue=-9999.0, useCompression=True, outputFileFormat=".tif",
             customDirs="True", deleteTemp="False")
com4FlowPy.com4FlowPyMain(paths, setup)
"""

# Output of the peer, output of overvann, tolerance relative to the largest value; 0 is equality.
PAIRS = [
    ("cellCounts", "releases", 0),
    ("zdelta", "energy_height", 1e-6),
    ("flux", "greatest_flux", 1e-5),
    ("routFluxSum", "total_flux", 1e-5),
    ("depFluxSum", "deposition", 1e-5),
    ("travelLengthMin", "shortest_length", 1e-6),
    ("travelLengthMax", "longest_length", 1e-6),
    ("fpTravelAngleMax", "way_angle", 1e-6),
    ("slTravelAngle", "line_angle", 1e-6),
    ("backcalculation", "rank_downstream", 0),
]


def run(command, **options):
    started = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, **options)
    return time.perf_counter() - started


def compare(peer_python, peer_folder, own_folder):
    """Prints for each pair of rasters how many cells agree; the reading is done with the peer's libraries."""
    program = r"""
import json, sys, numpy as np, rasterio
for peer, own, tolerance in json.loads(sys.argv[1]):
    def read(path):
        with rasterio.open(path) as source:
            band = source.read(1).astype(float)
            if source.nodata is not None: band[band == source.nodata] = np.nan
        return band
    try:
        a, b = read(f"{sys.argv[2]}/com4_peer_t_{peer}.tif"), read(f"{sys.argv[3]}/{own}.tif")
    except rasterio.errors.RasterioIOError as error:
        print(f"  {own:16} not compared: {error}"); continue
    if own == "releases": b[b <= 0] = np.nan
    # The peer writes the angle 0 on release cells that no other release reaches.
    if own.endswith("angle"): a[a == 0] = np.nan
    if own == "rank_downstream": a[a < 0] = np.nan
    only = np.sum(np.isnan(a) != np.isnan(b)); both = ~np.isnan(a) & ~np.isnan(b)
    difference = np.abs(a - b)[both]; scale = np.nanmax(np.abs(a))
    beyond = np.sum(difference > tolerance * scale)
    print(f"  {own:16} {np.sum(both):7} cells in both, {only} in one only, largest difference {difference.max():.3g}"
          f" of {scale:.6g}, {beyond} beyond the tolerance")
"""
    subprocess.run([peer_python, "-c", program, json.dumps(PAIRS), str(peer_folder), str(own_folder)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--overvann", default=".build/release/overvann")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/benchmark-runout"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--angle", type=float, default=25)
    parser.add_argument("--exponent", type=int, default=8)
    parser.add_argument("--forest", action="store_true")
    options = parser.parse_args()

    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    environment = work / "peer"
    if not environment.exists():
        run([sys.executable, "-m", "venv", environment])
        run([environment / "bin" / "pip", "install", "--quiet", PEER])
    python = environment / "bin" / "python"

    dem, release = work / "dem.tif", work / "release.tif"
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Both get the same heights, in single precision, and the same release cells: those whose centre lies in the polygon.
    run(["gdal_translate", "-q", "-ot", "Float32", options.data / "dem.tif", dem])
    release.unlink(missing_ok=True)
    run(["gdal_rasterize", "-q", "-burn", "1", "-init", "0", "-ot", "Int16", "-tr", *cell(python, dem),
         "-te", *extent(python, dem), options.data / "REL" / "rel.shp", release])

    outputs = "zDelta|cellCounts|flux|routFluxSum|depFluxSum|travelLengthMin|travelLengthMax|fpTravelAngleMax|slTravelAngle"
    case = {
        "setup": {"alpha": options.angle, "exp": options.exponent, "flux_threshold": 3e-4, "max_z": 8848,
                  "infra": True, "forest": options.forest, "cpuCount": options.threads},
        "paths": {"demPath": str(dem), "releasePath": str(release), "infraPath": str(options.data / "INFRA" / "infra.tif"),
                  "forestPath": str(options.data / "RES" / "forest.tif")},
        "outputs": outputs, "work": str(work / "peer-results"),
    }
    (work / "case.json").write_text(json.dumps(case))
    (work / "driver.py").write_text(DRIVER)
    own = [options.overvann, "landslide", "runout", dem, "--release", release, "--out", work / "own-results",
           "--angle", options.angle, "--exponent", options.exponent, "--objects", options.data / "INFRA" / "infra.tif",
           "--threads", options.threads, "--replace", "--progress", "none"]
    if options.forest:
        own += ["--forest", options.data / "RES" / "forest.tif"]

    peer_times, own_times = [], []
    for _ in range(options.repeat):
        shutil.rmtree(work / "peer-results", ignore_errors=True)
        peer_times.append(run([python, work / "driver.py", work / "case.json"], **quiet))
        own_times.append(run(own, **quiet))
    peer, mine = min(peer_times), min(own_times)
    print(f"com4FlowPy ({PEER}) {peer:.2f} s, overvann {mine:.3f} s with {options.threads} workers each:"
          f" {peer / mine:.0f} times as fast")
    if not options.forest:
        compare(python, work / "peer-results", work / "own-results")


def extent(python, dem):
    """West, south, east and north of a raster."""
    program = "import rasterio, sys; print(*rasterio.open(sys.argv[1]).bounds)"
    return subprocess.run([python, "-c", program, str(dem)], check=True, capture_output=True, text=True).stdout.split()


def cell(python, dem):
    """Width and height of a raster's cells."""
    program = "import rasterio, sys; print(*rasterio.open(sys.argv[1]).res)"
    return subprocess.run([python, "-c", program, str(dem)], check=True, capture_output=True, text=True).stdout.split()


if __name__ == "__main__":
    main()
