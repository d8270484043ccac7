/// A person or body that answers for results.
public struct EntitySection: Sendable, Equatable {
  /// Name.
  public internal(set) var name = ""
  /// Address for mail; nil where there is a page instead.
  public internal(set) var email: String?
  /// Page on the network; nil where there is an address instead.
  public internal(set) var url: String?
}

extension EntitySection: ConfigurationSection {
  static let specification = ObjectSpecification<EntitySection>(
    summary: "A person or body, with an address for mail or a page.",
    keys: [
      .required("name", \.name, .text, "Name."),
      .optional("email", \.email, .email, "Address for mail."),
      .optional("url", \.url, .webAddress, "Page on the network."),
    ],
    rules: [
      KeyRule(condition: .absent("email"), required: ["url"], reason: "where email is absent")
    ])
}

/// How large the place is that results tell of, in the words of the Risk Data Library.
public enum SpatialScale: String, Sendable, CaseIterable {
  /// A town or municipality.
  case urban
  /// A part of a country.
  case subNational = "sub-national"
  /// A country.
  case national
  /// Several countries.
  case regional
  /// The world.
  case global
}

/// Who publishes results, where, and on what terms: what catalogues ask for and no file can tell.
public struct PublicationSection: Sendable, Equatable {
  /// Who makes the results available.
  public internal(set) var publisher = EntitySection()
  /// Who made them; nil until it has been filled in.
  public internal(set) var creator: EntitySection?
  /// Who answers questions; nil until it has been filled in.
  public internal(set) var contact: EntitySection?
  /// Where the folder of the run is to be found.
  public internal(set) var url = ""
  /// The licence of the results, as SPDX names it, or `Custom`.
  public internal(set) var license = ""
  /// The text of the licence; nil where the name says it.
  public internal(set) var licenseURL: String?
  /// Countries by ISO 3166-1 alpha-3.
  public internal(set) var countries: [String] = []
  /// How large the place is.
  public internal(set) var scale = SpatialScale.urban
}

extension PublicationSection: ConfigurationSection {
  static let specification = ObjectSpecification<PublicationSection>(
    summary: "Who publishes the results, where, and on what terms.",
    keys: [
      .required("publisher", \.publisher, EntitySection.specification.format, "Who makes the results available."),
      .optional("creator", \.creator, EntitySection.specification.format, "Who made them; the publisher unless given."),
      .optional(
        "contact", \.contact, EntitySection.specification.format, "Who answers questions; the publisher unless given."),
      .required("url", \.url, .webAddress, "Where the folder of the run is to be found once it is published."),
      .required("license", \.license, .text, "Licence of the results, such as CC-BY-4.0; Custom with license_url."),
      .optional("license_url", \.licenseURL, .webAddress, "Text of the licence."),
      .defaulted(
        "countries", \.countries,
        .list(of: .text(.country)), "Countries by their three capitals of ISO 3166-1, such as NOR."),
      .defaulted("scale", \.scale, .choice, "How large the place is: urban for a municipality."),
    ],
    rules: [
      KeyRule(condition: .equals("license", "Custom"), required: ["license_url"], reason: "with license: Custom")
    ])
}

extension ValueFormat where Value == String {
  /// An address for mail.
  fileprivate static var email: ValueFormat {
    text.checked { text in
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      let isAddress = parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
      return isAddress ? nil : "\"\(text)\" is no address such as gis@example.org"
    }.describing([("pattern", .string("^[^@ ]+@[^@ ]+$"))])
  }

  /// An address of the web.
  fileprivate static var webAddress: ValueFormat {
    text.checked { text in
      let host = text.trimmingPrefix("https://").trimmingPrefix("http://")
      let isAddress = host.count < text.count && !host.isEmpty && !host.hasPrefix("/") && !text.contains(" ")
      return isAddress ? nil : "\"\(text)\" is no address such as https://data.example.org/runs"
    }.describing([("pattern", .string("^https?://[^/ ][^ ]*$"))])
  }
}
