@main
struct MakeSandvika {
  static func main() { print("fixture") }
}
