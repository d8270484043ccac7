#!/usr/bin/env python3
"""Times `overvann simulate` against itzi-core or landlab's OverlandFlow, and compares the depths.

The same closed terrain of hills and hollows, the same rain, the same Manning's n, without losses. Every program takes
steps by its own rule; what is compared is the time from the first step to the last (overvann's holds the reading of the
terrain too), the number of cells brought forward in a second, and the depths at the end. itzi-core keeps the greatest
depths and speeds of every step, overvann looks at them once (--record-every is the whole duration), landlab not at all.
One thread each, unless told otherwise (landlab has no more).

itzi-core (Courty and others 2017; local inertial, after de Almeida and Bates 2013) needs Python 3.12: --peer-python,
else python3.12 or python3.13 on the PATH, else the one that runs this script. Where it cannot be had, landlab (de
Almeida and others 2012) takes its place. --peers itzi-core,landlab asks for both.

--rates adds what overvann does with a million cells (--lake: so many a side) that are all under 1 to 2 m of water, by one
thread and by two, and with water on the southern tenth of them only.

usage: surface_flow.py [--program PATH] [--work DIR] [--repeat 3] [--size 300] [--minutes 20] [--threads 1]
                       [--peers itzi-core,landlab] [--peer-python PATH] [--rates] [--lake 1000]

The peers come from PyPI, each into an environment of its own under --work. Run it on a machine with nothing else to do.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What each peer is installed from, and the oldest Python that can. Later versions of requireit, which landlab needs,
# want Python 3.12.
PEERS = {
    "itzi-core": {"packages": ["numpy", "rasterio", "itzi-core==0.8.0"], "python": (3, 12)},
    "landlab": {"packages": ["numpy", "rasterio", "landlab==2.11.0", "requireit<0.6"], "python": (3, 10)},
}
SCHEMES = ["local_inertial", "shallow_water_first_order", "shallow_water"]
RAIN_MM = 50

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

ITZI = """
import json, sys, time, numpy as np, rasterio
from datetime import datetime, timedelta
from itzi_core import DomainData, SimulationBuilder, SimulationConfig, SurfaceFlowParameters, TemporalType
from itzi_core.providers.memory_input import MemoryRasterInputProvider, TimedRasterSlice
from itzi_core.providers.memory_output import MemoryRasterOutputProvider
terrain, out, rain_mm, rain_s, end = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:6])
with rasterio.open(terrain) as source:
    z, crs = source.read(1), source.crs.to_wkt()
rows, columns = z.shape
domain = DomainData(north=rows * 5.0, south=0.0, east=columns * 5.0, west=0.0, rows=rows, cols=columns, crs_wkt=crs)
begin = datetime(2000, 1, 1)
dry, last = begin + timedelta(seconds=rain_s), begin + timedelta(seconds=end)
# Rates are mm/h. The edges are closed where nothing is said of them.
rain = np.full(z.shape, rain_mm / rain_s * 3600, 'f4')
inputs = MemoryRasterInputProvider({
    'domain_data': domain, 'simulation_start_time': begin, 'simulation_end_time': last,
    'static_arrays': {'ground_elevation': z, 'friction': np.full(z.shape, 0.03, 'f4')},
    'timed_arrays': {'rainfall_rate': [TimedRasterSlice(begin, dry, rain), TimedRasterSlice(dry, last, 0 * rain)]}})
names = {key: key for key in ['ground_elevation', 'friction', 'rainfall_rate']}
config = SimulationConfig(
    start_time=begin, end_time=last, record_step=timedelta(seconds=end), temporal_type=TemporalType.RELATIVE,
    input_map_names=names, output_map_names={'water_depth': 'water_depth'},
    surface_flow_parameters=SurfaceFlowParameters())
builder = SimulationBuilder(config, np.zeros(z.shape, bool)).with_input_provider(inputs)
simulation = builder.with_raster_output_provider(MemoryRasterOutputProvider()).build()
steps, start = 0, time.perf_counter()
simulation.initialize()
while simulation.sim_time < last:
    simulation.update()
    steps += 1
