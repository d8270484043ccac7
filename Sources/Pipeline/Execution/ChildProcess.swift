import Foundation

/// A program that is started without a shell, in a group of processes of its own.
///
/// Nothing of its arguments is ever read as code; the program is found as a shell finds it. It reads nothing, and what it
/// writes goes to the error stream, for results alone go to standard output.
struct ChildProcess {
  /// How a program ended.
  enum End: Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// Why a program cannot be started.
  struct StartFailure: Error {
    /// The system's words.
    let reason: String
  }

  /// Its number, which is that of its group too.
  let process: pid_t

  /// Starts a program.
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - environment: All that it knows of the environment.
  init(_ command: [String], environment: [String: String]) throws(StartFailure) {
    #if canImport(Darwin)
      var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
    #else
      var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    // Libraries open files that a child would inherit; this program starts no other.
    for descriptor in (STDERR_FILENO + 1)..<1024 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    // What this program ignores, for errors to tell of it, would stay ignored in a child that counts on it.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&defaults, number) }
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var started: pid_t = 0
    let number = posix_spawnp(&started, command.first ?? "", &actions, &attributes, &arguments, &variables)
    guard number == 0 else { throw StartFailure(reason: String(cString: strerror(number))) }
    process = started
  }

  /// Waits for its end.
  /// - Parameter stopSignal: The signal that asks this program to stop; it is passed on once, to all that the child has
  ///   started.
  func wait(_ stopSignal: () -> StopSignal?) -> End {
    var status: Int32 = 0
    var isTold = false
    while true {
      let found = waitpid(process, &status, WNOHANG)
      if found == process { break }
      if found < 0, errno != EINTR { return .exited(0) }
      if !isTold, let signal = stopSignal() {
        isTold = true
        kill(-process, signal.number)
      }
      usleep(10_000)
    }
    // As the system's macros WIFEXITED, WEXITSTATUS and WTERMSIG have it, which are not functions.
    return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
  }
}
