import CGDAL
import Grids

/// A file of one layer that is written piece by piece, by any of GDAL's drivers that keeps a layer in one file.
///
/// The file appears under its name when it is closed, and never otherwise.
public final class LayerFile {
  private let header: FeatureLayer
  private let path: String
  private let driver: String
  private let file: AtomicFile
  private var dataset: DatasetBox?
  private let layer: OGRLayerH
  /// Packs the spatial index of a GeoPackage.
  private let index: GeoPackageIndex?
  private var count = 0

  /// Holds the open dataset until it is closed.
  private final class DatasetBox {
    var dataset: Dataset?
    init(_ dataset: consuming Dataset) { self.dataset = consume dataset }
  }

  /// Creates the file.
  /// - Parameters:
  ///   - header: Name, reference system, kind of shapes and fields; its features are not written.
  ///   - driver: Such as `GPKG` or `FlatGeobuf`.
  public init(_ header: FeatureLayer, to path: String, driver: String) throws(GeodataError) {
    self.header = header
    self.path = path
    self.driver = driver
    let scratch = driver == "GPKG" ? scratchFolder(forSQLiteAt: path) : nil
    file = try AtomicFile(path, operation: "write layer", scratch: scratch)
    let created = try createVectorFile(driver, file.temporary, for: path)
    let handle = created.handle
    dataset = DatasetBox(created)
    let writer = LayerWriter(handle: handle, path: path)
    layer = try writer.create(header, options: driver == "GPKG" ? geoPackageOptions(of: header) : [])
    index = driver == "GPKG" ? try GeoPackageIndex(layer, named: header.name, in: handle, path: path) : nil
  }

  deinit {
    // Before the temporary file goes, else closing would make it anew.
    dataset = nil
  }

  /// Writes more features, in one transaction.
  public func append(_ features: [Feature]) throws(GeodataError) {
    guard let handle = dataset?.dataset?.handle else { preconditionFailure("the file is open") }
    var piece = header
    piece.features = features
    let writer = LayerWriter(handle: handle, path: path)
    try writer.transaction(header.name) { () throws(GeodataError) in
      try writer.append(piece, from: count, to: layer, index)
    }
    count += features.count
  }

  /// Completes the file and puts it in its place.
  public func close() throws(GeodataError) {
    guard let handle = dataset?.dataset?.handle else { preconditionFailure("the file is open") }
    try LayerWriter(handle: handle, path: path).transaction(header.name) { () throws(GeodataError) in
      try index?.finish()
    }
    guard let open = dataset?.dataset.take() else { preconditionFailure("the file is open") }
    dataset = nil
    try open.close(operation: "write layer", path: path)
    if driver == "GPKG" { try describeGeoPackage(file.temporary, for: path, [header], []) }
    try file.publish()
  }
}
