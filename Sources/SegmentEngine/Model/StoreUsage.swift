/// Where the bytes of a store, or of one of its projects, are.
public struct StoreUsage: Sendable, Hashable {
  /// Where events are kept.
  public enum Tier: String, Sendable, Hashable, CaseIterable {
    /// Journals.
    case live
    /// Packs as the flush makes them.
    case recent
    /// Packs of sessions that are over.
    case archive
  }

  /// What bytes are there for.
  public enum Part: String, Sendable, Hashable, CaseIterable {
    /// The events in packs.
    case frames
    /// The events in journals.
    case payloads
    /// Headers of segments and blocks.
    case blockHeaders
    /// The directories of packs: each segment's names, facts, batches and blocks.
    case directories
    /// The locators of packs.
    case locators
    /// Headers and footers of packs.
    case packEnds
    /// Segments that were erased and whose space is not yet given back.
    case erased
    /// Parts of packs that could not be read; `verify` says why.
    case unreadable
    /// Heads of the batches in journals, with their event tables.
    case recordHeads
    /// The rest of journals: headers of files and groups, tags, zeros to the next page and those written ahead.
    case journalFraming
    /// Dictionaries, both copies.
    case dictionaries
    /// The catalog, and the lists of sessions that are gone.
    case catalog
    /// Space held back for what must be done on a full disk.
    case reserve
    /// Lock records and the durable mark.
    case locks
    /// Journals with damage that are kept for salvage.
    case damagedJournals
    /// Files that the catalog does not name: being made, left behind by a crash, or not the engine's.
    case unnamed
  }

  /// Bytes of one sort.
  public struct PartBytes: Sendable, Hashable {
    /// The sort.
    public var part: Part
    /// How many.
    public var bytes: UInt64
  }

  /// Events of one kind.
  public struct KindShare: Sendable, Hashable {
    /// The kind.
    public var kind: EventKind
    /// How many events.
    public var events: UInt64
    /// Their NDJSON, line feeds included; exact.
    public var rawBytes: UInt64
    /// How much of `storedBytes` is theirs. An estimate, since events of all kinds are compressed together: see
    /// `ReplayStore.usage(project:sampleBytes:progress:)`. Nil where no sample was asked for.
    public var storedBytesEstimated: UInt64?
  }

  /// What the estimate of stored bytes by kind rests on.
  public struct Sample: Sendable, Hashable {
    /// Blocks and journal batches that were decoded.
    public var blocks: UInt64 = 0
    /// Their content.
    public var rawBytes: UInt64 = 0
  }

  /// The project it is about; nil for the whole store. With a project only what is its own counts, not what all share.
  public var project: String?
  /// Everything. Its overhead includes what all share.
  public var overall: UsageShare
  /// By project.
  public var projects: UsageBreakdown<String>
  /// By tier, in order of `Tier.allCases`.
  public var tiers: UsageBreakdown<Tier>
  /// By class; the empty name is what no policy has decided on yet, journals included.
  public var classes: UsageBreakdown<String>
  /// By day (UTC) of the last receipt of each segment, and of what a session has in a journal; named by its start.
  public var days: UsageBreakdown<Timestamp>
  /// What the kept sessions of each rule say of all that it decided on; in order of rule.
  public var samples: [SampleEstimate]
  /// By kind of event, in order of kind. Their raw and estimated bytes add up to those of `overall`.
  public var kinds: [KindShare]
  /// What the estimates in `kinds` rest on.
  public var sample: Sample
  /// What the bytes are there for; those that are none are left out. They add up to the total of `overall`.
  public var parts: [PartBytes]
  /// The sizes of all files of the store, as its folders list them. Equal to the total of `overall` for a whole store that
  /// nobody writes to meanwhile and whose files all have their lengths.
  public var fileBytes: UInt64
  /// Bytes those files take on the volume.
  public var allocatedBytes: UInt64
  /// Packs of which something could not be read, relative to the store.
  public var unreadablePacks: [String]
}
