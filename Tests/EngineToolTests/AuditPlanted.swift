import Foundation

/// Recordings with secrets in them, made by hand.
enum AuditPlanted {
  static let webToken =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

  /// Every value that is planted: none of them may be printed.
  static let values = [
    "jane.doe@example.com", "alt@example.org", "typed@example.com", "field@example.net", "query@example.com",
    "path@example.com", "href@example.com", "console@example.com", "body@example.com", "custom@example.com",
    "key@example.com", "added@example.com", "changed@example.com", "title@example.com", "canvas@example.com",
    "comment@example.com", "frame@example.com", "4111111111111111", "4111 1111 1111 1111", "5555555555554444",
    "0123456789abcdefXYZ", webToken,
  ]

  private static func element(_ tag: String, _ id: Int, _ attributes: String = "", _ children: String...) -> String {
    #"{"type":2,"tagName":"\#(tag)","attributes":{\#(attributes)},"childNodes":[\#(children.joined(separator: ","))],"#
      + #""id":\#(id)}"#
  }

  private static func text(_ content: String, _ id: Int) -> String {
    #"{"type":3,"textContent":"\#(content)","id":\#(id)}"#
  }

  private static func event(_ type: Int, _ data: String, _ time: Int) -> String {
    #"{"type":\#(type),"data":\#(data),"timestamp":\#(Recording.start + time)}"#
  }

  /// The page `/users/*/profile`, then `/pay`.
  static let lines: [String] = [
    event(
      4, #"{"href":"https://shop.test/users/path%40example.com/profile?m=query@example.com","width":8,"height":6}"#, 0),
    event(2, #"{"node":\#(page),"initialOffset":{"left":0,"top":0}}"#, 1),
    event(
      3,
      #"{"source":0,"texts":[{"id":31,"value":"changed\u0040example.com"}],"#
        + #""attributes":[{"id":13,"attributes":{"title":"title@example.com","style":{"color":"red"}}}],"#
        + #""removes":[{"parentId":10,"id":14}],"adds":["#
        + #"{"parentId":10,"nextId":null,"node":\#(element("p", 40, #""class":"note""#))},"#
        + #"{"parentId":40,"nextId":null,"node":\#(text("added@example.com", 41))}]}"#, 2),
    event(3, #"{"source":5,"text":"typed@example.com","isChecked":false,"id":22}"#, 3),
    event(3, #"{"source":5,"text":"4111 1111 1111 1111","isChecked":false,"id":23}"#, 4),
    event(
      3, #"{"source":9,"id":13,"type":0,"commands":[{"property":"fillText","args":["canvas@example.com",1,2]}]}"#, 5),
    event(
      6,
      #"{"plugin":"rrweb/console@1","payload":{"level":"log","trace":[],"#
        + #""payload":["\"signed in\\nconsole@example.com\"","{\"card\":5555555555554444}"]}}"#, 6),
    event(
      6,
      #"{"plugin":"rrweb/network@1","payload":{"requests":[{"name":"https://api.test/v1?x=1","requestHeaders":"#
        + #"{"Authorization":"Bearer 0123456789abcdefXYZ"},"requestBody":"{\"user\":{\"mail\":\"body@example.com\"}}"}]}}"#,
      7),
    event(
      5, #"{"payload":{"user":{"email":"custom@example.com"},"by":{"key@example.com":{"n":1}}},"tag":"identify"}"#, 8),
    event(4, #"{"href":"https://shop.test/pay#\#(webToken)","width":8,"height":6}"#, 9),
  ]

  private static let page =
    #"{"type":0,"childNodes":[{"type":1,"name":"html","publicId":"","systemId":"","id":2},"#
    + element("html", 3, "", head, element("body", 10, #""class":"page""#, main, form, side)) + #"],"id":1}"#

  private static let head = element(
    "head", 4, "",
    element("style", 5, "", #"{"type":3,"textContent":".a{content:'css@example.com'}","isStyle":true,"id":6}"#),
    element("script", 7, "", text("script@example.com", 8)), element("link", 9, #""_cssText":"link@example.com""#))

  private static let main = element(
    "div", 11, #""id":"user-4111111111111111","class":"x0123456789 card""#, text("Hello jane.doe@example.com!", 12),
    element("img", 13, #""alt":"alt@example.org","src":"data:image/png;base64,AAAA","srcset":"/a@2x.png 2x""#),
    element("a", 14, #""href":"mailto:href%40example.com","data-id":"4111111111111111""#),
    #"{"type":5,"textContent":" comment@example.com ","id":15}"#)

  private static let form = element(
    "form", 20, #""id":"login""#,
    element("input", 21, #""type":"text","name":"email","value":"field@example.net""#),
    element("input", 22, #""name":"user[mail]""#), element("input", 23, #""id":"card-number","class":"wide""#))

  private static let side = element(
    "ul", 30, "", text("-", 31),
    element(
      "iframe", 32, "", #"{"type":0,"childNodes":[\#(element("html", 34, "", text("frame@example.com", 35)))],"id":33}"#
    ))
}
