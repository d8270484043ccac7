extension DiagnosticCode {
  static let runExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-RUN-000", "Something failed that the program has no own words for.",
      because: "Nothing was published.", do: "Report it with the message and the pipeline file.", ends: .processing),
    CodeExplanation(
      "E-RUN-001", "The filled terrain is not the exact surface.",
      because: "Every run proves its terrain; a proof that fails is a defect of the program.",
      do: "Report it with the terrain.", ends: .processing),
    CodeExplanation(
      "E-RUN-002", "The grid would have more than 2³¹ cells.", because: "Cells are counted with 31 bits.",
      do: "Choose a coarser resolution or a smaller extent.", ends: .configuration),
    CodeExplanation(
      "E-RUN-003", "The run was stopped by a signal.",
      because: "Nothing was published, unless the message names the results; finished steps are kept.",
      do: "Run again; it goes on at the last finished step.", ends: .interrupted, .terminated),
    CodeExplanation(
      "E-RUN-004", "An input changed or vanished during the run.",
      because: "Results of two states would be mixed; nothing was published.",
      do: "Run again once inputs are complete; put new files in place by rename.", ends: .processing, .input),
    CodeExplanation(
      "E-RUN-005", "The run needs more memory than it may have, or than the machine has.",
      because: "The system would kill it half-way.",
      do: "Allow the --memory that the message names, choose a coarser resolution or a smaller extent, or work tile by "
        + "tile with overvann fill and overvann flow.", ends: .input),
    CodeExplanation(
      "E-RUN-006", "The raster cannot be worked through by tiles as asked.",
      because: "No size of tile keeps the budget, or the option needs the raster as a whole.",
      do: "Allow more memory, take fewer threads, or leave --memory and --tile out.", ends: .configuration),
    CodeExplanation(
      "W-RUN-101", "The rational method is used for a large catchment.",
      because: "It is meant for some 2 km² at most.", do: "Use the runoff and flow of a pipeline there."),
    CodeExplanation(
      "W-RUN-102", "Outlets lie outside the terrain or have no place.", because: "Their rows are empty.",
      do: "Check their places."),
    CodeExplanation(
      "W-RUN-104", "The run may need more memory than is free now.",
      because: "Other programs hold the rest; the system may become slow or kill one of them.",
      do: "Run it at another time, or bound it with --memory."),
    CodeExplanation(
      "W-RUN-105", "The content of an input changed, its length and time of change did not.",
      because: "Whoever changes a file in earnest changes its time: the disk or a copy may be damaged.",
      do: "Compare the file with its source, and fetch it again."),
    CodeExplanation(
      "I-RUN-105", "An input is not what it was in the run before.",
      because: "Results change with it, which explains what the comparison of both runs tells.",
      do: "Nothing, if it is meant."),
    CodeExplanation(
      "I-RUN-103", "A scenario has no return period, so that it has no rows in peak_runoff.",
      because: "Peak discharge is rain of a return period.", do: "Nothing, or give it one."),
    CodeExplanation(
      "I-RUN-107", "The run waits for another one on the same output.", because: "--wait-lock allows it.",
      do: "Nothing; the message names the process."),
    CodeExplanation(
      "I-RUN-106", "What killed runs had left beside the output was cleared.",
      because: "Nobody writes it any more; an old run that had been moved aside is put back.", do: "Nothing."),
    CodeExplanation(
      "W-CACHE-001", "A result in the cache is damaged.", because: "It is computed anew; results are not affected.",
      do: "Nothing; check the disk if it comes back."),
    CodeExplanation(
      "W-CACHE-002", "The cache cannot be written.", because: "The run goes on, but nothing is kept for the next.",
      do: "Name another folder with --cache, or none with --no-cache."),
  ]

  static let simulationExplanations: [CodeExplanation] = [
    CodeExplanation(
      "E-SIM-001", "The case of a simulation is not complete or contradicts itself.",
      because: "Water that enters where no cell is, or ground without roughness, has no motion.",
      do: "Mend what the message names.", ends: .configuration),
    CodeExplanation(
      "E-SIM-002", "The simulation cannot go on.",
      because: "The time step became too small, or values are no numbers any more.",
      do: "Lower --courant, check terrain and inflows, or take another scheme.", ends: .processing),
    CodeExplanation(
      "E-SIM-003", "A restart cannot be read, or is of another case.",
      because: "Going on with other ground or rain would mix two simulations.",
      do: "Name the restart of the same case, or begin anew without --resume.", ends: .input),
    CodeExplanation(
      "I-SIM-001", "The simulation was stopped and wrote a restart.", because: "Nothing that was computed is lost.",
      do: "Go on with --resume; a pipeline goes on by itself, with the same cache."),
    CodeExplanation(
      "I-SIM-002", "How far the simulation of a scenario has come.", because: "Surface flow takes long on fine cells.",
      do: "Nothing; coarser cells, or --subgrid of simulate, take less time."),
  ]

  static let resultExplanations: [CodeExplanation] = [
    CodeExplanation(
      "W-COV-001", "Areas have no values in some scenario.",
      because: "They are not covered well enough by data; their cells stay empty, and flags say why.",
      do: "Deliver data that cover them, or allow them with policy.max_failed_areas.", ends: .success, .partial),
    CodeExplanation(
      "W-COV-002", "Buildings or lines are not covered well enough.", because: "Whether they are exposed is not known.",
      do: "Deliver data that cover them."),
    CodeExplanation(
      "W-COV-003", "Water may come to areas from beyond the terrain.",
      because: "Their catchments are cut by its edge or by cells without elevation: what comes from there is not "
        + "computed, so that depths may be too small. The field edge_frac tells the share of each area.",
      do: "Deliver terrain up to the watersheds, or raise grid.buffer; the raster edge_contaminated shows the ground."),
    CodeExplanation(
      "W-ALERT-001", "Areas pass a threshold of alerts.", because: "That is what the thresholds are for.",
      do: "Look at alerts.json and the areas.", ends: .success, .partial),
    CodeExplanation(
      "W-ALERT-002", "The command of alerts failed.", because: "Nobody was told, so that the exit code must.",
      do: "Check alerts.command.", ends: .partial),
    CodeExplanation(
      "W-DIFF-001", "The run could not be compared with the one before.",
      because: "Its tables may be those of an older version.", do: "Nothing; the next comparison works."),
    CodeExplanation(
      "W-EAD-001", "Expected annual values are uncertain.",
      because: "Damage that falls with the return period, or a long tail, gives no sound integral.",
      do: "Check the scenarios; add return periods."),
    CodeExplanation(
      "W-FLD-001", "No return periods at which bluespots fill.",
      because: "Runoff does not rise with the return period.", do: "Check the rain of the scenarios."),
    CodeExplanation(
      "W-POP-001", "People live in no building.", because: "They are spread over their cell instead.",
      do: "Check that buildings and population are of the same year."),
    CodeExplanation(
      "W-SLD-001", "No flow is followed from some release cells.",
      because: "They lie at the edge of the terrain or beside cells without data.",
      do: "Deliver terrain that reaches further."),
    CodeExplanation(
      "W-SLD-002", "Maps for quick clay are missing.", because: "All low ground, or ground at any height, counts.",
      do: "Give a map of deposits and the marine limit."),
  ]
}
