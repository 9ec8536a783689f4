extension StoreCore {
  /// Receipts of erasures whose process died are completed: what they buried is gone by now.
  func endErasures() throws(StoreError) {
    func isOpen(_ state: CatalogState) -> Bool {
      // What snapshots hold is for the one who asked to ask for again.
      state.receipts.contains { !$0.isDone } && state.destructions.isEmpty && state.snapshots.isEmpty
        && state.tombstones.values.allSatisfy { $0.commit <= state.erasureApplied }
    }
    guard isOpen(catalog.state) else { return }
    settle(
      try catalog.commit(.freeing) { state in
        guard isOpen(state) else { return [] }
        return state.receipts.filter { !$0.isDone && $0.target == .session }.map { facts in
          var facts = facts
          facts.isDone = true
          return .receipt(facts)
        }
      })
  }
}
