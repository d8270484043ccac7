/// Every label of the report, in English and Norwegian bokmål.
///
/// Wording: results are modelled and a screening. Nothing is ever called free of danger.
enum ReportText {
  // MARK: Introduction

  static let kind = Label("Screening of stormwater and landslides", "Screening av overvann og skred")
  static let lead = Label(
    "This report shows modelled results: where water may gather and slopes may fail under the scenarios below, and what "
      + "stands there. It is a screening to find where to look closer. It replaces no detailed study, and where it "
      + "shows nothing, hazards may exist all the same.",
    "Rapporten viser modellerte resultater: hvor vann kan samle seg og skråninger kan svikte under scenarioene "
      + "nedenfor, og hva som står der. Den er en screening for å finne hvor det bør ses nærmere. Den erstatter ingen "
      + "detaljert utredning, og der den ikke viser noe, kan det likevel være fare.")
  static let partialRun = Label(
    "This run is incomplete: more areas than tolerated have no values. See the section on data quality.",
    "Kjøringen er ufullstendig: flere områder enn tillatt mangler verdier. Se avsnittet om datakvalitet.")
  static let resolution = Label("Ground resolution", "Oppløsning på bakken")
  static let scenarios = Label("Scenarios (return period)", "Scenarioer (gjentaksintervall)")
  static let scenario = Label("Scenario", "Scenario")
  static let drainage = Label("Drainage", "Drenering")
  static let drainsRepresented = Label(
    "The drainage network is represented by the rate that it carries away, not pipe by pipe.",
    "Ledningsnettet er representert ved hvor mye det fører bort, ikke ledning for ledning.")
  static let drainsAbsent = Label(
    "The drainage network is not represented: pipes carry no water in the model.",
    "Ledningsnettet er ikke representert: ledninger fører ikke vann i modellen.")
  static let culvertsRepresented = Label(
    "Culverts that were given are cut into the terrain and have no limit of capacity.",
    "Oppgitte stikkrenner er skåret ned i terrenget og har ingen kapasitetsgrense.")
  static let culvertsAbsent = Label(
    "No culverts are represented.", "Stikkrenner er ikke representert.")
  static let run = Label("Run", "Kjøring")
  static let language = Label("Language", "Språk")
  static let years = Label("years", "år")
  static let climateFactor = Label("climate factor", "klimapåslag")
  static let climateFactorHead = Label("Climate factor", "Klimapåslag")

  // MARK: Map

  static let map = Label("Map", "Kart")
  static let mapNote = Label(
    "Areas by class; over them the modelled water, slopes and what is exposed. Outlines are simplified, and surfaces "
      + "too small for the map are not drawn; the layers hold everything.",
    "Områder etter klasse; over dem modellert vann, skråninger og det som er utsatt. Omriss er forenklet, og flater "
      + "som er for små for kartet, er ikke tegnet; kartlagene har alt.")
  static let hoverHint = Label(
    "Point at an area, or choose one in the ranking, to see its values.",
    "Pek på et område, eller velg et i rangeringen, for å se verdiene.")
  static let northUp = Label("grid north up", "rutenettets nord opp")
  static let colourBy = Label("Colour areas by", "Fargelegg områder etter")
  static let layers = Label("Layers", "Lag")
  static let zoomIn = Label("Zoom in", "Zoom inn")
  static let zoomOut = Label("Zoom out", "Zoom ut")
  static let zoomAll = Label("Whole map", "Hele kartet")
  static let noData = Label("no data or not covered", "ingen data eller ikke dekket")
  static let waterLayer = Label("Standing water", "Stående vann")
  static let water1 = Label("water up to 0.1–0.3 m deep", "vann inntil 0,1–0,3 m dypt")
  static let water2 = Label("water up to 0.3–0.5 m deep", "vann inntil 0,3–0,5 m dypt")
  static let water3 = Label("water up to 0.5–1 m deep", "vann inntil 0,5–1 m dypt")
  static let water4 = Label("water 1 m deep or more", "vann 1 m dypt eller mer")
  static let flowPathLayer = Label("Flow paths", "Flomveier")
  static let slideLayer = Label("Unstable slopes", "Ustabile skråninger")
  static let slideClass1 = Label("least stable slopes (class 1)", "minst stabile skråninger (klasse 1)")
  static let slideClass2 = Label("less stable slopes (class 2)", "mindre stabile skråninger (klasse 2)")
  static let runoutLayer = Label("Runout of mass flows", "Utløp av skred")
  static let clayLayer = Label("Quick clay zones", "Kvikkleiresoner")
  static let clayRelease = Label("quick clay: release area", "kvikkleire: løsneområde")
  static let clayRunout = Label("quick clay: runout", "kvikkleire: utløp")
  static let roadLayer = Label("Roads with exposed stretches", "Veier med utsatte strekninger")
  static let buildingLayer = Label("Exposed buildings", "Utsatte bygninger")

