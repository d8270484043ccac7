#!/usr/bin/env python3
"""Looks at the files of a run through other programs' eyes.

    outputs.py PROGRAM PIPELINE FOLDER

Runs PIPELINE with every format turned on into FOLDER/run, then
- GeoJSON: `geojson-validator` (structure and geometry by RFC 7946), in an environment of its own under FOLDER;
- rdls.json: the parts of the Risk Data Library Standard 0.3 that it has, in risk_data_library.py; datapackage.json:
  `frictionless` reads every table by it; RO-Crate: `rocrate` opens it;
- GeoPackage: GDAL's validator, style and schema tables registered;
- GeoJSON sequences, FlatGeobuf and GeoPackage hold what GeoJSON holds, feature by feature;
- XLSX: twice the same bytes, and LibreOffice reads the values that the CSV holds;
- QGIS, without a screen: every layer opens with its stored style; a map is drawn to FOLDER/qgis.png.

Needs GDAL's and QGIS's Python modules and LibreOffice: `make check-tools`.
"""
import csv, io, json, math, os, pathlib, re, subprocess, sys

program, pipeline, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
folder.mkdir(parents=True, exist_ok=True)
checked = 0


def check(condition, text):
    """Stops with a text unless the condition holds."""
    global checked
    checked += 1
    if not condition:
        sys.exit(f"failed: {text}")


def run(*command, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{result.stdout}\n{result.stderr}")
    return result.stdout


def full_run(name):
    """The pipeline with every file format turned on."""
    run(program, "run", pipeline, "--out", folder / name, "--replace", "--quiet",
        "--set", "outputs.tables.xlsx=true", "--set", "outputs.geojsonseq={}", "--set", "outputs.flatgeobuf={}",
        "--set", "outputs.metadata=[ro_crate, rdls]", "--set",
        'outputs.publication={publisher: {name: Example, url: "https://example.org"}, url: "https://example.org/runs/1", '
        "license: CC-BY-4.0, countries: [NOR]}")
    return folder / name


target = full_run("run")
layers = sorted((target / "layers").glob("*.geojson"))
check(len(layers) > 5, "there are layers")

# GeoJSON by RFC 7946.
python = folder / "venv/bin/python"
if not python.exists():
    run(sys.executable, "-m", "venv", folder / "venv")
    run(python, "-m", "pip", "install", "--quiet", "geojson-validator==0.7.0", "jsonschema==4.25.1", "frictionless==5.18.1",
        "rocrate==0.13.0")
script = """
import json, logging, sys
from loguru import logger
logger.remove()
import geojson_validator
for path in sys.argv[1:]:
    data = json.load(open(path))
    structure = geojson_validator.validate_structure(data, check_crs=True)
    geometry = geojson_validator.validate_geometries(
        data, criteria_problematic=["duplicate_nodes", "outside_lat_lon_boundaries", "crosses_antimeridian"])
    if structure or geometry["invalid"] or geometry["problematic"]:
        sys.exit(f"{path}: {structure} {geometry['invalid']} {str(geometry['problematic'])[:500]}")
"""
run(python, "-c", script, *layers)
print(f"GeoJSON: {len(layers)} layers pass geojson-validator")

# Descriptions for catalogues.
run(python, pathlib.Path(__file__).with_name("risk_data_library.py"), target / "rdls.json")
report = run(python, "-m", "frictionless", "validate", "--json", target / "datapackage.json")
check(json.loads(report)["valid"], f"the tables are as datapackage.json says: {report[:2000]}")
crate = run(python, "-c", "import sys; from rocrate.rocrate import ROCrate; c = ROCrate(sys.argv[1]); "
            "print(len(c.get_entities()), c.root_dataset['name'])", target)
print(f"Descriptions: rdls.json fits the Risk Data Library Standard 0.3, frictionless finds the tables as described, "
      f"RO-Crate opens with {crate.split()[0]} entities")

# GeoPackage.
from osgeo import gdal, ogr

gdal.UseExceptions()
from osgeo_utils.samples import validate_gpkg

geopackage = target / "layers/overvann.gpkg"
errors = validate_gpkg.check(str(geopackage), abort_at_first_error=False, extra_checks=True)
check(not errors, f"GDAL's GeoPackage validator finds {errors}")
package = gdal.OpenEx(str(geopackage), gdal.OF_VECTOR)


def query(sql):
    result = package.ExecuteSQL(sql)
    rows = [tuple(feature.GetField(i) for i in range(feature.GetFieldCount())) for feature in result]
    package.ReleaseResultSet(result)
    return rows


check(query("SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)],
      "layer_styles is registered")
names = {row[0] for row in query("SELECT extension_name FROM gpkg_extensions")}
check({"gpkg_schema", "gpkg_metadata", "gpkg_rtree_index"} <= names, "extensions are registered")
about = json.loads(query("SELECT metadata FROM gpkg_metadata")[0][0])
manifest = json.loads((target / "manifest.json").read_text())
check(about["run_id"] == manifest["run_id"], "the metadata names the run")
undescribed = query(
    "SELECT COUNT(*) FROM gpkg_contents c WHERE c.table_name <> 'layer_styles' AND NOT EXISTS "
    "(SELECT 1 FROM gpkg_data_columns d WHERE d.table_name = c.table_name)")
check(undescribed == [(0,)], "every table has descriptions of its fields")
print(f"GeoPackage: {package.GetLayerCount()} tables pass GDAL's validator")


# The other layer formats hold what GeoJSON holds.
def rows(path, name=None):
    """Values of every feature, by order-free key."""
    data = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    layer = data.GetLayerByName(name) if name else data.GetLayer(0)
    definition = layer.GetLayerDefn()
    fields = [definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())]
    return fields, sorted((tuple(feature.GetField(i) for i in range(len(fields))) for feature in layer), key=repr)


def same(left, right):
    def equal(a, b):
        if isinstance(a, float) or isinstance(b, float):
            return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-15))
        return a == b
    return left[0] == right[0] and len(left[1]) == len(right[1]) and all(
        all(equal(a, b) for a, b in zip(x, y)) for x, y in zip(left[1], right[1]))


