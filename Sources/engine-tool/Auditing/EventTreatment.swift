import SegmentEngine

/// What becomes of an event of a kind.
enum EventTreatment {
  /// Holds nothing that a visitor wrote or was shown: moves of the mouse, scrolling, style sheets, fonts.
  case pass
  case snapshot, mutation, input, meta, custom, plugin
  /// All its strings are looked at.
  case strings(FindingPlace)
  /// The same, but its type is not known: they may mean anything.
  case unknown
  /// Compressed by the recorder.
  case packed

  init(_ kind: EventKind) {
    self =
      switch kind.rawValue {
      case 1: .pass
      case 2: .snapshot
      // DomContentLoaded: recorders from before there was Meta put the address there.
      case 0, 4: .meta
      case 5: .custom
      case 6: .plugin
      case 7: .strings(.asset)
      case 8: .packed
      case 16: .mutation
      case 21: .input
      // Mouse, interaction, scroll, viewport, touch, media.
      case 17...20, 22, 23: .pass
      // Style sheet, font, drag, style declaration, selection, adopted style sheet, custom element.
      case 24, 26, 28...32: .pass
      case 25: .strings(.canvas)
      case 27: .strings(.console)
      default: .unknown
      }
  }

  var isOfUnknownType: Bool {
    if case .unknown = self { true } else { false }
  }
}