  // MARK: Values of areas

  static let exposedResidents = Label("Exposed residents", "Utsatte innbyggere")
  static let exposedBuildings = Label("Exposed buildings", "Utsatte bygninger")
  static let exposedRoads = Label("Exposed roads", "Utsatte veier")
  static let damage = Label("Damage to buildings", "Skade på bygninger")
  static let floodedArea = Label("Flooded area", "Oversvømt areal")
  static let floodedShare = Label("Flooded share", "Oversvømt andel")
  static let greatestDepth = Label("Greatest depth", "Største dybde")
  static let slideBuildings = Label("Buildings on unstable ground", "Bygninger på ustabil grunn")
  static let slideShare = Label("Unstable share", "Ustabil andel")
  static let expectedResidents = Label("Expected residents per year", "Forventede innbyggere per år")
  static let expectedDamage = Label("Expected damage per year", "Forventet skade per år")

  // MARK: Ranking and charts

  static let ranking = Label("Ranking of areas", "Rangering av områder")
  static let rank = Label("Rank", "Rang")
  static let area = Label("Area", "Område")
  static let rankingNote = Label(
    "Rank 1 is the most urgent by the weights of the run. A click on a heading sorts.",
    "Rang 1 haster mest etter vektene i kjøringen. Klikk på en overskrift for å sortere.")
  static let unrankedNote = Label(
    "The run has no ranking; areas are in the order of the first column.",
    "Kjøringen har ingen rangering; områdene står etter første kolonne.")
  static let shownAreas = Label("Areas shown:", "Områder vist:")
  static let scenarioOfColumns = Label(
    "Values that differ by scenario are of", "Verdier som varierer med scenario, er for")
  static let charts = Label("Exposure over the return period", "Eksponering over gjentaksintervall")
  static let allAreas = Label("All areas together", "Alle områder samlet")
  static let areasLeftOut = Label(
    "Areas without values in some scenario, which the sums leave out there:",
    "Områder uten verdier i et scenario, som summene utelater der:")
  static let returnPeriodAxis = Label("return period in years", "gjentaksintervall i år")

  // MARK: Findings

