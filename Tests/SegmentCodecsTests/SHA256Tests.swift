import SegmentCodecs
import Testing

@Suite struct SHA256Tests {
  @Test func `gives the digests published with FIPS 180-4`() {
    let vectors = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ]
    for (text, expected) in vectors { #expect(hex(SHA256.digest(Array(text.utf8))) == expected) }
  }

  @Test func `gives the published digest of a million times a`() {
    let digest = SHA256.digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(hex(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `does not depend on how the input is cut`() {
    let bytes = Samples.random(count: 300, seed: 5)
    for count in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 300] {
      let whole = SHA256.digest(Array(bytes[..<count]))
      #expect(whole.count == SHA256.byteCount)
      for cut in 0...count {
        var hash = SHA256()
        hash.update(Array(bytes[..<cut]))
        hash.update(Array(bytes[cut..<count]))
        #expect(hash.finalize() == whole, "cut at \(cut) of \(count)")
      }
      var single = SHA256()
      for byte in bytes[..<count] { single.update([byte]) }
      #expect(single.finalize() == whole)
    }
  }

  @Test func `a copy goes its own way`() {
    var hash = SHA256()
    hash.update(Array("ab".utf8))
    let fork = hash
    hash.update(Array("c".utf8))
    #expect(hex(hash.finalize()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(fork.finalize() == SHA256.digest(Array("ab".utf8)))
  }
}
