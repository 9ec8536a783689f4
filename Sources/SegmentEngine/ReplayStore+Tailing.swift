extension ReplayStore {
  /// Watches a session while it is recorded: what is stored of it first, then what arrives, in order of sequence, each
  /// event once, across flushes, promotion and compaction.
  ///
  /// - Parameters:
  ///   - key: the session, of which something must be stored.
  ///   - cursor: the last event that was seen, on this handle or on one before; nil: from the first event on.
  ///   - fromKeyframe: begin at each window's last keyframe (with its Meta event), where one follows the cursor: a
  ///     viewer joins a session of hours at once, and one that fell far behind catches up.
  /// - Returns: chunks of events. The last one says when the session was finished. It ends sooner by throwing: see
  ///   `SessionTail.Iterator.next()`.
  ///
  /// In the process that writes, events come when their append is acknowledged; in others when they are on the disk and
  /// looked for (`Configuration.followInterval`). Memory for viewers is bounded over all sessions
  /// (`Configuration.tailBytes`), however many there are and however slow they read.
  public func tail(_ key: SessionKey, after cursor: Cursor? = nil, fromKeyframe: Bool = false) -> SessionTail {
    SessionTail(core: core, pool: pool, key: key, cursor: cursor, fromKeyframe: fromKeyframe, follower: follower)
  }

  /// What `tail` would give, as far as it is there now: for clients that ask again with the last cursor they had.
  ///
  /// The last chunk says when the session was finished, if it was. Throws what `tail` throws.
  public func events(in key: SessionKey, after cursor: Cursor?, fromKeyframe: Bool = false) -> EventChunks {
    chunks { core throws(StoreError) -> any ChunkStream in
      try BacklogStream(core, key, after: cursor, fromKeyframe: fromKeyframe)
    }
  }
}
