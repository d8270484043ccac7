import Geodata
import Grids
public import Report
import Terrain

extension FillAnalysis {
  /// Reads, fills, proves and writes tile by tile within a budget of memory; the files have the bytes of
  /// ``run(progress:)``.
  ///
  /// The proof is made in any case; which engine is named does not matter.
  /// - Returns: What was filled, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(over tiling: Tiling, progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    if !changes.isEmpty {
      throw RunFailure(
        tiles: "overvann fill", "culverts and breaching", hint: "change the terrain with `overvann flow --ground` first"
      )
    }
    try files.check([output, depth], inputs: [elevation.path])
    return try GDALLibrary.withBlockCache(of: Tiling.blockCache) { () throws(RunFailure) in
      let terrain = try TiledTerrain(elevation, tiling, output: output, threads: threads)
      let ground = try terrain.ground(progress)
      let (surface, certificate, _) = try terrain.fill(ground, progress)
      let geometry = terrain.geometry
      var summary = FillSummary()
      var line = [Float](repeating: 0, count: geometry.columns)
      func readGround(_ row: Int) throws(GeodataError) {
        try line.withUnsafeMutableBufferPointer { (line) throws(GeodataError) in
          guard let cells = line.baseAddress else { return }
          try ground.readRow(row, into: cells)
        }
      }
      try progress.writing(output, rows: geometry.rows) { (tell) throws(GeodataError) in
        try writeGeoTIFF(
          rowsOf: geometry, to: output, compressed: files.compresses, unit: "m",
          description: "Terrain with every depression filled", threads: threads
        ) { (row, cells) throws(GeodataError) in
          try tell(row)
          try surface.readRow(row, into: cells)
          try readGround(row)
          var sum = FillSummary()
          for column in 0..<geometry.columns where cells[column] > line[column] {
            sum.add(cells[column] - line[column])
          }
          summary.add(sum)
        }
      }
      if let depth {
        try progress.writing(depth, rows: geometry.rows) { (tell) throws(GeodataError) in
          try writeGeoTIFF(
            rowsOf: geometry, to: depth, compressed: files.compresses, unit: "m", description: "Depth of the fill",
            threads: threads
          ) { (row, cells) throws(GeodataError) in
            try tell(row)
            try surface.readRow(row, into: cells)
            try readGround(row)
            for column in 0..<geometry.columns { cells[column] -= line[column] }
          }
        }
      }
      var report: JSONObject = ["cells": JSONValue(geometry.count)]
      report["certificate"] = .string("holds for \(certificate.cells) cells")
      report["filled_cells"] = JSONValue(summary.cells)
      report["filled_volume_m3"] = .number(summary.depthSum * geometry.cellArea)
      report["deepest_m"] = .number(Double(shortest: summary.deepest))
      report["tiles"] = JSONValue(terrain.layout.count)
      return report
    }
  }
}