for path in layers:
    expected = rows(path)
    check(same(expected, rows(path.with_suffix(".geojsons"))), f"{path.stem}.geojsons equals GeoJSON")
    check(same(expected, rows(path.with_suffix(".fgb"))), f"{path.stem}.fgb equals GeoJSON")
    check(same(expected, rows(geopackage, path.stem)), f"{path.stem} of the GeoPackage equals GeoJSON")
print(f"GeoJSON sequences, FlatGeobuf and GeoPackage: {len(layers)} layers equal GeoJSON's")

# The workbook.
workbook = target / "tables/overvann.xlsx"
again = full_run("again")
check(workbook.read_bytes() == (again / "tables/overvann.xlsx").read_bytes(), "the workbook has the same bytes again")
run("soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to",
    'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1', "--outdir", folder / "sheets", workbook)
cells = 0
for path in sorted((target / "tables").glob("*.csv")):
    sheet = folder / "sheets" / f"overvann-{path.stem[:31]}.csv"
    found = list(csv.reader(sheet.open(encoding="utf-8")))
    wanted = list(csv.reader(path.open(encoding="utf-8")))
    check(len(found) == len(wanted), f"{path.stem}: {len(found)} rows in the sheet, {len(wanted)} in the CSV")
    for line, (a, b) in enumerate(zip(found, wanted)):
        a += [""] * (len(b) - len(a))
        for x, y in zip(a, b):
            cells += 1
            if x == y:
                continue
            try:
                equal = math.isclose(float(x), float(y), rel_tol=1e-12, abs_tol=1e-18)
            except ValueError:
                equal = {x.lower(), y} in ({"1", "true"}, {"0", "false"}) or x.lower() == y
            check(equal, f"{path.stem}, line {line + 1}: the sheet has {x!r}, the CSV {y!r}")
print(f"XLSX: LibreOffice reads {cells} cells as the CSV has them")

# QGIS.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle, QgsVectorLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

application = QgsApplication([], False)
application.initQgis()
styled, drawn = 0, {}
renderers = {"graduatedSymbol", "categorizedSymbol", "RuleRenderer"}
for index in range(package.GetLayerCount()):
    table = package.GetLayer(index)
    if table.GetGeomType() == ogr.wkbNone:
        continue
    layer = QgsVectorLayer(f"{geopackage}|layername={table.GetName()}", table.GetName(), "ogr")
    check(layer.isValid(), f"QGIS opens {table.GetName()}")
    check(layer.featureCount() == table.GetFeatureCount(), f"QGIS counts the features of {table.GetName()}")
    check(layer.renderer().type() in renderers, f"{table.GetName()} is drawn by {layer.renderer().type()}")
    styled += 1
    drawn[table.GetName()] = layer
settings = QgsMapSettings()
# The README's picture of the example (fixtures/sandvika/result.png): without a choice by the user, the styles show the
# scenario with the longest return period.
order = ("facilities", "buildings", "flow_paths", "bluespot_water", "rail", "roads", "landslide", "areas")
shown = [drawn[name] for name in order if name in drawn]
settings.setLayers(shown)
settings.setBackgroundColor(QColor("white"))
settings.setOutputSize(QSize(960, 800))
settings.setDestinationCrs(shown[-1].crs())
depth = gdal.Open(str(next((target / "rasters").rglob("depth.tif"))))
west, width, _, north, _, height = depth.GetGeoTransform()
settings.setExtent(QgsRectangle(west, north + height * depth.RasterYSize, west + width * depth.RasterXSize, north))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
picture = job.renderedImage()
colours = {picture.pixel(x, y) for x in range(0, 960, 7) for y in range(0, 800, 7)}
check(len(colours) > 20, "the map is not blank")
check(picture.save(str(folder / "qgis.png")), "the map is saved")
print(f"QGIS: {styled} layers open with their style; the map is in {folder}/qgis.png")
print(f"{checked} checks passed", flush=True)
# QGIS's own clean-up fails in some versions once all is done.
os._exit(0)
