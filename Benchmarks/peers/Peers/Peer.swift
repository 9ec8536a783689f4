/// A batch that is ready to be committed: what a peer could do on the side of its caller is done.
public struct PreparedBatch: Sendable {
  public var batch: Batch
  /// What the peer made of it, its bytes compressed for example; empty where it takes `batch.bytes` as they are.
  public var stored: [UInt8]

  public init(_ batch: Batch, stored: [UInt8] = []) {
    self.batch = batch
    self.stored = stored
  }
}

/// A session in a listing. What a peer does not keep is nil.
public struct SessionListing: Sendable, Equatable {
  public var id: String
  public var first: Int64?
  public var last: Int64?
  public var events: Int?
  public var rawBytes: Int?

  public init(id: String, first: Int64?, last: Int64?, events: Int?, rawBytes: Int?) {
    self.id = id
    self.first = first
    self.last = last
    self.events = events
    self.rawBytes = rawBytes
  }
}

/// What failed, where, and what can be done.
public struct PeerError: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// A store somebody would keep replay data in, used as a competent engineer would.
///
/// Calls block. One thread at a time calls anything but `prepare`, and `commit` where `commitThreads` is more than 1; those
/// may be called from many threads at once.
public protocol Peer: AnyObject, Sendable {
  /// As the report names it.
  static var name: String { get }
  /// Version of the library and how it is set up, in one line each, for the report.
  static var settings: [String] { get }
  /// What the figures do not say of it, in one line each, for the report.
  static var notes: [String] { get }
  /// How many threads commit: 1 where batches are grouped, each group committed at once.
  static var commitThreads: Int { get }

  /// Opens what is in the folder, which exists; makes it where it is empty. Everything acknowledged is there.
  static func open(_ folder: String) throws -> Self

  /// What may be done before a batch takes its turn; on the caller's side.
  func prepare(_ batch: Batch) throws -> PreparedBatch

  /// Writes batches. When it returns they outlive a loss of power, all of them. Those of a session come in order.
  func commit(_ group: [PreparedBatch]) throws

  /// Does all maintenance there is to do: flushing, compaction, checkpoints. Everything is in its final form afterwards.
  func settle() throws

  /// Makes a dictionary of what is stored and of `samples`, which is the same: sessions' NDJSON. Later batches are
  /// compressed with it. Does nothing where a peer has none, or makes its own as it goes.
  func train(_ samples: [[UInt8]]) throws

  /// All events from the last FullSnapshot at or before `time` (from the first event where there is none) up to `time`, in
  /// order, as pieces of NDJSON; more on either side where the peer stores larger units. Milliseconds since 1970.
  func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]]

  /// The sessions of a day, in any order.
  func sessions(ofDay day: Int) throws -> [SessionListing]

  /// Lets the sessions of a day go and gives their space back to the file system.
  func deleteDay(_ day: Int) throws

  /// Lets one session go and gives its space back as far as it can.
  func erase(_ session: SessionRef) throws

  func close() throws
}
