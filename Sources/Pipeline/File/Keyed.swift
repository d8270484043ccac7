/// Values by id, in the order of the file.
public struct Keyed<Value: Sendable>: Sendable, RandomAccessCollection {
  /// An id with its value.
  public typealias Element = (id: String, value: Value)

  private var elements: [Element] = []

  /// Makes an empty collection.
  public init() {}

  /// The ids in the order of the file.
  public var ids: [String] { elements.map(\.id) }

  /// The position of the first element.
  public var startIndex: Int { 0 }
  /// The position after the last element.
  public var endIndex: Int { elements.count }

  /// The element at a position.
  public subscript(position: Int) -> Element { elements[position] }

  /// The value of an id, or nil where there is none.
  public subscript(id: String) -> Value? { elements.first { $0.id == id }?.value }

  /// Adds a value under a new id.
  mutating func append(_ id: String, _ value: Value) { elements.append((id, value)) }

  /// Replaces each value by what the function makes of it.
  mutating func update(_ change: (String, inout Value) -> Void) {
    for index in elements.indices { change(elements[index].id, &elements[index].value) }
  }
}

extension Keyed: Equatable where Value: Equatable {
  /// Equal where both have the same ids in the same order with equal values.
  public static func == (left: Keyed, right: Keyed) -> Bool {
    left.elements.elementsEqual(right.elements) { $0.id == $1.id && $0.value == $1.value }
  }
}
