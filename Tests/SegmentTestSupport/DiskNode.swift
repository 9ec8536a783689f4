/// A file or a directory of a simulated disk, as the page cache has it and as the platter has it.
struct DiskNode: Sendable {
  let isDirectory: Bool
  /// Content that reads see. Of directories unused, as are `durable` and `pending`.
  var current = FileImage()
  /// Content that a loss of power cannot take away.
  var durable = FileImage()
  /// What leads from `durable` to `current`, in order, unless a failed sync lost some of it.
  var pending: [ContentChange] = []
  /// Names that lookups see. Of files unused, as is `durableEntries`.
  var entries: [String: Int] = [:]
  /// Names that a loss of power cannot take away.
  var durableEntries: [String: Int] = [:]
  /// How many names and open files lead here; without either, its space is free.
  var links = 0
  var handles = 0
  /// How many durable names lead here.
  var durableLinks = 0

  init(isDirectory: Bool) {
    self.isDirectory = isDirectory
  }

  var isDead: Bool { links == 0 && handles == 0 }

  mutating func change(_ change: ContentChange) {
    current.apply(change)
    pending.append(change)
  }

  mutating func sync() {
    for change in pending { durable.apply(change) }
    pending.removeAll(keepingCapacity: true)
  }
}