  static let expectedAnnual = Label("Expected annual values", "Forventede årlige verdier")
  static let expectedNote = Label(
    "Integrated over the return periods of the scenarios, all areas together. The bounds are those of the integration, "
      + "not of the model; the tail is what lies beyond the longest return period.",
    "Integrert over scenarioenes gjentaksintervaller, alle områder samlet. Grensene gjelder integrasjonen, ikke "
      + "modellen; halen er det som ligger bortenfor det lengste gjentaksintervallet.")
  static let quantity = Label("Quantity", "Størrelse")
  static let perYear = Label("per year", "per år")
  static let bounds = Label("Bounds", "Grenser")
  static let tailShare = Label("Share of the tail", "Halens andel")
  static let returnPeriods = Label("Return periods", "Gjentaksintervaller")
  static let method = Label("Method", "Metode")
  static let indicators = Label("Indicators (U4SSC)", "Indikatorer (U4SSC)")
  static let indicatorNote = Label(
    "Bounds are the least and the greatest over the scenarios, or those of the expected annual value. The status "
      + "“modelled” marks a companion of an indicator that statistics do not give.",
    "Grensene er minste og største verdi over scenarioene, eller grensene for den forventede årlige verdien. Status "
      + "«modelled» er en modellert følgeverdi til en indikator som statistikken ikke gir.")
  static let indicator = Label("Indicator", "Indikator")
  static let hazard = Label("Hazard", "Fare")
  static let hazardNames = [
    "flood": Label("flood", "flom"), "slide": Label("landslide", "skred"), "runout": Label("runout", "skredutløp"),
    "quick_clay_release": Label("quick clay, release", "kvikkleire, løsneområde"),
    "quick_clay_runout": Label("quick clay, runout", "kvikkleire, utløpsområde"),
    "any": Label("any of them", "minst én av dem"), "none": Label("–", "–"),
  ]
  static let statusNames = [
    "computed": Label("computed", "beregnet"), "modelled": Label("modelled", "modellert"),
    "not_covered": Label("not covered", "ikke dekket"),
  ]
  /// Names of the indicators by their codes.
  static let indicatorNames = [
    "SC: SH: SA: 4A": Label("Population living in disaster-prone areas", "Befolkning i katastrofeutsatte områder"),
    "SC: SH: SA: 2C": Label(
      "Disaster-related economic losses: modelled expected annual damage to buildings",
      "Økonomiske tap ved katastrofer: modellert forventet årlig skade på bygninger"),
    "EC: ICT: D: 1A": Label(
      "Drainage and storm water system monitored by ICT", "Avløps- og overvannsnett overvåket med IKT"),
  ]
  static let now = Label("today", "i dag")
  static let value = Label("Value", "Verdi")
  static let statusHead = Label("Status", "Status")
  static let safety = Label("Buildings against TEK17", "Bygninger mot TEK17")
  static let safetyNote = Label(
    "A screening comparison by an editable table of building types; it decides nothing about a building.",
    "En screeningsammenligning etter en redigerbar tabell over bygningstyper; den avgjør ingenting om en bygning.")
  static let rule = Label("Rule", "Regel")
  static let ruleFlood = Label("§ 7-2 flood (stormwater)", "§ 7-2 flom (overvann)")
  static let ruleSlide = Label("§ 7-3 landslide", "§ 7-3 skred")
  static let ruleStormwater = Label("§ 15-8 stormwater", "§ 15-8 overvann")
  static let hitRed = Label("touched by the event of its class", "berørt av klassens hendelse")
  static let hitYellow = Label("to be looked at", "bør vurderes")
  static let notTold = Label("not told", "ikke vurdert")
  static let notHit = Label("not touched in the model", "ikke berørt i modellen")
  static let notRelevant = Label("no class", "ingen klasse")

  // MARK: Water balance

  static let waterBalance = Label("Water balance", "Vannbalanse")
  static let balanceNote = Label(
    "Where the rain of each scenario went, over the whole grid. The balance closes exactly; every run proves it.",
    "Hvor regnet i hvert scenario ble av, over hele rutenettet. Balansen går opp eksakt; hver kjøring beviser det.")
  static let rain = Label("Rain with climate factor", "Regn med klimapåslag")
  static let losses = Label("Lost on and in the ground", "Tapt på og i bakken")
  static let drained = Label("Carried by drains", "Ført bort i ledninger")
  static let infiltratedInDepressions = Label("Infiltrated in depressions", "Infiltrert i forsenkninger")
  static let drainedFromDepressions = Label("Drained from depressions", "Drenert fra forsenkninger")
  static let stored = Label("Standing in bluespots", "Stående i forsenkninger")
  static let storedSmall = Label("Standing in small depressions", "Stående i små forsenkninger")
  static let left = Label("Left the grid", "Rant ut av rutenettet")
  static let rounding = Label("Rounding to whole units of volume", "Avrunding til hele volumenheter")

