import Logging

/// Where the engine's log goes: standard error, warnings and worse unless more is asked for.
enum Logs {
  static func logger(isVerbose: Bool) -> Logger {
    var logger = Logger(label: "engine-tool") { label in StreamLogHandler.standardError(label: label) }
    logger.logLevel = isVerbose ? .debug : .warning
    return logger
  }
}
