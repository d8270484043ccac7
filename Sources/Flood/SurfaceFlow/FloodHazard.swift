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
    depth > 0 ? urbanRating(depth: depth, speed: speed) : 0
  }

  /// ``ukRating(depth:speed:)`` where depth and speed are both 0 if the depth is.
  @inlinable @inline(__always)
  static func urbanRating(depth: Float, speed: Float) -> Float {
    let debris: Float = depth > 0.25 ? 1 : speed > 2 ? 1 : 0
    return depth * (speed + 0.5) + debris
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
    UInt8(truncatingIfNeeded: aidrLimit(depth: depth, speed: speed))
  }

  /// ``aidrClass(depth:speed:)`` as a whole number, without branches: one more for each class whose limits are exceeded,
  /// which contain those of the classes before it.
  @inlinable @inline(__always)
  static func aidrLimit(depth: Float, speed: Float) -> Int32 {
    let product = depth * speed
    @inline(__always)
    func exceeds(_ p: Float, _ d: Float, _ v: Float) -> Int32 {
      let (a, b, c) = (product - p, depth - d, speed - v)
      let more = a < b ? b : a
      return (more < c ? c : more) > 0 ? 1 : 0
    }
    let found =
      1 + exceeds(0.3, 0.3, 2) + exceeds(0.6, 0.5, 2) + exceeds(0.6, 1.2, 2) + exceeds(1, 2, 2) + exceeds(4, 4, 4)
    return depth > 0 ? found : 0
  }
}
