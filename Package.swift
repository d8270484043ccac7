// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Settings of the targets that hold grid kernels: optimised in debug too, else the tests take a hundred times longer.
let kernelSettings: [SwiftSetting] =
  settings + [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .enableExperimentalFeature("Lifetimes"),
  ]

/// A science module: pure functions of grids and tables, no files, no GDAL.
func science(_ name: String, dependsOn modules: [String]) -> Target {
  .target(
    name: name, dependencies: modules.map { .byName(name: $0) }, swiftSettings: kernelSettings)
}

/// The tests of one module.
func tests(of module: String, also modules: [String] = []) -> Target {
  .testTarget(
    name: "\(module)Tests",
    dependencies: ([module, "Grids", "TestSupport"] + modules).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }.map { .byName(name: $0) },
    swiftSettings: kernelSettings)
}

let package = Package(
  name: "overvann",
  products: [.executable(name: "overvann", targets: ["overvann"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CGDAL", pkgConfig: "gdal",
      providers: [.apt(["libgdal-dev"]), .brew(["gdal"])]),
    science("Grids", dependsOn: []),
    .target(name: "Geodata", dependencies: ["CGDAL", "Grids"], swiftSettings: settings),
    science("Terrain", dependsOn: ["Grids"]),
    science("Rainfall", dependsOn: ["Grids"]),
    science("Runoff", dependsOn: ["Grids", "Rainfall"]),
    science("Flood", dependsOn: ["Grids", "Terrain", "Runoff"]),
    science("Landslide", dependsOn: ["Grids", "Terrain"]),
    science("Exposure", dependsOn: ["Grids"]),
    // Hashing and printing millions of numbers want the optimiser as much as kernels do.
    .target(name: "Report", dependencies: ["Grids", "Geodata"], swiftSettings: kernelSettings),
    .target(
      name: "Pipeline",
      dependencies: [
        "Grids", "Geodata", "Terrain", "Rainfall", "Runoff", "Flood", "Landslide", "Exposure",
        "Report", "Yams",
      ],
      // Rows of rasters pass through here as well: without the optimiser the end-to-end tests take twice as long.
      swiftSettings: kernelSettings),
    .executableTarget(
      name: "overvann",
      dependencies: [
        "Pipeline", "Report", "Geodata", "Grids",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "MakeSandvika", dependencies: ["Grids", "Geodata"], swiftSettings: kernelSettings),
    .target(
      name: "TestSupport", dependencies: ["Grids"], path: "Tests/TestSupport",
      swiftSettings: kernelSettings),
    tests(of: "Grids"),
    tests(of: "Geodata"),
    tests(of: "Terrain", also: ["Geodata"]),
    tests(of: "Rainfall"),
    tests(of: "Runoff"),
    tests(of: "Flood", also: ["Terrain", "Runoff", "Geodata"]),
    tests(of: "Landslide", also: ["Terrain"]),
    tests(of: "Exposure"),
    tests(of: "Report", also: ["Geodata"]),
    tests(of: "Pipeline"),
    .testTarget(
      name: "EndToEndTests", dependencies: ["overvann", "Geodata", "Grids", "TestSupport"],
      swiftSettings: settings),
  ]
)
