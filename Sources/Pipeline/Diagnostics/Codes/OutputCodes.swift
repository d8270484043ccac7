extension DiagnosticCode {
  static let outputExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-OUT-000", "A result cannot be written.", because: "Nothing was published.",
      do: "Read the message; check disk and permissions.", ends: .output),
    CodeExplanation(
      "E-OUT-001", "The output exists.", because: "Results of an earlier run are never lost by accident.",
      do: "Name another folder, or say --replace.", ends: .output),
    CodeExplanation(
      "E-OUT-002", "The output or its folder cannot be written.", because: "The run could not end with results.",
      do: "Check path and permissions; under systemd, ReadWritePaths.", ends: .output),
    CodeExplanation(
      "E-OUT-003", "The disk or a quota is full, or has less room than the run needs.",
      because: "Half a result would be left; nothing was published.",
      do: "Make room, clear the cache with overvann clean, or name another disk.", ends: .output),
    CodeExplanation(
      "E-OUT-004", "Another run holds the lock of this output.", because: "Two runs would write the same files.",
      do: "Try again later, or wait with --wait-lock 10m.", ends: .locked),
    CodeExplanation(
      "E-OUT-005", "The file system failed.", because: "Nothing was published.", do: "Read the message.",
      ends: .output),
    CodeExplanation(
      "E-OUT-006", "The output exists and is not a run of this program.",
      because: "--replace never deletes what it did not write.", do: "Name another folder.", ends: .output),
    CodeExplanation(
      "E-OUT-007", "A row does not fit the fields of its layer.", because: "This is a defect of the program.",
      do: "Report it with the pipeline file.", ends: .processing),
    CodeExplanation(
      "E-OUT-008", "A point has no longitude and latitude.", because: "GeoJSON cannot hold it.",
      do: "Check the reference system of the grid.", ends: .processing),
    CodeExplanation(
      "E-OUT-009", "A file of a run cannot be read back.", because: "It is damaged or of another version.",
      do: "Run again.", ends: .input),
    CodeExplanation(
      "E-OUT-010", "Standard output cannot be written.", because: "The result would be lost in silence.",
      do: "Check where it is led to.", ends: .output),
    CodeExplanation(
      "E-OUT-011", "A file that is to be written is in the way, an input, or without a folder.",
      because: "Inputs are never written, and files never lost by accident.", do: "Name another, or say --replace.",
      ends: .output),
    CodeExplanation(
      "E-OUT-012", "A file or folder cannot be made.", because: "The result would be lost.",
      do: "Check path, permissions and disk; endings name the format.", ends: .output),
    CodeExplanation(
      "E-OUT-101", "An output cannot be created.", because: "Nothing was published.",
      do: "Check path, permissions and disk.", ends: .output),
    CodeExplanation(
      "E-OUT-102", "An output cannot be written to the end.", because: "The disk is full or failing.",
      do: "Make room.", ends: .output),
    CodeExplanation(
      "E-OUT-103", "An output cannot be put in its place.", because: "The rename failed; the old file is still there.",
      do: "Check the permissions of the folder.", ends: .output),
    CodeExplanation(
      "E-OUT-104", "A value does not fit the output's type, or equals its mark for no data.",
      because: "It would be read back as something else.", do: "Report it with the input.", ends: .output),
    CodeExplanation(
      "E-OUT-105", "The database cannot be reached or written.", because: "Its transaction was rolled back.",
      do: "Check outputs.postgis, PGPASSFILE and the server.", ends: .output),
    CodeExplanation(
      "W-OUT-001", "The results are published, but something after that failed.",
      because: "The old results could not be cleared, or the link not be switched.",
      do: "Do it by hand; check permissions."),
  ]
}
