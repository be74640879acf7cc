# wheel: lxml
"""XML by libxml2."""
from lxml import etree, objectify, html

root = etree.fromstring("<a x='1'><b>text</b><!-- c --><c><d/>tail</c>é</a>")
print(root.tag, root.attrib, [e.tag for e in root.iter(etree.Element)], root.find("b").text, root.xpath("//d/..")[0].tag, root.xpath("string(b)"), root.xpath("count(//*)"))
e = etree.SubElement(root, "{urn:x}new", {"k": "v"}, nsmap={"p": "urn:x"}); e.text = "<&>"; e.tail = "T"
print(etree.tostring(root, encoding="unicode"), etree.tostring(root, pretty_print=True)[:30], len(root), root[0].getnext(), root.index(e))
for bad in ("<a>", "<a></b>", "", "<a b=c/>", "x"):
    try:
        etree.fromstring(bad)
    except etree.XMLSyntaxError as error:
        print(error, error.position)
print([(event, el.tag) for event, el in etree.iterparse(__import__("io").BytesIO(b"<r><i/><i/></r>"), events=("start", "end"))])
x = etree.XSLT(etree.XML('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><o><xsl:value-of select="//b"/></o></xsl:template></xsl:stylesheet>'))
print(str(x(root)).strip(), etree.XMLSchema(etree.XML('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="n" type="xs:int"/></xs:schema>')).validate(etree.XML("<n>5</n>")))
print(html.fromstring("<p>Hi <b>there</b><br>x").text_content(), etree.tostring(html.fromstring("<ul><li>1<li>2</ul>")), objectify.fromstring("<r><n>5</n><s>t</s></r>").n + 1)
