extension DiagnosticCode {
  static let commandExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-CLI-001", "The command line is not one that the program understands.",
      because: "A mistyped option that were passed over would run something else than was meant.",
      do: "Read the usage below the message, or overvann help COMMAND.", ends: .configuration)
  ]

  static let configurationExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-CFG-001", "The pipeline file does not exist, may not be read, or is larger than 1 MiB.",
      because: "Without it nothing is known of the run.", do: "Check the path and the permissions.",
      ends: .configuration),
    CodeExplanation(
      "E-CFG-002", "The pipeline file is not exactly one YAML document in UTF-8.",
      because: "Tabs, explicit tags, control characters, keys that are no text, very deep nesting and aliases that "
        + "expand without bound make files that say something else than they seem to say, or never end.",
      do: "Mend the line that is named; save the file as UTF-8 with spaces.", ends: .configuration),
    CodeExplanation(
      "E-CFG-003", "A required key is missing.", because: "There is no default that would be right for all.",
      do: "Add the key; overvann schema lists the keys of every section.", ends: .configuration),
    CodeExplanation(
      "E-CFG-004", "The key is not one that the section has.",
      because: "Unknown keys are never ignored: most are spelling errors, and the value would be lost.",
      do: "Take the key that is proposed, or overvann schema for the list.", ends: .configuration),
    CodeExplanation(
      "E-CFG-005", "The same key or id stands twice.", because: "Which of the two was meant cannot be known.",
      do: "Remove one of them.", ends: .configuration),
    CodeExplanation(
      "E-CFG-006", "The value has another type than the key needs.",
      because: "Values follow the YAML 1.2 core schema: NO, yes, off and 12:30 are text; numbers are decimal, without "
        + "leading zeros or underscores. Guessing would turn Norway into false.",
      do: "Write the value as the message says.", ends: .configuration),
    CodeExplanation(
      "E-CFG-007", "The value is of the right type but outside the range, pattern or list of allowed values.",
      because: "Beyond the range the method has no meaning.", do: "Choose a value that the message allows.",
      ends: .configuration),
    CodeExplanation(
      "E-CFG-008", "A quantity without a unit, with an unknown unit, or of another dimension.",
      because: "Units are declared, never guessed: a bare 60 may be minutes, millimetres or metres.",
      do: "Write the unit into the value, as in 0.15 m, 60 min or 200 a.", ends: .configuration),
    CodeExplanation(
      "E-CFG-009", "The id names nothing in the file, or something of the wrong kind.",
      because: "Steps and inputs are joined by ids alone.", do: "Name one of the ids that are listed.",
      ends: .configuration),
    CodeExplanation(
      "E-CFG-010", "A substitution such as ${VAR}, {T} or {name} has no value.",
      because: "An empty substitution would name another file.",
      do: "Declare the variable with a default under env, or add the key to the scenario.", ends: .configuration),
    CodeExplanation(
      "E-CFG-011", "Keys or options are each valid but do not go together.",
      because: "One of them would be passed over in silence.", do: "Remove one, or add the one that is missing.",
      ends: .configuration),
    CodeExplanation(
      "E-CFG-012", "An override of the command line cannot be applied.",
      because: "A run with other values than were asked for is worse than none.",
      do: "Write --set section.key=value with a place that is in the file.", ends: .configuration),
    CodeExplanation(
      "W-CFG-001", "An input or table is declared but nothing uses it.", because: "Most likely a step is missing.",
      do: "Name it in a step, or remove it."),
    CodeExplanation(
      "W-CFG-002", "A result was asked for that the scenarios do not allow.",
      because: "Expected annual values, for instance, need two return periods; the table would be empty.",
      do: "Add scenarios, or leave the result out."),
    CodeExplanation(
      "I-CFG-001", "Published advice on this climate factor differs.",
      because: "For rain of at most an hour with a return period of 50 years or more 1.4 stands in one place, 1.5 in "
        + "another.", do: "State your source in climate_source."),
  ]

  static let tableExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-TAB-001", "The table does not exist, may not be read, is too large, or is not UTF-8.",
      because: "Parameters that are not read cannot be guessed.", do: "Check the path; save the table as UTF-8.",
      ends: .configuration),
    CodeExplanation(
      "E-TAB-002", "The table is no rectangle of rows below one line of column names.",
      because: "A cell too many shifts every value after it.",
      do: "Separate cells by commas, or by semicolons where decimals are written with a comma.", ends: .configuration),
    CodeExplanation(
      "E-TAB-003", "The table has no column of this name.",
      because: "Names are compared exactly, capitals included, so that no column is taken for another.",
      do: "Rename the column, or take the one that is proposed.", ends: .configuration),
    CodeExplanation(
      "E-TAB-004", "A cell is not the number it should be, or not in the allowed range.",
      because: "A text that is read as 0 is a result that nobody checks.", do: "Mend the cell whose line is named.",
      ends: .configuration),
    CodeExplanation(
      "E-TAB-005", "The same key stands in two rows or two columns.",
      because: "Which of the two was meant cannot be known.", do: "Remove one of them.", ends: .configuration),
    CodeExplanation(
      "E-TAB-101", "Codes of a raster are missing in the table that gives them their parameters.",
      because: "Cells of these codes would have no losses or strength, and the areas around them wrong sums.",
      do: "Add rows for the codes that are listed with the number of cells that have them.", ends: .input),
    CodeExplanation(
      "E-TAB-102", "A table of rain by return period and duration contradicts itself.",
      because: "Rain that falls with the duration, or rises in intensity with it, is a column or unit mixed up.",
      do: "Check unit and columns of the table against its source.", ends: .configuration),
    CodeExplanation(
      "E-TAB-103", "A table of climate factors or areal reduction cannot be applied.",
      because: "The rain would be changed by a factor that was meant for another duration.",
      do: "Check the rows and the keys that name them.", ends: .configuration),
    CodeExplanation(
      "W-TAB-101", "A damage curve or table of values is unusual.",
      because: "Curves that fall, or values at prices of several years, make sums that mean little.",
      do: "Check the rows; leave them if they are meant."),
    CodeExplanation(
      "W-TAB-102", "Buildings have types that the table lacks.",
      because: "Their damage or safety class stays unknown, and sums are too small.",
      do: "Add the types that are listed."),
    CodeExplanation(
      "W-TAB-103", "Rules of a table are for something that is not computed.",
      because: "The combined class then rests on less than the table suggests.",
      do: "Add the hazard to the pipeline, or remove the rules."),
    CodeExplanation(
      "W-TAB-104", "The table holds values that are marked unverified.",
      because: "They are screening defaults of our own, not measured here.",
      do: "Replace them by values for your place, and their status column with them."),
    CodeExplanation(
      "W-RULE-101", "Scenarios for TEK17 § 15-8 have no climate factor above 1.",
      because: "The rule asks for climate-adjusted rain.", do: "Set climate_factor of the scenarios."),
  ]
}
