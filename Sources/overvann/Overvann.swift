@main
struct Overvann {
  static func main() { print("overvann") }
}
