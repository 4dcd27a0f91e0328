import type { JsonValue } from '../../../core/yaml';

/** Lists of the S3 API, and what an item of each is called in XML. */
const ITEMS: Readonly<Record<string, string>> = { Rules: 'Rule', Transitions: 'Transition' };

/**
 * A value in the words of the S3 API as XML, which is what goes over the wire. Text is letters, digits, slashes, dashes.
 * @throws Error for text that XML reads otherwise
 */
export function toXml(name: string, value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => toXml(ITEMS[name] ?? name, item)).join('');
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, each]) => toXml(key, each))
          .join('')
      : String(value);
  if (typeof value === 'string' && /[<>&]/.test(value))
    throw new Error(`"${value}" cannot be written as XML`);
  return `<${name}>${inner}</${name}>`;
}
