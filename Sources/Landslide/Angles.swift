import Foundation

/// Tangent of an angle in degrees.
func tangent(degrees: Double) -> Double { tan(degrees * .pi / 180) }
