"""Rule packages as people export them from Purview, with made-up types; and their documented structure."""

from __future__ import annotations

from lxml import etree  # type: ignore[import-untyped]

__all__ = ["package", "structure"]

E1 = "aaaaaaaa-1111-4111-8111-000000000001"


def package(entities: str, processors: str = "", names: str = "Staff number", more: str = "") -> bytes:
    """A package with these entities, all under the first id."""
    return f"""<?xml version="1.0" encoding="utf-16"?>
<RulePackage xmlns="http://schemas.microsoft.com/office/2011/mce">
<RulePack id="{E1}"><Version major="1" minor="0" build="0" revision="0"/><Publisher id="{E1}"/>
<Details defaultLangCode="en"><LocalizedDetails langcode="en"><PublisherName>P</PublisherName><Name>N</Name>
<Description>D</Description></LocalizedDetails></Details></RulePack>
<Rules>{entities}{processors}{more}
<LocalizedStrings><Resource idRef="{E1.upper()}"><Name langcode="de">Personalnummer</Name>
<Name default="true" langcode="en">{names}</Name><Description default="true" langcode="en">About staff</Description>
</Resource></LocalizedStrings></Rules></RulePackage>""".encode("utf-16")


# The rule package schema of MS-OXWCONFIG 7.8, as far as packages of entities, expressions and keywords need it.
_STRUCTURE = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://schemas.microsoft.com/office/2011/mce"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="RulePackage"><ref name="pack"/><element name="Rules">
  <oneOrMore><ref name="entity"/></oneOrMore>
  <zeroOrMore><choice><ref name="regex"/><ref name="keyword"/></choice></zeroOrMore>
  <element name="LocalizedStrings"><oneOrMore><ref name="resource"/></oneOrMore></element>
</element></element></start>
<define name="guid"><data type="token">
  <param name="pattern">[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}</param></data></define>
<define name="level"><data type="integer">
  <param name="minInclusive">1</param><param name="maxInclusive">100</param></data></define>
<define name="pack"><element name="RulePack"><attribute name="id"><ref name="guid"/></attribute>
  <element name="Version"><attribute name="major"><data type="unsignedShort"/></attribute>
    <attribute name="minor"><data type="unsignedShort"/></attribute>
    <attribute name="build"><data type="unsignedShort"/></attribute>
    <attribute name="revision"><data type="unsignedShort"/></attribute></element>
  <element name="Publisher"><attribute name="id"><ref name="guid"/></attribute></element>
  <element name="Details"><attribute name="defaultLangCode"><data type="language"/></attribute>
    <element name="LocalizedDetails"><attribute name="langcode"><data type="language"/></attribute>
      <element name="PublisherName"><ref name="text"/></element>
      <element name="Name"><data type="token"><param name="minLength">1</param>
        <param name="maxLength">64</param></data></element>
      <element name="Description"><ref name="text"/></element></element></element></element></define>
<define name="text"><data type="string"><param name="maxLength">256</param></data></define>
<define name="entity"><element name="Entity"><attribute name="id"><ref name="guid"/></attribute>
  <attribute name="patternsProximity"><data type="positiveInteger"/></attribute>
  <attribute name="recommendedConfidence"><ref name="level"/></attribute>
  <oneOrMore><element name="Pattern"><attribute name="confidenceLevel"><ref name="level"/></attribute>
    <element name="IdMatch"><attribute name="idRef"/></element>
    <zeroOrMore><element name="Match"><attribute name="idRef"/></element></zeroOrMore></element></oneOrMore>
</element></define>
<define name="regex"><element name="Regex">
  <attribute name="id"><data type="token"/></attribute><text/></element></define>
<define name="keyword"><element name="Keyword"><attribute name="id"><data type="token"/></attribute>
  <oneOrMore><element name="Group"><attribute name="matchStyle">
    <choice><value>word</value><value>string</value></choice></attribute>
    <oneOrMore><element name="Term"><data type="string">
      <param name="minLength">1</param><param name="maxLength">100</param></data></element></oneOrMore>
    </element></oneOrMore></element></define>
<define name="resource"><element name="Resource"><attribute name="idRef"><ref name="guid"/></attribute>
  <oneOrMore><element name="Name"><ref name="tongue"/><text/></element></oneOrMore>
  <zeroOrMore><element name="Description"><ref name="tongue"/><text/></element></zeroOrMore></element></define>
<define name="tongue"><attribute name="default"><data type="boolean"/></attribute>
  <attribute name="langcode"><data type="language"/></attribute></define>
</grammar>"""


def structure(content: bytes) -> list[str]:
    """What a package does that its documented structure doesn't allow: shape, and references to nothing."""
    tree = etree.fromstring(content)
    schema = etree.RelaxNG(etree.fromstring(_STRUCTURE))
    schema.validate(tree)
    out = [str(error) for error in schema.error_log]
    name = {"m": "http://schemas.microsoft.com/office/2011/mce"}
    made = tree.xpath("//m:Regex/@id | //m:Keyword/@id", namespaces=name)
    asked = tree.xpath("//m:IdMatch/@idRef | //m:Match/@idRef", namespaces=name)
    entities = tree.xpath("//m:Entity/@id", namespaces=name)
    told = tree.xpath("//m:Resource/@idRef", namespaces=name)
    out += [f"{one} stands twice" for group in (made, entities) for one in set(group) if group.count(one) > 1]
    out += [f"{one} is nothing" for one in {*asked} - {*made}]
    out += [f"{one} has no name" for one in {*entities} ^ {*told}]
    return out
