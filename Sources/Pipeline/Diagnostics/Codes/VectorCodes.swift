extension DiagnosticCode {
  static let vectorExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-VEC-001", "The vector file cannot be opened; the message says what it seems to be.",
      because: "A missing, empty, remote or foreign file has no features.", do: "Check the path, or fetch it again.",
      ends: .input),
    CodeExplanation(
      "E-VEC-002", "The file has several layers and none is named, or not the one that is.",
      because: "The first is not always the one meant.", do: "Set layer to one of those listed.",
      ends: .configuration, .input),
    CodeExplanation(
      "E-VEC-003", "A feature has another geometry type than is needed.",
      because: "Points have no area, and collections no one meaning.",
      do: "Choose the right layer, or split it by type.",
      ends: .input),
    CodeExplanation(
      "E-VEC-004", "A geometry is invalid and the policy is to fail.", because: "Its area depends on who reads it.",
      do: "Repair it, or set policy.invalid_geometry: repair.", ends: .input),
    CodeExplanation(
      "E-VEC-005", "The layer has no field of that name.", because: "Values that are not there cannot be used.",
      do: "Name one of the fields that are listed.", ends: .input),
    CodeExplanation(
      "E-VEC-006", "A text is not valid UTF-8.", because: "Names would be garbled, and ids no longer match.",
      do: "Declare the encoding, or save the layer as UTF-8 (a .cpg beside a shapefile).", ends: .input),
    CodeExplanation(
      "E-VEC-007", "A field has a type that cannot be read.", because: "Binary fields have no value to compute with.",
      do: "Name another field.", ends: .input),
    CodeExplanation(
      "E-VEC-008", "The features cannot be read to the end.",
      because: "The file is truncated or damaged; the rest would be lost in silence.", do: "Fetch it again.",
      ends: .input),
    CodeExplanation(
      "E-VEC-009", "A part of a shapefile is missing.",
      because: "Without .shx, .dbf or .prj shapes lose place or values.",
      do: "Copy all parts.", ends: .input),
    CodeExplanation(
      "E-VEC-010", "An operation on geometries failed.", because: "The result would be incomplete.",
      do: "Repair the shapes that are named.", ends: .input),
    CodeExplanation(
      "E-VEC-101", "The layer lacks a field or layer that the pipeline names.",
      because: "Features without id or value cannot be told apart or counted.",
      do: "Name one of those that are listed.", ends: .input),
    CodeExplanation(
      "E-VEC-102", "A field does not identify the features: values are missing or stand twice.",
      because: "Results of two areas would be added up as one.", do: "Name a field with unique values as id:.",
      ends: .input),
    CodeExplanation(
      "E-VEC-103", "A feature has a value that is not possible.", because: "Negative people or capacities spoil sums.",
      do: "Mend the feature that is named.", ends: .input),
    CodeExplanation(
      "E-VEC-104", "The layer holds no feature, or none that can be used.",
      because: "Every result would be empty, which reads like no danger.", do: "Check path: and layer:.", ends: .input),
    CodeExplanation(
      "W-VEC-001", "Something about the layer is unusual.", because: "For instance, a field is left out.",
      do: "Read the message."),
    CodeExplanation(
      "W-VEC-101", "Shapes were repaired, left out as invalid, or have no place.",
      because: "Rows of shapes that were left out are kept, with nulls and a flag.",
      do: "Repair the layer at its source."),
    CodeExplanation(
      "W-VEC-102", "Drains take nothing.", because: "They stand where no water can stand.",
      do: "Check their places."),
    CodeExplanation(
      "W-VEC-103", "Something about the zones is unusual.", because: "For instance, a coarse transformation was used.",
      do: "Read the message."),
    CodeExplanation(
      "W-VEC-104", "Areas overlap.",
      because: "What lies in both is counted in both: totals over areas are not additive.",
      do: "Nothing, if it is meant; else mend the borders."),
  ]
}