extension FlowAnalysis {
  /// Reads, routes, accumulates and writes tile by tile within a budget of memory.
  ///
  /// The files have the bytes of ``run(progress:)``. Lakes have to be routed as flats.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(over tiling: Tiling, progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try checkTiles()
    let (directions, accumulation, filled) = (rasters[.directions], rasters[.accumulation], rasters[.filled])
    try files.check([directions, accumulation, filled], inputs: [elevation.path])
    guard let output = directions ?? accumulation ?? filled else { return [:] }
    guard lakes == .flats else {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .badTiling, at: SourcePosition(file: elevation.path),
            "to lead water along the bed of lakes (carve) the raster has to lie in memory as a whole",
            hint: "lead it over their surface with --lakes flats, or leave --memory and --tile out")
        ])
    }
    return try GDALLibrary.withBlockCache(of: Tiling.blockCache) { () throws(RunFailure) in
      let terrain = try TiledTerrain(elevation, tiling, output: output, threads: threads)
      let geometry = terrain.geometry
      var report: JSONObject = ["cells": JSONValue(geometry.count)]
      // Each scratch raster is let go, and its room on disk with it, as soon as it is not needed.
      let codes: ScratchRaster<UInt8>
      do {
        let surface: ScratchRaster<Float>
        do {
          let ground = try terrain.ground(progress)
          let fill = try terrain.fill(ground, progress)
          surface = fill.surface
          report["filled_cells"] = JSONValue(fill.filledCells)
          report["certificate"] = .string("holds for \(fill.certificate.cells) cells")
        }
        if let filled {
          try progress.writing(filled, rows: geometry.rows) { (tell) throws(GeodataError) in
            try writeGeoTIFF(
              rowsOf: geometry, to: filled, compressed: files.compresses, unit: "m",
              description: "Terrain with every depression filled", threads: threads
            ) { (row, cells) throws(GeodataError) in
              try tell(row)
              try surface.readRow(row, into: cells)
            }
          }
        }
        codes = try terrain.directions(of: surface, progress)
      }
      if let directions {
        try progress.writing(directions, rows: geometry.rows) { (tell) throws(GeodataError) in
          try writeClassGeoTIFF(
            rowsOf: geometry, to: directions, compressed: files.compresses, description: coding.description,
            threads: threads
          ) { (row, cells) throws(GeodataError) in
            try tell(row)
            try codes.readRow(row, into: cells)
            guard coding == .esri else { return }
            for column in 0..<geometry.columns where cells[column] != FlowDirection.nodata {
              cells[column] = FlowDirection.esri(cells[column])
            }
          }
        }
      }
      if let accumulation {
        let sums = try terrain.upslopeCells(codes, factor: accumulationUnit.factor(in: geometry), progress)
        report["largest_upslope_area_m2"] = .number(Double(sums.largest) * geometry.cellArea)
        try progress.writing(accumulation, rows: geometry.rows) { (tell) throws(GeodataError) in
          try writeGeoTIFF(
            rowsOf: geometry, to: accumulation, compressed: files.compresses, unit: accumulationUnit.unit,
            description: accumulationUnit.description(.d8), threads: threads
          ) { (row, cells) throws(GeodataError) in
            try tell(row)
            try sums.amounts.readRow(row, into: cells)
          }
        }
      }
      report["tiles"] = JSONValue(terrain.layout.count)
      return report
    }
  }
}

extension ScratchRaster {
  /// Reads one row.
  fileprivate func readRow(_ row: Int, into cells: UnsafeMutablePointer<Element>) throws(GeodataError) {
    try read(columns: 0..<columns, rows: row..<(row + 1), into: cells, stride: columns)
  }
}

extension AnalysisProgress {
  /// Writes a raster by rows; `body` tells of every row, which throws where the analysis was asked to stop.
  fileprivate func writing(
    _ path: String, rows: Int,
    _ body: (_ tell: (_ row: Int) throws(GeodataError) -> Void) throws(GeodataError) -> Void
  ) throws(RunFailure) {
    var stop: RunFailure?
    try RunFailure.locating(at: SourcePosition(file: path)) {
      do throws(GeodataError) {
        try body { (row) throws(GeodataError) in
          guard row % 256 == 0 else { return }
          do throws(RunFailure) {
            try tell("write \(path)", number: row, of: rows)
          } catch {
            stop = error
            throw GeodataError(.notWritten, operation: "write raster", path: path, message: "stopped")
          }
        }
      } catch {
        if let stop { throw stop }
        throw error
      }
    }
  }
}

extension FlowAnalysis {
  /// Throws where something is asked for that is not computed tile by tile.
  private func checkTiles() throws(RunFailure) {
    let place = "overvann flow"
    let others = Product.allCases.filter { rasters[$0] != nil && ![.directions, .accumulation, .filled].contains($0) }
    if let other = others.first {
      throw RunFailure(tiles: place, "--\(other.rawValue)", hint: "leave it out, or leave --memory and --tile out")
    }
    if method != .d8 {
      throw RunFailure(
        tiles: place, "--method \(method.rawValue)", hint: "say --method d8, or leave --memory and --tile out")
    }
    if layers.outputs.contains(where: { $0 != nil }) || !changes.isEmpty {
      throw RunFailure(
        tiles: place, "layers, culverts and breaching", hint: "leave them out, or leave --memory and --tile out")
    }
  }
}

extension RunFailure {
  /// Tells that something is not computed tile by tile.
  fileprivate init(tiles place: String, _ what: String, hint: String) {
    self.init(
      .configuration,
      [Diagnostic(.contradiction, at: SourcePosition(file: place), "\(what): not done by tiles", hint: hint)])
  }
}
