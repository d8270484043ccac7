/// How the water of a cell is shared among its lower neighbours.
public enum FlowSharing: Sendable, Hashable {
  /// D∞: down the steepest of the eight triangles that a cell forms with two neighbours each, to the two neighbours
  /// beside the line of steepest descent, by the angles to either.
  ///
  /// On oblong cells the triangles have the legs of the real cell. The first of equally steep triangles takes the
  /// water, clockwise from the one between east and south-east.
  /// Method: Tarboton (1997), Water Resources Research 33, 309–319.
  case dInfinity
  /// To every lower neighbour by the power *p* > 0 of the tangent of the slope to it.
  ///
  /// *p* = 1.1 is Freeman's, 4 to 6 are Holmgren's; the greater *p*, the less the water spreads, down to the steepest
  /// neighbour alone.
  /// Methods: Freeman (1991), Computers & Geosciences 17, 413–422; Holmgren (1994), Hydrological Processes 8, 327–334.
  case multiple(exponent: Double)
  /// As ``multiple(exponent:)``, times the length of contour that faces each neighbour.
  ///
  /// The lengths are the sides of the octagon inscribed in the cell: half its height to the east and west, half its
  /// width to the north and south, a quarter of its diagonal to the corners; on square cells 0.5 and 0.354 of the
  /// side, as published with *p* = 1.
  /// Method: Quinn, Beven, Chevallier and Planchon (1991), Hydrological Processes 5, 59–79.
  case contourWeighted(exponent: Double)
}
