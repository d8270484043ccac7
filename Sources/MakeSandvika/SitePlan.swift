/// The lines of the place as drawn by hand: water, roads and the railway, in metres east and north of the
/// south-western corner.
struct SitePlan {
  /// The river, from the north to the fjord; every point lies south of the one before it.
  let river = Path([
    (690, 1030), (655, 950), (610, 880), (588, 805), (618, 730), (640, 655), (606, 575), (548, 500), (520, 430),
    (503, 360), (458, 290), (398, 235), (335, 190), (270, 130),
  ])
  /// The shore of the fjord, with the land to the right.
  let shore = Path([
    (1260, -75), (1050, -60), (850, -42), (690, -38), (585, -8), (548, 40), (500, 92), (430, 122), (365, 162),
    (300, 212), (235, 258), (170, 300),
    (120, 345), (60, 392), (-60, 440),
  ])
  /// Where the western hill begins: the hill lies to the left.
  let westernFoot = (from: (x: -40.0, y: 420.0), to: (x: 400.0, y: 1000.0))
  /// Where the eastern hill begins: the hill lies to the left.
  let easternFoot = (from: (x: 935.0, y: 1000.0), to: (x: 1080.0, y: 150.0))

  /// Streams in the order in which they are cut; each ends in the river, the fjord or a stream before it.
  let streams = [
    Stream(
      name: "Mælumbekken",
      path: Path(
        [
          (1225, 340), (1150, 322), (1080, 312), (1010, 290), (940, 268), (850, 252), (770, 254), (690, 243),
          (620, 213),
          (565, 168), (520, 118), (488, 84),
        ], wander: 7),
      depths: [(0, 1.5), (0.2, 3), (0.5, 5), (0.85, 2.5), (1, 1)], sideSlope: 0.5),
    Stream(
      name: "Nordre ravine",
      path: Path(
        [
          (1225, 905), (1120, 872), (1050, 848), (980, 822), (925, 803), (862, 790), (800, 772), (740, 747), (680, 735),
          (622, 722),
        ], wander: 7),
      depths: [(0, 1.2), (0.35, 1.8), (0.5, 6), (0.65, 13), (0.8, 16), (0.92, 2), (1, 1)], sideSlope: 0.62),
    Stream(
      name: "Sideravinen", path: Path([(795, 905), (772, 865), (762, 815), (738, 747)], wander: 7),
      depths: [(0, 0.8), (0.4, 6), (0.8, 9), (1, 0)], sideSlope: 0.65),
    Stream(
      name: "Søndre ravine",
      path: Path(
        [
          (1225, 665), (1150, 638), (1065, 604), (1000, 584), (930, 574), (860, 570), (795, 560), (730, 556),
          (670, 552),
          (598, 563),
        ], wander: 7),
      depths: [(0, 1), (0.35, 1.5), (0.5, 5), (0.7, 14), (0.85, 13), (0.93, 1.8), (1, 1)], sideSlope: 0.6),
    Stream(
      name: "Kortravinen",
      path: Path([(775, 476), (735, 484), (690, 478), (640, 486), (543, 498)], wander: 7),
      depths: [(0, 0.6), (0.25, 6), (0.5, 12), (0.7, 2.5), (1, 0.9)], sideSlope: 0.65),
    Stream(
      name: "Åsbekken",
      path: Path(
        [
          (40, 955), (90, 880), (130, 820), (190, 768), (240, 726), (310, 694), (400, 683), (490, 694), (560, 700),
          (628, 708),
        ], wander: 7),
      depths: [(0, 0.8), (0.3, 3), (0.45, 2.2), (0.7, 1.8), (1, 1)], sideSlope: 0.5),
  ]

