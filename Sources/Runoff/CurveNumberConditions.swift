import Foundation

/// How wet the ground is before a storm, after the US Soil Conservation Service.
public enum AntecedentCondition: String, Sendable, Hashable, CaseIterable {
  /// Dry.
  case dry = "I"
  /// Average; tables of curve numbers are made for it.
  case average = "II"
  /// Wet.
  case wet = "III"
}

/// How a curve number changes with the slope of the ground.
public enum SlopeAdjustment: String, Sendable, Hashable, CaseIterable {
  /// CN + (CN(III) − CN)/3 · (1 − 2 exp(−13.86 s)) with CN(III) = CN exp(0.00673 (100 − CN)).
  ///
  /// From A. N. Sharpley and J. R. Williams 1990, EPIC, the erosion/productivity impact calculator, USDA Technical
  /// Bulletin 1768; also S. L. Neitsch et al. 2011, SWAT theoretical documentation, equations 2:1.1.5 and 2:1.1.12. Below
  /// 5 % the number falls, above it rises towards a third of the way to the wet condition.
  case sharpleyWilliams = "sharpley_williams"
  /// CN (322.79 + 15.63 s)/(s + 323.52), fitted to slopes from 0.14 to 1.4.
  ///
  /// From M. Huang, J. Gallichand, Z. Wang and M. Goulet 2006, A modification to the Soil Conservation Service curve
  /// number method for steep slopes in the Loess Plateau of China, Hydrological Processes 20, 579–589. Hardly changes
  /// the number of gentle slopes.
  case huang
}

extension CurveNumber {
  /// A curve number of the average condition brought to another one.
  ///
  /// CN(I) = 4.2 CN/(10 − 0.058 CN), CN(III) = 23 CN/(10 + 0.13 CN) (V. T. Chow, D. R. Maidment and L. W. Mays 1988,
  /// Applied Hydrology, equations 5.5.7 and 5.5.8).
  public static func adjusted(_ curveNumber: Double, to condition: AntecedentCondition) -> Double {
    switch condition {
    case .dry: 4.2 * curveNumber / (10 - 0.058 * curveNumber)
    case .average: curveNumber
    case .wet: 23 * curveNumber / (10 + 0.13 * curveNumber)
    }
  }

  /// A curve number of the usual λ = 0.2 made into the one that belongs to λ = 0.05.
  ///
  /// CN₀.₀₅ = 100/(1.879 (100/CN₀.₂ − 1)^1.15 + 1), the same as S₀.₀₅ = 0.819 S₀.₂^1.15 in mm (R. H. Hawkins, R. Jiang,
  /// D. E. Woodward, A. T. Hjelmfelt and J. E. Van Mullem 2002, Runoff curve number method: examination of the initial
  /// abstraction ratio).
  public static func convertedToSmallAbstraction(_ curveNumber: Double) -> Double {
    curveNumber <= 0 ? 0 : 100 / (1.879 * pow(100 / curveNumber - 1, 1.15) + 1)
  }

  /// A curve number of ground with a slope of 5 %, which tables are made for, brought to another slope.
  /// - Parameters:
  ///   - curveNumber: From 0 to 100, average condition.
  ///   - slope: Rise over run, ≥ 0.
  ///   - method: How it changes with the slope.
  public static func adjusted(
    _ curveNumber: Double, toSlope slope: Double, by method: SlopeAdjustment = .sharpleyWilliams
  ) -> Double {
    let result: Double
    switch method {
    case .sharpleyWilliams:
      let wet = curveNumber * exp(0.00673 * (100 - curveNumber))
      result = curveNumber + (wet - curveNumber) / 3 * (1 - 2 * exp(-13.86 * slope))
    case .huang: result = curveNumber * (322.79 + 15.63 * slope) / (slope + 323.52)
    }
    return min(100, max(0, result))
  }

  /// The curve number of ground that is partly sealed.
  ///
  /// CN + i (98 − CN)(1 − r/2), where i is the sealed share and r the part of it whose water runs over the pervious
  /// ground first; where i is above 0.3 the pervious ground takes none of it and r counts as 0 (USDA NRCS 1986, TR-55,
  /// figures 2-3 and 2-4).
  /// - Parameters:
  ///   - pervious: Curve number of the ground that is not sealed.
  ///   - impervious: Sealed share of the area, from 0 to 1.
  ///   - unconnected: Share of the sealed area that is not connected to a drain, from 0 to 1.
  public static func composite(pervious: Double, impervious: Double, unconnected: Double = 0) -> Double {
    let relief = impervious > 0.3 ? 0 : unconnected / 2
    // Ground whose number is above that of pavement, such as water, keeps it.
    return pervious + impervious * max(0, 98 - pervious) * (1 - relief)
  }
}
