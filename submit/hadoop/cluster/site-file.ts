import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A property as one site file sets it. */
export interface SiteProperty {
  readonly name: string;
  readonly value: string;
  /** True if later files may not override it. */
  readonly isFinal: boolean;
}

/** The content of one `*-site.xml`, or why it cannot be parsed. Lines are 1-based. */
export type SiteFile =
  | {
      readonly ok: true;
      /** In file order. */
      readonly properties: readonly SiteProperty[];
      /** The hrefs of its `xi:include` elements. Those files are not read. */
      readonly includes: readonly string[];
    }
  | { readonly ok: false; readonly line: number; readonly problem: string };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Without this, character references such as &#58; are not decoded.
  htmlEntities: true,
});

/**
 * The text of a `*-site.xml` → its properties, by the rules of Hadoop's Configuration (3.3): name, value and final are
 * elements or attributes of a property; a value may contain comments and CDATA sections. Pure.
 */
export function parseSiteFile(xml: string): SiteFile {
  // The parser alone accepts almost any text.
  const valid = XMLValidator.validate(xml);
  if (valid !== true) return { ok: false, line: valid.err.line, problem: problemOf(valid.err.msg) };
  let nodes: readonly XmlNode[];
  try {
    nodes = parser.parse(xml) as readonly XmlNode[];
  } catch (error) {
    return { ok: false, line: 1, problem: error instanceof Error ? error.message : String(error) };
  }
  const root = elementsOf(nodes).find(({ name }) => !name.startsWith('?'));
  if (root?.name !== 'configuration') {
    const problem = `the root is <${root?.name ?? ''}>, not <configuration>`;
    return { ok: false, line: 1, problem };
  }
  const elements = elementsOf(root.children);
  return {
    ok: true,
    properties: elements.flatMap((element) => (element.name === 'property' ? propertyOf(element) : [])),
    includes: elements.flatMap(({ name, attributes }) =>
      /(^|:)include$/.test(name) ? [attributes.href ?? ''] : [],
    ),
  };
}

/** A node of fast-xml-parser: the element's name maps to its children, `:@` to its attributes, `#text` to text. */
interface XmlNode {
  readonly '#text'?: string;
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly [element: string]: unknown;
}

interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

function elementsOf(nodes: readonly XmlNode[]): XmlElement[] {
  return nodes.flatMap((node) =>
    Object.entries(node).flatMap(([name, children]) =>
      Array.isArray(children)
        ? [{ name, attributes: node[':@'] ?? {}, children: children as readonly XmlNode[] }]
        : [],
    ),
  );
}

function propertyOf({ attributes, children }: XmlElement): SiteProperty[] {
  const parts: Record<string, string> = { ...attributes };
  for (const element of elementsOf(children)) {
    parts[element.name] = element.children.map((node) => node['#text'] ?? '').join('');
  }
  const { name, value, final } = parts;
  if (name === undefined || value === undefined || name.trim() === '') return [];
  // Only addresses are read here, and Hadoop trims those.
  return [{ name: name.trim(), value: value.trim(), isFinal: final?.trim() === 'true' }];
}

/** Formats the validator's message. It lists unclosed elements as multi-line JSON: `Invalid '[…]' found.` */
function problemOf(message: string): string {
  const open = /^Invalid '\[(.*)\]' found/s.exec(message)?.[1];
  if (open === undefined) return message.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  const names = open.split(',').map((name) => name.trim().replaceAll('"', ''));
  return `not closed: ${names.map((name) => `<${name}>`).join(', ')}`;
}
