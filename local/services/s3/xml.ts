import { escapeXml } from '../../input-check';
import { S3Error } from './errors';

/** What an XML document of S3 is written from: a list repeats its element, undefined leaves it out. */
export type Xml =
  | string
  | number
  | boolean
  | undefined
  | readonly Xml[]
  | { readonly [element: string]: Xml };

export interface Element {
  name: string;
  text: string;
  children: Element[];
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)|</g;

/** A whole document; only errors have no namespace. */
export function xmlDocument(root: string, content: Xml): string {
  const namespace = root === 'Error' ? '' : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${inner(content)}</${root}>`;
}

function inner(content: Xml): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escapeXml(String(content));
  return Object.entries(content)
    .map(([name, value]) => {
      const all = Array.isArray(value) ? value : value === undefined ? [] : [value];
      return all.map((one) => `<${name}>${inner(one)}</${name}>`).join('');
    })
    .join('');
}

/** Reads a small document that a client sends: elements and text, attributes passed over. Throws MalformedXML. */
export function readXml(text: string, root: string): Element {
  const top: Element = { name: '', text: '', children: [] };
  const open = [top];
  for (const [, closing, name, empty, between] of text.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? top;
    if (between !== undefined) parent.text += unescapeXml(between);
    else if (name === undefined) continue;
    else if (closing) {
      if (open.length === 1 || parent.name !== name) throw new S3Error('MalformedXML');
      open.pop();
    } else {
      const element: Element = { name, text: '', children: [] };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [only, ...more] = top.children;
  if (open.length > 1 || !only || more.length > 0 || only.name !== root) throw new S3Error('MalformedXML');
  return only;
}

export const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((child) => child.name === name);

/** The text of the first child with that name. */
export const textOf = (element: Element, name: string): string | undefined =>
  element.children.find((child) => child.name === name)?.text.trim();

const unescapeXml = (text: string): string =>
  text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
