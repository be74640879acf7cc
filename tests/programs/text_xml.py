# pyexpat: events, positions, errors, entities, namespaces; and the libraries above it.
import io
import pyexpat
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
from pyexpat import ErrorString, ExpatError, ParserCreate

DOCUMENT = b"""<?xml version="1.0" encoding="iso-8859-1" standalone="no"?>
<?pi some data?>
<!-- a comment -->
<!DOCTYPE root PUBLIC "-//x//y" "sys.dtd" [
<!ELEMENT root (a|b*|(c, d?)+)?>
<!ELEMENT mixed (#PCDATA | em)*>
<!ATTLIST root kind (one|two) "one" id ID #IMPLIED note CDATA #FIXED " x  y ">
<!NOTATION gif PUBLIC "gif viewer">
<!ENTITY internal "in <b>bold</b> &#65;">
<!ENTITY outside SYSTEM "outside.xml">
<!ENTITY image SYSTEM "p.gif" NDATA gif>
<!ENTITY % param "<!ELEMENT late EMPTY>">
%param;
]>
<root id=" r1 " xmlns="urn:d" xmlns:p="urn:p">
  <p:a p:x="&lt;1&gt;" y='two
lines'/>caf\xe9 &internal; &outside; &unknown;
<![CDATA[raw <&> ]] text]]>
</root>
"""

NAMES = [
    "StartElementHandler", "EndElementHandler", "CharacterDataHandler", "ProcessingInstructionHandler",
    "CommentHandler", "StartCdataSectionHandler", "EndCdataSectionHandler", "StartNamespaceDeclHandler",
    "EndNamespaceDeclHandler", "XmlDeclHandler", "StartDoctypeDeclHandler", "EndDoctypeDeclHandler",
    "ElementDeclHandler", "AttlistDeclHandler", "EntityDeclHandler", "NotationDeclHandler",
    "UnparsedEntityDeclHandler", "SkippedEntityHandler",
]


def run(document, names=NAMES, pieces=1, **settings):
    parser = ParserCreate(namespace_separator=settings.pop("separator", None))
    for name, value in settings.items():
        setattr(parser, name, value)

    def handler(name):
        def handle(*arguments):
            print(parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex, name[:-7], arguments)
        return handle

    for name in names:
        setattr(parser, name, handler(name))
    if "external" in names:
        def external(context, *rest):
            print("external", rest)
            inner = parser.ExternalEntityParserCreate(context)
            return inner.Parse(b"<o>outer</o>", True)
        parser.ExternalEntityRefHandler = external
    try:
        size = -(-len(document) // pieces) or 1
        for start in range(0, len(document), size):
            parser.Parse(document[start:start + size], False)
        print("done", parser.Parse(b"", True))
    except ExpatError as error:
        print(error, error.code, error.lineno, error.offset, ErrorString(error.code))


run(DOCUMENT)
print("== namespaces")
run(DOCUMENT, ["StartElementHandler", "EndElementHandler", "StartNamespaceDeclHandler", "CharacterDataHandler"],
    separator=" ", ordered_attributes=True, buffer_text=True, namespace_prefixes=True)
print("== pieces")
run(b"<a>one<b c='d'>two</b>\r\nthree</a>", NAMES, pieces=7, buffer_text=True)
print("== default")
run(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;<b/>t<!--c--></a>", ["DefaultHandler"])
run(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;<b/>t<!--c--></a>", ["DefaultHandlerExpand", "StartElementHandler"])

print("== errors")
for document in [
    b"", b" ", b"text", b"<a>", b"<a></b>", b"<a><b></a>", b"<a/><b/>", b"<a/>x", b"<a b='1' b='2'/>", b"<a b=1/>",
    b"<a>&x;</a>", b"<a>&#0;</a>", b"<a>]]></a>", b"<a", b"<a>\n  <!-- -- --></a>", b"<a>\xff</a>", b"<a>\x01</a>",
    b"<a><![CDATA[x</a>", b"<a> <?xml version='1.0'?></a>", b"<?xml version='2' foo='1'?><a/>", b"<a b='<'/>",
    b"<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", b"<!DOCTYPE a [<!ELEMENT a (b>]><a/>", b"<a>\xe2\x82</a>", b"<a>&lt</a>",
    b"<!DOCTYPE a [<!ENTITY b '<x>'>]><a>&b;</a>", b"\xef\xbb\xbf<a></c>", b"<a b='&e;'/>", b"<?xml version='1.0' encoding='utf-16'?><a/>",
]:
    run(document, [])
for document in [b"<a:b/>", b"<a xmlns:b=''/>", b"<a xmlns:xml='x'/>", b"<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", b"<a:b:c/>"]:
    run(document, [], separator="!")
run("<a>é</a>".encode("utf-16"), ["CharacterDataHandler"])
run("<?xml version='1.0' encoding='cp1252'?><a>\u20ac</a>".encode("cp1252"), ["CharacterDataHandler"])

print("== exceptions and attributes")
parser = ParserCreate()


def boom(*arguments):
    raise KeyError("boom")


parser.StartElementHandler = boom
try:
    parser.Parse("<a/>", True)
except KeyError as error:
    print(repr(error), parser.StartElementHandler)
for action in [lambda: setattr(parser, "buffer_size", 0), lambda: setattr(parser, "x", 1), lambda: ParserCreate(1),
               lambda: ParserCreate(None, "ab"), lambda: ParserCreate(intern=1), lambda: parser.Parse(1),
               lambda: delattr(parser, "buffer_text"), lambda: parser.ParseFile(1)]:
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
print(pyexpat.errors.XML_ERROR_SYNTAX, pyexpat.errors.codes["syntax error"], pyexpat.model.XML_CTYPE_SEQ)
laughs = b"<!DOCTYPE a [<!ENTITY l0 'lolololol'>" + b"".join(
    b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9)) + b"]><a>&l8;</a>"
try:
    ParserCreate().Parse(laughs, True)
except ExpatError as error:
    print(error.code)

print("== libraries")
tree = ET.parse(io.BytesIO(b"<r xmlns:n='u'><n:a k='v'>t<b/>u</n:a>v</r>"))
root = tree.getroot()
print([(e.tag, e.attrib, e.text, e.tail) for e in root.iter()], ET.tostring(root))
print(root.find("{u}a").tag, len(root), root[0].get("k"), ET.tostring(root, encoding="unicode", method="text"))
root.append(ET.Element("z", {"q": "1"}, w="2"))
sub = ET.SubElement(root, "s")
sub.text = "<&>"
print(ET.tostring(root), list(root.itertext()), [e.tag for e in root.findall("*")])
for event, element in ET.iterparse(io.BytesIO(b"<a><b>x</b><c/></a>"), events=("start", "end")):
    print(event, element.tag)
try:
    ET.fromstring("<a><b></a>")
except ET.ParseError as error:
    print(error, error.code, error.position)
print(xml.dom.minidom.parseString("<a b='c'><!--d-->e<f/></a>").toprettyxml(indent=" "))


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("start", name, dict(attrs))

    def characters(self, content):
        print("chars", content)


xml.sax.parseString(b"<a x='1'>text<b/></a>", Handler())
