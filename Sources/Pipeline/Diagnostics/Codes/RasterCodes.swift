extension DiagnosticCode {
  static let referenceSystemExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-CRS-001", "The file has no coordinate reference system and none was declared.",
      because: "A guess would put it somewhere else on earth, and results would be empty or wrong.",
      do: "Declare crs: for the input, or fix the file.", ends: .input),
    CodeExplanation(
      "E-CRS-002", "A text does not name a coordinate reference system.",
      because: "Nothing can be placed by it.", do: "Write an EPSG code such as EPSG:25832, or well-known text.",
      ends: .configuration, .input),
    CodeExplanation(
      "E-CRS-003", "There is no accurate transformation between two reference systems.",
      because: "The approximate one, which other programs take silently, may be off by 100 m.",
      do: "Install PROJ's grids (proj-data), or deliver the data in the system of the grid.", ends: .input),
    CodeExplanation(
      "E-CRS-004", "A point lies where the transformation is not defined.",
      because: "It would be lost, or land anywhere.", do: "Check the file's reference system.", ends: .input),
    CodeExplanation(
      "E-CRS-005", "The coordinates do not fit the reference system that the file names.",
      because: "Metres that are read as degrees, or exchanged axes, miss everything without an error.",
      do: "Declare the true crs:, or write easting (longitude) before northing (latitude).", ends: .input),
    CodeExplanation(
      "E-CRS-006", "A plane reference system in metres is needed here.",
      because: "Slopes, areas and volumes in degrees or feet would be wrong by a factor.",
      do: "Reproject the file, for instance with gdalwarp -t_srs EPSG:25832.", ends: .input),
    CodeExplanation(
      "E-CRS-007", "The file's vertical reference is not the one that the pipeline declares.",
      because:
        "NN1954 and NN2000 differ by up to 0.4 m, ellipsoidal heights by some 40 m: more than any flood is deep.",
      do: "Correct vertical:, or bring the heights into the declared system.", ends: .input),
  ]

  static let rasterExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-RAS-001", "The raster cannot be opened; the message says what the file seems to be.",
      because: "A missing, empty, remote or foreign file has no values.", do: "Check the path, or fetch it again.",
      ends: .input),
    CodeExplanation(
      "E-RAS-002", "The file holds several rasters and none is named.",
      because: "The first is not always the one meant.", do: "Name one of those that are listed.", ends: .input),
    CodeExplanation(
      "E-RAS-003", "The raster has several bands and none is named, or not the one that is.",
      because: "The first is not always the one meant.", do: "Set band.", ends: .input),
    CodeExplanation(
      "E-RAS-004", "Cells hold a value that usually marks no data, but the file declares none, or another.",
      because: "-9999 among heights makes a hole 10 km deep that swallows all water, and means of -400 mm of rain.",
      do: "Set nodata: to the value, or nodata: none if it is real.", ends: .input),
    CodeExplanation(
      "E-RAS-005", "The raster's axes are rotated or mirrored.",
      because: "Rows and columns then are no eastings and northings.", do: "Regrid it north-up with gdalwarp.",
      ends: .input),
    CodeExplanation(
      "E-RAS-006", "The raster does not say where it lies.",
      because: "Control points, curvilinear arrays or pixel numbers are not positions of cells.",
      do: "Declare georeference:, or warp the file with gdalwarp.", ends: .input),
    CodeExplanation(
      "E-RAS-007", "The band holds colours, not values.", because: "A picture of a map is not the map.",
      do: "Ask for the raster that the picture was drawn from.", ends: .input),
    CodeExplanation(
      "E-RAS-008", "A block of the raster cannot be read, or does not agree with its checksum.",
      because: "The file is truncated or damaged; most programs go on with what is left.", do: "Fetch it again.",
      ends: .input),
    CodeExplanation(
      "E-RAS-009", "The raster does not cover any of the grid.",
      because: "Every result would be empty, or zero.", do: "Check that both have the right reference system.",
      ends: .input),
    CodeExplanation(
      "E-RAS-010", "The values are not whole numbers, but classes are needed.",
      because: "Averaged codes are codes of something else.", do: "Name the raster of classes; check band.",
      ends: .input),
    CodeExplanation(
      "E-RAS-011", "A file beside the raster (.tfw, .aux.xml) contradicts it.",
      because: "Programs disagree about which of the two counts.", do: "Remove the one that is wrong.", ends: .input),
    CodeExplanation(
      "E-RAS-012", "Not a single cell of the raster holds a value.",
      because: "The file is empty, or its nodata value is that of its data.", do: "Check the file and nodata.",
      ends: .input),
    CodeExplanation(
      "E-RAS-013", "The raster has more cells than can be held.", because: "Cells are counted with 31 bits.",
      do: "Cut it, or work tile by tile with overvann fill and overvann flow.", ends: .input),
    CodeExplanation(
      "E-RAS-014", "The band's pixel type is not supported.", because: "Complex numbers are no heights.",
      do: "Convert the band with gdal_translate.", ends: .input),
    CodeExplanation(
      "E-RAS-015", "The rasters of a series do not belong together.",
      because: "Steps on other grids, or in another order, are not one course of rain.",
      do: "Give files of one forecast, in the order of their time.", ends: .input),
    CodeExplanation(
      "E-RAS-020", "A rate, speed or depth is negative.",
      because: "Drains cannot give water, speed has no sign, and nothing is less than dry.",
      do: "Declare nodata if negative numbers mark cells without a value.", ends: .input),
    CodeExplanation(
      "E-RAS-101", "The terrain cannot be used as it is.",
      because: "Unknown cells inside, or heights in another unit than declared, change where water runs.",
      do: "Say what cells without height are to the water (nodata under hazards.flood, or --nodata), or mend unit:.",
      ends: .input),
    CodeExplanation(
      "E-RAS-102", "A raster and the analysis grid do not overlap.",
      because: "Every result would be empty, or zero.",
      do: "Check crs: and grid.extent; both boxes are in the message.",
      ends: .input),
    CodeExplanation(
      "E-RAS-103", "Rain is negative.", because: "A mark for no data was taken for rain.",
      do: "Declare the value that means no data with nodata:.", ends: .input),
    CodeExplanation(
      "E-RAS-104", "It is not said what the numbers of a rain raster mean, or the file says otherwise.",
      because: "Millimetres, metres, tenths and rates differ by factors of 10 to 3600.",
      do: "Declare unit:, and accumulated: for amounts of several steps.", ends: .input),
    CodeExplanation(
      "E-RAS-105", "The raster does not hold rain.", because: "Reflectivity or another quantity is no depth of water.",
      do: "Name a raster of rain.", ends: .input),
    CodeExplanation(
      "E-RAS-106", "Accumulated rain falls from one step to the next.",
      because: "The steps are not accumulated, or are of two forecasts.",
      do: "Declare accumulated: false, or take one forecast alone.", ends: .input),
    CodeExplanation(
      "E-RAS-107", "A step of the rain holds no value.", because: "A sum without it would be too small.",
      do: "Fetch it again, or choose bands without it.", ends: .input),
    CodeExplanation(
      "E-RAS-108", "Temperatures cannot be used as they are.",
      because: "Kelvin that is read as degrees melts all snow.", do: "Declare unit: as the file has it.", ends: .input),
    CodeExplanation(
      "W-RAS-001", "Something about the file is unusual.", because: "For instance, it is compressed with loss.",
      do: "Read the message; deliver a better file if there is one."),
    CodeExplanation(
      "W-RAS-002", "Something about bringing the raster onto the grid is unusual.",
      because: "For instance, cells of classes are averaged away on a coarser grid.",
      do: "Read the message; choose another resolution if it matters."),
    CodeExplanation(
      "W-RAS-101", "Rain is below 0.5 mm or above 1000 mm.", because: "The unit is probably another.",
      do: "Check unit:."),
    CodeExplanation(
      "W-RAS-102", "Cells of the terrain have no rain or no land cover.",
      because: "They add no water and have no results; areas on them may be flagged.",
      do: "Deliver rasters that cover the terrain."),
    CodeExplanation(
      "W-RAS-103", "Cells of exactly 0 lie far below all others.", because: "Voids were probably stored as zero.",
      do: "Set nodata: 0."),
    CodeExplanation(
      "W-RAS-104", "Rain was extrapolated beyond its table.", because: "Nobody measured such rain there.",
      do: "Give a table that reaches it."),
    CodeExplanation(
      "W-RAS-105", "Heights lie outside -10 to 2500 m.",
      because: "In Norway there is no such ground; the unit is probably feet, decimetres or centimetres.",
      do: "Check unit: and nodata:."),
    CodeExplanation(
      "W-RAS-106", "More than one cell in fifty is steeper than 60°.",
      because: "The raster is probably a surface model with buildings and trees, which dam water.",
      do: "Take a terrain model."),
    CodeExplanation(
      "W-RAS-107", "Buildings stand in the terrain as blocks.",
      because: "Water is led around them and none stands within; only a ring around them has depths to sample.",
      do: "Take a terrain model without buildings, or sample where: ring."),
    CodeExplanation(
      "I-RAS-101", "A raster was resampled onto the grid.", because: "Its cells are not used as they are.",
      do: "Nothing, or set grid.like and resolution to those of the raster."),
    CodeExplanation(
      "I-RAS-102", "Which steps of a series were read.", because: "A forecast of the wrong day is easily taken.",
      do: "Check the times."),
  ]
}
