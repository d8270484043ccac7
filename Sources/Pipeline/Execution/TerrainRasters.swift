import Foundation
import Geodata
import Grids
import Terrain

extension ResultWriter {
  /// Writes the rasters of the terrain that were asked for, the same for all scenarios.
  mutating func rasters(of model: TerrainModel) throws {
    let ground = model.ground
    for product in pipeline.outputs.rasters {
      switch product {
      case .filled:
        try raster(model.filled, "filled", unit: "m", "Terrain with every depression filled", overviews: .average)
      case .ground:
        try raster(ground, "ground", unit: "m", "Terrain with culverts burned and trenches dug", overviews: .average)
      case .flowDirections:
        try raster(
          model.directions, "flow_directions",
          "Receiver: 0 east, clockwise to 7 north-east; 8 leaves the terrain; 255 no elevation")
      case .flowAccumulation:
        let area = Float(ground.geometry.cellArea)
        let areas = model.upslope.map(threads: threads) { Float($0) * area }.masked(by: ground)
        try raster(areas, "flow_accumulation", unit: "m2", "Area that drains through the cell", overviews: .average)
      case .slope:
        let degrees = model.slope.map(threads: threads) { Float(atan(Double($0)) * 180 / .pi) }
        try raster(degrees, "slope", unit: "degree", "Slope (Horn 1981)", overviews: .average)
      case .aspect:
        try raster(
          aspect(ground, threads: threads), "aspect", unit: "degree",
          "Direction that the slope faces, clockwise from north; -1 is level", overviews: .nearest)
      case .planCurvature:
        try raster(
          planCurvature(ground, threads: threads), "plan_curvature", unit: "1/m",
          "Curvature across the slope (Zevenbergen and Thorne 1987)", overviews: .average)
      case .profileCurvature:
        try raster(
          profileCurvature(ground, threads: threads), "profile_curvature", unit: "1/m",
          "Curvature along the slope (Zevenbergen and Thorne 1987)", overviews: .average)
      case .wetnessIndex:
        let wetness = TopographicWetness(
          upslopeCells: model.upslope, slopeTangent: model.slope, leastSlope: 0.001, threads: threads)
        try raster(
          wetness.index, "wetness_index", unit: "1", "ln(a / tan b), slopes of at least 0.001", overviews: .average)
      case .upslopeLength:
        try raster(
          upslopeLength(model.directions, threads: threads), "upslope_length", unit: "m",
          "Length of the longest way of water from upstream", overviews: .maximum)
      case .hand:
        try raster(
          drainage(model).height, "hand", unit: "m", "Height of the filled terrain above the nearest flow path",
          overviews: .average)
      case .drainageDistance:
        try raster(
          drainage(model).distance, "drainage_distance", unit: "m",
          "Length of the way of water to the nearest flow path",
          overviews: .average)
      case .edgeContaminated:
        try raster(
          edgeContamination(model.directions), "edge_contaminated",
          "1 where the catchment is cut by the edge of the terrain or by no data, so that more water may come; 255 no "
            + "elevation")
      default: break
      }
    }
  }

  /// Height above and distance to the flow paths that the layer of that name draws.
  private func drainage(_ model: TerrainModel) -> HeightAboveDrainage {
    let area = pipeline.hazards.flood?.flowPathArea.squareMetres ?? 0
    let least = Int32(clamping: max(1, Int((area / model.ground.geometry.cellArea).rounded(.up))))
    return HeightAboveDrainage(
      model.filled, directions: model.directions, streams: model.upslope.map(threads: threads) { $0 >= least },
      threads: threads)
  }
}