seconds = time.perf_counter() - start
depth = simulation.get_array('water_depth')
np.save(out, depth)
print(json.dumps({'seconds': seconds, 'steps': steps, 'volume': float(depth.sum(dtype=float)) * 25}))
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

MAKE_LAKE = """
import sys, numpy as np, rasterio
from rasterio.transform import from_origin
terrain, depths, wet, size = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
x, y = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
z = 0.2 * np.sin(5 * np.pi * x) * np.sin(5 * np.pi * y)
depth = 1.5 + 0.5 * np.sin(7 * np.pi * x) * np.cos(3 * np.pi * y)
# Dry ground lies so high that the water stays where it is.
dry = y < 1 - wet
z[dry] += 10
depth[dry] = 0
for path, values in [(terrain, z), (depths, depth)]:
    with rasterio.open(path, 'w', driver='GTiff', width=size, height=size, count=1, dtype='float32', crs='EPSG:25832',
                       transform=from_origin(580000, 6640000, 5, 5)) as target:
        target.write(values.astype('f4'), 1)
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

CODE = {"itzi-core": ITZI, "landlab": LANDLAB}


def run(command, **environment):
    """What a program writes, or an error that tells what it said."""
    command = list(map(str, command))
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def version(program):
    """The version of a Python that runs and can make environments, or None (a shim may stand for one that is not there)."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([program, "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None


def environment(name, work, peer_python):
    """A Python with a peer, made once, or None and why not."""
    folder, (packages, oldest) = work / f"environment-{name}", PEERS[name].values()
    made = folder / "made"
    if made.exists() and made.read_text() == " ".join(packages):
        return folder / "bin/python", ""
    known = [peer_python] if peer_python else [shutil.which("python3.12"), shutil.which("python3.13"), sys.executable]
    program = next((one for one in known if one and (version(one) or (0, 0)) >= oldest), None)
    if not program:
        lacking = f"{peer_python} is none or older" if peer_python else "none was found (--peer-python names one)"
        return None, f"it needs Python {oldest[0]}.{oldest[1]}, and {lacking}"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([program, "-m", "venv", folder], check=True)
    done = subprocess.run([folder / "bin/pip", "install", "-q", *packages], capture_output=True, text=True)
    if done.returncode != 0:
        return None, f"pip with {program} says: {(done.stderr.strip().splitlines() or ['nothing'])[-1]}"
    made.write_text(" ".join(packages))
    return folder / "bin/python", ""


def peers(options, work):
    """The peers that can be had and their Pythons; landlab where none of those asked for can."""
    found = {}
    for name in options.peers.split(","):
        if name not in PEERS:
            sys.exit(f"--peers {name}: there are {', '.join(PEERS)}")
        program, reason = environment(name, work, options.peer_python)
        if program:
            found[name] = program
        else:
            print(f"{name} cannot be installed: {reason}.")
    if not found:
        program, reason = environment("landlab", work, None)
        if not program:
            sys.exit(f"landlab cannot be installed either: {reason}.")
        print("landlab takes its place.")
        found["landlab"] = program
    return found


def simulate(options, terrain, end, threads, out, *more):
    """What the program reports of a run that records as little as it can."""
    return json.loads(run([
        options.program, "simulate", terrain, "--duration", f"{end}s", "--manning", "0.03", "--record-every", f"{end}s",
        "--row-every", f"{end}s", "--threads", threads, "--out", out, "--replace", "--json", "--quiet", *more,
    ]))


def fastest(known, name, report):
    if name not in known or report["seconds"] < known[name]["seconds"]:
        known[name] = report