  /// Roads in the order in which they are built.
  let roads = [
    Road(
      id: "v01", name: "Ringveien", kind: .main,
      path: Path([
        (838, 1030), (826, 940), (818, 860), (812, 780), (818, 690), (822, 610), (816, 530), (802, 450), (786, 370),
        (772, 300), (758, 230), (722, 170), (668, 128), (606, 112),
      ]), frontage: .homes),
    Road(
      id: "v02", name: "Strandveien", kind: .main,
      path: Path([
        (-30, 500), (70, 447), (140, 402), (205, 354), (265, 316), (330, 280), (400, 232), (455, 190), (525, 150),
        (606, 112), (668, 72), (740, 44), (830, 30), (930, 36), (1060, 62), (1230, 98),
      ]), frontage: .blocks),
    Road(
      id: "v03", name: "Elveveien", kind: .collector,
      path: Path([(352, 530), (425, 562), (476, 640), (490, 740), (500, 830), (536, 920), (570, 1030)]),
      frontage: .blocks),
    Road(
      id: "v04", name: "Øvregata", kind: .collector,
      path: Path([(352, 530), (265, 562), (180, 610), (95, 622), (20, 612), (-30, 600)]), frontage: .homes),
    Road(
      id: "v05", name: "Storgata", kind: .street,
      path: Path([(265, 316), (302, 366), (342, 372), (395, 345), (432, 308), (400, 232)]), frontage: .centre),
    Road(
      id: "v06", name: "Jernbanegata", kind: .street,
      path: Path([(100, 428), (170, 446), (240, 428), (300, 414), (338, 408)]), frontage: .centre),
    Road(
      id: "v07", name: "Skogveien", kind: .collector,
      path: Path([
        (816, 530), (880, 528), (950, 545), (985, 610), (990, 700), (978, 780), (958, 860), (930, 940), (905, 1030),
      ]), frontage: .homes),
    Road(
      id: "v08", name: "Bakkeveien", kind: .street,
      path: Path([(950, 545), (1000, 500), (1030, 440), (1090, 400), (1160, 400)]), frontage: .homes),
    Road(
      id: "v09", name: "Mælumveien", kind: .street,
      path: Path([(816, 530), (760, 524), (712, 510), (700, 440), (708, 380), (740, 352), (786, 370)]),
      frontage: .homes),
    Road(
      id: "v10", name: "Elvemælen", kind: .street,
      path: Path([(818, 690), (775, 686), (748, 664), (744, 626), (776, 606)]),
      frontage: .homes),
    Road(
      id: "v11", name: "Løkkeåsveien", kind: .street,
      path: Path([
        (302, 640), (258, 668), (210, 692), (184, 734), (200, 785), (238, 830), (266, 880), (246, 926), (200, 940),
        (150, 926),
      ]), frontage: .homes),
    Road(
      id: "v12", name: "Sjøholmveien", kind: .street,
      path: Path([(668, 72), (690, 112), (742, 136), (806, 128), (850, 92), (830, 30)]), frontage: .homes),
    Road(
      id: "v13", name: "Åsgata", kind: .street, path: Path([(490, 740), (430, 750), (372, 790), (330, 850)]),
      frontage: .homes),
    Road(
      id: "v14", name: "Kroken", kind: .street, path: Path([(822, 890), (870, 880), (900, 900)]), frontage: .homes),
  ]

  /// The street under the railway, built when the railway lies.
  let underpass = Road(
    id: "v15", name: "Stasjonsveien", kind: .street,
    path: Path([(342, 372), (338, 408), (344, 440), (350, 480), (352, 530), (335, 590), (302, 640)]),
    frontage: .centre)

  /// The railway, which enters a tunnel in the east.
  let railway = Path([
    (-30, 572), (60, 556), (150, 530), (250, 500), (345, 470), (430, 447), (520, 432), (590, 424), (655, 420),
  ])
  /// Height of the track along the railway: distance in metres, height in metres.
  ///
  /// It sags in the cutting.
  let railwayLevels = [(0.0, 12.5), (75, 11.5), (125, 12.0), (390, 10.6), (560, 9.6), (690, 9.8)]
}

/// A stream or a ravine: its line, and how deep it has cut itself into the ground along it.
struct Stream {
  let name: String
  let path: Path
  /// Share of the way, and depth of the bed below the ground in metres.
  let depths: [(Double, Double)]
  /// Rise over run of the valley's sides.
  let sideSlope: Double
}

/// A road or street.
struct Road {
  let id: String
  let name: String
  let kind: Kind
  let path: Path
  let frontage: Frontage

  /// Class of a road.
  enum Kind: String {
    case main
    case collector
    case street

    /// Half the width of the carriageway with its shoulders, metres.
    var halfWidth: Double {
      switch self {
      case .main: 5
      case .collector: 3.8
      case .street: 3
      }
    }

    /// Length over which the level is evened out, metres.
    var evenedOver: Double {
      switch self {
      case .main: 110
      case .collector: 70
      case .street: 36
      }
    }
  }

  /// What stands along a road.
  enum Frontage {
    case centre
    case blocks
    case homes
  }
}

/// The value at a place on a line that is given by its corners.
func interpolate(_ corners: [(Double, Double)], at place: Double) -> Double {
  guard let first = corners.first, let last = corners.last else { return 0 }
  if place <= first.0 { return first.1 }
  for (a, b) in zip(corners, corners.dropFirst()) where place <= b.0 {
    return a.1 + (b.1 - a.1) * (place - a.0) / (b.0 - a.0)
  }
  return last.1
}
