/// How dangerous flowing water is to people, vehicles and buildings.
public enum FloodHazard {
  /// Hazard rating of the United Kingdom: d (v + 0.5) + DF.
  ///
  /// The debris factor DF is that of urban land: 1 where the water is deeper than 0.25 m or faster than 2 m/s, else 0.
  /// Below 0.75 caution, to 1.25 danger for some, to 2.0 danger for most, above it danger for all.
  /// Source: Defra and Environment Agency (2006), Flood Risks to People, FD2321/TR1.
  /// - Parameters:
  ///   - depth: Depth, metres.
  ///   - speed: Speed, m/s.
  @inlinable
  public static func ukRating(depth: Float, speed: Float) -> Float {
    if !(depth > 0) { return 0 }
    return depth * (speed + 0.5) + (depth > 0.25 || speed > 2 ? 1 : 0)
  }

  /// Hazard class of Australia, 1 (generally safe) to 6 (unsafe for all, buildings fail); 0 where it is dry.
  ///
  /// Limits of depth × speed (m²/s), depth (m) and speed (m/s) that each class may not exceed: H1 0.3, 0.3, 2;
  /// H2 0.6, 0.5, 2; H3 0.6, 1.2, 2; H4 1.0, 2.0, 2; H5 4, 4, 4.
  /// Source: Australian Institute for Disaster Resilience (2017), Guideline 7-3, Flood Hazard; Smith, Davey and Cox
  /// (2014), WRL technical report 2014/07.
  /// - Parameters:
  ///   - depth: Depth, metres.
  ///   - speed: Speed, m/s.
  @inlinable
  public static func aidrClass(depth: Float, speed: Float) -> UInt8 {
    if !(depth > 0) { return 0 }
    let product = depth * speed
    if product <= 0.3, depth <= 0.3, speed <= 2 { return 1 }
    if product <= 0.6, depth <= 0.5, speed <= 2 { return 2 }
    if product <= 0.6, depth <= 1.2, speed <= 2 { return 3 }
    if product <= 1, depth <= 2, speed <= 2 { return 4 }
    if product <= 4, depth <= 4, speed <= 4 { return 5 }
    return 6
  }
}