  // MARK: Data quality

  static let quality = Label("Data quality", "Datakvalitet")
  static let coverage = Label("Coverage", "Dekning")
  static let fullyCovered = Label("Areas fully covered by data", "Områder fullt dekket av data")
  static let areasWithoutValues = Label(
    "Areas without values in some scenario", "Områder uten verdier i et scenario")
  static let cells = Label("Cells of the analysis grid", "Celler i analyserutenettet")
  static let bluespotCount = Label("Bluespots shown", "Forsenkninger vist")
  static let bluespotsDropped = Label(
    "Depressions below the least size, not shown as bluespots", "Forsenkninger under minste størrelse, ikke vist")
  static let bluespotsDroppedVolume = Label(
    "Volume of these depressions when full, m³", "Volum av disse forsenkningene når de er fulle, m³")
  static let flaggedAreas = Label(
    "Areas with a flag or incomplete coverage, 50 at most", "Områder med merknad eller ufullstendig dekning, høyst 50")
  static let identifier = Label("Identifier", "Identifikator")
  static let covered = Label("Covered", "Dekket")
  static let flags = Label("Flags", "Merknader")
  static let proofs = Label("Proofs made by the run", "Beviser som kjøringen førte")
  static let proof = Label("Proof", "Bevis")
  static let result = Label("Result", "Resultat")
  static let detail = Label("Detail", "Detaljer")
  static let proved = Label("holds", "holder")
  static let notProved = Label("does not hold", "holder ikke")
  static let warnings = Label("Warnings", "Advarsler")
  static let none = Label("None.", "Ingen.")
  static let code = Label("Code", "Kode")
  static let message = Label("Message", "Melding")
  static let count = Label("Count", "Antall")
  static let rules = Label("Rules and tables", "Regler og tabeller")
  static let source = Label("Source", "Kilde")
  static let inputs = Label("Inputs", "Inndata")
  static let input = Label("Input", "Inndata")
  static let file = Label("File", "Fil")
  static let crs = Label("Reference system", "Referansesystem")
  static let unit = Label("Unit", "Enhet")

  // MARK: Method

  static let methodHeading = Label("Method and sources", "Metode og kilder")
  static let methodWater = Label(
    "Rain with the climate factor, less what the ground takes, runs down the terrain and fills its depressions from the "
      + "inside out; full depressions spill into the next. Depths are those of standing water at the end of the event. "
      + "Slopes are judged by the factor of safety of an infinite slope under the recharge of the event.",
    "Regn med klimapåslag, fratrukket det bakken tar opp, renner nedover terrenget og fyller forsenkningene innenfra og "
      + "ut; fulle forsenkninger renner over i den neste. Dybder er for stående vann ved slutten av hendelsen. "
      + "Skråninger vurderes etter sikkerhetsfaktoren for en uendelig skråning under hendelsens tilførsel av vann.")
  static let methodExposure = Label(
    "Cells count in an area by the exact share that lies in it. Zero, no data and not covered are told apart throughout.",
    "Celler teller i et område med den eksakte andelen som ligger i det. Null, ingen data og ikke dekket holdes fra "
      + "hverandre overalt.")
  static let methodLimits = Label(
    "Limits: the terrain model has its own errors and age; rivers, the sea and groundwater are not modelled unless given "
      + "as water; the soil parameters are class values; the rain of a scenario falls everywhere at once.",
    "Begrensninger: terrengmodellen har egne feil og sin egen alder; elver, sjø og grunnvann er ikke modellert hvis de "
      + "ikke er gitt som vann; jordparametrene er klasseverdier; regnet i et scenario faller overalt samtidig.")
  static let exposedIf = Label("What counts as exposed", "Hva som regnes som utsatt")
  static let sources = Label("Sources", "Kilder")
  static let manifestNote = Label(
    "Versions, the full configuration and the hash of every file that was read and written:",
    "Versjoner, hele konfigurasjonen og kontrollsummen av hver fil som ble lest og skrevet:")
}
