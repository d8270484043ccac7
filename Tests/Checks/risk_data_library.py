"""What the Risk Data Library Standard 0.3 asks of the parts that overvann writes, as a JSON Schema.

Required members, forms and closed lists of codes as the published schema has them
(https://docs.riskdatalibrary.org/en/0__3__0/rdls_schema.json); members that a run never writes are not allowed here, so that a
new one is looked up first.
"""


def part(required, **properties):
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False,
            "minProperties": 1}


def codes(words):
    return {"type": "string", "enum": words.split()}


def several(items, least=1):
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True}


TEXT = {"type": "string", "minLength": 1}
LINK = {"type": "string", "pattern": "^https?://[^ ]+$"}
NUMBER = {"type": "number", "minimum": 0}
ANALYSIS = codes("probabilistic deterministic empirical")
ORIGIN = codes("inferred observed simulated")
APPROACH = codes("analytical empirical hybrid judgement")
TYPE = codes("coastal_flood convective_storm drought extreme_temperature flood wildfire strong_wind earthquake landslide tsunami "
             "volcanic")
# The processes of each type of hazard, and the measures of intensity that belong to it.
PROCESSES = {"flood": ["fluvial_flood", "pluvial_flood", "groundwater_flood", "coastal_flood"],
             "landslide": ["snow_avalanche", "landslide_general", "landslide_rockslide", "landslide_mudflow",
                           "landslide_rockfall"]}
MEASURES = {"flood": ["wd:m", "wd:cm", "wd:dm", "wd_f:m", "wd_f:cm", "wd_f:dm", "wv:m/s", "AA:m2", "AA:km2"],
            "landslide": ["ls_fd:m", "wv:m/s", "LSI:-", "DP:-", "Rdist:m", "Vol:m3", "AA:m2", "AA:km2"]}
CATEGORY = codes("agriculture buildings infrastructure population natural_environment economic_indicator development_index")
DIMENSION = codes("structure content product disruption population index")
QUANTITY = codes("area count monetary length time")
KIND = codes("hazard exposure vulnerability loss")
HAZARD = part("id type hazard_process", id=TEXT, type=TYPE, hazard_process=TEXT, intensity_measure=TEXT)
HAZARD["anyOf"] = [{"properties": {"type": {"const": kind}, "hazard_process": {"enum": PROCESSES[kind]},
                                   "intensity_measure": {"enum": MEASURES[kind]}}} for kind in PROCESSES]
FORMATS = ["GeoTIFF (tif)", "Cloud Optimized GeoTIFF (cog)", "GeoPackage (gpkg)", "GeoJSON (geojson)", "FlatGeobuf (fgb)",
           "CSV (csv)", "Excel (xlsx)", "JSON (json)"]

DATASET = part(
    "id title risk_data_type attributions spatial license resources links",
    id=TEXT, title=TEXT, description=TEXT, version=TEXT, purpose=TEXT, license=TEXT, license_url=LINK,
    risk_data_type=several(KIND),
    spatial=part("", scale=codes("global regional national sub-national urban"),
                 countries=several({"type": "string", "pattern": "^[A-Z]{3}$"}),
                 bbox={"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}),
    attributions={**several(part(
        "id entity role", id=TEXT, role=codes("publisher creator contact_point"),
        entity={**part("name", name=TEXT, email={"type": "string", "format": "email"}, url=LINK),
                "anyOf": [{"required": ["email"]}, {"required": ["url"]}]}), 3),
        "allOf": [{"contains": {"properties": {"role": {"const": role}}}} for role in ("publisher", "creator", "contact_point")]},
    sources=several(part("id", id=TEXT, name=TEXT, description=TEXT, type=codes("dataset model"), component=KIND)),
    resources=several({**part(
        "id title description data_format", id=TEXT, title=TEXT, description=TEXT,
        data_format={"type": "string", "enum": FORMATS}, access_modality=codes("file_download download_page"),
        spatial_resolution={"type": "number", "exclusiveMinimum": 0},
        coordinate_system={"type": "string", "pattern": "^(ESRI:|EPSG:)[0-9]+$"}, download_url=LINK),
        "anyOf": [{"required": ["download_url"]}, {"required": ["access_url"]}]}),
    hazard=part("event_sets", event_sets=several(part(
        "id hazards analysis_type", id=TEXT, hazards=several(HAZARD), analysis_type=ANALYSIS, calculation_method=ORIGIN,
        occurrence_range=TEXT, events=several(part(
            "id calculation_method hazard occurrence", id=TEXT, calculation_method=ORIGIN, hazard=HAZARD, description=TEXT,
            occurrence=part("", probabilistic=part("", return_period=NUMBER),
                            deterministic=part("", index_criteria=TEXT, thresholds=several(TEXT)))))))),
    exposure=several(part("category metrics", category=CATEGORY,
                          metrics=several(part("id dimension quantity_kind", id=TEXT, dimension=DIMENSION,
                                               quantity_kind=QUANTITY)))),
    loss=part("", losses=several(part(
        "id hazard_type asset_category asset_dimension impact_and_losses", id=TEXT, hazard_type=TYPE, hazard_process=TEXT,
        asset_category=CATEGORY, asset_dimension=DIMENSION, description=TEXT,
        impact_and_losses=part(
            "impact_type impact_modelling impact_metric quantity_kind loss_type loss_approach loss_frequency_type",
            impact_type=codes("direct indirect total"), impact_modelling=ORIGIN,
            impact_metric=codes("damage_ratio mean_damage_ratio economic_loss_value loss_annual_average_value asset_loss "
                                "exposure_to_hazard displaced_count"),
            quantity_kind=QUANTITY, currency=codes("NOK"), loss_type=codes("ground_up insured gross count net_precat net_postcat"),
            loss_approach=APPROACH, loss_frequency_type=ANALYSIS)))),
    links={"type": "array", "minItems": 1, "prefixItems": [
        {"properties": {"href": {"const": "https://docs.riskdatalibrary.org/en/0__3__0/rdls_schema.json"},
                        "rel": {"const": "describedby"}}, "required": ["href", "rel"]}]})

PACKAGE = {"$schema": "https://json-schema.org/draft/2020-12/schema",
           **part("datasets", datasets={"type": "array", "items": DATASET, "minItems": 1})}

if __name__ == "__main__":
    # Validates a file: run with a Python that has jsonschema.
    import json
    import sys

    import jsonschema

    jsonschema.Draft202012Validator(PACKAGE).validate(json.load(open(sys.argv[1], encoding="utf-8")))
