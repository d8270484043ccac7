#!/usr/bin/env python3
"""Publishes runs to a PostgreSQL with PostGIS that this script starts for itself.

    postgis.py PROGRAM PIPELINE FOLDER

The server runs as a user without rights (as root it is started as `nobody`), listens on a socket in FOLDER alone, asks
for a password, and is stopped at the end. Checked: the rows equal those of the GeoPackage, geometry and reference
system too; comments; an old run is replaced, grants stay; each version has its schema; a schema of someone else and a
view on the tables stop the run with exit code 5 and nothing changes; a wrong password does so too, and no password
stands in any file or message. Needs `make check-tools`.
"""
import contextlib, glob, json, os, pathlib, pwd, shutil, subprocess, sys, tempfile

program, pipeline, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
folder.mkdir(parents=True, exist_ok=True)
binaries = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1]).parent
secret = "kreps-og-kveite"
checked = 0


def check(condition, text):
    global checked
    checked += 1
    if not condition:
        raise SystemExit(f"failed: {text}")


@contextlib.contextmanager
def server():
    """A server on a socket of its own, for as long as the block runs."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="overvann-pg-"))
    as_user = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    place.chmod(0o755)

    def call(*command):
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=place, **as_user)
        if result.returncode != 0:
            raise SystemExit(f"failed: {command}\n{result.stdout}{result.stderr}")

    word = place / "word"
    word.write_text(secret + "\n")
    word.chmod(0o644)
    try:
        call(binaries / "initdb", "-D", place / "data", "-U", "gis", "-A", "scram-sha-256", "--pwfile", word, "-E", "UTF8",
             "--no-locale")
        call(binaries / "pg_ctl", "-D", place / "data", "-l", place / "log", "-w", "-o",
             f"-c listen_addresses= -c unix_socket_directories={place} -c unix_socket_permissions=0777 -c fsync=off -p 5439", "start")
        try:
            yield place
        finally:
            call(binaries / "pg_ctl", "-D", place / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


with server() as place:
    connection = f"PG:host={place} port=5439 dbname=gis user=gis"
    environment = os.environ | {"PGPASSWORD": secret, "PGHOST": str(place), "PGPORT": "5439", "PGUSER": "gis"}

    def sql(statement, database="gis"):
        result = subprocess.run(
            [binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement],
            env=environment, capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"failed: {statement}\n{result.stderr}")
        return result.stdout.strip()

    def publish(name, expected=0, password=secret, **settings):
        """A run into FOLDER/name; returns what it said."""
        shutil.rmtree(folder / name, ignore_errors=True)
        given = {"connection": connection} | settings
        value = "{" + ", ".join(f'{key}: "{text}"' for key, text in given.items()) + "}"
        result = subprocess.run(
            [program, "run", pipeline, "--out", folder / name, "--quiet", "--set", f"outputs.postgis={value}",
             "--set", "outputs.tables.csv=true"],
            env=environment | {"PGPASSWORD": password}, capture_output=True, text=True)
        check(result.returncode == expected, f"exit code {result.returncode}, not {expected}: {result.stderr}")
        check((folder / name).exists() == (expected == 0), f"the folder of {name} is there exactly when the run succeeded")
        check(secret not in result.stderr + result.stdout, "no message tells the password")
        return result.stderr

    sql("CREATE DATABASE gis", "postgres")
    sql("CREATE EXTENSION postgis")
    publish("first")
    manifest = json.loads((folder / "first/manifest.json").read_text())
    run_id = manifest["run_id"]
    for path in (folder / "first").rglob("*"):
        check(not path.is_file() or secret.encode() not in path.read_bytes(), f"{path} does not tell the password")

    # Rows, geometry and reference system against the GeoPackage.
    from osgeo import gdal, ogr

    gdal.UseExceptions()
    package = gdal.OpenEx(str(folder / "first/layers/overvann.gpkg"), gdal.OF_VECTOR)
    os.environ["PGPASSWORD"] = secret
    database = gdal.OpenEx(f"{connection} schemas=overvann", gdal.OF_VECTOR, open_options=["LIST_ALL_TABLES=YES"])

    def rows(layer):
        definition = layer.GetLayerDefn()
        fields = [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]
        names = [(f.GetName(), f.GetType(), f.GetSubType()) for f in fields]
        features = [
            (f.GetFID(), tuple(f.GetField(i) for i in range(len(fields))),
             bytes(f.GetGeometryRef().ExportToWkb()) if f.GetGeometryRef() else None) for f in layer]
        return names, sorted(features)

    def difference(pair):
        """What differs of two rows, for the message."""
        if pair is None:
            return "number of rows"
        (a, x, g), (b, y, h) = pair
        return [a != b, [(p, q) for p, q in zip(x, y) if p != q], g != h and "geometry"]

    tables, features = 0, 0
    for index in range(package.GetLayerCount()):
        layer = package.GetLayer(index)
        if layer.GetName() == "layer_styles":
            continue
        other = database.GetLayerByName(layer.GetName()) or database.GetLayerByName("overvann." + layer.GetName())
        check(other is not None, f"{layer.GetName()} is in the database")
        left, right = rows(layer), rows(other)
        check(left[0] == right[0], f"fields of {layer.GetName()}: {left[0]} and {right[0]}")
        differing = next(((a, b) for a, b in zip(left[1], right[1]) if a != b), None)
        check(len(left[1]) == len(right[1]) and differing is None, f"rows of {layer.GetName()}: {difference(differing)}")
        if layer.GetGeomType() != ogr.wkbNone:
            check(layer.GetSpatialRef().GetAuthorityCode(None) == other.GetSpatialRef().GetAuthorityCode(None),
                  f"reference system of {layer.GetName()}")
            check(sql(f"SELECT count(*) FROM pg_indexes WHERE schemaname = 'overvann' AND tablename = '{layer.GetName()}' "
                      "AND indexdef LIKE '%gist%'") == "1", f"{layer.GetName()} has a spatial index")
        tables, features = tables + 1, features + len(left[1])
    print(f"{tables} tables with {features} rows equal those of the GeoPackage")
    database = None
    check(sql("SELECT obj_description('overvann'::regnamespace)") == f"overvann run {run_id}", "the schema names the run")
    check("Greatest water depth [m]" in sql("SELECT col_description('overvann.areas'::regclass, attnum) FROM pg_attribute "
                                            "WHERE attrelid = 'overvann.areas'::regclass AND attname = 'depth_max_m'"),
          "columns are described with their units")

    # Replacing: what is old goes, grants stay.
    sql("CREATE ROLE reader; GRANT USAGE ON SCHEMA overvann TO reader")
    sql("ALTER DEFAULT PRIVILEGES IN SCHEMA overvann GRANT SELECT ON TABLES TO reader")
    sql("DELETE FROM overvann.areas; CREATE TABLE overvann.old (a int)")
    publish("second")
    check(sql("SELECT count(*) FROM overvann.areas") == str(package.GetLayerByName("areas").GetFeatureCount()), "replaced")
    check(sql("SELECT to_regclass('overvann.old') IS NULL") == "t", "tables of the old run are gone")
    check(sql("SELECT has_table_privilege('reader', 'overvann.areas', 'SELECT')") == "t", "grants stay")

    # What cannot be replaced stops the run, and nothing changes.
    def state():
        return sql("SELECT count(*), min(oid), max(oid) FROM pg_class WHERE relnamespace = 'overvann'::regnamespace")

    before = state()
    sql("CREATE VIEW public.mine AS SELECT * FROM overvann.areas")
    said = publish("third", expected=5)
    check("cannot be removed" in said and "E-OUT-105" in said, f"the message says why: {said}")
    check(state() == before, "nothing has changed")
    publish("version", mode="version")
    versions = sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'overvann!_%' ESCAPE '!'").split()
    identity = json.loads((folder / "version/manifest.json").read_text())["run_id"]
    check(versions == [f"overvann_{identity}"], f"a version has a schema of its own, not {versions}")
    check(sql(f"SELECT count(*) > 0 FROM overvann_{identity}.areas") == "t", "with the tables")
    check(state() == before, "the other schema is as it was")
    sql("DROP VIEW public.mine; CREATE SCHEMA theirs; CREATE TABLE theirs.roads (a int)")
    said = publish("fourth", expected=5, schema="theirs")
    check("not those of an earlier run" in said, f"the message says why: {said}")
    check(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'theirs'") == "1", "their schema is as it was")
    said = publish("fifth", expected=5, password="wrong")
    check("cannot be reached" in said, f"the message says why: {said}")
    said = publish("sixth", expected=2, connection=connection + f" password={secret}")
    check("may hold a password" in said, f"the message says why: {said}")
    check(state() == before, "nothing has changed")
print(f"{checked} checks passed")
