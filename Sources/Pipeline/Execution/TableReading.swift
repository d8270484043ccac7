/// A class input whose codes must be in a column of a table.
struct TableClasses {
  let input: String
  let column: String
  /// Codes that need no row.
  var known: [Int32] = []
}

/// A use of a table: how a section reads it, and the classes that it must know.
///
/// Steps read tables by it, and so does the check before a run: what the check accepts, the run can read.
struct TableReading<Content> {
  /// The table's id.
  let id: String
  /// The classes that it must know; nil where it is not by class.
  let classes: TableClasses?
  /// Reads it.
  let read: (CSVTable) throws -> Content

  init(_ id: String, classes: TableClasses? = nil, _ read: @escaping (CSVTable) throws -> Content) {
    self.id = id
    self.classes = classes
    self.read = read
  }
}

/// How a table is looked at before a run.
struct TableCheck {
  /// The table's id.
  let id: String
  /// The classes that it must know; nil where it is not by class.
  var classes: TableClasses?
  /// Reads the file at a path as the run will.
  let check: (String) throws -> Void

  init(_ id: String, _ check: @escaping (String) throws -> Void) {
    self.id = id
    self.check = check
  }

  init<Content>(_ reading: TableReading<Content>) {
    self.init(reading.id) { _ = try reading.read(try CSVTable(path: $0)) }
    classes = reading.classes
  }

  /// A table that is read together with others, and must know classes.
  init(_ id: String, knows input: String, by column: String) {
    self.init(TableReading<Void>(id, classes: .init(input: input, column: column)) { _ in })
  }
}

extension InputLoader {
  /// Reads a table, whose rows' sources are noted as rules of the run.
  func read<Content>(_ reading: TableReading<Content>) throws(RunFailure) -> Content {
    try pipeline.reading("tables.\(reading.id)") { try reading.read(try table(reading.id)) }
  }
}
