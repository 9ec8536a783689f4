/// Works out what a loss of power leaves of a file: replays its unsynced changes over its durable image, each
/// piece with the lot that the fate draws for it.
///
/// Two rules keep the outcome possible. A sector reaches the disk as the page cache had it at some moment, so
/// once one change of it is lost, later ones are too. Sizes are metadata and reach the disk in order.
struct ContentReplay {
  static let sectorSize = 512

  let fate: Fate
  let garblesWholeSectors: Bool
  var random: SplitMix64

  private var image = FileImage()
  private var isSizeStopped = false
  /// By unit: whether an earlier change of it was lost.
  private var lost: [Bool] = []
  private var garbled: [Range<Int>] = []

  init(_ fate: Fate, garblesWholeSectors: Bool, random: SplitMix64) {
    self.fate = fate
    self.garblesWholeSectors = garblesWholeSectors
    self.random = random
  }

  /// What one change can draw.
  private enum Lot {
    case keep, drop, garbleAll, garbleSome, tear, sectors
  }

  private var unit: Int { fate == .tear4096 ? FileImage.pageSize : Self.sectorSize }

  /// What is found after the reboot.
  mutating func survivor(durable: FileImage, pending: [ContentChange]) -> FileImage {
    guard !pending.isEmpty, fate != .drop else { return durable }
    image = durable
    isSizeStopped = false
    lost = []
    garbled = []
    if fate == .keep {
      for change in pending { image.apply(change) }
      return image
    }
    let lots = drawLots(pending.count)
    for (change, lot) in zip(pending, lots) {
      switch change {
      case .write(let offset, let bytes): write(bytes, at: offset, lot)
      case .resize(let size): resize(to: size, lot)
      case .punch(let range): punch(range, lot)
      }
    }
    for range in garbled where !range.isEmpty { garble(range) }
    return image
  }

  private mutating func drawLots(_ count: Int) -> [Lot] {
    switch fate {
    case .drop: return Array(repeating: .drop, count: count)
    case .keep: return Array(repeating: .keep, count: count)
    case .garble: return Array(repeating: random.once(in: 2) ? .garbleAll : .garbleSome, count: count)
    case .tear4096, .tear512:
      // Each write torn by itself, or one and what came after it lost.
      guard random.once(in: 2) else { return Array(repeating: .tear, count: count) }
      let torn = random.below(count)
      return (0..<count).map { $0 < torn ? .keep : $0 == torn ? .tear : .drop }
    case .random:
      if random.once(in: 8) { return Array(repeating: .keep, count: count) }
      if random.once(in: 8) { return Array(repeating: .drop, count: count) }
      let choices: [Lot] = [.keep, .drop, .garbleSome, .tear, .sectors]
      return (0..<count).map { _ in choices[random.below(choices.count)] }
    }
  }

  private mutating func write(_ bytes: [UInt8], at offset: Int, _ lot: Lot) {
    let range = offset..<offset + bytes.count
    let first = offset / unit
    let last = (range.upperBound - 1) / unit
    // Units of a torn write that are kept: at times none, at times all.
    let torn = lot == .tear ? first + random.below(last - first + 2) : 0
    grow(to: range.upperBound, lot, keptEnd: min(range.upperBound, torn * unit))
    for index in first...last {
      let piece = range.clamped(to: index * unit..<(index + 1) * unit).clamped(to: 0..<image.size)
      let isKept: Bool
      switch lot {
      case .keep: isKept = true
      case .drop: isKept = false
      case .tear: isKept = index < torn
      case .sectors: isKept = random.once(in: 2)
      case .garbleAll, .garbleSome:
        isKept = true
        // What lies beyond a size that was not kept has no sectors on the disk.
        if lot == .garbleAll || random.once(in: 2), !piece.isEmpty, !isLost(index) { garbled.append(piece) }
      }
      guard isKept, !isLost(index) else {
        lose(index)
        continue
      }
      // Clamping an empty range can move it in front of the write.
      if !piece.isEmpty {
        image.write(bytes[piece.lowerBound - offset..<piece.upperBound - offset], at: piece.lowerBound)
      }
    }
  }

  /// The size that a write beyond the end leaves: its own, the old one, or one between.
  private mutating func grow(to end: Int, _ lot: Lot, keptEnd: Int) {
    guard end > image.size, !isSizeStopped else { return }
    var size = end
    switch lot {
    case .keep, .garbleAll, .garbleSome: break
    case .drop, .sectors, .tear:
      // A torn write keeps at least the size of what is kept of it.
      let least = lot == .tear ? max(image.size, keptEnd) : image.size
      switch random.below(3) {
      case 0: size = least
      case 1: size = min(end, max(least, (least + random.below(end - least + 1)) / unit * unit))
      default: break
      }
    }
    if size > image.size { image.setSize(size) }
    if size < end { isSizeStopped = true }
  }

  private mutating func resize(to size: Int, _ lot: Lot) {
    let isKept: Bool
    switch lot {
    case .keep, .garbleAll, .garbleSome: isKept = true
    case .drop: isKept = false
    case .tear, .sectors: isKept = random.once(in: 2)
    }
    guard isKept, !isSizeStopped else {
      isSizeStopped = true
      return
    }
    image.setSize(size)
    // What grows again later reads as zeros, not as what was cut off.
    garbled = garbled.map { $0.clamped(to: 0..<size) }
  }

  /// Whole, not at all, or page by page.
  private mutating func punch(_ range: Range<Int>, _ lot: Lot) {
    guard !range.isEmpty else { return }
    let page = FileImage.pageSize
    let isWhole = lot != .sectors && random.once(in: 2)
    let isNone = lot == .drop || lot != .sectors && !isWhole
    for index in range.lowerBound / page...(range.upperBound - 1) / page {
      let piece = range.clamped(to: index * page..<(index + 1) * page)
      let units = piece.lowerBound / unit...(piece.upperBound - 1) / unit
      let isKept = lot == .keep || isWhole || !isNone && random.once(in: 2)
      if isKept, !units.contains(where: { isLost($0) }) {
        image.punch(piece)
      } else {
        for index in units { lose(index) }
      }
    }
  }

  private mutating func garble(_ range: Range<Int>) {
    var sectors = range
    if garblesWholeSectors {
      let sector = Self.sectorSize
      sectors =
        range.lowerBound / sector * sector..<(range.upperBound + sector - 1) / sector * sector
    }
    let inside = sectors.clamped(to: 0..<image.size)
    if !inside.isEmpty { image.write(random.bytes(inside.count)[...], at: inside.lowerBound) }
  }

  private func isLost(_ index: Int) -> Bool {
    index < lost.count && lost[index]
  }

  private mutating func lose(_ index: Int) {
    if index >= lost.count { lost.append(contentsOf: repeatElement(false, count: index + 1 - lost.count)) }
    lost[index] = true
  }
}
