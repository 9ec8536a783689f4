/// Where in a recording something was found: it tells what has to be masked.
enum FindingPlace: Hashable, CustomStringConvertible {
  /// Text of the page.
  case text
  /// An attribute other than `value`; its name.
  case attribute(String)
  /// What was typed, or the value of a field.
  case input
  /// The page's own address.
  case url
  case console
  case network
  /// An event of another plugin.
  case plugin
  /// An event of the application's own.
  case custom
  /// What was drawn.
  case canvas
  /// A resource that was put into the recording.
  case asset
  /// An event of a type this program does not know.
  case other

  var description: String {
    switch self {
    case .attribute(let name): "attribute \(name)"
    case .text: "text"
    case .input: "input"
    case .url: "url"
    case .console: "console"
    case .network: "network"
    case .plugin: "plugin"
    case .custom: "custom"
    case .canvas: "canvas"
    case .asset: "asset"
    case .other: "other"
    }
  }

  /// The place that a plugin's events are.
  init(plugin name: String) {
    let name = name.lowercased()
    self = name.contains("console") ? .console : name.contains("network") ? .network : .plugin
  }
}
