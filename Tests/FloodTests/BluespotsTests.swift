import Flood
import Foundation
import Geodata
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct BluespotsTests {
  @Test(arguments: [
    BluespotSize(), BluespotSize(volume: 2), BluespotSize(area: 30), BluespotSize(depth: 0.3),
    BluespotSize(volume: 1, area: 20, depth: 0.2),
  ])
  func bluespotsAreNestedAndComplete(least: BluespotSize) throws {
    let flood = try FloodCase(.fractal, seed: 5, columns: 60, rows: 60, hasLosses: true)
    let (tree, hypsometry) = (flood.hierarchy, flood.hypsometry)
    let spots = Bluespots(hypsometry, least: least)
    func isLarge(_ node: Int) -> Bool {
      hypsometry.capacity[node] > 0 && WaterVolume.cubicMetres(hypsometry.capacity[node]) >= least.volume
        && Double(hypsometry.cells[node]) * 6 >= least.area && Double(hypsometry.depth(of: node)) >= least.depth
    }
    let tops = flood.nodes.filter { tree.parent[$0] == 0 }
    let shown = spots.items.filter { $0.parent == nil }.map(\.node)
    #expect(Set(shown) == Set(tops.filter(isLarge)) && !shown.isEmpty)
    #expect(shown.count + spots.dropped.count == tops.count)
    let small = tops.filter { !isLarge($0) }
    #expect(spots.dropped.cells == small.reduce(0) { $0 + hypsometry.cells[$1] })
    #expect(spots.dropped.capacity == small.reduce(0) { $0 + hypsometry.capacity[$1] })
    let reasons = [spots.dropped.belowVolume, spots.dropped.belowArea, spots.dropped.belowDepth]
    #expect(reasons.reduce(0, +) >= small.count && reasons.allSatisfy { $0 <= small.count })
    let (place, range) = tree.leafRanges()
    #expect(Set(place.dropFirst()).count == tree.leafCount)
    for (index, item) in spots.items.enumerated() {
      #expect(isLarge(item.node))
      guard let parent = item.parent else { continue }
      #expect(parent < index && spots.items[parent].depthLevel == item.depthLevel - 1)
      let (outer, inner) = (range[spots.items[parent].node], range[item.node])
      #expect(outer.lowerBound <= inner.lowerBound && inner.upperBound <= outer.upperBound)
    }
    // Wherever two large ones meet, both are shown.
    let listed = Set(spots.items.map(\.node))
    for node in flood.nodes where tree.left[node] != 0 {
      let children = [Int(tree.left[node]), Int(tree.right[node])]
      if children.allSatisfy(isLarge) { #expect(children.allSatisfy(listed.contains)) }
    }

    let water = flood.water(BasinRunoff(Grid(flood.z.geometry, repeating: 40), in: tree.basins).quanta)
    let rows = spots.water(water)
    #expect(rows.allSatisfy { $0.isBalanced })
    let inList = zip(spots.items, rows).reduce(0 as Int64) { $1.0.parent == nil ? $0 + $1.1.stored : $0 }
    #expect(inList + spots.notShown(water.stored, in: tree) == water.totalStored)
  }

  /// Spill is followed step by step to the next bluespot that is shown.
  @Test(arguments: [0.0, 2, 8]) func spillComesToTheNextBluespotShown(volume: Double) throws {
    let flood = try FloodCase(.fractal, seed: 8, columns: 70, rows: 50, hasLosses: false)
    let (tree, hypsometry) = (flood.hierarchy, flood.hypsometry)
    let spots = Bluespots(hypsometry, least: BluespotSize(volume: volume))
    let properties = spots.properties(in: hypsometry, fillRain: FillRain(hypsometry))
    for (index, item) in properties.enumerated() {
      var leaf = Int(tree.spillInto[item.node])
      var found: Int?
      while leaf != 0, found == nil {
        var node = leaf
        while node != 0, found == nil {
          found = properties.firstIndex { $0.node == node }
          if found == nil { leaf = Int(tree.spillInto[node]) }
          node = Int(tree.parent[node])
        }
      }
      #expect(item.spillInto == found && item.spillInto != index)
      if item.parent != nil { #expect(found != nil, "a nested bluespot spills into its neighbour") }
      #expect(Double(flood.z[Int(item.saddle)]) == item.spillLevel)
      #expect(item.localFillRain >= item.networkFillRain)
      #expect(abs(item.localFillRain - item.volume / item.watershedArea * 1000) <= 1e-9 * item.localFillRain)
    }
  }

  @Test(arguments: [TerrainKind.noise, .fractal, .terraced]) func hypsometryTableCountsTheCells(kind: TerrainKind)
    throws
  {
    let flood = try FloodCase(kind, seed: 2, columns: 30, rows: 25, hasLosses: false)
    let tree = flood.hierarchy
    for node in flood.nodes {
      var cells: [Float] = []
      for index in 0..<flood.z.count {
        var above = Int(tree.basins.labels[index])
        while above > 0, above != node { above = Int(tree.parent[above]) }
        if above == node, flood.z[index] < tree.spillElevation[node] { cells.append(flood.z[index]) }
      }
      let table = flood.hypsometry.table(of: node, steps: 7)
      #expect(table.count == 8)
      #expect(table[0].level == Double(cells.min()!) && table[7].level == Double(tree.spillElevation[node]))
      #expect(table[0].area == 0 && table[0].volume == 0)
      for row in table {
        let below = cells.filter { Double($0) < row.level }
        let volume = below.reduce(0) { $0 + (row.level - Double($1)) * 6 }
        #expect(row.area == Double(below.count) * 6)
        #expect(abs(row.volume - volume) <= 1e-11 * max(1, volume))
      }
      #expect(abs(table[7].volume - WaterVolume.cubicMetres(flood.hypsometry.capacity[node])) < 1e-4)
    }
  }

  /// Volumes of the bluespots of malstroem, and the fill rain that follows from them.
  @Test(.enabled(if: sharedData("malstroem") != nil, "needs the data folder malstroem"))
  func volumesEqualMalstroem() throws {
    let folder = try #require(sharedData("malstroem"))
    let ground = try readRaster(folder.appendingPathComponent("dtm.tif").path).grid
    let depths = try readRaster(folder.appendingPathComponent("depths.tif").path).grid
    let labels = try readRaster(folder.appendingPathComponent("labelled.tif").path).grid
    let tree = try DepressionHierarchy(of: ground, threads: 2)
    let hypsometry = Hypsometry(tree, ground: ground, threads: 2)
    let rain = FillRain(hypsometry)
    var top = Array(0..<tree.nodeCount)
    for node in stride(from: tree.nodeCount - 1, to: 0, by: -1) where tree.parent[node] != 0 {
      top[node] = top[Int(tree.parent[node])]
    }
    var volume: [Int: Double] = [:]
    var parts: [Int: Set<Int>] = [:]
    for index in 0..<ground.count where labels[index] > 0 {
      volume[Int(labels[index]), default: 0] += Double(depths[index]) * ground.geometry.cellArea
      parts[Int(labels[index]), default: []].insert(top[Int(tree.basins.labels[index])])
    }
    #expect(volume.count > 20)
    var compared = 0
    for (label, nodes) in parts {
      let capacity = nodes.reduce(0.0) { $0 + WaterVolume.cubicMetres(hypsometry.capacity[$1]) }
      // Their depths are single precision.
      #expect(abs(capacity - volume[label]!) <= 1e-5 * capacity, "label \(label)")
      guard let node = nodes.first, nodes.count == 1 else { continue }
      compared += 1
      let watershed = Double(hypsometry.watershedCells[node]) * ground.geometry.cellArea
      #expect(abs(rain.local[node] - volume[label]! / watershed * 1000) <= 1e-5 * rain.local[node])
      #expect(rain.network[node] <= rain.local[node])
    }
    #expect(compared * 2 > volume.count)
    // Somewhere the network matters.
    #expect((1..<tree.nodeCount).contains { rain.network[$0] < rain.local[$0] * 0.99 })
  }
}
