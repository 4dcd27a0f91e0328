/** Settings of Hadoop and Hive by key. */
export type Properties = Readonly<Record<string, string>>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const text = (value: string): string => value.replace(/[&<>]/g, (found) => ENTITIES[found] ?? found);

/** The file that Hadoop and Hive read: a property a line, as `core-site.xml` and `hive-site.xml` have them. */
export const configuration = (properties: Properties): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<configuration>',
    ...Object.entries(properties).map(
      ([name, value]) => `  <property><name>${text(name)}</name><value>${text(value)}</value></property>`,
    ),
    '</configuration>',
    '',
  ].join('\n');
