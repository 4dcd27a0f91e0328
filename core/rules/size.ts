import type { JsonValue } from '../yaml';
import { at, type Rule } from './rule';

/** What the API server takes of a ConfigMap or a Secret: https://kubernetes.io/docs/concepts/configuration/configmap/ */
const LIMIT = 2 ** 20;

const bytesOf = (values: JsonValue | undefined, encoding: BufferEncoding) =>
  Object.values(values ?? {}).reduce<number>(
    (sum, value) => sum + Buffer.byteLength(String(value), encoding),
    0,
  );

export const fitsTheServer: Rule = {
  name: 'fits-the-server',
  summary: 'No ConfigMap or Secret holds more than the 1 MiB that the API server takes',
  check: (model) =>
    model.entries.flatMap((entry) => {
      const { kind, data, binaryData, stringData } = entry.manifest;
      if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
      const size =
        bytesOf(kind === 'Secret' ? stringData : data, 'utf8') +
        bytesOf(kind === 'Secret' ? data : binaryData, 'base64');
      if (size <= LIMIT) return [];
      return [
        at(entry, '', {
          found: `${size} bytes`,
          message: `holds more than the ${LIMIT} bytes that the API server takes`,
          remedy: 'spread what makes it large, such as teams, over several sites',
        }),
      ];
    }),
};