def side_by_side(options, work, found):
    any_python = next(iter(found.values()))
    terrain = work / f"terrain_{options.size}.tif"
    run([any_python, "-c", MAKE_TERRAIN, terrain, options.size])
    end = options.minutes * 60
    rain = end / 2
    cells = options.size**2
    best = {}
    for _ in range(options.repeat):
        for scheme in SCHEMES:
            storm = ["--rain", f"{RAIN_MM}mm", "--rain-duration", f"{rain}s"]
            fastest(best, scheme, simulate(
                options, terrain, end, options.threads, work / scheme, *storm, "--scheme", scheme))
        for name, program in found.items():
            command = [program, "-c", CODE[name], terrain, work / f"{name}.npy", RAIN_MM, rain, end]
            fastest(best, name, json.loads(run(command, OMP_NUM_THREADS=str(options.threads))))
    print(f"{cells} cells, {end:.0f} s, rain {RAIN_MM} mm = {RAIN_MM / 1000 * cells * 25:.0f} m3, "
          f"{options.threads} thread(s)")
    for name, report in best.items():
        rate = report["steps"] * cells / report["seconds"] / 1e6
        line = f"{name:28} {report['seconds']:8.2f} s {report['steps']:7d} steps {rate:8.1f} million cells/s"
        for peer in found:
            theirs = best[peer]["steps"] * cells / best[peer]["seconds"] / 1e6
            line += f"  {rate / theirs:5.1f} x {peer}'s rate, {best[peer]['seconds'] / report['seconds']:5.1f} x as fast"
        print(line)
    for name in found:
        print(f"water left by {name}: {best[name]['volume']:.1f} m3; depths at the end less its own, m, cells over 5 cm:")
        for scheme in SCHEMES:
            gaps = json.loads(run([
                any_python, "-c", COMPARE, work / scheme / "depth_final.tif", work / f"{name}.npy"]))
            print(f"  {scheme:26}", ", ".join(
                f"{key} {value:.4f}" if key != "wet" else f"{value} cells" for key, value in gaps.items()))


def rates(options, work, python):
    end = 900
    cases = {}
    for name, wet in [("all wet", 1), ("a tenth wet", 0.1)]:
        cases[name] = (work / f"lake_{wet}.tif", work / f"lake_{wet}_depth.tif")
        run([python, "-c", MAKE_LAKE, *cases[name], wet, options.lake])
    best = {}
    for _ in range(options.repeat):
        for name, (terrain, depth) in cases.items():
            for threads in [1, 2]:
                fastest(best, (name, threads), simulate(
                    options, terrain, end, threads, work / "lake", "--initial-depth", depth))
    print(f"{options.lake} x {options.lake} cells, {end} s, local_inertial, water of 1 to 2 m")
    for (name, threads), report in best.items():
        step = report["seconds"] / report["steps"]
        print(f"{name:12} {threads} thread(s) {report['seconds']:7.2f} s {report['steps']:6d} steps {step * 1e3:7.2f} ms a step "
              f"{options.lake**2 / step / 1e6:7.1f} million cells/s")
    step = {case: report["seconds"] / report["steps"] for case, report in best.items()}
    for name in cases:
        print(f"{name}: two threads {step[name, 1] / step[name, 2]:.2f} x one")
    for threads in [1, 2]:
        print(f"{threads} thread(s): a tenth wet {step['all wet', threads] / step['a tenth wet', threads]:.2f} x all wet")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/overvann")
    parser.add_argument("--work", default="/tmp/overvann_surface_flow")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default="itzi-core", help="itzi-core, landlab, or both with a comma between")
    parser.add_argument("--peer-python", help="Python for the peers' environments; 3.12 or newer for itzi-core")
    parser.add_argument("--rates", action="store_true", help="overvann alone: one thread and two, all wet and a tenth")
    parser.add_argument("--lake", type=int, default=1000, help="cells a side for --rates")
    options = parser.parse_args()
    if not shutil.which(options.program):
        sys.exit(f"{options.program} is no program: build it with make build, or name one with --program")
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    found = peers(options, work)
    side_by_side(options, work, found)
    if options.rates:
        rates(options, work, next(iter(found.values())))


if __name__ == "__main__":
    main()
