import { stringify } from 'dot-properties';

/** Properties of the server by key; those without a value are left out. */
export type Properties = Readonly<Record<string, string | number | boolean | undefined>>;

/** A file of properties, as Java reads it. A key that the server does not know stops it. */
export function propertiesFile(properties: Properties): string {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  const text = Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
  return `${stringify(text, { keySep: '=', lineWidth: null })}\n`;
}

/** A value that the server takes from its environment when it starts. */
export const fromEnvironment = (variable: string): string => `\${ENV:${variable}}`;

/** A size as the server writes it: its MB is a MiB of others. */
export const dataSize = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)}MB`;
